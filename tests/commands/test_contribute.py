"""`labtui contribute new`, `list`, `show`, `resume` and `abandon`, as they are typed."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labtui.cli import run
from labtui.contribute.drafts import store
from labtui.contribute.records import Draft, Request
from labtui.workspace import Workspace
from tests.contribute.drafting import BIRDS, WORDS, lab, whole
from tests.taxonomy import repos
from tests.taxonomy.leaves import SKILL
from tests.terminal import Terminal


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = lab(tmp_path)
    monkeypatch.chdir(made.root)
    return made


class Typed:
    """What one command line gave."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        code = run(["contribute", *words])
        captured = self._capsys.readouterr()
        self.out, self.err = captured.out, captured.err
        return code

    def json(self, *words: str) -> Any:
        assert self(*words, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def test_new_prints_the_id_and_says_what_is_next(made: Workspace, typed: Typed) -> None:
    assert typed("new", "--kind", "knowledge", "--place", "science/owls", "--title", "Owls") == 0
    (folder,) = store.list_drafts(made)
    assert typed.out == f"{folder.id}\n"
    assert "knowledge/science/owls" in typed.err
    assert f"labtui contribute resume {folder.short_id}" in typed.err
    (leaf,) = folder.load().leaves
    assert (leaf.id, leaf.placed, folder.load().title) == ("knowledge/science/owls", True, "Owls")


def test_new_takes_leaves_to_extend(made: Workspace, typed: Typed) -> None:
    view = typed.json("new", BIRDS, WORDS)
    assert [(leaf["id"], leaf["change"]) for leaf in view["leaves"]] == [(BIRDS, "changed"), (WORDS, "changed")]
    assert len(view["base"]) == 40


def test_new_takes_what_was_changed(made: Workspace, typed: Typed) -> None:
    repos.put(made.taxonomy, {"compositional_skills/counting/qna.yaml": SKILL, f"{WORDS}/qna.yaml": SKILL + "# x\n"})
    shutil.rmtree(made.taxonomy / BIRDS)
    view = typed.json("new", "--from-changes")
    assert {leaf["id"]: leaf["change"] for leaf in view["leaves"]} == {
        "compositional_skills/counting": "new",
        WORDS: "changed",
        BIRDS: "deleted",
    }
    assert [leaf["id"] for leaf in typed.json("new", "--from-changes", WORDS)["leaves"]] == [WORDS]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from-changes",), 1, "No leaf differs"),
        (("--from-changes", BIRDS), 2, "Nothing in it differs"),
        (("--from-changes", "--kind", "knowledge"), 2, "--kind, --place"),
        (("--place", "knowledge/a"), 2, "--kind knowledge"),
        (("knowledge/none",), 2, "no leaf 'knowledge/none'"),
        (("--kind", "knowledge", "--place", BIRDS), 2, "in the taxonomy already"),
        (("--kind", "knowledge", "--place", "A b"), 2, "knowledge/a_b"),
        (("--kind", "poem"), 2, "poem"),
    ],
)
def test_what_cannot_be_begun_leaves_nothing(
    made: Workspace, typed: Typed, words: tuple[str, ...], code: int, said: str
) -> None:
    assert typed("new", *words) == code
    assert said in typed.err
    assert typed.out == ""
    assert store.list_drafts(made) == []


def test_list(made: Workspace, typed: Typed) -> None:
    assert typed("list") == 0
    assert (typed.out, "labtui contribute new" in typed.err) == ("", True)
    owls = whole(made)
    broken = store.new(made)
    broken.draft_file.write_text("{")
    hostile = store.new(made, title="\x1b]0;gotcha\x07evil\nline")
    assert typed("list") == 0
    header, *lines = typed.out.splitlines()
    assert header.split() == ["ID", "TITLE", "CHANGED", "(UTC)", "STANDS"]
    found = {line.split()[0]: line for line in lines}
    assert set(found) == {owls.id, broken.id, hostile.id}
    assert "ready to be submitted" in found[owls.id]
    assert "cannot be read" in found[broken.id]
    assert "\x1b" not in typed.out
    rows = {row["id"]: row for row in typed.json("list")}
    assert rows[owls.id]["ready"] and rows[broken.id]["problem"]


def test_show(made: Workspace, typed: Typed) -> None:
    assert typed("new", "--kind", "freeform") == 0
    assert typed("show") == 0
    assert "not placed yet" in typed.out
    assert "○ Place" in typed.out
    assert "to write: 'task_description' is empty.  [task_description]" in typed.out
    assert "Next: Place." in typed.err
    owls = whole(made)
    assert typed("show", owls.short_id) == 0
    assert "✔ Seeds        5 seeds" in typed.out
    assert f"labtui contribute submit {owls.short_id}" in typed.err
    view = typed.json("show", owls.id[:-1])
    assert (view["id"], view["ready"], view["step"]) == (owls.id, True, "review")
    assert [step["step"] for step in view["steps"]][:3] == ["kind", "place", "description"]


def test_show_of_what_is_not_there_names_what_is_near(made: Workspace, typed: Typed) -> None:
    assert typed("show") == 2
    assert "labtui contribute new" in typed.err
    folder = whole(made)
    assert typed("show", folder.short_id[:-1] + "!") == 2
    assert folder.id in typed.err
    folder.draft_file.write_text("{")
    assert typed("show", folder.short_id) == 3
    assert "is not a contribution of labtui" in typed.err


def test_resume_without_a_terminal_says_how_it_stands(made: Workspace, typed: Typed) -> None:
    folder = whole(made)
    folder.leaf_file("knowledge/owls").write_text("a: [")
    assert typed("resume") == 0
    assert "✖ Check" in typed.out
    assert f"labtui contribute resume {folder.short_id}" in typed.err
    assert typed.json("resume")["id"] == folder.id


def test_resume_in_a_terminal_opens_the_wizard(made: Workspace) -> None:
    folder = whole(made)
    command = [sys.executable, "-m", "labtui", "contribute", "resume", folder.short_id]
    with Terminal(command, columns=100, rows=30) as terminal:
        terminal.wait_for("attribution")
        assert "owls" in terminal.text


def test_abandon_loses_nothing(made: Workspace, typed: Typed) -> None:
    folder = whole(made)
    request = Request(forge="github", number=3, url="https://example.org/3")

    def ask(draft: Draft) -> None:
        draft.request = request

    folder.change(ask)
    assert typed("abandon") == 2  # never by chance
    assert typed("abandon", folder.short_id) == 0
    place = made.drafts / ".abandoned" / folder.id
    assert typed.out == f"{place}\n"
    assert request.url in typed.err
    command = typed.err.partition("with: ")[2].strip()
    subprocess.run(shlex.split(command), check=True)
    assert folder.load().request == request
    assert typed.json("abandon", "last") == {"id": folder.id, "path": str(place)}
    assert typed("abandon", "last") == 2


def test_a_broken_one_can_be_abandoned(made: Workspace, typed: Typed) -> None:
    folder = store.new(made)
    folder.draft_file.write_text("{")
    assert typed("abandon", folder.id) == 0


def test_help_lists_the_commands_in_the_order_of_the_work(typed: Typed) -> None:
    assert typed("--help") == 0
    names = [line.split()[0] for line in typed.out.partition("Commands:")[2].splitlines() if line.strip()]
    order = ["new", "teach", "list", "show", "resume", "ask", "try", "submit", "status", "rebase", "tidy", "abandon"]
    assert names == order
