"""Editing a leaf by keyboard: real files, real git, form and file as one text."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from labtui.app import LabApp
from labtui.operations.init import init_workspace
from labtui.operations.leaf_editing import LeafSession
from labtui.screens.taxonomy import TaxonomyScreen
from labtui.screens.taxonomy.leaf_base import DIFF, FORM, PROBLEMS, YAML
from labtui.screens.taxonomy.leaf_side import LeafSide
from labtui.widgets.document_view import DocumentView
from labtui.widgets.place_window import PlaceWindow
from labtui.workspace import Workspace
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy.leaves import SKILL, write
from tests.widgets.editor_host import KNOWLEDGE

GOOD = "compositional_skills/good"
BIRDS = "knowledge/birds/tits"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init_workspace(tmp_path / "lab")
    write(made.taxonomy, GOOD)
    write(made.taxonomy, BIRDS, KNOWLEDGE)
    write(made.taxonomy, "knowledge/broken", "a: 'b\n")
    git(made.taxonomy, "add", ".")
    git(made.taxonomy, "commit", "-qm", "leaves")
    return made


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


class Opened:
    def __init__(self, app: LabApp, pilot: Pilot[int], side: LeafSide) -> None:
        self.app, self.pilot, self.side = app, pilot, side

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        names = {" ": "space", "?": "question_mark", "\n": "enter", ":": "colon"}
        await self.pilot.press(*(names.get(character, character) for character in text))

    async def until(self, true: object) -> None:
        await wait_until(self.pilot, true)  # type: ignore[arg-type]

    async def saved(self) -> None:
        await self.press("ctrl+s")
        await self.until(lambda: self.side.state is not None and not self.side.state.unsaved)

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def file(self) -> Path:
        assert self.side.leaf is not None
        return self.side.leaf.path


@asynccontextmanager
async def leaf(workspace: Workspace, name: str = GOOD, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Opened]:
    async with lab_app(workspace, size=size) as (app, pilot):
        app.open("taxonomy", leaf=name)
        await wait_until(pilot, lambda: isinstance(app.screen, TaxonomyScreen) and app.screen.settled)
        side = app.screen.query_one(LeafSide)
        await wait_until(pilot, lambda: side.state is not None and side.state.id == name)
        await pilot.press("enter")
        yield Opened(app, pilot, side)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_field_is_written_and_saved(workspace: Workspace, size: tuple[int, int]) -> None:
    async with leaf(workspace, size=size) as opened:
        await opened.press("enter")
        assert opened.side.form.path == ("task_description",)
        await opened.type(" Four")
        await opened.until(lambda: "● unsaved" in opened.text)
        await opened.press("escape")
        await opened.saved()
        assert opened.file.read_text() == SKILL.replace("three synonyms.", "three synonyms. Four")
        assert "● unsaved" not in opened.text


async def test_form_and_file_are_one_text(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.press("escape", "v")
        await opened.until(lambda: "Name three synonyms.!" in opened.text)
        # The cursor is where one came from: in the line of the task.
        await opened.press("enter")
        yaml = opened.side.yaml
        await opened.until(lambda: yaml.writing)
        yaml.go_to_line(5, 16)
        await opened.type("Zero")
        await opened.press("escape", "f")
        await opened.until(lambda: "Zero" in opened.text)
        assert opened.side.state is not None
        assert "Zero" in opened.side.state.fields.seeds[0].pairs[0].question.text


async def test_the_file_is_shown_in_its_full_width_after_writing(workspace: Workspace) -> None:
    file = workspace.taxonomy / GOOD / "qna.yaml"
    file.write_text(file.read_text() + "# " + "wide " * 12 + "\n")
    async with leaf(workspace, size=(80, 24)) as opened:
        await opened.press("v", "end")
        await opened.until(lambda: "wide " * 11 + "wide" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.side.yaml.writing)
        await opened.press("escape")
        await opened.until(lambda: not opened.side.yaml.writing)
        await opened.press("end")
        await opened.until(lambda: "wide " * 11 + "wide" in opened.text)


async def test_the_file_is_opened_where_the_form_stood_even_at_its_end(workspace: Workspace) -> None:
    file = workspace.taxonomy / GOOD / "qna.yaml"
    lines = file.read_text().splitlines(keepends=True)
    task = [line for line in lines if line.startswith("task_description")]
    file.write_text("".join([line for line in lines if line not in task] + task))
    async with leaf(workspace, size=(80, 24)) as opened:
        assert opened.side.form.path == ("task_description",)
        await opened.press("v")
        await opened.until(lambda: "task_description" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.side.yaml.writing)
        assert opened.side.yaml.at[0] == len(lines)


async def test_the_hints_begin_with_what_one_most_likely_wants(workspace: Workspace) -> None:
    async with leaf(workspace, size=(80, 24)) as opened:
        await opened.press("escape")
        await opened.until(lambda: "enter open  N new leaf" in opened.text)
        assert "^s save" not in opened.text
        await opened.press("enter", "enter", "!", "escape")
        await opened.until(lambda: "enter write  ^s save" in opened.text)


async def test_undo_goes_through_both(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.press("escape", "v", "enter")
        await opened.until(lambda: opened.side.yaml.writing)
        opened.side.yaml.go_to_line(1, 1)
        await opened.type("#x\n")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.text.startswith("#x\n"))
        await opened.press("escape")
        await opened.press("ctrl+z", "ctrl+z")
        assert opened.side.state is not None
        assert opened.side.state.text == SKILL
        assert not opened.side.state.unsaved
        await opened.press("ctrl+y", "ctrl+y")
        assert opened.side.state.text == "#x\n" + SKILL.replace("synonyms.", "synonyms.!")
        await opened.press("ctrl+y")
        assert any("Nothing to do again" in text for text in notices(opened.app))


async def test_undo_in_an_open_field(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
        await opened.press("ctrl+z")
        assert opened.side.form.writing
        assert opened.side.form.text.text == "Name three synonyms."
        await opened.press("ctrl+y")
        assert opened.side.form.text.text == "Name three synonyms.!"


async def test_seeds_are_added_doubled_moved_and_deleted(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        form = opened.side.form
        form.sheet.go_to(("seed_examples", 0))
        await opened.press("a")
        assert form.writing
        assert form.path == ("seed_examples", 1, "question")
        await opened.type("Six?")
        await opened.press("tab")
        await opened.type("sei")
        await opened.press("escape", "d")
        assert form.path == ("seed_examples", 2)
        await opened.press("shift+down", "alt+down")
        assert form.path == ("seed_examples", 4)
        form.sheet.go_to(("seed_examples", 0))
        await opened.press("delete")
        assert any("Seed 1 is deleted" in text for text in notices(opened.app))
        assert opened.side.state is not None
        asked = [seed.pairs[0].question.text for seed in opened.side.state.fields.seeds]
        assert asked == ["Six?", "Two?", "Three?", "Six?", "Four?", "Five?"]
        await opened.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        asked = [seed.pairs[0].question.text for seed in opened.side.state.fields.seeds]
        assert asked == ["One?", "Six?", "Two?", "Three?", "Four?", "Five?"]
        await opened.saved()
        assert "  - question: Six?\n    answer: sei\n" in opened.file.read_text()


async def test_pairs_of_a_context(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        form = opened.side.form
        form.sheet.go_to(("seed_examples", 0, "questions_and_answers", 0, "answer"))
        await opened.press("A")
        assert form.path == ("seed_examples", 0, "questions_and_answers", 1, "question")
        await opened.type("New?")
        await opened.press("escape", "shift+up")
        assert form.path == ("seed_examples", 0, "questions_and_answers", 0, "question")
        assert opened.side.state is not None
        pairs = opened.side.state.fields.seeds[0].pairs
        assert [pair.question.text for pair in pairs] == ["New?", "What?", "And then?"]
        await opened.press("delete")
        pairs = opened.side.state.fields.seeds[0].pairs
        assert [pair.question.text for pair in pairs] == ["What?", "And then?"]


async def test_what_was_read_as_yes_is_quoted_by_being_left(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        form = opened.side.form
        form.sheet.go_to(("seed_examples", 0, "questions_and_answers", 1, "answer"))
        assert "read as yes (true)" in opened.text
        await opened.press("enter", "escape")
        await opened.saved()
        assert "answer: 'yes'\n" in opened.file.read_text()
        await opened.until(lambda: "read as yes (true)" not in opened.text)


async def test_problems_come_and_go_while_one_writes(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        opened.side.form.sheet.go_to(("document", "commit"))
        await opened.press("enter")
        await opened.press("ctrl+u")
        # Still writing: the problem appears at the field.
        await opened.until(lambda: any(f.rule == "schema.minLength" for f in opened.side.findings))
        assert opened.side.form.writing
        await opened.press("ctrl+z", "escape")
        await opened.until(lambda: not any(f.rule == "schema.minLength" for f in opened.side.findings))


async def test_from_a_problem_to_its_field_and_why(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        await opened.press("p")
        await opened.until(lambda: "read as the number 12" in opened.text)
        sheet = opened.side.problem_sheet
        while sheet.finding is not None and "number 12" not in sheet.finding.message:
            await opened.press("down")
        await opened.press("w")
        await opened.until(lambda: "What to do" in opened.text)
        await opened.press("escape", "enter")
        assert opened.side.view == FORM
        assert opened.side.form.path == ("document_outline",)


async def test_an_unreadable_leaf_is_put_right_in_its_file(workspace: Workspace) -> None:
    async with leaf(workspace, "knowledge/broken") as opened:
        assert "Not valid YAML" in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.side.yaml.writing)
        opened.side.yaml.go_to_line(1, 6)
        await opened.type("'")
        await opened.press("escape")
        await opened.until(lambda: opened.side.state is not None and not opened.side.state.problem)
        await opened.saved()
        assert opened.file.read_text() == "a: 'b'\n"
        assert any("left in it" in text for text in notices(opened.app))


async def test_the_diff_shows_what_is_not_saved_yet(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type(" Quickly")
        await opened.press("escape", "x")
        assert opened.side.view == DIFF
        await opened.until(lambda: "Quickly" in opened.text)


async def test_leaving_a_leaf_loses_nothing(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        screen = opened.app.screen
        assert isinstance(screen, TaxonomyScreen)
        screen.tree_side.go_to(BIRDS)
        await opened.until(lambda: opened.side.state is not None and opened.side.state.id == BIRDS)
        assert opened.file.parent.name == "tits"
        screen.tree_side.go_to(GOOD)
        await opened.until(lambda: opened.side.state is not None and opened.side.state.id == GOOD)
        assert opened.side.state is not None
        assert opened.side.state.unsaved
        assert "synonyms.!" in opened.side.state.text


async def test_unsaved_edits_are_offered_after_a_crash(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
    # The application is gone without saving; another one finds what was written.
    async with leaf(workspace) as opened:
        await opened.until(lambda: "unsaved edits of" in opened.text)
        assert opened.side.offer.has_focus
        assert "✎" in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
        await opened.saved()
        assert "synonyms.!" in opened.file.read_text()
    async with leaf(workspace) as opened:
        assert "unsaved edits of" not in opened.text


async def test_offered_edits_can_be_dropped_and_are_not_overwritten(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
    async with leaf(workspace) as opened:
        await opened.until(lambda: opened.side.offer.has_focus)
        opened.side.form.sheet.focus()
        await opened.press("a")
        assert opened.side.offer.has_focus
        assert opened.side.state is not None
        assert len(opened.side.state.fields.seeds) == 5
        await opened.press("d")
        await opened.until(lambda: not opened.side.offer.offered)
    async with leaf(workspace) as opened:
        assert "unsaved edits of" not in opened.text
        assert opened.file.read_text() == SKILL


async def test_a_change_on_disk_is_merged_or_asked_about(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.press("escape")
        opened.file.write_text(SKILL.replace("uno", "UNO"))
        await opened.saved()
        assert opened.file.read_text() == SKILL.replace("uno", "UNO").replace("synonyms.", "synonyms.!")
        assert any("merged" in text for text in notices(opened.app))
        await opened.press("enter")
        await opened.type("?")
        await opened.press("escape")
        theirs = opened.file.read_text().replace("synonyms.!", "theirs")
        opened.file.write_text(theirs)
        await opened.press("ctrl+s")
        await opened.until(lambda: "Whose change counts" in opened.text)
        assert "task_description: Both sides changed it differently." in opened.text
        assert opened.file.read_text() == theirs
        await opened.press("b")
        await opened.until(lambda: "compared with the file on disk" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: "Whose change counts" in opened.text)
        await opened.press("m")
        await opened.until(lambda: "synonyms.!?" in opened.file.read_text())


async def test_a_change_on_disk_is_shown_where_nothing_is_unsaved(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        opened.file.write_text(SKILL.replace("uno", "UNO"))
        await opened.press("r")
        await opened.until(lambda: "UNO" in opened.text)
        assert opened.side.state is not None
        assert not opened.side.state.unsaved


async def test_a_new_leaf_by_keyboard_alone(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        await opened.press("N")
        await opened.until(lambda: "A new leaf: where?" in opened.text)
        await opened.type("Black Hawks")
        await opened.until(lambda: "knowledge/birds/black_hawks" in opened.text)  # what is proposed instead
        await opened.press(*["backspace"] * 11)
        await opened.type("hawks")
        await opened.until(lambda: "a new knowledge leaf" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.side.form.writing)
        assert opened.side.form.path == ("domain",)
        await opened.type("biology")
        await opened.press("escape")
        await opened.saved()
        assert opened.file == workspace.taxonomy / "knowledge/birds/hawks/qna.yaml"
        assert "domain: biology\n" in opened.file.read_text()
        assert (opened.file.parent / "attribution.txt").is_file()


async def test_a_folder_is_no_name_for_a_leaf(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        await opened.press("N")
        await opened.until(lambda: "Type a name for it" in opened.text)
        await opened.press("enter", "backspace")
        await opened.until(lambda: "That folder holds other leaves." in opened.text)
        await opened.press("enter")
        await opened.type("/tits")
        await opened.until(lambda: "There is a leaf of that name already." in opened.text)
        await opened.press("enter")
        assert isinstance(opened.app.screen, PlaceWindow)
        await opened.press("escape", "m")
        await opened.until(lambda: "That is its name now." in opened.text)
    assert not (workspace.taxonomy / "knowledge/birds/qna.yaml").exists()


async def test_a_skill_has_contexts_where_its_folders_say_so(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("N")
        await opened.until(lambda: "Type a name for it" in opened.text)
        await opened.type("a")
        await opened.until(lambda: "a new freeform skill" in opened.text)
        await opened.press("backspace")
        await opened.type("grounded/a")
        await opened.until(lambda: "a new grounded skill" in opened.text)
        await opened.press("ctrl+t")
        await opened.until(lambda: "a new freeform skill" in opened.text)


async def test_the_place_is_completed_over_the_folders_there_are(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        await opened.press("N")
        await opened.until(lambda: "A new leaf: where?" in opened.text)
        await opened.press(*["backspace"] * 30)
        await opened.until(lambda: "compositional_skills" in opened.text)
        await opened.press("tab")
        await opened.type("bi")
        await opened.press("tab")
        from textual.widgets import Input

        await opened.until(lambda: opened.app.screen.query_one(Input).value == "knowledge/birds/")
        await opened.press("escape")
        await opened.until(lambda: isinstance(opened.app.screen, TaxonomyScreen))


async def test_a_leaf_is_moved_with_git_and_its_unsaved_edits(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.press("escape", "m")
        await opened.until(lambda: "Another name or place" in opened.text)
        await opened.press(*["backspace"] * 4)
        await opened.type("better")
        await opened.press("enter")
        new = "compositional_skills/better"
        await opened.until(lambda: opened.side.state is not None and opened.side.state.id == new)
        assert opened.side.state is not None
        assert opened.side.state.unsaved
        assert "synonyms.!" in opened.side.state.text
        assert "renamed:" in git(workspace.taxonomy, "status")
        await opened.saved()
        assert "synonyms.!" in (workspace.taxonomy / new / "qna.yaml").read_text()


async def test_fixing_is_an_edit_that_can_be_undone(workspace: Workspace) -> None:
    untidy = SKILL.replace("answer: uno", "answer: uno   ").rstrip("\n")
    path = write(workspace.taxonomy, "compositional_skills/untidy", untidy)
    async with leaf(workspace, "compositional_skills/untidy") as opened:
        await opened.press("F")
        await opened.until(lambda: "put right" in opened.text and "leave it" in opened.text)
        await opened.press("y")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
        assert path.read_text() == untidy
        await opened.press("ctrl+z")
        assert opened.side.state is not None
        assert opened.side.state.text == untidy
        await opened.press("ctrl+y")
        await opened.saved()
        assert path.read_text() == SKILL


async def test_an_old_leaf_is_brought_up_to_date(workspace: Workspace) -> None:
    path = write(workspace.taxonomy, "compositional_skills/old", SKILL.replace("version: 3\n", "version: 2\n"))
    async with leaf(workspace, "compositional_skills/old") as opened:
        await opened.press("U")
        await opened.until(lambda: "leave it" in opened.text)
        await opened.press("y")
        await opened.until(lambda: opened.side.state is not None and opened.side.state.unsaved)
        await opened.saved()
        assert path.read_text() == SKILL
        await opened.press("U")
        await opened.until(lambda: any("newest version" in text for text in notices(opened.app)))


@pytest.mark.parametrize(
    "data",
    [
        SKILL.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SKILL.encode(),
        SKILL.replace("uno", "四十雀は何科ですか").encode(),
        SKILL.replace("uno", "שלום עולם").encode(),
        SKILL.replace("uno", "'a\tb\x85c\u2028d'").encode(),
    ],
    ids=["crlf", "bom", "japanese", "rtl", "separators"],
)
async def test_everything_else_stays_byte_for_byte(workspace: Workspace, data: bytes) -> None:
    path = write(workspace.taxonomy, "compositional_skills/odd", data)
    async with leaf(workspace, "compositional_skills/odd") as opened:
        await opened.press("enter")
        await opened.type("!")
        await opened.press("escape", "v", "enter")
        await opened.until(lambda: opened.side.yaml.writing)
        opened.side.yaml.go_to_line(2, 16)
        await opened.type("e")
        await opened.press("escape")
        await opened.saved()
        assert path.read_bytes() == data.replace(b"synonyms.", b"synonyms.!").replace(b": ann", b": anne")


async def test_the_file_beside_is_written_too(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        opened.side.form.sheet.go_to(("attribution.txt",))
        await opened.press("enter")
        await opened.type("Title of work: mine")
        await opened.press("escape")
        assert opened.side.state is not None
        assert opened.side.state.unsaved
        await opened.press("ctrl+z")
        assert opened.side.state.attribution == ""
        await opened.press("ctrl+y")
        await opened.saved()
        assert (opened.file.parent / "attribution.txt").read_text() == "Title of work: mine\n"


async def test_keys_that_were_typed_at_once_land_where_they_belong(workspace: Workspace) -> None:
    """A slow line delivers a burst: add a seed, its question, its answer."""
    async with leaf(workspace) as opened:
        opened.side.form.sheet.go_to(("seed_examples", 4))
        for key in ("a", *"Six", "tab", *"sei", "escape", "ctrl+s"):
            opened.app.post_message(_key(key))
        await opened.until(lambda: "- question: Six\n    answer: sei\n" in opened.file.read_text())


def _key(key: str) -> object:
    from textual import events

    return events.Key(key, key if len(key) == 1 else None)


async def test_views_follow_each_other_and_keys_of_one_view_do_not_reach_another(workspace: Workspace) -> None:
    async with leaf(workspace, size=(80, 24)) as opened:
        for view in (YAML, PROBLEMS, DIFF):
            await opened.press("right")
            assert opened.side.view == view
        await opened.press("d", "a", "delete")
        assert opened.side.state is not None
        assert opened.side.state.text == SKILL


async def test_text_marked_in_the_document_becomes_a_seed(workspace: Workspace) -> None:
    async with leaf(workspace, BIRDS) as opened:
        await opened.press("o")
        view = opened.side.query_one(DocumentView)
        view.post_message(DocumentView.ContextMarked("Tits are small birds.\n\nThey sing."))
        await opened.until(lambda: opened.side.state is not None and len(opened.side.state.fields.seeds) == 2)
        await opened.press("f")
        await opened.until(
            lambda: opened.side.form.path == ("seed_examples", 1, "questions_and_answers", 0, "question")
        )
        await opened.saved()
        assert "  - context: |-\n      Tits are small birds.\n\n      They sing.\n" in opened.file.read_text()


async def test_what_is_typed_right_before_the_end_is_kept(workspace: Workspace) -> None:
    async with leaf(workspace) as opened:
        await opened.press("enter")
        await opened.type("quick")
        opened.app.exit()
    assert LeafSession(GOOD, workspace.taxonomy / GOOD / "qna.yaml").offered()


def test_a_session_keeps_a_draft_of_both_files(workspace: Workspace) -> None:
    path = workspace.taxonomy / GOOD / "qna.yaml"
    session = LeafSession(GOOD, path)
    fields = session.state().fields
    session.write(fields.top[0], "Other.")
    session.keep_draft()
    again = LeafSession(GOOD, path)
    assert again.offered()
    again.take_draft()
    assert again.unsaved
    assert again.state().fields.top[0].text == "Other."
    again.save()
    assert not LeafSession(GOOD, path).offered()
