"""The third step: what the leaf is about, in the words of who writes it."""

from __future__ import annotations

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, TextArea

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.requests.remarks import Remark
from labtui.errors import LabError
from labtui.screens.contribute.labelled import Labelled, Line, Lines
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.threads import in_thread
from labtui.taxonomy.layout import KNOWLEDGE

TITLE, TEACHES = "title", "teaches"
"""Fields of the contribution itself; the others are those of qna.yaml."""

ABOUT = {
    KNOWLEDGE: ("Description", "what the document tells, in a sentence or two"),
    "": ("Description", "what the model is to do, in a sentence or two"),
}
KEYS = {KNOWLEDGE: "document_outline", "": "task_description"}


TO_WRITE = "Still to be written."


class Described(msgspec.Struct, frozen=True):
    """What the step shows, as it is on disk."""

    knowledge: bool
    fields: dict[str, str]


class DescriptionPane(StepPane):
    STEP = Step.DESCRIPTION

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._knowledge = False
        self._shown_leaf: str | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Labelled("Description", "", Lines(id="about"))
            yield Labelled("Domain", "the field it belongs to, in a word or two", Line(id="domain"))
            yield Labelled("Created by", "your name on the forge, or any name", Line(id="created_by"))
            yield Labelled("Title", "of the whole contribution, for its list", Line(id=TITLE))
            yield Labelled("Why", "what it teaches and why, for those who review it", Lines(id=TEACHES))

    def on_mount(self) -> None:
        for one in self.query(Labelled):
            if isinstance(one.field, (Line, Lines)):
                one.field.entered = self._entered

    def labelled(self, name: str) -> Labelled:
        return next(one for one in self.query(Labelled) if one.field.id == name)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self.judge(draft, standing)

    async def renew(self, draft: Draft, standing: StepStanding) -> None:
        await self.ready()

    async def ready(self) -> None:
        folder, leaf, anew = self.folder, self.leaf, self.leaf != self._shown_leaf
        self._shown_leaf = leaf
        try:
            found = await in_thread(lambda: described(folder, leaf))
        except LabError as error:
            self.app.fail(error)
            return
        if leaf != self.leaf:
            return
        self._knowledge = found.knowledge
        about = self.labelled("about")
        about.ask(*ABOUT[KNOWLEDGE if found.knowledge else ""])
        self.labelled("domain").display = found.knowledge
        for one in self.query(Labelled):
            text = found.fields.get(self._key(str(one.field.id)), "")
            if isinstance(one.field, (Line, Lines)):
                one.field.fill(text, anew=anew)
        if self.standing is not None and self.draft is not None:
            self.judge(self.draft, self.standing)

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        from labtui.contribute.standing.judging import unfinished

        mine = [one for one in standing.problems if one.leaf in ("", self.leaf)]
        mine = [msgspec.structs.replace(one, message=TO_WRITE, hint="") if unfinished(one) else one for one in mine]
        for one in self.query(Labelled):
            key = self._key(str(one.field.id))
            one.judge(problem for problem in mine if problem.field[:1] == (key,))
            one.hear(said for said in self.remarks if said.field[:1] == (key,))

    def _key(self, name: str) -> str:
        return KEYS[KNOWLEDGE if self._knowledge else ""] if name == "about" else name

    # -- writing ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_line(self, event: Input.Changed) -> None:
        event.stop()
        self._typed(str(event.input.id), event.value)

    @on(TextArea.Changed)
    def _on_lines(self, event: TextArea.Changed) -> None:
        event.stop()
        self._typed(str(event.text_area.id), event.text_area.text)

    def _typed(self, name: str, text: str) -> None:
        folder, leaf, key = self.folder, self.leaf, self._key(name)
        self.keep(f"{leaf} {key}", lambda: write(folder, leaf, key, text))

    def grab(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Line) and focused in self.query(Line) and focused.value != focused.filled:
            self._typed(str(focused.id), focused.value)
        elif isinstance(focused, Lines) and focused in self.query(Lines) and focused.text != focused.filled:
            self._typed(str(focused.id), focused.text)

    # -- from field to field ------------------------------------------------------------------------------------

    @property
    def _order(self) -> list[Line | Lines]:
        return [one.field for one in self.query(Labelled) if one.display and isinstance(one.field, (Line, Lines))]

    def take_focus(self) -> None:
        self._order[0].focus()

    def enter_says(self) -> str:
        return "go on" if self.screen.focused is self._order[-1] else "next field"

    async def _entered(self, field: Widget) -> None:
        order = self._order
        at = next((number for number, one in enumerate(order) if one is field), len(order))
        if at + 1 < len(order):
            order[at + 1].focus()
        else:
            await self.go_on()

    def shows(self, remark: Remark) -> bool:
        return any(remark.field[:1] == (self._key(str(one.field.id)),) for one in self.query(Labelled) if one.display)

    def field_here(self) -> Field:
        return (self._key(str(focused.id)),) if (focused := self.screen.focused) in self._order and focused else ()

    def go_to_field(self, field: Field) -> None:
        for one in self.query(Labelled):
            if self._key(str(one.field.id)) == field[0] and one.display:
                one.field.focus()
                # What is said of it stands below it.
                one.call_after_refresh(one.scroll_visible, animate=False)


def described(folder: DraftFolder, leaf: str) -> Described:
    """In a thread. Raises LabError where the contribution cannot be read."""
    from labtui.taxonomy.leaf import read_leaf_file

    draft = folder.load()
    fields = {TITLE: draft.title, TEACHES: draft.teaches}
    if leaf:
        read = read_leaf_file(folder.leaf_file(leaf), leaf)
        fields |= {
            "domain": read.domain,
            "document_outline": read.outline,
            "task_description": read.description,
            "created_by": read.created_by,
        }
    return Described(leaf.startswith(f"{KNOWLEDGE}/"), fields)


def write(folder: DraftFolder, leaf: str, key: str, text: str) -> None:
    """In a thread. Raises LabError where it cannot be written."""
    from labtui.contribute.leaves.leaf_files import edit

    if key in (TITLE, TEACHES):
        said = " ".join(text.split()) if key == TITLE else text.strip()
        folder.change(lambda draft: setattr(draft, key, said))
    elif leaf:
        edit(folder, leaf, lambda editor: editor.typed((key,), text))
