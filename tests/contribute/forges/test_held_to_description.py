"""A contribution's life on GitHub and Forgejo, with prism in between: every request and every answer fits the
description that the forge itself publishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.forges.base import ForgeError
from tests.contribute.forges.conftest import BRANCH, FILE, World, world_of
from tests.forge import described, making


@pytest.fixture(params=(*making.KINDS, "github enterprise"))
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if reason := described.missing(request.param):
        pytest.skip(reason)
    kind, _, enterprise = request.param.partition(" ")
    made_by = making.make(kind, tmp_path / "forge", enterprise=bool(enterprise))
    with made_by as forge, described.held_to(forge, request.param, tmp_path) as at:
        made = world_of(kind, forge, at)
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


def test_prism_would_have_spoken_up(held: World) -> None:
    held.pushed()
    pulls = "/repos/lab/taxonomy/pulls"
    with pytest.raises(ForgeError) as refused:
        held.client.calls.send("POST", pulls, {"title": 7, "head": ["x"], "base": "main"}, dict)
    assert "prism" in refused.value.what
    assert held.forge.calls == [], "it never reached the forge"
    fill = held.forge.fill
    held.forge.fill = lambda method, path, status, value: {**fill(method, path, status, value), "login": 7}
    with pytest.raises(ForgeError) as wrong:
        held.client.whoami()
    assert "prism" in wrong.value.what
