"""The last step: signed off by its author, then sent, each part of it shown, and repeated where it went wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.submitting.records import Offline, SubmitStep, SubmitStepName, Submitted
from labtui.errors import LabError
from labtui.screens.contribute import submit_lines
from labtui.screens.contribute.ending import EndingPane
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.review_lines import CERTIFICATE, obstacle_lines
from labtui.screens.threads import in_thread
from labtui.widgets.leaf_text import wrapped
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from labtui.contribute.draft_folder import DraftFolder
    from labtui.operations.contributing.handing_in import Readiness


class SubmitPane(EndingPane):
    STEP: ClassVar[str] = Step.SUBMIT
    BINDINGS = bindings_for("contribute.submit")
    DEFAULT_CSS = "SubmitPane > Plain { height: auto; margin: 0 0 1 0; }"

    class Read(Message):
        def __init__(self, ready: Readiness) -> None:
            super().__init__()
            self.ready = ready

    class Told(Message):
        """A step of the submission stands otherwise now."""

        def __init__(self, step: SubmitStep) -> None:
            super().__init__()
            self.step = step

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.readiness: Readiness | None = None
        self.steps: dict[SubmitStepName, SubmitStep] = {}
        """Of the submission that works or ended last."""
        self.done: Submitted | None = None
        self.error: LabError | None = None
        self.offline: Offline | None = None
        self._called = ""
        """As the contributor gave it, until git has it."""
        self._working: threading.Event | None = None
        """Set to stop what is under way."""

    def compose(self) -> ComposeResult:
        yield Plain("Looking …", id="submit-says")
        yield Sheet(id="submit")

    @property
    def sheet(self) -> Sheet:
        return self.query_one("#submit", Sheet)

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
        if ready.missing or ready.plan is None or ready.busy or self._stopping():
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

    def enter_says(self) -> str:
        match self.phase:
            case "certificate":
                return "agree, and sign it off"
            case "ready":
                again = self.readiness is not None and self.readiness.handed_in
                return "submit it again" if again else "submit it now"
            case "failed":
                return "bring it up to date" if self._behind else "try again"
            case "offline":
                return "back"
            case "done" | "in":
                return "see how it stands"
            case "blocked" if self.readiness is not None and self.readiness.missing:
                return "go to what is missing"
            case "blocked":
                return "bring it up to date" if self._behind else "say who you are" if self._unknown else "look again"
        return ""

    def show(self, draft: Draft, standing: StepStanding) -> None:
        if self._working is None:
            # What was said of an earlier time is over once one has been elsewhere.
            self.done = self.error = self.offline = None
            self._look()
        self._draw(fresh=True)

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        if self._working is None:
            self._look()

    def take_focus(self) -> None:
        self.sheet.focus()

    def back_once(self) -> bool:
        if self.phase == "offline":
            self.offline = None
            self._draw(fresh=True)
            return True
        return False

    # -- reading and drawing ------------------------------------------------------------------------------------

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
        says, lines = self._page(room)
        head = self.query_one("#submit-says", Plain)
        head.show(says)
        head.display = bool(says.plain)
        self.sheet.show(lines, keep_place=not fresh)
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
            head = Content.styled("Read what you sign, then press enter.", "bold")
            return head, [*submit_lines.certificate_lines(ready.plan, room), Content(""), *known]
        words = "Your changes are ready." if ready.plan.update else "Everything is ready."
        if ready.handed_in:
            words = "It is submitted, but no request was opened. Once more:"
            return Content.styled(words, "bold"), [*submit_lines.ready_lines(ready.plan, room), Content(""), *known]
        if ready.begun:
            words = "A submission was broken off; it goes on where it was."
        return Content.styled(f"{words} This will be done:", "bold"), [
            *submit_lines.ready_lines(ready.plan, room),
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

    # -- keys ---------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        phase = self.phase
        if action == "stop":
            return phase == "working"
        if action in ("bundle", "patch"):
            return phase in ("ready", "done", "in", "failed")
        if action == "copy":
            return bool(self._address())
        if action == "overwrite":
            return phase == "failed" and self._others_there
        if action == "rebase":
            return phase in ("blocked", "failed") and self._behind
        return True

    def action_go(self) -> None:
        match self.phase:
            case "certificate":
                self._certify()
            case "failed" if self._behind:
                self.action_rebase()
            case "ready" | "failed":
                self._submit()
            case "done" | "in":
                self.post_message(self.GoTo(AFTER))
            case "offline":
                self.back_once()
            case "blocked":
                if self.readiness is not None and self.readiness.missing:
                    first = self.readiness.missing[0]
                    problem = first.problems[0] if first.problems else None
                    self.post_message(
                        self.GoTo(first.step, problem.leaf, problem.field) if problem else self.GoTo(first.step)
                    )
                elif self._behind:
                    self.action_rebase()
                elif self._unknown:
                    self._introduce()
                else:
                    self._look()

    @property
    def _others_there(self) -> bool:
        """Whether the submission ended because somebody else put commits on the contribution's branch."""
        from labtui.git_push import PushError

        pushed = self.readiness is not None and bool(self.readiness.draft.commit)
        return isinstance(self.error, PushError) and self.error.refusal == "moved" and pushed

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

    def _address(self) -> str:
        done, ready = self.done, self.readiness
        request = done.request if done is not None else ready.draft.request if ready is not None else None
        if request is not None:
            return request.url
        if done is not None:
            return done.web_address
        return ready.plan.web_address if ready is not None and ready.plan is not None else ""

    def action_copy(self) -> None:
        if address := self._address():
            self.app.copy_text(address)

    # -- the submission -----------------------------------------------------------------------------------------

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

    @work(exclusive=True, group="contribute-introduce", exit_on_error=False)
    async def _introduce(self) -> None:
        """Asks for name and address and tells git, as the two commands would."""
        from labtui.operations.contributing.introducing import introduce
        from labtui.widgets.prompt_line import LineWindow

        public = (
            "It stands in the commit and is public for good. git keeps it in your own settings, for every repository."
        )
        name = await self.app.push_screen_wait(LineWindow("What is your name?", self._called, detail=public))
        if not name:
            return
        self._called = name
        address = await self.app.push_screen_wait(LineWindow("What is your mail address?", detail=public))
        if not address:
            return
        try:
            await in_thread(lambda: introduce(name, address))
        except LabError as error:
            self.app.fail(error)
        self._look()

    # -- without a forge or a network ---------------------------------------------------------------------------

    def action_bundle(self) -> None:
        self._write_offline("bundle", "Where shall the bundle be written?", "bundle")

    def action_patch(self) -> None:
        self._write_offline("patch", "Where shall the patch be written?", "patch")

    @work(exclusive=True, group="contribute-offline", exit_on_error=False)
    async def _write_offline(self, what: str, question: str, ending: str) -> None:
        from labtui.contribute.submitting.offline import bundle, patch
        from labtui.widgets.prompt_line import LineWindow

        lab = self.lab()
        if lab is None:
            return
        workspace, config = lab
        default = workspace.root / f"contribution-{self.folder.short_id}.{ending}"
        detail = "Git's own form: one file that holds the branch." if what == "bundle" else "A series to be mailed."
        name = await self.app.push_screen_wait(LineWindow(question, str(default), detail=detail))
        if not name:
            return
        target = written_path(name, workspace.root)
        there = "There is such a file already. Replace it?"
        if there_is(target) and not await self.app.confirm(there, str(target), yes="Replace it"):
            return
        write: Callable[..., Offline] = bundle if what == "bundle" else patch
        try:
            self.offline = await in_thread(lambda: write(self.folder, workspace, config, target))
        except LabError as error:
            self.app.fail(error)
            return
        self._draw(fresh=True)
        self.post_message(self.Changed())


def written_path(name: str, root: Path) -> Path:
    """The file meant by what was typed; what is not absolute lies in the workspace."""
    return root / Path(name).expanduser()


def there_is(path: Path) -> bool:
    return os.path.lexists(path)
