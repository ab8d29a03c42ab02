"""What bad input gets: one sentence with what to do, the draft kept, the step repeatable; nothing half done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import git
from labtui.contribute.submitting.identity import identity
from labtui.contribute.submitting.submit import submit
from labtui.errors import LabError, UsageError
from labtui.git_push import Login, PushError, refused, remote_branches
from labtui.git_remote import fetch
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import LOGIN, Lab, snapshot
from tests.contribute.submitting.test_submit import keep_password
from tests.git_server import GitServer, Sshd, self_signed


class Served:
    def __init__(self, lab: Lab, server: GitServer, home: Path) -> None:
        self.lab = lab
        self.server = server
        self.home = home
        self.folder = lab.draft()

    def fails(self) -> PushError:
        """Submits in vain: one refusal, and the clone as it was."""
        before = snapshot(self.lab.clone)
        with pytest.raises(PushError) as caught:
            submit(self.folder, self.lab.workspace, self.lab.config)
        assert snapshot(self.lab.clone) == before
        assert caught.value.what and caught.value.hint and "\n" not in caught.value.what
        assert LOGIN[1] not in str(caught.value)
        return caught.value

    def works(self) -> None:
        done = submit(self.folder, self.lab.workspace, self.lab.config)
        assert self.lab.branches(self.lab.fork)[done.branch] == done.commit
        assert len(self.lab.branches(self.lab.fork)) == 2


@pytest.fixture
def served(bare_lab: Lab, clean_environment: Path) -> Iterator[Served]:
    with labs.served(bare_lab, login=LOGIN) as server:
        keep_password(bare_lab, clean_environment, server.address)
        labs.cloned(bare_lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield Served(bare_lab, server, clean_environment)


@pytest.mark.parametrize(
    ("status", "body", "when", "refusal"),
    [
        (502, b"<html>Bad gateway</html>", "fork.git/git-receive-pack", "network"),
        (500, b"", "fork.git/info/refs?service=git-receive-pack", "network"),
        (200, b"<html>Please log in</html>", "fork.git/info/refs?service=git-receive-pack", "answer"),
        (403, b"no", "fork.git/git-receive-pack", "forbidden"),
        (404, b"gone", "fork.git/info/refs?service=git-receive-pack", "missing"),
        (200, b"<html>Please log in</html>", "upstream.git/info/refs", "answer"),
        (500, b"", "upstream.git/info/refs", "network"),
    ],
)
def test_servers_that_answer_something_else(served: Served, status: int, body: bytes, when: str, refusal: str) -> None:
    for _ in range(3 if status == 200 else 1):  # git looks twice at what is no git server
        served.server.answer(status, body, when)
    assert served.fails().refusal == refusal
    served.server.forget_answers()
    served.works()


def test_an_expired_password(served: Served) -> None:
    keep_password(served.lab, served.home, served.server.address, ("ann", "old"))
    error = served.fails()
    assert error.refusal == "login" and "expired" in error.what
    keep_password(served.lab, served.home, served.server.address)
    served.works()


def test_no_password_and_nobody_is_asked(served: Served) -> None:
    (served.home / ".git-credentials").unlink()
    assert served.fails().refusal == "login"


def test_stopped_while_pushing(served: Served) -> None:
    """Stopped between fetching and pushing, while the server is written to."""
    before = snapshot(served.lab.clone)
    stop = threading.Event()

    def stops(request: str) -> None:
        if "fork.git/git-receive-pack" in request:
            stop.set()
            threading.Event().wait(3)  # git is ended meanwhile

    served.server.on_request = stops
    with pytest.raises(PushError) as caught:
        submit(served.folder, served.lab.workspace, served.lab.config, cancelled=stop)
    assert caught.value.refusal == "stopped" and "goes on from here" in caught.value.hint
    assert snapshot(served.lab.clone) == before
    served.server.on_request = None
    served.works()


def test_an_answer_that_was_lost_on_the_way(served: Served) -> None:
    """The branch is there, and nobody said so: it is found, not pushed again."""
    served.server.loses = "POST /fork.git/git-receive-pack"
    assert served.fails().refusal == "network"
    served.server.loses = ""
    there = served.lab.branches(served.lab.fork)
    assert set(there) == {"main", "contribute/feeding"}
    served.server.requests.clear()
    served.works()
    assert served.lab.branches(served.lab.fork) == there
    assert not any(one.startswith("POST") and "receive-pack" in one for one in served.server.requests)


def test_a_server_that_is_gone(served: Served) -> None:
    served.lab.git(served.lab.clone, "remote", "set-url", "upstream", "http://127.0.0.1:9/upstream.git")
    error = served.fails()
    assert error.refusal == "network" and "--bundle" in error.hint


def test_a_base_branch_that_is_gone(served: Served) -> None:
    served.lab.git(served.lab.upstream, "branch", "--move", "main", "trunk")
    error = served.fails()
    assert error.refusal == "missing" and "taxonomy.base" in error.hint


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("remote: error: GH006: Protected branch update failed for refs/heads/main.", "protected"),
        ("remote: GitLab: You are not allowed to push code to protected branches on this project.", "protected"),
        ("remote: error: GH013: Repository rule violations found", "protected"),
        ("! [remote rejected] x -> x (shallow update not allowed)", "shallow"),
        ("! [rejected] x -> x (stale info)", "moved"),
        ("! [rejected] x -> x (fetch first)", "moved"),
        ("remote: Permission to lab/taxonomy.git denied to ann.\nfatal: unable to access 'https://x/': "
         "The requested URL returned error: 403", "forbidden"),
        ("fatal: Authentication failed for 'https://x/'", "login"),
        ("git@github.com: Permission denied (publickey).", "login"),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", "missing"),
        ("fatal: unable to access 'https://nowhere/': Could not resolve host: nowhere", "network"),
        ("Host key verification failed.", "host"),
        ("fatal: the remote end hung up unexpectedly", "network"),
        ("something nobody ever saw", "other"),
    ],
)  # fmt: skip
def test_what_servers_say(said: str, refusal: str) -> None:
    error = refused(said, 128, "https://x")
    assert error.refusal == refusal and error.hint


def test_ssh_that_does_not_know_the_host_or_has_no_key(bare_lab: Lab, clean_environment: Path, tmp_path: Path) -> None:
    if not Sshd.available():
        pytest.skip("needs an sshd: Debian's openssh-server")
    with Sshd(tmp_path) as ssh:
        ssh.prepare(clean_environment)
        lab = labs.cloned(bare_lab, ssh.address(bare_lab.upstream), ssh.address(bare_lab.fork))
        folder = lab.draft()
        for options, refusal in (({"known": False}, "host"), ({"key": False}, "login")):
            ssh.prepare(clean_environment, **options)
            with pytest.raises(PushError) as caught:
                submit(folder, lab.workspace, lab.config)
            assert caught.value.refusal == refusal, str(caught.value)
        ssh.prepare(clean_environment)
        done = submit(folder, lab.workspace, lab.config)
        assert lab.branches(lab.fork)[done.branch] == done.commit


@pytest.mark.parametrize("settings", [{}, {"user.name": "Ann"}, {"user.email": "ann@example.org"}])
def test_no_identity_names_the_two_commands(
    lab: Lab, clean_environment: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL", "guessed@localhost")
    file = clean_environment / ".gitconfig"
    file.write_text("")
    for key, value in settings.items():
        git.run(None, "config", "--file", str(file), key, value)
    if "user.name" in settings:
        monkeypatch.delenv("EMAIL")
    with pytest.raises(LabError) as caught:
        identity(lab.clone)
    assert "git config --global user.name" in caught.value.hint and "user.email" in caught.value.hint


def test_where_the_identity_is_from(lab: Lab) -> None:
    assert identity(lab.clone).source == "your settings"
    lab.git(lab.clone, "config", "user.email", "other@example.org")
    found = identity(lab.clone)
    assert (found.email, found.source) == ("other@example.org", "the settings of this clone")
    lab.git(lab.clone, "config", "user.email", "nobody")
    with pytest.raises(LabError, match="no address"):
        identity(lab.clone)


def test_no_git_repository_and_no_taxonomy(lab: Lab) -> None:
    folder = lab.draft()
    (lab.clone / ".git").rename(lab.top / "away")
    with pytest.raises(LabError, match="not under git"):
        submit(folder, lab.workspace, lab.config)
    lab.clone.rename(lab.top / "gone")
    with pytest.raises(LabError, match="no taxonomy"):
        submit(folder, lab.workspace, lab.config)
    assert folder.load().leaves


def test_a_repository_of_another_user_is_refused_with_how_to_trust_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(LabError) as caught:
        submit(lab.draft(), lab.workspace, lab.config)
    assert "safe.directory" in caught.value.hint


def test_two_applications_submit_one_draft(lab: Lab) -> None:
    folder = lab.draft()
    root = Path(__file__).parents[3]
    code = (
        "import sys; from pathlib import Path; from labtui.contribute.drafts.draft_folder import DraftFolder\n"
        "with DraftFolder(Path(sys.argv[1])).submission(): print('in', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.path)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == b"in\n"
        with pytest.raises(LabError, match="being submitted right now"):
            submit(folder, lab.workspace, lab.config)
    finally:
        other.communicate(b"")
    assert submit(folder, lab.workspace, lab.config).commit


def test_a_base_that_is_no_branch(lab: Lab) -> None:
    from labtui import config

    lab.git(lab.clone, "tag", "v1")
    with pytest.raises(UsageError, match="no branch"):
        submit(lab.draft(), lab.workspace, config.load(lab.workspace, ("taxonomy.base=v1",)))


def test_a_login_is_given_to_its_own_host_only_and_never_shown(served: Served, tmp_path: Path) -> None:
    (served.home / ".git-credentials").unlink()
    login = Login(served.server.address, *LOGIN)
    assert LOGIN[1] not in repr(login)
    served.server.private = True
    top = served.lab.clone
    assert "main" in remote_branches(top, "upstream", ["main"], login)
    other = Login("http://localhost:1/", *LOGIN)
    with pytest.raises(PushError) as caught:
        remote_branches(top, "upstream", ["main"], other)
    assert caught.value.refusal == "login"
    assert Login("http://example.org/", *LOGIN).settings() == (), "never in the clear"
    assert not (served.home / ".git-credentials").exists(), "no helper was told to keep it"


def test_names_of_remotes_and_branches_that_look_like_options(lab: Lab) -> None:
    (lab.clone / ".git/config").write_text(
        (lab.clone / ".git/config").read_text() + '[remote "--upload-pack=x"]\n\turl = /nowhere\n'
    )
    lab.git(lab.clone, "config", "remote.pushDefault", "--receive-pack=touch /tmp/labtui-evil")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert done.pushed_to == os.fspath(lab.fork)
    with pytest.raises(PushError, match="no address"):
        remote_branches(lab.clone, "--upload-pack=x", ["main"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("http.{}/.sslVerify", "false"), ("http.proxy", "http://127.0.0.1:9"), ("remote.upstream.proxy", "127.0.0.1:9")],
)
def test_no_token_goes_where_a_strangers_settings_lead_it(served: Served, key: str, value: str) -> None:
    login = Login(served.server.address, *LOGIN)
    served.lab.git(served.lab.clone, "config", key.format(served.server.address), value)
    served.server.seen_logins.clear()
    with pytest.raises(PushError, match="no token is sent"):
        remote_branches(served.lab.clone, "upstream", ["main"], login)
    assert served.server.seen_logins == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
@pytest.mark.parametrize("key", ["http.sslVerify", "http.{}/.sslVerify", "http.{}.sslverify"])
def test_only_the_users_own_settings_leave_a_server_unchecked(
    bare_lab: Lab, clean_environment: Path, tmp_path: Path, key: str
) -> None:
    made = self_signed(tmp_path)
    own = ("config", "--file", os.fspath(clean_environment / ".gitconfig"))
    with labs.served(bare_lab, login=LOGIN, certificate=made) as server:
        keep_password(bare_lab, clean_environment, server.address)
        git.run(None, *own, "http.sslCAInfo", os.fspath(made))
        labs.cloned(bare_lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        served = Served(bare_lab, server, clean_environment)
        # The certificate is unknown now, and it is the repository that says not to mind.
        git.run(None, *own, "--unset", "http.sslCAInfo")
        bare_lab.git(bare_lab.clone, "config", key.format(server.address), "false")
        server.seen_logins.clear()
        error = served.fails()
        assert error.refusal == "certificate" and "sslCAInfo" in error.hint
        assert server.seen_logins == [] and len(bare_lab.branches(bare_lab.fork)) == 1
        with pytest.raises(LabError, match="certificate"):
            fetch(bare_lab.clone, "upstream")
        git.run(None, *own, key.format(server.address), "false")
        served.works()
