"""The first step: what kind of thing the model should learn."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.contribute.records import Draft, Step, StepStanding
from labtui.screens.contribute.pane import StepPane
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.widgets.plain import Plain

KINDS = (
    (KNOWLEDGE, "Facts that stand in a document you can name.", "“Where do chickadees hide food?” An article says it."),
    (GROUNDED, "What to do with a text that comes along.", "“Which train is the first?” And the timetable."),
    (FREEFORM, "A manner of answering, without any text.", "“Give three synonyms for glad.”"),
)

REFUSED = """\
Not taken, whatever the form: what the model or the taxonomy holds already; jokes, poems and other long writing; \
mathematics and code; what changes from day to day; medical, legal or financial advice, politics, violence; rules \
that make a model safe; text that a model wrote; private facts about people; documents without a free licence."""


class Kinds(OptionList):
    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            # Waited for here: what is typed ahead belongs to the next step.
            event.stop()
            event.prevent_default()
            await self.screen.query_one(KindPane).choose()


class KindPane(StepPane):
    STEP = Step.KIND
    SAYS_ALL = True

    def compose(self) -> ComposeResult:
        yield Plain("What should the model learn?", classes="question")
        yield Kinds(*(Option(_shown(*kind, chosen=False)) for kind in KINDS), id="kinds")
        with VerticalScroll(can_focus=False):
            yield Plain("", id="kind-note")
            yield Plain(REFUSED, id="refused")

    @property
    def kinds(self) -> OptionList:
        return self.query_one("#kinds", OptionList)

    @property
    def kind(self) -> str:
        """What is chosen on disk; empty where nothing is."""
        return next((leaf.kind for leaf in self.draft.leaves if leaf.id == self.leaf), "") if self.draft else ""

    @property
    def _fixed(self) -> str:
        """Why the kind cannot be another; empty where it can."""
        leaf = next((leaf for leaf in self.draft.leaves if leaf.id == self.leaf), None) if self.draft else None
        if leaf is None or leaf.change == "new":
            return ""
        return "This leaf stands in the taxonomy already, so it stays what it is."

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._draw()
        names = [kind for kind, _, _ in KINDS]
        self.kinds.highlighted = names.index(self.kind) if self.kind in names else 0

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._draw()

    def _draw(self) -> None:
        for at, kind in enumerate(KINDS):
            self.kinds.replace_option_prompt_at_index(at, _shown(*kind, chosen=kind[0] == self.kind))
        note = self.query_one("#kind-note", Plain)
        note.display = bool(self._fixed)
        self.query_one("#refused").display = not self._fixed
        note.show(self._fixed)

    def take_focus(self) -> None:
        self.kinds.focus()

    @property
    def _pointed(self) -> str:
        return KINDS[self.kinds.highlighted or 0][0]

    def enter_says(self) -> str:
        if self._fixed or self._pointed == self.kind:
            return "go on"
        return f"{'make it' if self.kind else 'take'} {self._pointed}"

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.refresh_bindings()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        await self.choose()

    async def choose(self) -> None:
        """Takes the kind under the cursor and goes on."""
        wanted = self._pointed
        if not self._fixed and wanted != self.kind:
            self.keep("kind", lambda: self._take(wanted))
        await self.go_on()

    def _take(self, kind: str) -> None:
        """In a thread. What was typed goes with the leaf into its new kind, as far as it fits."""
        from labtui.contribute.leaves.adding import add_leaf
        from labtui.contribute.leaves.kinds import set_kind

        made = set_kind(self.folder, self.leaf, kind) if self.leaf else add_leaf(self.folder, kind)
        self.leaf = made.id


def _shown(kind: str, what: str, example: str, *, chosen: bool) -> Content:
    return Content.assemble(
        ("[x] " if chosen else "[ ] ", "$accent"),
        (kind, "bold"),
        f"\n    {what}",
        (f"\n    {example}", "$quiet"),
    )
