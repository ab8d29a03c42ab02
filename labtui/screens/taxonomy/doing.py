"""The other keys of a leaf: the way on to generation and chat, copying, the next problem, the user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess

from textual import on, work
from textual.app import SuspendNotSupported

from labtui.errors import LabError
from labtui.screens.taxonomy.keeping import Keeping
from labtui.screens.taxonomy.leaf_base import FORM, PROBLEMS, YAML
from labtui.taxonomy.check import ATTRIBUTION
from labtui.taxonomy.fields import LeafFields
from labtui.taxonomy.finding_places import BESIDE, place_of
from labtui.widgets.leaf_problems import ProblemSheet


class Doing(Keeping):
    # -- ways on ------------------------------------------------------------------------------------------------

    def generate(self) -> None:
        if self.leaf is None:
            return
        if self.leaf.kind == "unreadable":
            self.app.say("This leaf cannot be read; its problems say why.", "warning")
            self.choose_view(PROBLEMS)
            self.post_message(self.Read())
            return
        self.app.open("generate", leaf=self.leaf.id)

    def talk(self) -> None:
        """The chat, with the leaf's first question ready to be sent."""
        question = self.state.question if self.state is not None else ""
        self.app.open("chat", **({"question": question} if question else {}))

    def copy(self) -> None:
        """The field the cursor is on, or the file; the id while the focus is in the tree."""
        if self.leaf is None or self.state is None:
            return
        if not self.has_inner_focus:
            self.app.copy_text(self.leaf.id)
            return
        path = self.form.path if self.view == FORM else ()
        field = self.state.fields.find(path) if path else None
        if path == BESIDE:
            self.app.copy_text(self.state.attribution)
        else:
            self.app.copy_text(field.text if field is not None else self.state.text)

    # -- problems -----------------------------------------------------------------------------------------------

    def next_problem(self) -> bool:
        """Goes to the next problem below. False where the focus is elsewhere or there is none."""
        if not self.has_inner_focus or self.state is None or not self.findings:
            return False
        if self.view == FORM and not self.state.problem:
            return self._next_in_form(self.state.fields)
        if self.view == PROBLEMS:
            return self.problem_sheet.next()
        if self.view != YAML:
            self.choose_view(YAML)
        return self.yaml.next_problem()

    def _next_in_form(self, fields: LeafFields) -> bool:
        sheet, here = self.form.sheet, self.form.sheet.spot
        wrong = {place_of(fields, finding) for finding in self.findings}
        below = [spot for spot in sheet.page.spots if spot.path in wrong and (here is None or spot.row > here.row)]
        return bool(below) and sheet.go_to(below[0].path)

    @on(ProblemSheet.Chosen)
    async def _on_problem_chosen(self, event: ProblemSheet.Chosen) -> None:
        event.stop()
        if event.why:
            from labtui.widgets.why_window import WhyWindow

            self.app.push_screen(WhyWindow(event.finding))
        elif self.state is not None:
            path = () if self.state.problem else place_of(self.state.fields, event.finding)
            await self.go_to(path, (event.finding.line, event.finding.column))

    # -- the user's own editor ----------------------------------------------------------------------------------

    @work(exclusive=True, group="leaf-doing", exit_on_error=False)
    async def edit(self) -> None:
        """Opens the file in the user's editor, and comes back when that ends."""
        if self.leaf is None:
            return
        await self.settle()
        if self.state is not None and self.state.unsaved and self.session is not None:
            yes = await self.app.confirm(
                "Save the unsaved edits first?",
                "The editor opens the file itself, and would not see them.",
                yes="Save and open",
                no="Back",
            )
            if not yes or not await self.save_now():
                return
        path = self.leaf.path
        if self.view == FORM and self.form.path == BESIDE and self.has_inner_focus:
            path = path.with_name(ATTRIBUTION)
        line = self.yaml.at[0] if self.view == YAML else 0
        if self._run_editor(path, line):
            await self.reopen()
            if self.leaf is not None:
                self.post_message(self.Saved(self.leaf.id))
            self.app.look_again()

    def _run_editor(self, path: os.PathLike[str], line: int) -> bool:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            with self.app.suspend():
                code = subprocess.call([*shlex.split(editor), os.fspath(path)])
        except SuspendNotSupported:
            self.app.fail(LabError("No editor can be opened here.", hint=f"Open the file yourself: {path}"))
            return False
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.app.fail(
                LabError(
                    f"The editor cannot be started: {reason}.",
                    where=editor,
                    hint="Set the variable EDITOR to the editor you use.",
                )
            )
            return False
        self.screen.refresh(repaint=True, layout=True)
        if code:
            self.app.say(f"The editor ended with exit code {code}.", "warning")
        return True
