"""The three clients do the same on the three forges; what counts is what the forge holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from labtui.contribute.forges.address import forge_address
from labtui.contribute.forges.base import ForgeError, Head
from labtui.settings import Contribute
from tests.contribute.forges.conftest import BRANCH, FILE, World, world_of
from tests.forge import making
from tests.forge.state import commit_of


def test_who_the_token_belongs_to_and_how_the_repository_stands(world: World) -> None:
    assert world.client.whoami().login == "ann"
    found = world.client.repository()
    assert (found.slug, found.default_branch, found.parent, found.private) == ("lab/taxonomy", "main", "", False)
    assert found.can_push is False
    assert found.https.endswith("/lab/taxonomy.git")
    with world.client_of("lab") as theirs:
        assert theirs.repository().can_push is True


def test_a_fork_is_made_once_and_waited_for(world: World) -> None:
    world.forge.state.fork_looks = 3
    assert world.client.own_fork() is None
    fork = world.client.fork()
    assert (fork.slug, fork.parent, fork.can_push) == ("ann/taxonomy", "lab/taxonomy", True)
    assert world.waits, "it was not there at once"
    again = world.client.fork()
    assert (again, world.client.own_fork()) == (fork, fork)
    assert [one.slug for one in world.forge.state.repositories] == ["lab/taxonomy", "ann/taxonomy"]
    assert commit_of(world.forge.state.repositories[1], "main") == commit_of(world.upstream, "main")


def test_a_fork_with_another_name_is_found(world: World) -> None:
    fork = world.forge.state.fork(world.upstream, "ann")
    fork.name = "taxonomy-of-mine"
    world.forge.state.fork(world.upstream, "rita")
    found = world.client.own_fork()
    assert found is not None
    assert found.slug == "ann/taxonomy-of-mine"
    assert [one.slug for one in world.forge.state.repositories if one.owner == "ann"] == ["ann/taxonomy-of-mine"]


def test_waiting_for_a_fork_can_be_stopped_and_has_an_end(world: World) -> None:
    world.forge.state.fork_looks = 10_000
    with pytest.raises(ForgeError) as stopped:
        world.client.fork(lambda: len(world.waits) >= 3)
    assert (stopped.value.refusal, len(world.waits)) == ("stopped", 3)
    with pytest.raises(ForgeError) as late:
        world.client.fork()
    assert late.value.refusal == "server"
    assert "Submit again" in late.value.hint


def test_a_request_is_opened_once(world: World) -> None:
    head = world.pushed()
    assert world.client.find_request(head, "main") is None
    made = world.client.open_request("Add owls", "About `owls`\n", head, "main")
    again = world.client.open_request("Another title", "x", head, "main")
    assert again.number == made.number
    (held,) = world.forge.state.requests
    assert (held.title, held.body, held.author, held.base) == ("Add owls", "About `owls`\n", "ann", "main")
    assert (held.head_repository.slug, held.branch) == ("ann/taxonomy", BRANCH)
    found = world.client.find_request(head, "main")
    assert found is not None
    assert (found.number, found.url, found.state) == (made.number, made.url, "open")
    assert (made.owner, made.branch, made.base) == ("ann", BRANCH, "main")
    assert made.head == commit_of(held.head_repository, BRANCH)


def test_a_branch_of_the_repository_itself_needs_no_fork(world: World) -> None:
    making.commit(world.upstream, "lab-branch", {FILE: "version: 3\nx: 1\n"})
    head = Head(owner="lab", repo="taxonomy", branch="lab-branch")
    with world.client_of("lab") as theirs:
        made = theirs.open_request("From within", "", head, "main")
        assert made.owner == "lab"
        found = theirs.find_request(head, "main")
        assert found is not None
        assert found.number == made.number
    assert world.forge.state.requests[0].head_repository is world.upstream


def test_the_same_branch_name_of_somebody_else_is_another_request(world: World) -> None:
    fork = world.forge.state.fork(world.upstream, "rita")
    making.commit(fork, BRANCH, {FILE: "version: 3\nrita: 1\n"})
    with world.client_of("rita") as other:
        other.open_request("Rita's", "", Head(owner="rita", repo="taxonomy", branch=BRANCH), "main")
    head = world.pushed()
    assert world.client.find_request(head, "main", any_state=True) is None
    made = world.client.open_request("Ann's", "", head, "main")
    assert [one.author for one in world.forge.state.requests] == ["rita", "ann"]
    assert made.number == 2


def test_an_open_request_goes_before_an_older_closed_one(world: World) -> None:
    head = world.pushed()
    first = world.client.open_request("First", "", head, "main")
    world.client.close(first.number)
    assert world.client.find_request(head, "main") is None
    closed = world.client.find_request(head, "main", any_state=True)
    assert closed is not None
    assert (closed.number, closed.state) == (first.number, "closed")
    second = world.client.open_request("Second", "", head, "main")
    assert second.number != first.number
    for any_state in (False, True):
        found = world.client.find_request(head, "main", any_state=any_state)
        assert found is not None
        assert found.number == second.number
    without_base = world.client.find_request(head)
    assert without_base is not None
    assert without_base.number == second.number


def test_labels_are_set_where_one_may(world: World) -> None:
    head = world.pushed()
    mine = world.client.open_request("Add owls", "", head, "main", ("knowledge",))
    world.client.close(mine.number)
    world.upstream.writers.add("ann")
    theirs = world.client.open_request("Add owls", "", head, "main", ("knowledge",))
    assert theirs.labels == ("knowledge",)
    assert world.forge.state.requests[1].labels == ["knowledge"]


def test_checks_comments_and_verdicts_are_read(world: World) -> None:
    state, request = world.forge.state, world.opened()
    state.say(request, "rita", "Nice owls")
    at_line = state.note("rita", "Why **this**?", FILE, 2)
    settled = state.note("rita", "A typo", FILE, 1, resolved=True)
    state.review(request, "rita", "changes", "Please look again", (at_line, settled))
    state.check(request, "lint", "failed", "2 errors")
    state.check(request, "docs", "waiting")
    state.check(request, "dco", "passed", "all signed", old_kind=True)
    found = world.client.read(request.number)
    assert (found.state, found.mergeable, found.changes_requested, found.approved) == ("open", True, True, False)
    assert {check.name: check.state for check in found.checks} == {
        "lint": "failed",
        "docs": "waiting",
        "dco": "passed",
    }
    assert found.checks[0].says == "2 errors"
    assert [(said.author, said.text, said.path, said.line, said.resolved) for said in found.comments] == [
        ("rita", "Nice owls", "", 0, False),
        ("rita", "Why **this**?", FILE, 2, False),
        ("rita", "A typo", FILE, 1, True),
        ("rita", "Please look again", "", 0, False),
    ]
    assert all(said.at is not None and said.url.startswith("http") for said in found.comments)
    kept = found.request()
    assert (kept.forge, kept.number, kept.comments) == (world.kind, request.number, found.comments)


def test_a_later_approval_takes_the_objection_back(world: World) -> None:
    state, request = world.forge.state, world.opened()
    state.review(request, "rita", "changes", "No")
    state.review(request, "rita", "approved", "Yes")
    found = world.client.read(request.number)
    assert (found.changes_requested, found.approved) == (False, True)


def test_one_objection_outweighs_the_approval_of_another(world: World) -> None:
    state, request = world.forge.state, world.opened()
    state.review(request, "rita", "approved")
    state.review(request, "lab", "changes", "No")
    found = world.client.read(request.number)
    assert (found.changes_requested, found.approved) == (True, False)


def test_new_commits_reach_an_open_request(world: World) -> None:
    request = world.opened()
    before = world.client.read(request.number).head
    newer = making.commit(request.head_repository, BRANCH, {FILE: "version: 3\nowls: 2\n"})
    assert world.client.read(request.number).head == newer != before


def test_a_request_that_no_longer_fits_says_so(world: World) -> None:
    request = world.opened()
    making.commit(world.upstream, "main", {FILE: "version: 3\nother: 1\n"})
    assert world.client.read(request.number).mergeable is False


def test_title_and_text_are_changed_alone(world: World) -> None:
    request = world.opened()
    assert world.client.update(request.number, title="Owls, better").title == "Owls, better"
    assert (request.title, request.body) == ("Owls, better", "About owls")
    world.client.update(request.number, body="New text")
    assert (request.title, request.body) == ("Owls, better", "New text")
    asked = len(world.forge.calls)
    world.client.update(request.number)
    assert all(call.startswith("GET") for call in world.forge.calls[asked:])


def test_close_and_reopen_can_be_said_twice(world: World) -> None:
    request = world.opened()
    for _ in range(2):
        assert world.client.close(request.number).state == "closed"
    assert request.state == "closed"
    for _ in range(2):
        assert world.client.reopen(request.number).state == "open"
    assert request.state == "open"


def test_what_is_merged_stays_merged(world: World) -> None:
    request = world.opened()
    merge = world.forge.state.merge(request)
    assert commit_of(world.upstream, "main") == merge
    assert world.client.read(request.number).state == "merged"
    assert world.client.close(request.number).state == "merged"
    with pytest.raises(ForgeError) as refused:
        world.client.reopen(request.number)
    assert refused.value.refusal == "invalid"
    assert request.state == "merged"


def test_a_repository_is_made_for_documents(world: World) -> None:
    made = world.client.create_repository("owl-texts", private=True, description="Texts about owls")
    held = world.forge.state.repository("ann", "owl-texts")
    assert held is not None
    assert (made.slug, made.private, held.private, commit_of(held, "main")) == ("ann/owl-texts", True, True, "")
    with pytest.raises(ForgeError) as refused:
        world.client.create_repository("owl-texts")
    assert refused.value.refusal == "exists"
    assert len([one for one in world.forge.state.repositories if one.name == "owl-texts"]) == 1


def test_what_is_not_there_is_missing(world: World) -> None:
    world.forge.state.repository("lab", "taxonomy").private = True  # type: ignore[union-attr]
    for ask in (lambda: world.client.repository(), lambda: world.client.read(7)):
        with pytest.raises(ForgeError) as refused:
            ask()
        assert refused.value.refusal == "missing"
        assert refused.value.hint


def test_public_requests_are_read_without_a_token(world: World) -> None:
    request = world.opened()
    with world.client_of(None) as anybody:
        assert anybody.read(request.number).title == "Add owls"
        with pytest.raises(ForgeError) as refused:
            anybody.whoami()
    assert refused.value.refusal == "token"


def test_a_long_talk_is_read_over_several_pages(world: World) -> None:
    request = world.opened()
    for number in range(230):
        world.forge.state.say(request, "rita", f"Remark {number}")
    found = world.client.read(request.number)
    assert [said.text for said in found.comments] == [f"Remark {number}" for number in range(230)]
    assert not found.cut


def test_remarks_of_a_failed_check_on_lines_are_read(world_named: Callable[[str], World]) -> None:
    world = world_named("github")
    request = world.opened()
    world.forge.state.check(request, "lint", "failed", "1 error", remarks=[(FILE, 2, "line too long")])
    (check,) = world.client.read(request.number).checks
    assert check.says == f"1 error\n{FILE}:2: line too long"


def test_a_github_that_a_company_installed(tmp_path: Path) -> None:
    with making.make("github", tmp_path / "forge", enterprise=True) as forge:
        host = forge.web.removeprefix("http://")
        settings = msgspec.convert({"forges": {host: {"kind": "github", "web": forge.web}}}, Contribute)
        address = forge_address(f"{forge.web}/lab/taxonomy.git", settings)
        assert address is not None and address.api == f"{forge.web}/api/v3"
        world = world_of("github", forge, address.api)
        with world.client:
            request = world.opened()
            state = forge.state
            state.review(request, "rita", "comment", "", (state.note("rita", "A typo", FILE, 1, resolved=True),))
            assert [said.resolved for said in world.client.read(request.number).comments] == [True]
        assert "POST /api/graphql" in forge.calls


def test_nothing_is_settled_where_github_does_not_tell(world_named: Callable[[str], World]) -> None:
    world = world_named("github")
    request = world.opened()
    state = world.forge.state
    state.review(request, "rita", "comment", "", (state.note("rita", "A typo", FILE, 1, resolved=True),))
    world.forge.fail("POST", "/graphql", status=403, body=b"{}")
    assert [said.resolved for said in world.client.read(request.number).comments] == [False]
