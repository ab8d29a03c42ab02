"""The last step: signed off by its author, then sent, each part of it shown, and repeated where it went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import work

from labtui.actions import bindings_for
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.submitting.records import Offline
from labtui.errors import LabError
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.submit_doing import SubmitDoing
from labtui.screens.threads import in_thread


class SubmitPane(SubmitDoing):
    STEP: ClassVar[str] = Step.SUBMIT

    BINDINGS = bindings_for("contribute.submit")

    DEFAULT_CSS = "SubmitPane > Plain { height: auto; margin: 0 0 1 0; }"

    def enter_says(self) -> str:
        match self.phase:
            case "certificate":
                return "agree, and sign it off" if self._read_to_end else "read on"
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
            case "blocked" if self._unreadable:
                return "go to the document"
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

    # -- keys ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        phase = self.phase
        if action == "go":
            return phase not in ("working", "looking")
        if action == "stop":
            return phase == "working"
        if action in ("bundle", "patch"):
            return phase in ("ready", "done", "in", "failed") or (phase == "blocked" and self._unreadable)
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
                self._note_end()
                if self._read_to_end:
                    self._certify()
                else:
                    self.sheet.scroll_page_down(animate=False)
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
                elif self._unreadable:
                    self.post_message(self.GoTo(Step.DOCUMENT))
                elif self._behind:
                    self.action_rebase()
                elif self._unknown:
                    self._introduce()
                else:
                    self._look()

    def action_copy(self) -> None:
        if address := self._address():
            self.app.copy_text(address)

    # -- without a forge or a network ----------------------------------------------------------------------------------

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
