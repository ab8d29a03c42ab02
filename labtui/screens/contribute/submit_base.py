"""The last step: where it stands, and how that is drawn."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from labtui.contribute.submitting.records import Offline, SubmitStep, SubmitStepName, Submitted
from labtui.errors import LabError
from labtui.screens.contribute import submit_lines
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.contribute.review_lines import CERTIFICATE, obstacle_lines
from labtui.widgets.leaf_text import wrapped
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.operations.contributing.handing_in import Readiness


class SubmitBase(EndingPane):
    class Read(Message):
        def __init__(self, ready: Readiness) -> None:
            super().__init__()
            self.ready = ready

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.readiness: Readiness | None = None
        self.steps: dict[SubmitStepName, SubmitStep] = {}
        """Of the submission that works or ended last."""
        self.done: Submitted | None = None
        self.error: LabError | None = None
        self.offline: Offline | None = None
        self._working: threading.Event | None = None
        """Set to stop what is under way."""
        self._read_to_end = False
        """Whether the certificate's last line has been in sight; nobody agrees to what lay below the edge."""

    def compose(self) -> ComposeResult:
        yield Plain("Looking …", id="submit-says")
        yield Sheet(id="submit")

    def on_mount(self) -> None:
        self.watch(self.sheet, "scroll_y", self._note_end, init=False)

    @property
    def sheet(self) -> Sheet:
        return self.query_one("#submit", Sheet)

    # -- where it stands -----------------------------------------------------------------------------------------------

    @property
    def phase(self) -> str:
        """`looking`, `working`, `done`, `failed`, `offline`, `blocked`, `in` (handed in), `certificate` or `ready`."""
        ready = self.readiness
        if self._working is not None:
            return "working"
        if self.offline is not None:
            return "offline"
        if self.done is not None:
            return "done"
        if self.error is not None:
            return "failed"
        if ready is None:
            return "looking"
        if ready.handed_in and ready.draft.request is not None:
            return "in"
        if ready.missing or ready.plan is None or ready.busy:
            return "blocked"
        if self._stopping() and not (self._unreadable and not ready.plan.certified):
            return "blocked"
        return "ready" if ready.plan.certified else "certificate"

    def _stopping(self, *about: str) -> bool:
        """Whether something is in the way, of these kinds where any are named."""
        plan = self.readiness.plan if self.readiness is not None else None
        stops = [one.about for one in plan.obstacles if one.stops] if plan is not None else []
        return any(one in about if about else one != CERTIFICATE for one in stops)

    @property
    def _behind(self) -> bool:
        """Whether all that is in the way is that the taxonomy moved on."""
        ready = self.readiness
        return ready is not None and not ready.missing and not ready.busy and self._stopping("base", "name")

    @property
    def _unknown(self) -> bool:
        """Whether git does not know who the contributor is."""
        ready = self.readiness
        return ready is not None and ready.plan is not None and ready.plan.identity is None

    @property
    def _unreadable(self) -> bool:
        """Whether all that is in the way is a document of this machine: a bundle or a patch can be written then."""
        ready = self.readiness
        plan = ready.plan if ready is not None and not ready.missing and not ready.busy else None
        stops = {one.about for one in plan.obstacles if one.stops} if plan is not None else set()
        return stops - {CERTIFICATE} == {"repository"}

    @property
    def _others_there(self) -> bool:
        """Whether the submission ended because somebody else put commits on the contribution's branch."""
        from labtui.git_push import PushError

        pushed = self.readiness is not None and bool(self.readiness.draft.commit)
        return isinstance(self.error, PushError) and self.error.refusal == "moved" and pushed

    def _address(self) -> str:
        done, ready = self.done, self.readiness
        request = done.request if done is not None else ready.draft.request if ready is not None else None
        if request is not None:
            return request.url
        if done is not None:
            return done.web_address
        return ready.plan.web_address if ready is not None and ready.plan is not None else ""

    # -- reading and drawing -------------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="contribute-ready", exit_on_error=False)
    def _look(self) -> None:
        from labtui.operations.contributing.handing_in import readiness

        lab = self.lab()
        if lab is None:
            return
        try:
            self.post_message(self.Read(readiness(self.folder, *lab)))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @on(Read)
    def _on_read(self, event: Read) -> None:
        event.stop()
        before, self.readiness = self.phase, event.ready
        self._draw(fresh=self.phase != before)

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        self._draw()

    def _draw(self, *, fresh: bool = False) -> None:
        if not self.is_mounted:
            return
        room = max(20, self.sheet.room)
        phase = self.phase
        says, lines = self._page(room)
        head = self.query_one("#submit-says", Plain)
        head.show(says)
        head.display = bool(says.plain)
        self.sheet.show(lines, keep_place=not fresh)
        self._read_to_end = self._read_to_end and phase == "certificate"
        self.call_after_refresh(self._note_end)
        self.refresh_bindings()

    def _note_end(self) -> None:
        """A page that fits is read at once; another when it was scrolled to its end."""
        at_end = self.sheet.size.height > 0 and self.sheet.scroll_offset.y >= self.sheet.max_scroll_y
        if at_end and not self._read_to_end and self.phase == "certificate":
            self._read_to_end = True
            self.refresh_bindings()

    def _page(self, room: int) -> tuple[Content, list[Content]]:
        ready = self.readiness
        phase = self.phase
        if phase == "working":
            return Content.styled("Submitting …", "bold $primary"), submit_lines.step_lines(self.steps, room)
        if phase == "offline" and self.offline is not None:
            return Content(""), submit_lines.offline_lines(self.offline, room)
        if phase == "done" and self.done is not None:
            return Content(""), submit_lines.done_lines(self.done, room)
        if phase == "failed" and self.error is not None:
            steps = submit_lines.step_lines(self.steps, room)
            lines = [*submit_lines.error_lines(self.error, room), Content(""), *steps]
            return Content(""), lines
        if ready is None:
            return Content("Looking …"), []
        if phase == "in":
            return Content(""), submit_lines.handed_in_lines(ready.draft.request, room)
        if phase == "blocked":
            return Content.styled("It cannot be submitted yet.", "bold"), self._blocked(ready, room)
        if ready.plan is None:
            return Content(""), []
        known = obstacle_lines([one for one in ready.plan.obstacles if one.about != CERTIFICATE], room)
        if phase == "certificate":
            head = Content.styled("Read what you sign. At its end, enter agrees.", "bold")
            return head, [*submit_lines.certificate_lines(ready.plan, room), Content(""), *known]
        words = "Your changes are ready." if ready.plan.update else "Everything is ready."
        if ready.otherwise:
            words = "Your name, address or signature changed; it is committed anew."
        if ready.handed_in and not ready.begun:
            words = "It is submitted, but no request was opened. Once more:"
            return Content.styled(words, "bold"), [*submit_lines.ready_lines(ready.plan, room), Content(""), *known]
        if ready.begun:
            words = "A submission was broken off; it goes on where it was."
        return Content.styled(f"{words} This will be done:", "bold"), [
            *submit_lines.ready_lines(ready.plan, room, opened=ready.draft.request is not None),
            Content(""),
            *known,
        ]

    def _blocked(self, ready: Readiness, room: int) -> list[Content]:
        lines: list[Content] = []
        if ready.busy:
            words = "It is being submitted right now, perhaps in another terminal. Wait until that has ended."
            return list(wrapped(words, room, "$warning"))
        if ready.missing:
            lines += [*submit_lines.missing_lines(ready.missing, room), Content("")]
        if ready.problem is not None:
            lines += [*wrapped(ready.problem.what, room, "bold $error"), *wrapped(ready.problem.hint, room)]
        if ready.plan is not None:
            skip = (CERTIFICATE, "leaves") if ready.missing else (CERTIFICATE,)
            lines += obstacle_lines([one for one in ready.plan.obstacles if one.about not in skip], room)
        return lines
