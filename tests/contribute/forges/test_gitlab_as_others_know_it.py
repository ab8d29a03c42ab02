"""GitLab as python-gitlab knows it, a client that is in use everywhere: it finds its way about the forge for tests, and
the fields our client sends are among those it lists. No package carries GitLab's own description of merge requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contribute.forges.conftest import BRANCH, FILE, World

gitlab = pytest.importorskip("gitlab", reason="python-gitlab is not installed: pip install 'labtui[dev]'")


@pytest.fixture
def world(world_named: Callable[[str], World]) -> World:
    return world_named("gitlab")


def theirs(world: World, login: str) -> Any:
    found = gitlab.Gitlab(world.forge.web, oauth_token=world.forge.state.users[login].token)
    found.auth()
    return found


def test_another_client_finds_its_way_about_the_forge(world: World) -> None:
    state = world.forge.state
    ann = theirs(world, "ann")
    project = ann.projects.get("lab/taxonomy")
    fork = ann.projects.get(project.forks.create({}).id)
    assert fork.forked_from_project["path_with_namespace"] == "lab/taxonomy"
    assert [one.id for one in project.forks.list(owned=True)] == [fork.id]
    world.pushed()
    fields = {"source_branch": BRANCH, "target_branch": "main", "title": "Owls", "description": "x"}
    made = fork.mergerequests.create({**fields, "target_project_id": project.id, "allow_collaboration": True})
    (held,) = state.requests
    state.review(held, "rita", "approved", "", (state.note("rita", "Why?", FILE, 2),))
    state.check(held, "lint", "failed", "no")
    (listed,) = project.mergerequests.list(state="opened", source_branch=BRANCH)
    assert listed.iid == made.iid
    request = project.mergerequests.get(made.iid)
    assert request.approvals.get().approved_by[0]["user"]["username"] == "rita"
    assert [pipeline.sha for pipeline in request.pipelines.list(get_all=False)] == [request.sha]
    notes = [note for thread in request.discussions.list(get_all=True) for note in thread.attributes["notes"]]
    assert [(note["body"], note["position"]["new_line"]) for note in notes if not note["system"]] == [("Why?", 2)]
    request.title, request.state_event = "Owls, better", "close"
    request.save()
    assert (held.title, held.state) == ("Owls, better", "closed")
    # Our client sees the same.
    found = world.client.read(made.iid)
    assert (found.title, found.state, found.approved, found.checks[0].name) == ("Owls, better", "closed", True, "lint")


def test_our_client_sends_nothing_another_one_does_not_know(world: World) -> None:
    world.client.fork()
    head = world.pushed()
    number = world.client.open_request("Owls", "x", head, "main", ("knowledge",)).number
    world.client.find_request(head, "main", any_state=True)
    world.client.read(number)
    world.client.update(number, title="A", body="B")
    world.client.close(number)
    world.client.reopen(number)
    world.client.create_repository("owl-texts", private=True, description="Texts")
    objects = gitlab.v4.objects
    requests, projects = objects.ProjectMergeRequestManager, objects.ProjectManager
    known = {
        ("POST", "/projects"): named(projects._create_attrs),
        ("GET", "/projects/{id}/forks"): set(objects.ProjectForkManager._list_filters),
        ("POST", "/projects/{id}/fork"): named(objects.ProjectForkManager._create_attrs),
        ("GET", "/projects/{id}/merge_requests"): set(requests._list_filters),
        ("POST", "/projects/{id}/merge_requests"): named(requests._create_attrs),
        ("PUT", "/projects/{id}/merge_requests/{iid}"): named(requests._update_attrs),
    }
    sent = {(method, path): fields - {"page", "per_page"} for method, path, fields in world.forge.sent}
    for call, fields in known.items():
        assert call in sent, f"{call} was not asked"
        assert sent[call] <= fields, (call, sent[call] - fields)
    asked = sent["POST", "/projects/{id}/merge_requests"]
    assert set(requests._create_attrs.required) <= asked
    assert {call: fields for call, fields in sent.items() if fields and call not in known} == {}


def named(attributes: Any) -> set[str]:
    return {*attributes.required, *attributes.optional}
