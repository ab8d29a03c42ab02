"""What the last step does: signing off, submitting, bringing up to date, telling git who one is."""

from __future__ import annotations

import threading

from textual import on, work
from textual.message import Message

from labtui.contribute.submitting.records import SubmitStep
from labtui.errors import LabError
from labtui.screens.contribute.submit_base import SubmitBase
from labtui.screens.threads import in_thread
from labtui.widgets.plain import Plain


class SubmitDoing(SubmitBase):
    _introduced: tuple[str, str] = ("", "")
    """Name and address as the contributor typed them, until git has them."""

    class Told(Message):
        """A step of the submission stands otherwise now."""

        def __init__(self, step: SubmitStep) -> None:
            super().__init__()
            self.step = step

    @work(exclusive=True, group="contribute-certify", exit_on_error=False)
    async def _certify(self) -> None:
        from labtui.contribute.submitting.dco import confirm

        try:
            await in_thread(lambda: confirm(self.folder))
        except LabError as error:
            self.app.fail(error)
            return
        self.post_message(self.Changed())
        self._look()

    @work(exclusive=True, group="contribute-submit", exit_on_error=False)
    async def _submit(self, *, overwrite: bool = False) -> None:
        from labtui.operations.contributing.submitting import hand_in

        lab = self.lab()
        if lab is None or self._working is not None:
            return
        stop = self._working = threading.Event()
        self.working_on = "A submission is under way; submitted again it goes on from where it was left."
        self.error = self.done = None
        self.steps = {}
        self._draw(fresh=True)

        def tell(step: SubmitStep) -> None:
            self.post_message(self.Told(step))

        try:
            self.done = await in_thread(
                lambda: hand_in(self.folder, *lab, on_step=tell, cancelled=stop, overwrite=overwrite)
            )
        except LabError as error:
            self.error = error
            self._look()
        finally:
            self._working, self.working_on = None, ""
        self._draw(fresh=True)
        self.post_message(self.Changed())

    @on(Told)
    def _on_told(self, event: Told) -> None:
        event.stop()
        self.steps[event.step.name] = event.step
        self._draw()

    @work(exclusive=True, group="contribute-overwrite", exit_on_error=False)
    async def action_overwrite(self) -> None:
        """Replaces what others put on the branch, once the contributor said so."""
        what = "Replace what somebody else put on your branch?"
        if await self.app.confirm(what, "Their commits are no longer on the branch then.", yes="Replace it"):
            self._submit(overwrite=True)

    def action_stop(self) -> None:
        if self._working is not None:
            self._working.set()
            self.query_one("#submit-says", Plain).show("Stopping after what is under way …")

    @work(exclusive=True, group="contribute-rebase", exit_on_error=False)
    async def action_rebase(self) -> None:
        """Puts the contribution on the taxonomy as it is now."""
        from labtui.screens.contribute.rebasing import bring_up_to_date

        if (lab := self.lab()) is None:
            return
        self.query_one("#submit-says", Plain).show("Putting it on the taxonomy as it is now …")
        if await bring_up_to_date(self.app, self.folder, *lab):
            self.error = None
            self.post_message(self.Changed())
        self._look()

    @work(exclusive=True, group="contribute-introduce", exit_on_error=False)
    async def _introduce(self) -> None:
        """Asks for name and address and tells git, as the two commands would."""
        from labtui.operations.contributing.introducing import known
        from labtui.screens.contribute.introducing import IntroduceWindow

        try:
            there = await in_thread(known)
        except LabError as error:
            self.app.fail(error)
            return
        called, address = (typed or kept for typed, kept in zip(self._introduced, there, strict=True))
        window = IntroduceWindow(called, address)
        await self.app.push_screen_wait(window)
        self._introduced = (window.typed["called"], window.typed["address"])
        self._look()
