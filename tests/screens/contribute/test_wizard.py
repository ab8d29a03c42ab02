"""The list of contributions and the wizard's frame, by keyboard alone, on real files in a real clone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from labtui.app import LabApp
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_existing, add_leaf, add_seed
from labtui.contribute.leaves.changes import from_changes
from labtui.contribute.leaves.placing import place
from labtui.contribute.records import Draft, Request, Step
from labtui.screens.contribute import ContributeScreen
from labtui.screens.contribute.description import write
from labtui.screens.contribute.wizard import Wizard
from labtui.screens.help import HelpWindow
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, read_leaf_file
from labtui.widgets import key_order
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, make_workspace
from tests.lab_app import lab_app, notices, screen_text, wait_until
from tests.taxonomy import repos

NARROW, WIDE = (80, 24), (120, 40)
KEYS = {" ": "space", "/": "slash", ".": "full_stop", "_": "underscore", ",": "comma", "?": "question_mark"}
JAPANESE = "雀の仲間について"


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path / "lab")
    repos.make(made.taxonomy, {})
    return made


class Contributing:
    """The application on its contribute screen, and what tests ask of it."""

    def __init__(self, app: LabApp, pilot: Pilot[Any], lab: Workspace) -> None:
        self.app, self.pilot, self.lab = app, pilot, lab

    @property
    def screen(self) -> ContributeScreen:
        screen = self.app.screen_named("contribute")
        assert isinstance(screen, ContributeScreen)
        return screen

    @property
    def wizard(self) -> Wizard:
        return self.screen.wizard

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def bottom(self) -> str:
        return self.text.splitlines()[-1]

    @property
    def only(self) -> DraftFolder:
        (folder,) = store.list_drafts(self.lab)
        return folder

    async def until(self, true: Callable[[], object]) -> None:
        await wait_until(self.pilot, true)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*(KEYS.get(letter, letter) for letter in text))

    async def at(self, step: str) -> None:
        """Waits until the step's pane stands, with the focus in it."""
        await self.until(lambda: self.wizard.step == step and self.wizard.pane and self.wizard.pane.has_focus_within)

    async def begun(self, *keys: str) -> None:
        """Begins a contribution; `keys` choose its kind."""
        await self.press("n")
        await self.at(Step.KIND)
        await self.press(*keys, "enter")
        await self.at(Step.PLACE)


@asynccontextmanager
async def contributing(lab: Workspace, size: tuple[int, int] = NARROW, **opened: Any) -> AsyncIterator[Contributing]:
    async with lab_app(lab, size=size) as (app, pilot):
        app.open("contribute", **opened)
        found = Contributing(app, pilot, lab)
        await wait_until(pilot, lambda: app.here == "contribute" and found.screen.stands)
        await wait_until(pilot, lambda: found.screen.in_wizard or found.screen.table.read)
        yield found


def a_leaf(lab: Workspace, kind: str = FREEFORM, name: str = "compositional_skills/words/rhymes") -> DraftFolder:
    """A contribution with one leaf that has its place and its description."""
    folder = store.new(lab)
    leaf = place(folder, add_leaf(folder, kind), name)
    write(folder, leaf.id, "document_outline" if kind == KNOWLEDGE else "task_description", "Find a rhyme.")
    write(folder, leaf.id, "created_by", "ann")
    return folder


# -- the list --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_an_empty_list_says_what_a_contribution_is_and_enter_begins_one(
    lab: Workspace, size: tuple[int, int]
) -> None:
    async with contributing(lab, size) as page:
        await page.until(lambda: "Nothing here yet" in page.text)
        assert "n  begins one" in page.text
        await page.press("enter")
        await page.at(Step.KIND)
        assert page.only.load().leaves == []


async def test_contributions_stand_with_how_they_are(lab: Workspace) -> None:
    done = a_leaf(lab)
    done.change(lambda draft: setattr(draft, "title", "Rhymes"))
    sent = a_leaf(lab, name="compositional_skills/words/puns")

    def submit(draft: Any) -> None:
        draft.title, draft.commit, draft.branch = "Puns", "a" * 40, "labtui/puns"
        draft.request = Request(forge="github", number=12, url="https://example.org/12", changes_requested=True)

    sent.change(submit)
    broken = store.new(lab, title="Broken")
    broken.draft_file.write_text("{")
    async with contributing(lab) as page:
        await page.until(lambda: "Rhymes" in page.text)
        assert "seeds: 0 of 5 seeds" in page.text
        assert "#12 open, changes requested" in page.text
        assert "cannot be read" in page.text


async def test_the_list_is_filtered_as_one_types(lab: Workspace) -> None:
    owls, words = store.new(lab, KNOWLEDGE, "Owls at night"), store.new(lab, FREEFORM, "More words")
    place(owls, owls.load().leaves[0], "knowledge/birds/owls")
    store.new(lab, FREEFORM, "Riddles")

    def merged(draft: Draft) -> None:
        draft.branch, draft.commit = "contribute/words", "a" * 40
        draft.request = Request(forge="github", number=7, url="https://forge.example/7", state="merged")

    words.change(merged)
    async with contributing(lab) as page:
        table = page.screen.table

        def shown() -> list[str]:
            return sorted(row.title for row in table.rows)

        await page.until(lambda: len(table.rows) == 3)
        # Of a burst every letter counts, and the words may be of title, leaf and state.
        await page.type("/birds night")
        await page.until(lambda: shown() == ["Owls at night"])
        assert "contributions  1 of 3" in page.text
        assert "knowledge/birds/owls" in page.text
        await page.press("escape")
        await page.until(lambda: len(table.rows) == 3 and page.app.focused is table)
        await page.type("/merged")
        await page.until(lambda: shown() == ["More words"])
        await page.press("enter")
        await page.until(lambda: page.app.focused is table)
        assert shown() == ["More words"]
        await page.until(lambda: "/ merged" in page.text)
        # What is read anew stays filtered, and what is done is done with the one that is shown.
        await page.press("d")
        await page.until(lambda: "No contribution has 'merged'. esc shows all." in page.text)
        await page.press("enter")
        assert not page.wizard.display
        await page.press("u")
        await page.until(lambda: shown() == ["More words"])
        await page.press("escape")
        await page.until(lambda: len(table.rows) == 3)
        assert page.app.here == "contribute"
        await page.type(f"/{words.short_id}")
        await page.until(lambda: shown() == ["More words"])
        await page.press("enter", "enter")
        await page.until(lambda: page.wizard.folder == words)


async def test_put_aside_and_brought_back(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab) as page:
        await page.until(lambda: "rhymes" in page.text)
        await page.press("d")
        await page.until(lambda: not folder.path.exists() and "Nothing here yet" in page.text)
        assert any("u brings it back" in text for text in notices(page.app))
        await page.press("u")
        await page.until(lambda: folder.path.exists() and "rhymes" in page.text)
        await page.press("u")
        await page.until(lambda: any("Nothing was put aside" in text for text in notices(page.app)))


async def test_it_gets_another_title(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab) as page:
        await page.until(lambda: "rhymes" in page.text)
        await page.press("r")
        await page.until(lambda: "What shall the contribution be called?" in page.text)
        await page.type("Good rhymes")
        await page.press("enter")
        await page.until(lambda: "Good rhymes" in page.text and folder.load().title == "Good rhymes")


async def test_one_that_cannot_be_read_says_so_and_the_list_stays(lab: Workspace) -> None:
    broken = store.new(lab, title="Broken")
    broken.draft_file.write_text("{")
    async with contributing(lab) as page:
        await page.until(lambda: "cannot be read" in page.text)
        await page.press("enter")
        await page.until(lambda: "is not a contribution of labtui" in page.text.replace("\n", " "))
        await page.press("escape")
        await page.until(lambda: page.screen.list.display and not page.screen.in_wizard)


async def test_changes_of_the_clone_become_a_contribution(lab: Workspace) -> None:
    file = lab.taxonomy / SKILL / "qna.yaml"
    file.write_text(file.read_text().replace("opposite of a word", "opposite of any word"))
    before = file.read_text()
    async with contributing(lab) as page:
        await page.press("c")
        await page.until(lambda: page.screen.in_wizard and page.wizard.stand)
        assert [leaf.id for leaf in page.only.load().leaves] == [SKILL]
        assert "any word" in page.only.leaf_file(SKILL).read_text()
        assert file.read_text() == before


# -- the steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "kind", "top"),
    [
        ((), KNOWLEDGE, "knowledge/"),
        (("down",), GROUNDED, "compositional_skills/"),
        (("down", "down"), FREEFORM, "compositional_skills/"),
    ],
)
async def test_the_first_three_steps_by_keyboard(lab: Workspace, keys: tuple[str, ...], kind: str, top: str) -> None:
    async with contributing(lab) as page:
        await page.begun(*keys)
        assert page.only.load().leaves[0].kind == kind
        assert "choose a folder" in page.bottom
        await page.type("made/here")
        await page.until(lambda: f"a new leaf: {top}made/here" in page.text)
        assert "put it there and go on" in page.bottom
        await page.press("enter")
        await page.at(Step.DESCRIPTION)
        leaf = page.only.load().leaves[0]
        assert (leaf.id, leaf.placed) == (f"{top}made/here", True)
        assert "next field" in page.bottom
        await page.type("What it is about.")
        if kind == KNOWLEDGE:
            await page.press("enter")
            await page.type("birds")
        await page.press("enter")
        await page.type("ann")
        await page.press("enter")
        await page.type("A title")
        await page.press("enter")
        await page.type("It was wrong about it.")
        assert "go on" in page.bottom

        def kept() -> bool:
            read = read_leaf_file(page.only.leaf_file(leaf), leaf.id)
            draft = page.only.load()
            said = read.outline if kind == KNOWLEDGE else read.description
            return (
                said == "What it is about."
                and read.domain == ("birds" if kind == KNOWLEDGE else "")
                and read.created_by == "ann"
                and (draft.title, draft.teaches) == ("A title", "It was wrong about it.")
            )

        await page.until(kept)
        await page.until(lambda: "saved " in page.text)


async def test_typed_in_japanese(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.type("鳥/雀")
        await page.until(lambda: "a new leaf: compositional_skills/鳥/雀" in page.text)
        await page.press("enter")
        await page.at(Step.DESCRIPTION)
        await page.type(JAPANESE)
        await page.until(
            lambda: read_leaf_file(page.only.leaf_file("compositional_skills/鳥/雀"), "x").description == JAPANESE
        )


async def test_a_step_that_is_not_done_is_not_gone_on_from_but_can_be_left(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.type("made/here")
        await page.until(lambda: "a new leaf" in page.text)
        await page.press("enter")
        await page.at(Step.DESCRIPTION)
        await page.until(lambda: "Still to be written" in page.text)
        await page.press("enter", "enter", "enter", "enter")
        await page.until(lambda: notices(page.app))
        assert page.wizard.step == Step.DESCRIPTION
        await page.press("ctrl+up")
        await page.at(Step.PLACE)
        await page.press("ctrl+up")
        await page.at(Step.KIND)
        await page.press("ctrl+down", "ctrl+down")
        await page.at(Step.DESCRIPTION)


async def test_another_kind_keeps_what_was_typed(lab: Workspace) -> None:
    folder = a_leaf(lab)
    add_seed(folder, folder.load().leaves[0], "Rhyme with cat?", "Hat.")
    async with contributing(lab, draft=folder.id, step=Step.KIND) as page:
        await page.at(Step.KIND)
        assert "go on" in page.bottom
        await page.press("up")
        await page.until(lambda: "make it grounded skill" in page.bottom)
        await page.press("enter")
        await page.until(lambda: folder.load().leaves[0].kind == GROUNDED)
        read = read_leaf_file(folder.leaf_file(folder.load().leaves[0]), "x")
        assert read.description == "Find a rhyme."
        assert [pair.question for seed in read.seeds for pair in seed.pairs if pair.question] == ["Rhyme with cat?"]


async def test_it_opens_where_it_was_left_with_half_a_path(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun()
        await page.type("Odd Name")
        await page.until(lambda: "lower case" in page.text)
        draft = page.only.id
    async with contributing(lab) as page:
        await page.until(lambda: "place" in page.text)
        await page.press("enter")
        await page.at(Step.PLACE)
        assert page.only.id == draft
        await page.until(lambda: "knowledge/Odd Name" in page.text)


async def test_what_was_typed_last_is_kept_by_leaving_at_once(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.pilot.press(*" And more")
        page.app.exit()
    assert read_leaf_file(folder.leaf_file(folder.load().leaves[0]), "x").description == "Find a rhyme. And more"


async def test_looking_at_a_field_changes_nothing(lab: Workspace) -> None:
    folder = a_leaf(lab)
    file = folder.leaf_file(folder.load().leaves[0])
    file.write_text(file.read_text().replace("Find a rhyme.", "Find\u00ada rhyme. ").replace("ann", "yes"))
    before = file.read_bytes()
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.press("enter", "enter", "ctrl+down")
        await page.until(lambda: page.wizard.step == Step.SEEDS)
    assert file.read_bytes() == before


async def test_esc_goes_one_step_back_at_a_time(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.press("escape")
        assert page.wizard.step_bar.has_focus
        assert "go to the step" in page.bottom
        await page.press("escape")
        await page.until(lambda: page.screen.list.display and page.screen.table.has_focus)
        assert page.app.here == "contribute"
        await page.press("escape")
        assert page.app.here == "home"


async def test_the_steps_are_gone_to_from_their_list(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.press("f2", "up", "enter")
        await page.at(Step.PLACE)


async def test_a_file_that_cannot_be_written_is_told_and_nothing_is_lost(
    lab: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labtui.contribute.leaves import leaf_files
    from labtui.errors import LabError

    folder = a_leaf(lab)
    real = leaf_files.save

    def full(*given: Any, **named: Any) -> Any:
        raise LabError("No space is left on this disk.", hint="Make room.")

    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        monkeypatch.setattr(leaf_files, "save", full)
        await page.type("!")
        await page.until(lambda: "not saved" in page.text and "No space is left" in page.text)
        assert "No space is left" in page.screen.unsaved()
        monkeypatch.setattr(leaf_files, "save", real)
        await page.press("f2")
        await page.press("enter")
        await page.until(lambda: "✔ saved" in page.text)
        assert read_leaf_file(folder.leaf_file(folder.load().leaves[0]), "x").description == "Find a rhyme.!"


async def test_one_put_aside_in_another_terminal_is_told_once_and_the_list_comes_back(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        store.abandon(folder)
        await page.until(lambda: "There is no such contribution" in page.text)
        await page.press("escape")
        await page.until(lambda: page.screen.list.display and "Nothing here yet" in page.text)


async def test_a_window_above_is_let_finish_before_the_wizard_goes(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.press("f1")
        await page.until(lambda: isinstance(page.app.screen, HelpWindow))
        store.abandon(folder)
        page.wizard.look_elsewhere()
        await page.until(lambda: any(w.group == "contribute-asked" for w in page.app.workers))
        # Drawn anew, the window draws what is below it.
        await page.pilot.resize_terminal(90, 30)
        await page.press("escape")
        await page.until(lambda: "There is no such contribution" in page.text)


async def test_a_leaf_that_goes_away_has_nothing_to_be_written(lab: Workspace) -> None:
    (lab.taxonomy / SKILL / "qna.yaml").unlink()
    folder = from_changes(lab, None)
    async with contributing(lab, draft=folder.id, step=Step.SEEDS) as page:
        await page.until(lambda: "The contribution deletes" in page.text and page.wizard.step == Step.SEEDS)
        assert "go there" in page.bottom


async def test_letters_typed_ahead_find_the_next_field(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.pilot.press(*"made", "slash", *"fast", "enter", *"Quick", "enter", *"ann")
        await page.until(lambda: page.only.load().leaves[0].id == "compositional_skills/made/fast")
        leaf = "compositional_skills/made/fast"
        await page.until(lambda: read_leaf_file(page.only.leaf_file(leaf), leaf).created_by == "ann")
        assert read_leaf_file(page.only.leaf_file(leaf), leaf).description == "Quick"


async def test_what_another_application_writes_shows_by_itself(lab: Workspace) -> None:
    folder = a_leaf(lab)
    leaf = folder.load().leaves[0]
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        write(folder, leaf.id, "created_by", "bob of elsewhere")
        await page.until(lambda: "bob of elsewhere" in page.text)


# -- the place -------------------------------------------------------------------------------------------------


async def test_a_folder_is_picked_and_gone_out_of(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.until(lambda: "words/" in page.text and "texts/" in page.text)
        await page.press("enter")
        await page.until(lambda: "go into the folder" in page.bottom)
        await page.press("down", "enter")
        await page.until(lambda: "compositional_skills/words/" in page.text and "a leaf: enter or e" in page.text)
        await page.press("left")
        await page.until(lambda: "texts/" in page.text)
        await page.press("up")
        await page.until(lambda: "choose a folder" in page.bottom)


async def test_a_place_that_is_taken_is_refused_beside_the_field(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.type("words/opposites")
        await page.until(lambda: "Extend that one instead" in page.text)
        await page.press("enter")
        assert page.wizard.step == Step.PLACE
        assert not page.only.load().leaves[0].placed


async def test_a_folder_of_other_leaves_is_no_leaf_itself(lab: Workspace) -> None:
    async with contributing(lab) as page:
        await page.begun("down", "down")
        await page.type("words")
        await page.until(lambda: "That folder holds other leaves." in page.text)
        await page.press("tab")
        assert page.screen.focused is not None and page.screen.focused.id == "place-folders"
        await page.press("escape")
        assert page.screen.focused is not None and page.screen.focused.id == "place"


async def test_a_leaf_about_the_same_is_extended_instead_and_the_seed_goes_along(lab: Workspace) -> None:
    folder = store.new(lab)
    leaf = add_leaf(folder, FREEFORM)
    add_seed(folder, leaf, "What is the opposite of sweet?", "The opposite of sweet is sour.")
    async with contributing(lab, draft=folder.id, step=Step.PLACE) as page:
        await page.at(Step.PLACE)
        await page.until(lambda: SKILL in page.text and "e extends it" in page.text)
        await page.press("tab", "tab")
        await page.until(lambda: "put it beside this one" in page.bottom)
        await page.press("e")
        await page.until(lambda: "Extend opposites instead" in page.text and "goes with you" in page.text)
        await page.press("y")
        await page.until(lambda: [one.id for one in folder.load().leaves] == [SKILL])
        await page.until(lambda: page.wizard.leaf == SKILL)
    questions = [seed.pairs[0].question for seed in read_leaf_file(folder.leaf_file(SKILL), SKILL).seeds]
    assert len(questions) == 6
    assert questions[-1] == "What is the opposite of sweet?"


async def test_a_leaf_of_the_taxonomy_gets_another_name(lab: Workspace) -> None:
    folder = store.new(lab)
    add_existing(folder, lab, SKILL)
    async with contributing(lab, draft=folder.id, step=Step.PLACE) as page:
        await page.at(Step.PLACE)
        await page.until(lambda: f"it stands here: {SKILL}" in page.text)
        assert "go on" in page.bottom
        assert "no leaf is about the same" in page.text
        await page.type("_of_words")
        await page.until(lambda: "it moves to: " in page.text)
        await page.press("enter")
        await page.at(Step.DESCRIPTION)
        (leaf,) = folder.load().leaves
        assert (leaf.id, leaf.was, leaf.change) == (f"{SKILL}_of_words", SKILL, "renamed")


# -- several leaves --------------------------------------------------------------------------------------------


async def test_leaves_are_added_chosen_and_taken_out(lab: Workspace) -> None:
    folder = a_leaf(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.at(Step.DESCRIPTION)
        await page.press("f3", "a")
        await page.until(lambda: "What kind of leaf shall be added?" in page.text)
        await page.press("k")
        await page.until(lambda: [leaf.kind for leaf in folder.load().leaves] == [FREEFORM, KNOWLEDGE])
        await page.until(lambda: page.wizard.leaf == "knowledge/untitled")
        await page.until(lambda: "leaves 2" in page.text)
        await page.press("f3", "home", "enter")
        await page.until(
            lambda: page.wizard.leaf == "compositional_skills/words/rhymes" and "Find a rhyme." in page.text
        )
        await page.press("f3", "e")
        await page.until(lambda: "Which leaf of the taxonomy" in page.text)
        await page.type(FACTS)
        await page.press("enter")
        await page.until(lambda: page.wizard.leaf == FACTS and len(folder.load().leaves) == 3)
        await page.until(lambda: "Birds of a garden." in page.text)
        await page.press("f3", "end", "d")
        await page.until(lambda: "out of the contribution?" in page.text)
        await page.press("y")
        await page.until(lambda: [leaf.id for leaf in folder.load().leaves][1:] == ["knowledge/untitled"])


async def test_f4_goes_to_what_is_not_right_in_one_leaf_after_the_other(lab: Workspace) -> None:
    folder = a_leaf(lab)
    second = place(folder, add_leaf(folder, FREEFORM), "compositional_skills/words/puns")
    async with contributing(lab, draft=folder.id, step=Step.KIND) as page:
        await page.at(Step.KIND)
        seen: list[tuple[str, str]] = []

        def where() -> tuple[str, str]:
            return page.wizard.leaf.rpartition("/")[2], page.wizard.step

        for _ in range(5):
            before = where()
            await page.press("f4")
            await page.until(lambda before=before: where() != before)
            seen.append(where())
        # The second one has no description either; then it begins again.
        assert seen == [
            ("rhymes", Step.SEEDS),
            ("rhymes", Step.ATTRIBUTION),
            ("puns", Step.DESCRIPTION),
            ("puns", Step.SEEDS),
            ("puns", Step.ATTRIBUTION),
        ]
        await page.press("f4")
        await page.until(lambda: where() == ("rhymes", Step.SEEDS))
    assert second.id == "compositional_skills/words/puns"


async def test_without_a_leaf_the_steps_say_what_is_first(lab: Workspace) -> None:
    folder = store.new(lab)
    async with contributing(lab, draft=folder.id, step=Step.DESCRIPTION) as page:
        await page.until(lambda: "First choose what kind of thing" in page.text)
        await page.press("enter")
        await page.at(Step.KIND)


async def test_a_leaf_that_is_there_stays_what_it_is(lab: Workspace) -> None:
    folder = store.new(lab)
    add_existing(folder, lab, SKILL)
    async with contributing(lab, draft=folder.id, step=Step.KIND) as page:
        await page.at(Step.KIND)
        await page.until(lambda: "in the taxonomy already, so it stays" in page.text)
        await page.press("home", "enter")
        await page.at(Step.PLACE)
        assert folder.load().leaves[0].kind == FREEFORM


async def test_letters_typed_ahead_wait_for_a_step_that_takes_long(
    lab: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the next step comes later than keys are held for anything else."""
    real = Wizard._go

    async def slow(self: Wizard, *given: Any, **named: Any) -> None:
        if self.step == Step.KIND:
            await asyncio.sleep(3 * key_order.PATIENCE_SECONDS)
        await real(self, *given, **named)

    async with contributing(lab) as page:
        await page.press("n")
        await page.at(Step.KIND)
        monkeypatch.setattr(Wizard, "_go", slow)
        await page.pilot.press("down", "down", "enter", *"made", "slash", *"fast")
        await page.until(lambda: page.wizard.step == Step.PLACE and "compositional_skills/made/fast" in page.text)
