"""A contribution's life on GitHub and Forgejo, with prism in between: every request and every answer fits the
description that the forge itself publishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from labtui.contribute.forges.base import ForgeError, Head
from labtui.contribute.forges.making import make as make_client
from labtui.contribute.forges.tokens import Token
from labtui.operations.contributing.submitting import how_it_stands, withdraw
from tests.contribute.forges.conftest import BRANCH, FILE, World, world_of
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING
from tests.contribute.submitting.test_request import Forged, forged_on
from tests.forge import described, making
from tests.forge.server import Server
from tests.forge.state import commit_of


@dataclass
class Standing:
    """A forge and prism in front of it, for all tests here: prism takes seconds to start."""

    name: str
    """What the description is of."""
    kind: str
    forge: Server
    address: str
    """Where prism is asked."""


@pytest.fixture(scope="module", params=(*making.KINDS, "github enterprise"))
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    if reason := described.missing(request.param):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("held")
    kind, _, enterprise = request.param.partition(" ")
    with (
        making.make(kind, folder / "none", enterprise=bool(enterprise)) as forge,
        described.held_to(forge, request.param, folder) as address,
    ):
        yield Standing(request.param, kind, forge, address)


@pytest.fixture
def held(standing: Standing, tmp_path: Path) -> Iterator[World]:
    standing.forge.begin_anew(tmp_path / "forge")
    made = world_of(standing.kind, standing.forge, standing.address)
    with made.client:
        yield made


def test_a_whole_life_fits_the_description(held: World) -> None:
    state, client = held.forge.state, held.client
    state.fork_looks = 1
    assert client.whoami().login == "ann"
    assert client.repository().default_branch == "main"
    assert client.own_fork() is None
    assert client.fork().slug == "ann/taxonomy"
    assert client.fork().slug == "ann/taxonomy"
    assert client.create_repository("owl-texts", description="Texts").slug == "ann/owl-texts"
    held.upstream.writers.add("ann")
    head = held.pushed()
    assert client.find_request(head, "main") is None
    opened = client.open_request("Add owls", "About owls", head, "main", ("knowledge",))
    assert client.open_request("Add owls", "About owls", head, "main").number == opened.number
    (request,) = state.requests
    assert request.labels == ["knowledge"]
    state.say(request, "rita", "Nice")
    state.review(request, "rita", "changes", "Please", (state.note("rita", "Why?", FILE, 2),))
    for number, name in enumerate(("waiting", "passed", "failed", "skipped")):
        state.check(request, f"check {number}", name, "words", remarks=[(FILE, 1, "wrong")])
        state.check(request, f"status {number}", name, "words", old_kind=True)
    found = client.read(opened.number)
    assert len(found.checks) == 8
    assert [said.text for said in found.comments] == ["Nice", "Why?", "Please"]
    assert found.changes_requested
    assert client.update(opened.number, title="Owls", body="More").title == "Owls"
    assert client.close(opened.number).state == "closed"
    closed = client.find_request(head, "main", any_state=True)
    assert closed is not None
    assert closed.state == "closed"
    assert client.reopen(opened.number).state == "open"
    making.commit(request.head_repository, BRANCH, {FILE: "version: 3\nowls: 2\n"})
    state.merge(request)
    assert client.read(opened.number).state == "merged"
    assert held.waits == [2.0]


def test_prism_would_have_spoken_up(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held.pushed()
    pulls = "/repos/lab/taxonomy/pulls"
    with pytest.raises(ForgeError) as refused:
        held.client.calls.send("POST", pulls, {"title": 7, "head": ["x"], "base": "main"}, dict)
    assert "prism" in refused.value.what
    assert held.forge.calls == [], "it never reached the forge"
    monkeypatch.setattr(held.forge, "fill", lambda method, path, status, value: {**value, "login": 7})
    with pytest.raises(ForgeError) as wrong:
        held.client.whoami()
    assert "prism" in wrong.value.what


def test_nothing_is_added_to_what_the_forge_answers(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that GitHub never leaves out, left out by the forge, is noticed: nobody puts it in on the way."""
    if held.kind != "github":
        pytest.skip("Forgejo's description demands no field")
    monkeypatch.setattr(held.forge, "fill", lambda method, path, status, value: value.pop("hooks_url") and value)
    with pytest.raises(ForgeError) as wrong:
        held.client.repository()
    assert "prism" in wrong.value.what


def test_each_kind_of_refusal_fits_the_description(held: World) -> None:
    request = held.opened()
    pulls, one = "/repos/lab/taxonomy/pulls", f"/pulls/{request.number}"
    other = Head(owner="ann", repo="taxonomy", branch="nowhere")
    page = b"<!doctype html><html><body>It is being mended.</body></html>"
    limit = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}

    def refused(refusal: str, status: int, call: Callable[[], object]) -> None:
        with pytest.raises(ForgeError) as caught:
            call()
        error = caught.value
        assert "prism" not in f"{error.what} {error.hint}", error.what
        assert (error.refusal, error.status) == (refusal, status)
        assert error.hint

    with make_client(held.address, Token("mistyped", "TEST_TOKEN")) as stranger:
        refused("token", 401, stranger.whoami)
    with held.client_of("rita") as rita:
        refused("forbidden", 403, lambda: rita.close(request.number))
    held.forge.fail("GET", "/user$", status=403, body=b'{"message": "API rate limit exceeded"}', headers=limit)
    refused("limit", 403, held.client.whoami)
    refused("missing", 404, lambda: held.client.repository("lab", "nothing"))
    again = {"title": "Again", "head": f"ann:{BRANCH}", "base": "main", "body": ""}
    refused("exists", 422 if held.kind == "github" else 409, lambda: held.client.calls.send("POST", pulls, again, dict))
    refused("invalid", 422, lambda: held.client.open_request("Add owls", "x", other, "main"))
    failing = held.forge.fail("GET", f"{one}$", status=500, body=b'{"message": "Server Error"}', times=9)
    refused("server", 500, lambda: held.client.read(request.number))
    # No description has words for a web page in place of an answer, so this one is looked at past prism.
    failing.body, failing.headers = page, {"content-type": "text/html"}
    with make_client(msgspec.structs.replace(held.address, api=held.forge.api), held.client.calls.token) as direct:
        direct.calls.sleep = held.waits.append  # type: ignore[attr-defined]
        refused("server", 500, lambda: direct.read(request.number))
    assert failing.times == 3, "each was asked three times"
    # None of that did anything.
    assert held.forge.state.requests == [request]
    assert (request.state, request.title, request.branch) == ("open", "Add owls", BRANCH)
    assert [one.slug for one in held.forge.state.repositories] == ["lab/taxonomy", "ann/taxonomy"]


@pytest.fixture
def submitting(
    standing: Standing, tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Forged]:
    """A contribution that is ready, on its way to a forge that is asked through prism."""
    top = tmp_path / "all"
    top.mkdir()
    standing.forge.begin_anew(top / "forge")
    with forged_on(standing.forge, labs.make(top, clean_environment), standing.kind, monkeypatch) as made:
        made.api = standing.address
        yield made


def test_a_whole_submission_fits_the_description(submitting: Forged) -> None:
    """Fork, push, request; how it stands, what is said of it; sent again; withdrawn."""
    lab, state = submitting.lab, submitting.forge.state
    folder = lab.draft()
    done = submitting.submit()
    assert done.request is not None
    (request,) = state.requests
    fork = submitting.fork()
    assert (fork.slug, fork.parent) == ("ann/taxonomy", request.repository)
    assert (request.head_repository, request.branch, request.author) == (fork, done.branch, "ann")
    assert state.head(request) == commit_of(fork, done.branch) == done.commit

    state.say(request, "rita", "Nice")
    state.review(request, "rita", "changes", "", (state.note("rita", "Which seeds?", f"{BIRDS}/qna.yaml", 4),))
    state.check(request, "lint", "failed", "see below", remarks=[(f"{BIRDS}/qna.yaml", 2, "too short")])
    found = how_it_stands(folder, lab.workspace, submitting.config, ask=True)
    assert found.problem is None
    known = found.draft.request
    assert known is not None
    assert [one.text for one in known.comments] == ["Nice", "Which seeds?"]
    assert [(one.name, one.state) for one in known.checks] == [("lint", "failed")]
    assert known.changes_requested

    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "seeds and insects"))
    folder.change(lambda draft: setattr(draft, "teaches", "The model names the wrong food."))
    second = submitting.submit()
    assert state.requests == [request]
    assert state.head(request) == commit_of(fork, done.branch) == second.commit != done.commit
    assert "The model names the wrong food." in request.body

    withdraw(folder, lab.workspace, submitting.config)
    assert request.state == "closed"
    closed = folder.load().request
    assert closed is not None
    assert closed.state == "closed"
    assert [one.slug for one in state.repositories] == ["lab/taxonomy", "ann/taxonomy"]
