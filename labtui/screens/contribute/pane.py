"""What every step's pane starts from.

    class SeedsPane(StepPane):
        STEP = Step.SEEDS

        def compose(self) -> ComposeResult: ...          # once; the pane stays while its contribution is open
        def show(self, draft, standing) -> None: ...     # the pane comes to the front, or another leaf is chosen
        async def ready(self) -> None: ...               # waited for after `show`, before the focus comes: slow reading
        def judge(self, draft, standing) -> None: ...    # the same leaf, checked anew: problems beside their fields
        def enter_says(self) -> str: ...                 # what enter does where the focus is: `go on to the seeds`
        def take_focus(self) -> None: ...                # the part where one begins
        def go_to_field(self, field) -> None: ...        # the field a problem speaks of
        def shows(self, remark) -> bool: ...             # whether it shows beside its field what somebody said of it
        def field_here(self) -> Field: ...               # the field where the cursor is
        def back_once(self) -> bool: ...                 # esc: undo one step of the pane's own, else False

        @on(Input.Changed)
        def _typed(self, event):
            text = event.value
            self.keep("domain", lambda: write_field(self.folder, self.leaf, ("domain",), text))

`self.folder`, `self.draft`, `self.standing`, `self.leaf` (the chosen leaf's id) and `self.remarks` (what reviewers and
checks say of this step) are set before `show` and `judge`.
Nothing is saved by leaving: `keep` puts every keystroke on disk, in a thread, one after the other. `enter` inside a
pane ends in `await self.go_on()` where the step is done (in the handler of the key itself, so that what is typed
ahead finds the next step), else in `self.post_message(self.GoOn())`; the frame checks it and goes to the next one.
Call `self.refresh_bindings()` where `enter_says` would say something else than before.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.message import Message

from labtui.contribute.records import Draft, StepStanding
from labtui.errors import LabError
from labtui.screens.threads import in_thread
from labtui.widgets.key_order import keys_held

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.requests.remarks import Remark

LAST_WAIT_SECONDS = 5.0
"""How long the end of the application waits for a write that is under way."""

Field = tuple[str | int, ...]


class StepPane(Vertical):
    DEFAULT_CSS = "StepPane { height: 1fr; }"

    STEP: ClassVar[str] = ""
    """A Step, or AFTER of `panes`."""

    SAYS_ALL: ClassVar[bool] = False
    """Whether the pane itself shows the problems that are about the whole step; the frame does else."""

    app: LabApp

    class Changed(Message):
        """Something of the contribution is on disk now that was not before."""

    class GoOn(Message):
        """The step is done, as far as its pane knows."""

    class GoTo(Message):
        """Another step is wanted, where `leaf` and `field` say so at one field of one leaf."""

        def __init__(self, step: str, leaf: str = "", field: Field = ()) -> None:
            super().__init__()
            self.step = step
            self.leaf = leaf
            self.field = field

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__()
        self.folder = folder
        self.draft: Draft | None = None
        self.standing: StepStanding | None = None
        self.leaf = ""
        """The id of the leaf that is chosen; empty in a contribution without leaves."""
        self.remarks: tuple[Remark, ...] = ()
        """What reviewers and failed checks say of this step and leaf."""
        self.not_kept = ""
        """Why something that was typed could not be written; empty where everything is on disk."""
        self.working_on = ""
        """What would be broken off by leaving the application now, as a sentence; empty where nothing would."""
        self.going_on: Callable[[], Awaitable[None]] | None = None
        """What the frame does on GoOn."""
        self._waiting: dict[str, Callable[[], object]] = {}
        self._desk = asyncio.Lock()
        self._under_way: threading.Event | None = None

    # -- what a step says of its own ----------------------------------------------------------------------------

    def show(self, draft: Draft, standing: StepStanding) -> None:
        """The pane comes to the front or has another leaf now: everything is shown as it is on disk."""

    async def ready(self) -> None:
        """Waited for after `show` and before the pane gets the focus: what has to be read for it first."""

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        """The contribution was checked anew; what is being typed stays as it is."""

    async def renew(self, draft: Draft, standing: StepStanding) -> None:
        """As `judge`, but the contribution's files were most likely written by somebody else: another screen, another
        terminal, a submission."""
        self.judge(draft, standing)

    def enter_says(self) -> str:
        """What enter does where the focus is now, in a few words; empty where it does nothing."""
        return ""

    def take_focus(self) -> None:
        """Gives the focus to the part where one begins."""
        for widget in self.query("*"):
            if widget.focusable and widget.display:
                widget.focus()
                return

    def go_to_field(self, field: Field) -> None:
        """Goes to the field a problem speaks of: a path in qna.yaml, or one key of attribution.txt."""

    def shows(self, remark: Remark) -> bool:
        """Whether what somebody said stands beside its field here; the frame shows it else."""
        return False

    def field_here(self) -> Field:
        """The field where the cursor is, as remarks name it; empty where it is on none."""
        return ()

    def back_once(self) -> bool:
        """Undoes one step inside the pane. False where there is none."""
        return False

    async def go_on(self) -> None:
        """As the message GoOn, waited for."""
        if self.going_on is not None:
            with keys_held(self.app):
                await self.going_on()

    def grab(self) -> None:
        """Hands to `keep` what is typed and not told yet. Called before everything is waited for."""

    # -- writing ------------------------------------------------------------------------------------------------

    def keep(self, what: str, work: Callable[[], object]) -> None:
        """Writes something of the contribution, soon, in a thread; what waits under the same name is replaced.

        What `work` cannot write it says as a LabError; it is tried again with the next write.
        """
        self._waiting.pop(what, None)
        self._waiting[what] = work
        self._write_soon()

    async def flush(self) -> None:
        """Waits until everything typed is on disk. What cannot be written stands in `not_kept`."""
        self.grab()
        await self._write()

    @work(group="contribute-keep", exit_on_error=False)
    async def _write_soon(self) -> None:
        await self._write()

    async def _write(self) -> None:
        async with self._desk:
            if not self._waiting:
                return
            failed: dict[str, Callable[[], object]] = {}
            trouble = ""
            while self._waiting:
                what = next(iter(self._waiting))
                work = self._waiting.pop(what)
                try:
                    await self._in_hand(work)
                except LabError as error:
                    failed[what] = work
                    trouble = f"{error.what} {error.hint}".strip()
            self._waiting = failed | self._waiting
            self.not_kept = trouble
            self.post_message(self.Changed())

    async def _in_hand(self, work: Callable[[], object]) -> None:
        done = self._under_way = threading.Event()

        def carry_out() -> None:
            try:
                work()
            finally:
                done.set()

        await in_thread(carry_out)

    def on_unmount(self) -> None:
        """What was typed in the last moment before the end is kept too."""
        if self._under_way is not None:
            self._under_way.wait(LAST_WAIT_SECONDS)
        for waiting in self._waiting.values():
            with contextlib.suppress(LabError):
                waiting()
        self._waiting.clear()
