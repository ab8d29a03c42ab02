"""Forks, pushes and requests on a small forge with real git behind it, over HTTP; nothing is made twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from labtui import paths
from labtui.config import Config
from labtui.contribute.forges.base import ForgeError
from labtui.contribute.requests.request_text import as_sent
from labtui.contribute.submitting.connecting import NoForge, connect
from labtui.contribute.submitting.rebasing import rebase
from labtui.contribute.submitting.records import Submitted
from labtui.contribute.submitting.submit import submit
from labtui.errors import LabError, UsageError
from labtui.operations.contributing.reviewing import review
from labtui.settings import Contribute, ForgeHost
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, Lab
from tests.forge.making import KINDS, make, peopled
from tests.forge.server import Server
from tests.forge.state import Repository
from tests.git_server import GitServer

USERS = {"github": "x-access-token", "gitlab": "oauth2", "forgejo": "oauth2"}


class Forged:
    """A lab whose upstream is `lab/taxonomy` on a forge, with the token of ann in the environment."""

    def __init__(self, lab: Lab, forge: Server, git_server: GitServer, kind: str) -> None:
        self.lab = lab
        self.forge = forge
        self.git_server = git_server
        self.kind = kind
        self.api = forge.api
        """Where its interface is asked; another address than its own where somebody stands in between."""

    @property
    def config(self) -> Config:
        host = self.git_server.address.removeprefix("http://")
        one = ForgeHost(kind=self.kind, web=self.forge.web, api=self.api, token_env="ANNS_TOKEN")  # type: ignore[arg-type]
        plain = self.lab.config
        settings = msgspec.structs.replace(plain.settings, contribute=Contribute(forges={host: one}))
        return msgspec.structs.replace(plain, settings=settings)

    def write_settings(self) -> None:
        """What `config` says, as the user's own settings: for programs that read them."""
        host = self.git_server.address.removeprefix("http://")
        file = paths.config_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"contribute:\n  forges:\n    '{host}': {{kind: {self.kind}, web: '{self.forge.web}', "
            f"api: '{self.api}', token_env: ANNS_TOKEN}}\n"
        )

    def submit(self, **options: object) -> Submitted:
        with connect(self.lab.workspace, self.config) as forge:
            folder = self.lab.only()
            return submit(folder, self.lab.workspace, self.config, forge=forge, **options)  # type: ignore[arg-type]

    def fork(self) -> Repository:
        found = self.forge.state.repository("ann", "taxonomy")
        assert found is not None
        return found

    def requests(self) -> list[tuple[int, str, str]]:
        return [(one.number, one.state, one.title) for one in self.forge.state.requests]


@contextmanager
def forged(bare_lab: Lab, kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forged]:
    folder = bare_lab.top / "forge"
    folder.mkdir()
    with make(kind, folder) as forge, forged_on(forge, bare_lab, kind, monkeypatch) as made:
        yield made


@contextmanager
def forged_on(forge: Server, bare_lab: Lab, kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forged]:
    """On a forge that runs already, and has nobody and nothing on it."""
    folder = forge.state.folder
    taxonomy = peopled(forge.state)
    token = forge.state.users["ann"].token
    with GitServer(folder, login=(USERS[kind], token)) as server:
        forge.git_address = server.address
        monkeypatch.setenv("ANNS_TOKEN", token)
        bare_lab.upstream = taxonomy.path
        labs.cloned(bare_lab, f"{server.address}/{taxonomy.path.relative_to(folder)}")
        yield Forged(bare_lab, forge, server, kind)


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest, bare_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forged]:
    with forged(bare_lab, request.param, monkeypatch) as made:
        made.lab.draft()
        yield made


@pytest.fixture
def github(bare_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forged]:
    with forged(bare_lab, "github", monkeypatch) as made:
        made.lab.draft()
        yield made


def test_a_fork_is_made_the_branch_pushed_and_the_request_opened_once(here: Forged) -> None:
    done = here.submit()
    assert done.request is not None and done.request.state == "open"
    (request,) = here.forge.state.requests
    fork = here.fork()
    assert here.lab.branches(fork.path)[done.branch] == done.commit
    assert done.branch not in here.lab.branches(here.lab.upstream)
    assert request.number == done.request.number and request.title == "What birds eat"
    assert "Say what a bird eats" in request.body
    config = (here.lab.clone / ".git/config").read_text()
    assert "ann" not in config, "the clone's remotes stay as they are"
    again = here.submit()
    assert again.again and len(here.requests()) == 1
    assert [one.slug for one in here.forge.state.repositories if one.owner == "ann"] == ["ann/taxonomy"]


PLACES = {
    "github": ".github/PULL_REQUEST_TEMPLATE.md",
    "gitlab": ".gitlab/merge_request_templates/Default.md",
    "forgejo": ".forgejo/pull_request_template.md",
}
TEMPLATE = "## Summary\n\nWhat is it?\n\n## Why\n\nTell us.\n\n## Checklist\n\n- [ ] Signed off, DCO\n- [ ] I sang\n"


def test_the_request_is_written_in_the_form_of_the_taxonomys_own_template(here: Forged) -> None:
    here.lab.upstream_commit({PLACES[here.kind]: TEMPLATE})
    here.submit()
    (request,) = here.forge.state.requests
    assert request.body.startswith("## Summary\n\n- Adds")
    assert "What is it?" not in request.body and "## Why\n\nTell us." in request.body
    assert "- [x] Signed off, DCO\n- [ ] I sang\n" in request.body
    folder = here.lab.only()
    assert as_sent(folder, folder.load()), "read again it is the same text"
    # It is gone later; nothing but the text is sent anew.
    here.lab.upstream_commit({PLACES[here.kind]: None})
    folder.template_file.unlink()
    here.submit()
    (request,) = here.forge.state.requests
    assert "## Why" not in request.body and len(here.requests()) == 1


def test_a_template_that_is_a_link_or_no_text_is_none(github: Forged) -> None:
    lab = github.lab
    lab.upstream_commit({"elsewhere.md": TEMPLATE})
    work = lab.top / "elsewhere"
    (work / ".github").mkdir()
    (work / PLACES["github"]).symlink_to("/etc/passwd")
    (work / "docs").mkdir()
    (work / "docs/pull_request_template.md").write_bytes(b"\xff\xfe## Sum\x00mary\n" * 9000)
    lab.upstream_commit({})
    folder = lab.only()
    text = review(folder, lab.workspace, github.config).request
    assert text is not None and text.body.startswith("**Describe the contribution")


def test_the_review_shows_the_text_as_it_will_be(github: Forged) -> None:
    github.lab.upstream_commit({PLACES["github"]: TEMPLATE})
    github.lab.git(github.lab.clone, "fetch", "--quiet")
    shown = review(github.lab.only(), github.lab.workspace, github.config).request
    assert shown is not None
    github.submit()
    (request,) = github.forge.state.requests
    assert (request.title, request.body.strip()) == (shown.title, shown.body.strip())


def test_no_secret_is_anywhere(github: Forged, tmp_path: Path) -> None:
    token = os.environ["ANNS_TOKEN"]
    github.submit()
    assert any(header.startswith("Basic ") for header in github.git_server.seen_logins)
    for path in [*github.lab.workspace.root.rglob("*"), *Path(os.environ["HOME"]).rglob("*")]:
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path


def test_what_is_written_later_reaches_the_same_request(github: Forged) -> None:
    first = github.submit()
    folder = github.lab.only()
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "seeds and insects"))
    second = github.submit()
    assert second.request is not None and first.request is not None
    assert second.request.number == first.request.number and len(github.requests()) == 1
    fork = github.fork()
    assert github.lab.branches(fork.path)[first.branch] == second.commit != first.commit


@pytest.mark.parametrize("drops", ["", "before", "after"])
def test_a_forge_that_fails_while_opening_is_asked_again_later(github: Forged, drops: str) -> None:
    github.forge.fail("POST", "/pulls$", drops=drops, times=1)
    try:
        done = github.submit()
    except ForgeError as error:
        assert error.hint
        assert github.lab.only().load().commit, "what was pushed is known"
        done = github.submit()
    assert done.request is not None and len(github.requests()) == 1


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        ({"status": 401}, "token"),
        ({"status": 403, "body": b'{"message": "API rate limit exceeded"}',
          "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}}, "limit"),
        ({"status": 500}, "server"),
        ({"status": 200, "body": b"<html>Down for maintenance</html>"}, "answer"),
    ],
)  # fmt: skip
def test_bad_answers_keep_the_draft_and_can_be_repeated(github: Forged, fault: dict[str, object], refusal: str) -> None:
    standing = github.forge.fail("POST", "/pulls$", times=20, **fault)
    with pytest.raises(ForgeError) as caught:
        github.submit()
    assert caught.value.refusal == refusal and caught.value.hint
    assert github.requests() == []
    standing.times = 0
    assert github.submit().request is not None
    assert len(github.requests()) == 1


def test_a_request_that_was_merged_takes_nothing_more_in(github: Forged) -> None:
    github.submit()
    request = github.forge.state.requests[0]
    github.forge.state.merge(request)
    folder = github.lab.only()
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    with pytest.raises(UsageError, match="merged meanwhile"):
        github.submit()
    state = folder.load().request
    assert state is not None and state.state == "merged"
    # What was written since becomes a request of its own, with that alone in it.
    rebased = rebase(folder, github.lab.workspace, github.config)
    assert rebased.done and rebased.conflicts == ()
    second = github.submit()
    assert second.request is not None and second.request.number == 2 and second.branch == "contribute/feeding-2"
    changed = github.lab.git(github.fork().path, "diff", "--numstat", second.base_commit, second.branch)
    assert changed.split() == ["1", "1", f"{BIRDS}/qna.yaml"]


def test_without_a_token_the_branch_can_still_be_pushed(github: Forged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANNS_TOKEN")
    with pytest.raises(NoForge) as caught:
        connect(github.lab.workspace, github.config)
    assert caught.value.error is not None and "token" in caught.value.error.what
    with pytest.raises(LabError) as refused:
        submit(github.lab.only(), github.lab.workspace, github.config)
    assert "GITHUB_TOKEN" in refused.value.hint


def test_killed_between_push_and_request_opens_one(github: Forged, fault_rounds: int) -> None:
    """Killed where nothing here could note it: the request stands on the forge already."""
    folder = github.lab.only()
    github.write_settings()
    root = Path(__file__).parents[3]
    words = [sys.executable, "-m", "tests.contribute.submitting.killing", str(github.lab.workspace.root), folder.id]
    killed = subprocess.run(
        [*words, "after forge POST pulls"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(github.requests()) == 1 and folder.load().request is None
    done = github.submit()
    assert done.request is not None and done.request.number == github.requests()[0][0]
    assert len(github.requests()) == 1


def test_a_closed_request_is_opened_again_and_not_twice(github: Forged) -> None:
    first = github.submit()
    assert first.request is not None
    with connect(github.lab.workspace, github.config) as forge:
        forge.close(first.request.number)
    folder = github.lab.only()
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    second = github.submit()
    assert second.request is not None and second.request.number == first.request.number
    assert [one[1] for one in github.requests()] == ["open"]
