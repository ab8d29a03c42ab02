"""One open contribution as it is shown: its steps and leaves on the left, the pane of the current step beside them.

Where one goes from here, and when it is read anew, stands further up: `wizard.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from labtui import signs
from labtui.actions import bindings_for
from labtui.contribute.records import Problem, Step, StepStanding
from labtui.errors import LabError
from labtui.screens.base import Panel
from labtui.screens.contribute.pane import StepPane
from labtui.screens.contribute.problem_lines import problem_lines
from labtui.screens.contribute.reading import OF_ONE_LEAF, Stand, stand, title_of
from labtui.screens.contribute.remark_lines import folded
from labtui.screens.contribute.step_bar import NAMES, LeafBar, StepBar
from labtui.screens.threads import in_thread
from labtui.text import clean, shorten, width
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.contribute.drafts.draft_folder import DraftFolder


SAID_LINES = 3
"""Of what is said of a step as a whole, as long as nobody asks for more."""


class Note(Plain, can_focus=True):
    """Stands in place of a pane where the step has nothing to speak of."""

    BINDINGS = bindings_for("contribute.note")

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__("", id=id)
        self.leads_to = ""

    def action_go(self) -> None:
        self.post_message(StepPane.GoTo(self.leads_to))


class WizardFrame(Horizontal):
    app: LabApp

    class Lost(Message):
        """The open contribution cannot be read any more: it was put aside elsewhere, or its files are broken."""

        def __init__(self, error: LabError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__(id="wizard")
        self.folder: DraftFolder | None = None
        self.stand: Stand | None = None
        self.step = ""
        self.leaf = ""
        self.saved = ""
        """When something was put on disk last, in words."""
        self._panes: dict[str, StepPane] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="left"):
            with Panel(title="steps", id="steps"):
                yield StepBar(id="step-list")
            with Panel(title="leaves", id="leaves"):
                yield LeafBar(id="leaf-list")
        with Panel(id="step"):
            yield Note(id="note")
            yield Vertical(id="panes")
            yield Plain("", id="whole")

    @property
    def pane(self) -> StepPane | None:
        return self._panes.get(self.step)

    @property
    def _here(self) -> str:
        """The chosen leaf by the name it has now: its pane may just have given it another."""
        return self.pane.leaf if self.pane is not None and self.pane.leaf else self.leaf

    @property
    def step_bar(self) -> StepBar:
        return self.query_one(StepBar)

    @property
    def leaf_bar(self) -> LeafBar:
        return self.query_one(LeafBar)

    # -- how it stands ------------------------------------------------------------------------------------------

    async def _read(self, leaf: str) -> Stand | None:
        """Reads how the contribution stands; None, and told, where it cannot be read any more."""
        folder = self.folder
        if folder is None:
            return None
        try:
            found = await in_thread(lambda: stand(folder, leaf))
        except LabError as error:
            if folder is self.folder:
                self.post_message(self.Lost(error))
            return None
        if folder is not self.folder:
            return None
        self.stand, self.leaf = found, found.leaf
        return found

    def _hand(self, pane: StepPane, found: Stand) -> None:
        pane.draft, pane.standing, pane.leaf = found.draft, found.of(self.step), found.leaf
        pane.remarks = found.said_of(self.step, found.leaf)

    # -- what is shown ------------------------------------------------------------------------------------------

    def _noted(self, found: Stand) -> bool:
        """Says in place of the pane why there is nothing to do in this step. False where there is."""
        note = self.query_one(Note)
        leaf = next((one for one in found.leaves if one.id == found.leaf), None)
        says = ""
        if self.step in OF_ONE_LEAF and leaf is not None and leaf.change == "deleted":
            says, note.leads_to = "The contribution deletes this leaf: nothing is to be written here.", Step.CHECK
        elif self.step in OF_ONE_LEAF[1:] and leaf is None:
            says, note.leads_to = "First choose what kind of thing the model should learn.", Step.KIND
        note.display = bool(says)
        self.query_one("#panes").display = not says
        note.show(clean(says))
        return bool(says)

    def say(self) -> None:
        """Shows steps, leaves, title and what keeps the step as a whole from being done."""
        found = self.stand
        if found is None:
            return
        self.step_bar.show(found.lines, self.step)
        self.leaf_bar.show(found.leaves, found.leaf)
        leaves = self.query_one("#leaves", Panel)
        leaves.title_it(f"leaves {len(found.leaves)}" if len(found.leaves) > 1 else "leaf")
        self.query_one("#steps", Panel).title_it("steps")
        self._say_title(found)
        self._say_whole(found.of(self.step))

    def _say_title(self, found: Stand) -> None:
        panel = self.query_one("#step", Panel)
        room = max(20, panel.size.width - 6)
        name = NAMES.get(self.step, self.step)
        of_what = found.leaf if any(leaf.id == found.leaf and leaf.placed for leaf in found.leaves) else ""
        title = f"{name} · {of_what or title_of(found.draft)}"
        panel.title_it(title if width(title) <= room else f"{name} · {shorten(title_of(found.draft), room - 12)}")
        pane = self.pane
        if pane is not None and pane.not_kept:
            panel.border_subtitle = Content.styled(f"{signs.FAILED} not saved", "$error")
        else:
            panel.border_subtitle = Content(f"{signs.DONE} saved {self.saved}" if self.saved else "")

    def _say_whole(self, standing: StepStanding) -> None:
        below, pane = self.query_one("#whole", Plain), self.pane
        wanted = self.step in OF_ONE_LEAF and pane is not None and not pane.SAYS_ALL
        problems = [one for one in standing.problems if wanted and not one.field and one.leaf in ("", self.leaf)]
        if pane is not None and pane.not_kept:
            problems = [Problem(message=pane.not_kept), *problems]
        parts = [problem_lines(problems[:2])] if problems else []
        said = [one for one in pane.remarks if not pane.shows(one)] if pane is not None else []
        if said:
            parts += folded(said, max(20, self.query_one("#step").content_size.width - 1), SAID_LINES)
        below.display = bool(parts)
        below.show(Content("\n").join(parts))

    def on_resize(self) -> None:
        self.call_after_refresh(self.say)

    @property
    def working_on(self) -> str:
        return next((pane.working_on for pane in self._panes.values() if pane.working_on), "")

    @property
    def not_kept(self) -> str:
        return next((pane.not_kept for pane in self._panes.values() if pane.not_kept), "")
