"""`labtui contribute status`, as it is typed: against a real clone, with a forge behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labtui import paths
from labtui.cli import run
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.workspace import Workspace
from tests.contribute.drafting import lab, whole
from tests.forge import making
from tests.forge.server import Server
from tests.forge.state import Request
from tests.taxonomy import repos
from tests.test_cli_docs import fits, flat, keys

FILE = "knowledge/owls/qna.yaml"


@dataclass
class Here:
    made: Workspace
    folder: DraftFolder
    forge: Server
    request: Request
    capsys: pytest.CaptureFixture[str]

    def typed(self, *words: str, code: int = 0) -> str:
        assert run(["contribute", "status", *words]) == code
        captured = self.capsys.readouterr()
        self.err = captured.err
        return captured.out

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.typed(*words, "--json", code=code))


@pytest.fixture(params=making.KINDS)
def here(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Here]:
    """One contribution that was submitted by ann, and another one that was not."""
    made = lab(tmp_path, remote=True)
    monkeypatch.chdir(made.root)
    with making.make(request.param, tmp_path / "forge") as forge:
        upstream = making.peopled(forge.state)
        monkeypatch.setenv("ANNS_TOKEN", forge.state.users["ann"].token)
        host = forge.web.removeprefix("http://")
        settings = {"kind": request.param, "web": forge.web, "api": forge.api, "token_env": "ANNS_TOKEN"}
        paths.config_file().parent.mkdir(parents=True)
        paths.config_file().write_text(json.dumps({"contribute": {"forges": {host: settings}}}))
        repos.git.run(made.taxonomy, "remote", "set-url", "origin", f"{forge.web}/lab/taxonomy.git")
        whole(made, "knowledge/not_submitted")
        folder = whole(made)
        fork = forge.state.fork(upstream, "ann")
        commit = making.commit(fork, "contribute/owls", {FILE: folder.leaf_file("knowledge/owls").read_text()})

        def submitted(draft: Draft) -> None:
            draft.title, draft.branch, draft.commit = "Owls of the valley", "contribute/owls", commit
            draft.submitted = folder.fingerprint()

        folder.change(submitted)
        folder.change(lambda draft: setattr(draft, "submitted", folder.fingerprint()))
        held = forge.state.open_request(upstream, "ann", fork, "contribute/owls", "main", "Owls", "…")
        yield Here(made, folder, forge, held, capsys)


def review(here: Here) -> None:
    state = here.forge.state
    line = here.folder.leaf_file("knowledge/owls").read_text().split("\n").index("domain: birds") + 1
    file = here.folder.leaf_file("knowledge/owls").read_text().split("\n")
    third = next(number for number, text in enumerate(file, 1) if "The 3th owl" in text)
    note = state.note("rita", "Is this true?\n\x1b]0;evil\x07Really?", FILE, third)
    state.review(here.request, "rita", "changes", "", (note,))
    state.check(here.request, "lint", "failed", f"{FILE}:{line}: not a known domain")
    state.check(here.request, "docs", "waiting")


def test_an_open_request_with_all_that_is_said_of_it(here: Here) -> None:
    review(here)
    told = here.typed(here.folder.short_id)
    assert told.split("\n")[0] == f"Owls of the valley  ({here.folder.short_id})"
    assert "1 open, changes are asked for, 1 of 2 checks failed, 1 comment" in told
    assert "✖ lint\n" in told, "its words stand at the field"
    assert "knowledge/owls domain: not a known domain" in told
    assert "rita, 2026-01-02" in told and "on seed 3 of knowledge/owls" in told
    assert "      Is this true?\n" in told
    kept = here.folder.load().request
    assert kept is not None and kept.comments[0].seed == 3


def test_what_is_to_be_done_next_is_said(here: Here) -> None:
    short = here.folder.short_id
    here.typed(short)
    assert here.err == "", "a reviewer is to act"
    review(here)
    here.typed(short)
    assert f"labtui contribute resume {short}" in here.err
    file = here.folder.leaf_file("knowledge/owls")
    file.write_text(file.read_text().replace("hunts mice", "hunts voles"))
    here.typed(short)
    assert f"labtui contribute submit {short}" in here.err
    making.commit(here.request.repository, "main", {FILE: "version: 3\nother: 1\n"})
    here.typed(short)
    assert f"labtui contribute rebase {short}" in here.err


def test_what_is_merged_can_be_tidied(here: Here) -> None:
    here.forge.state.merge(here.request)
    here.typed(here.folder.short_id)
    assert f"labtui contribute tidy {here.folder.short_id}" in here.err


def test_all_submitted_ones_in_short(here: Here) -> None:
    review(here)
    told = here.typed()
    assert "Owls of the valley" in told and "1 open" in told
    assert "Is this true?" not in told and "not_submitted" not in told


def test_what_is_new_is_said_once(here: Here) -> None:
    here.typed()
    here.forge.state.merge(here.request)
    assert "new: It was merged." in here.typed()
    told = here.typed()
    assert "new:" not in told and "1 merged" in told


def test_what_was_written_since_is_said(here: Here) -> None:
    file = here.folder.leaf_file("knowledge/owls")
    file.write_text(file.read_text().replace("hunts mice", "hunts voles"))
    assert "You changed it since" in here.typed()


def test_offline_asks_nobody(here: Here) -> None:
    here.typed()
    asked = len(here.forge.calls)
    here.forge.state.merge(here.request)
    assert "1 open" in here.typed("--offline")
    assert len(here.forge.calls) == asked


def test_a_forge_that_cannot_be_asked_leaves_what_was_known(here: Here) -> None:
    here.typed()
    here.forge.fail("GET", "", status=500, times=99)
    told = here.typed(code=3)
    assert "1 open" in told and "as it was at" in told
    assert "HTTP 500" in here.err and "Nothing is lost" in here.err
    assert "Traceback" not in here.err
    answer = here.json(here.folder.short_id, code=3)
    assert "HTTP 500" in answer["problem"]["message"]
    assert answer["request"]["state"] == "open"
    fits(answer, "A submitted contribution")


def test_without_a_token_public_requests_are_read_all_the_same(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    here.typed()
    monkeypatch.delenv("ANNS_TOKEN")
    here.forge.state.merge(here.request)
    assert "1 merged" in here.typed()
    assert "authorization" not in here.forge.headers[-1]


def test_the_json_has_what_the_page_says(here: Here) -> None:
    review(here)
    answer = here.json(here.folder.short_id)
    fits(answer, "A submitted contribution")
    problem = answer["request"]["checks"][0]["problems"][0]
    steps = {key.removeprefix("steps[].problems[]."): kind for key, kind in keys("A contribution").items()}
    assert flat(problem, steps) == {"message", "hint", "leaf", "field", "rule", "level"}
    assert (problem["leaf"], problem["field"]) == ("knowledge/owls", ["domain"])
    (listed,) = here.json()
    assert listed["id"] == here.folder.id


def test_one_that_was_not_submitted_says_so(here: Here) -> None:
    other = next(folder for folder in store.list_drafts(here.made) if folder != here.folder)
    assert "Not submitted yet." in here.typed(other.short_id)
    assert here.forge.calls == []


def test_one_whose_request_is_not_there_yet(here: Here) -> None:
    here.forge.state.requests.clear()
    told = here.typed(code=3)
    assert "contribute/owls is pushed; no request is known." in told
    assert "labtui contribute submit" in here.err


def test_where_nothing_was_submitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = lab(tmp_path)
    monkeypatch.chdir(made.root)
    assert run(["contribute", "status"]) == 0
    assert run(["contribute", "status", "nothing"]) == 2
