"""One open contribution: going from step to step, and reading anew how it stands.

The panes stay while the contribution is open, one for each step that was looked at. What they write is on disk at
once; how the contribution stands is read anew from there a moment later, in a thread.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer

from labtui.contribute.records import Step, StepStanding
from labtui.errors import LabError
from labtui.records import now
from labtui.screens.contribute.check_lines import place_words
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.contribute.panes import AFTER, PANES, pane_of
from labtui.screens.contribute.reading import stamp_of, stand
from labtui.screens.contribute.step_bar import NAMES, LeafBar, StepBar
from labtui.screens.contribute.stops import Stop, next_stop
from labtui.screens.contribute.wizard_frame import Note, WizardFrame
from labtui.screens.threads import in_thread

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder

LAST = (Step.REVIEW, Step.SUBMIT, AFTER)
"""What one may go on from although it waits for something: the last step says what for."""
WINDOW_SECONDS = 0.1
"""Between two looks whether a window above is gone."""
LOOK_SECONDS = 0.25
"""Of rest after which the contribution is checked again."""


class Wizard(WizardFrame):
    class LeafAsked(Message):
        """`add`, `extend` or `remove` is wanted of the contribution's leaves."""

        def __init__(self, what: str, leaf: str) -> None:
            super().__init__()
            self.what = what
            self.leaf = leaf

    def __init__(self) -> None:
        super().__init__()
        self._going = asyncio.Lock()
        self._look_timer: Timer | None = None
        self._from_elsewhere = False
        """Whether what is read next was most likely written by somebody else: another screen, another terminal."""
        self._stop: Stop | None = None
        """Where one was led last from one thing that is not right to the next."""

    # -- which contribution, which step, which leaf -------------------------------------------------------------

    async def open(self, folder: DraftFolder, step: str = "", leaf: str = "", field: Field = ()) -> None:
        """Opens a contribution where it was left, or at `step`. Raises LabError where it cannot be read."""
        async with self._going:
            if self.folder != folder:
                found = await in_thread(lambda: stand(folder, leaf))
                await self._drop()
                self.folder, self.stand, self.leaf, self.saved = folder, found, found.leaf, ""
            known = step if step in PANES else ""
            await self._go(known or (self.stand.draft.step if self.stand else Step.KIND), leaf, field)

    async def close(self) -> None:
        """Puts everything on disk and lets the contribution go."""
        async with self._going:
            await self._drop()
            self.folder, self.stand, self.step, self.leaf = None, None, "", ""

    async def _drop(self) -> None:
        for pane in self._panes.values():
            await pane.flush()
        await self._uncovered()
        self._panes.clear()
        await self.query_one("#panes").remove_children()

    async def _uncovered(self) -> None:
        """Waits until no window stands above: it draws what is below it, and a text area that was taken away
        cannot be drawn any more."""
        while isinstance(self.app.screen, ModalScreen):  # noqa: ASYNC110 - Textual tells nobody below
            await asyncio.sleep(WINDOW_SECONDS)

    async def go(self, step: str, leaf: str = "", field: Field = ()) -> None:
        """Goes to a step, of another leaf where one is named, and there to a field."""
        async with self._going:
            await self._go(step, leaf, field)

    async def _go(self, step: str, leaf: str = "", field: Field = ()) -> None:
        folder = self.folder
        if folder is None:
            return
        if self.pane is not None:
            await self.pane.flush()
        found = await self._read(leaf or self._here)
        if found is None:
            return
        if step == AFTER and all(line.step != AFTER for line in found.lines):
            step = Step.SUBMIT
        self.step = step
        if self._noted(found):
            self.query_one(Note).focus()
        else:
            pane = await self._pane_of(step, folder)
            for name, other in self._panes.items():
                other.display = name == step
            self._hand(pane, found)
            pane.show(found.draft, found.of(step))
            await pane.ready()
            pane.take_focus()
            if field:
                pane.go_to_field(field)
        self.say()
        self.screen.refresh_bindings()
        if found.draft.step != step and step != AFTER:
            await self._note(folder, Step(step))

    async def _pane_of(self, step: str, folder: DraftFolder) -> StepPane:
        pane = self._panes.get(step)
        if pane is None:
            pane = self._panes[step] = pane_of(step)(folder)
            pane.going_on = self.go_on
            pane.display = False
            await self.query_one("#panes").mount(pane)
        return pane

    async def _note(self, folder: DraftFolder, step: Step) -> None:
        """Remembers where the wizard stands, for another day."""

        def note() -> None:
            folder.change(lambda draft: setattr(draft, "step", step))

        try:
            await in_thread(note)
        except LabError as error:
            self.app.say(f"{error.what} {error.hint}".strip(), "warning")

    # -- how it stands ------------------------------------------------------------------------------------------

    def look_soon(self) -> None:
        if self._look_timer is not None:
            self._look_timer.stop()
        self._look_timer = self.set_timer(LOOK_SECONDS, self.look)

    def look_elsewhere(self) -> None:
        """Something may have been written to the contribution by another screen or application."""
        if self.folder is not None and self._look_timer is None:
            self._compare()

    @work(group="contribute-stamp", exclusive=True, exit_on_error=False)
    async def _compare(self) -> None:
        folder, found = self.folder, self.stand
        if folder is None or found is None:
            return
        stamp = await in_thread(lambda: stamp_of(folder, found.draft))
        if self._look_timer is None and self.stand is found and stamp != found.stamp:
            self._from_elsewhere = True
            self.look()

    def look(self) -> None:
        """Reads anew how the contribution stands and tells the pane."""
        self._look_timer = None
        if self.folder is not None:
            self._look()

    @work(group="contribute-look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        async with self._going:
            await self._looked()

    async def _looked(self) -> None:
        before = self.stand.stamp if self.stand is not None else ()
        leaf = self._here
        found = await self._read(leaf)
        pane = self.pane
        if found is None or pane is None:
            return
        if leaf != self._here:
            self.look_soon()
            return
        moved = found.leaf != leaf
        anew = self._from_elsewhere and found.stamp != before
        self._from_elsewhere = False
        self._hand(pane, found)
        noted = self.query_one(Note).display
        if noted or self._noted(found):
            if noted != self._noted(found):
                await self._go(self.step)
            else:
                self.say()
            return
        if moved:
            pane.show(found.draft, found.of(self.step))
            await pane.ready()
        elif anew:
            await pane.renew(found.draft, found.of(self.step))
        else:
            pane.judge(found.draft, found.of(self.step))
        self.say()
        self.screen.refresh_bindings()

    # -- what the panes say -------------------------------------------------------------------------------------

    @on(StepPane.Changed)
    def _on_changed(self, event: StepPane.Changed) -> None:
        event.stop()
        if self.pane is None or not self.pane.not_kept:
            self.saved = f"{now().astimezone():%H:%M:%S}"
        if self.stand is not None:
            self._say_title(self.stand)
        self.look_soon()

    @on(StepPane.GoTo)
    async def _on_go_to(self, event: StepPane.GoTo) -> None:
        event.stop()
        await self.go(event.step, event.leaf, event.field)

    @on(StepPane.GoOn)
    async def _on_go_on(self, event: StepPane.GoOn) -> None:
        event.stop()
        await self.go_on()

    async def go_on(self) -> None:
        """Goes to the next step if this one is right; else says what is not, and goes to the field."""
        async with self._going:
            pane = self.pane
            if pane is None:
                return
            await pane.flush()
            found = await self._read(self._here)
            if found is None:
                return
            standing = found.of(self.step)
            self._hand(pane, found)
            pane.judge(found.draft, standing)
            self.say()
            if pane.not_kept:
                self.app.say(pane.not_kept, "warning")
            elif standing.state in ("todo", "problem") and self.step not in LAST:
                self._say_why_not(pane, standing)
            else:
                await self._go(found.after(self.step))

    def _say_why_not(self, pane: StepPane, standing: StepStanding) -> None:
        errors = [one for one in standing.problems if one.level == "error"]
        first = next((one for one in errors if one.leaf in ("", self.leaf)), errors[0] if errors else None)
        said = f"{first.message} {first.hint}".strip() if first else f"Not done yet: {standing.says}"
        self.app.say(said, "warning")
        if first is not None and first.field:
            pane.go_to_field(first.field)

    async def step_by(self, by: int) -> None:
        """Goes to the step before or after, whether this one is done or not."""
        if self.stand is not None:
            await self.go(self.stand.after(self.step) if by > 0 else self.stand.before(self.step))

    async def next_problem(self) -> None:
        """Goes to the first problem that lies after where one is, over all steps and leaves."""
        if self.pane is not None:
            await self.pane.flush()
        found = await self._read(self._here)
        if found is None:
            return
        stop = self._stop = next_stop(found, self.step, self._stop)
        if stop is None:
            self.app.say("Nothing is wrong with this contribution.")
        else:
            await self.go(*stop)

    def show_said(self) -> None:
        """Shows whole what reviewers and checks say of the field where the cursor is; else of all of the step."""
        from labtui.screens.contribute.remark_lines import whole
        from labtui.widgets.lines_window import LinesWindow

        pane = self.pane
        if pane is None or not pane.remarks:
            return
        field = pane.field_here()
        here = [one for one in pane.remarks if one.field == field] if field else []
        # A window takes at most so much of the screen; its frame, its padding and a scroll bar go off that.
        room = max(20, min(88, self.app.size.width * 92 // 100 - 9))
        name = place_words(field) if here else NAMES[self.step]
        self.app.push_screen(LinesWindow(f"said of {name}", whole(here or pane.remarks, room, places=not here)))

    # -- the left side ------------------------------------------------------------------------------------------

    @on(StepBar.Wanted)
    async def _on_step_wanted(self, event: StepBar.Wanted) -> None:
        event.stop()
        await self.go(event.step)

    @on(LeafBar.Asked)
    async def _on_leaf_asked(self, event: LeafBar.Asked) -> None:
        event.stop()
        if event.what == "choose":
            if event.leaf:
                await self.go(self.step, event.leaf)
        else:
            self.post_message(self.LeafAsked(event.what, event.leaf))
