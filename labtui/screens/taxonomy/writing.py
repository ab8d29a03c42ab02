"""Writing in a leaf: what is typed reaches the one text behind form and file, in a thread, a moment later.

What is typed waits in `_typed` until the thread takes it, at most one wait ahead: of a quick typist's letters the
thread sees every few. Everything else (a seed added, undo, saving) first lets what waits go through.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

from textual import on
from textual.timer import Timer

from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession, LeafState, carried
from labtui.screens.taxonomy.laying_out import LayingOut
from labtui.screens.taxonomy.leaf_base import FORM, YAML
from labtui.screens.threads import in_thread
from labtui.taxonomy.fields import SEEDS, Field, Path
from labtui.taxonomy.findings import Finding
from labtui.widgets.document_view import DocumentView
from labtui.widgets.leaf_form import LeafForm
from labtui.widgets.leaf_yaml import LeafYaml

T = TypeVar("T")

BREATH_SECONDS = 0.15
"""Between two takings of what is typed."""
COSTLY_SECONDS, REST_SECONDS, LONGEST_SECONDS = 0.1, 0.8, 5.0
"""A taking that takes longer than the first waits for such a rest in the typing, but never longer than the last."""
CHECK_SECONDS = 0.35
"""Of rest before the leaf is checked again."""
STEP_SECONDS = 1.5
"""Of rest after which the next letter begins a new step of undo."""


class Writing(LayingOut):
    def __init__(self) -> None:
        super().__init__()
        self._desk = asyncio.Lock()
        self._typed: tuple[LeafSession, Callable[[], None]] | None = None
        self._taking = False
        self._typed_at = 0.0
        self._cost = 0.0
        """Seconds the last taking of what was typed took."""
        self._check_timer: Timer | None = None
        self._step_timer: Timer | None = None
        self._checking = 0

    # -- the one text -------------------------------------------------------------------------------------------

    async def at_desk(self, work: Callable[[], T]) -> T:
        """Does something to the session in a thread, one after the other."""
        async with self._desk:
            return await in_thread(work)

    def keep_draft(self, session: LeafSession) -> None:
        """Puts unsaved edits on disk. In a thread."""

    def typed(self, session: LeafSession, change: Callable[[], None]) -> None:
        """Takes over what is typed, soon. A change that still waits is replaced: both say the whole field or file."""
        self._typed, self._typed_at = (session, change), time.monotonic()
        if not self._taking:
            self._taking = True
            self.run_worker(self._take_soon(), group="leaf-typed", exit_on_error=False)

    async def _take_soon(self) -> None:
        try:
            while self._typed is not None:
                if self._cost > COSTLY_SECONDS:
                    await self._rested()
                before = time.monotonic()
                await self.settle()
                self._cost = time.monotonic() - before
                await asyncio.sleep(BREATH_SECONDS)
        finally:
            self._taking = False

    async def _rested(self) -> None:
        """Waits for a rest in the typing: a long leaf is not parsed again and again under the fingers."""
        end = time.monotonic() + LONGEST_SECONDS
        while (left := min(end, self._typed_at + REST_SECONDS) - time.monotonic()) > 0:  # noqa: ASYNC110 - each letter moves it
            await asyncio.sleep(left)

    async def settle(self) -> None:
        """Lets through what was typed and still waits."""
        self._grab()
        while (waiting := self._typed) is not None:
            self._typed = None
            session, change = waiting

            def take(session: LeafSession = session, change: Callable[[], None] = change) -> LeafState:
                change()
                self.keep_draft(session)
                return session.state()

            try:
                self.took(session, await self.at_desk(take))
            except LabError as error:
                self.app.say(f"{error.what} {error.hint}".strip(), "warning")

    def _grab(self) -> None:
        """Takes what is typed but was not told yet: the message of the last letter may still be under way."""
        session, state = self.session, self.state
        if session is None or state is None or session.id != state.id:
            return
        text, field = self.form.text, self.form.text.field
        if self.form.writing and field is not None and text.touched:
            written = text.text
            self._typed = (session, lambda: session.write(field, written))
        elif self.yaml.writing and self.yaml.text.text != state.text:
            whole = self.yaml.text.text
            self._typed = (session, lambda: session.editor.replace(whole))

    def took(self, session: LeafSession, state: LeafState) -> None:
        """The leaf says something else now."""
        if session is not self.session:
            return
        if self.state is None or self.state.unsaved != state.unsaved:
            self.state = state
            self.screen.refresh_bindings()
        self.state = state
        self.say_head()
        self.check_soon()
        if self._step_timer is not None:
            self._step_timer.stop()
        self._step_timer = self.set_timer(STEP_SECONDS, session.pause)

    async def do(self, work: Callable[[LeafSession], T]) -> T | None:
        """Edits the leaf and shows it as it is then. What was refused is said, and None is given."""
        await self.settle()
        session = self.session
        if session is None or self.state is None:
            return None

        def edit() -> tuple[T, LeafState]:
            session.pause()
            done = work(session)
            self.keep_draft(session)
            return done, session.state()

        try:
            done, state = await self.at_desk(edit)
        except LabError as error:
            self.app.say(f"{error.what} {error.hint}".strip(), "warning")
            return None
        self.took(session, state)
        return done

    def on_unmount(self) -> None:
        """What was typed in the last moment before the end is kept too."""
        if self._typed is not None:
            session, change = self._typed
            with contextlib.suppress(LabError):
                change()
                self.keep_draft(session)

    # -- checking -----------------------------------------------------------------------------------------------

    def check_soon(self) -> None:
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(CHECK_SECONDS + 3 * self._cost, self.check_now)

    def check_now(self) -> None:
        self.run_worker(self._check(), group="leaf-check", exit_on_error=False)

    async def _check(self) -> None:
        session, state = self.session, self.state
        if session is None or state is None:
            return
        self._checking += 1
        mine = self._checking
        known = self.leaf.findings if self.leaf is not None and self.leaf.id == session.id else ()

        def check() -> list[Finding]:
            found = session.check()
            return [*found, *carried(known, session.saved_text, session.editor.text)]

        findings = await in_thread(check)
        if mine == self._checking and self.session is session:
            same = tuple(findings) == self.findings
            self.judged(tuple(findings))
            # While one writes, what stands around the field is new only where the findings are.
            if not (same and self.writing):
                await self.lay_out()

    def judged(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        self.yaml.judge(findings)
        self.say_head()

    # -- the form -----------------------------------------------------------------------------------------------

    @on(LeafForm.Typed)
    def _on_field_typed(self, event: LeafForm.Typed) -> None:
        session = self.session
        if session is not None:
            self.typed(session, lambda: session.write(event.field, event.text))

    async def field_closed(self, field: Field, text: str, touched: bool) -> None:
        session = self.session
        if session is None:
            return
        # What was read as something else than text is put in quotes by being left.
        if touched or field.odd:
            self.typed(session, lambda: session.write(field, text))
        await self.settle()
        session.pause()
        await self.lay_out()

    async def wanted(self, what: str, path: Path) -> None:
        match what:
            case "write":
                await self._write_at(path)
            case "add":
                await self._added(await self.do(lambda session: session.add_seed(path)))
            case "add_pair":
                await self._added(await self.do(lambda session: session.add_pair(path)))
            case "duplicate":
                if (made := await self.do(lambda session: session.duplicate(path))) is not None:
                    await self.lay_out(path=made)
            case "delete":
                if (gone := await self.do(lambda session: session.delete(path))) is not None:
                    await self.lay_out(path=path)
                    self.app.say(f"{gone} is deleted; ctrl+z brings it back.")
            case "earlier" | "later":
                by = -1 if what == "earlier" else 1
                if (now := await self.do(lambda session: session.move(path, by))) is not None:
                    await self.lay_out(path=now)

    async def _write_at(self, path: Path) -> None:
        if self.state is None:
            return
        if self.state.problem:
            await self.write_file(self.state.place)
        elif len(path) == 2 and path[0] == SEEDS and self.state.fields.find(path) is None:
            # A seed as a whole: its first field.
            seed = self.state.fields.seeds[int(path[1])]
            first = next(iter(seed.fields), None)
            if first is not None:
                self.form.open(first.path)
        elif path and not self.form.open(path):
            self.app.say("This is no plain text: v shows the file, where it can be written.", "warning")

    async def _added(self, path: Path | None) -> None:
        """Shows what was added, ready to be written in."""
        if path is not None:
            await self.lay_out(path=path)
            self.form.open(path)

    # -- the file -----------------------------------------------------------------------------------------------

    async def yaml_opening(self) -> None:
        await self.write_file(self.yaml.at)

    async def write_file(self, at: tuple[int, int]) -> None:
        """Opens the file itself for writing, with the cursor at a line and a column."""
        await self.settle()
        if self.state is None or self.session is None:
            return
        if self.session.trouble:
            self.app.say(self.session.trouble, "warning")
            return
        if self.view != YAML:
            self.choose_view(YAML)
        await self.lay_out()
        self.yaml.open(self.state.text, at)

    @on(LeafYaml.Typed)
    def _on_yaml_typed(self, event: LeafYaml.Typed) -> None:
        session, state = self.session, self.state
        if session is not None and state is not None and (event.text != state.text or self._typed is not None):
            self.typed(session, lambda: session.editor.replace(event.text))

    async def yaml_closed(self) -> None:
        line = self.yaml.text.cursor_location[0] + 1
        await self.settle()
        await self.lay_out()
        self.yaml.go_to_line(line)

    # -- the document -------------------------------------------------------------------------------------------

    @on(DocumentView.ContextMarked)
    async def _on_context_marked(self, event: DocumentView.ContextMarked) -> None:
        event.stop()
        path = await self.do(lambda session: session.add_seed_of(event.text))
        if path is not None:
            self.form.sheet.path = path
            await self.lay_out()
            self.app.say(f"Seed {int(path[1]) + 1} has this context; f goes to the form, to write its questions.")

    # -- undo and redo ------------------------------------------------------------------------------------------

    async def step_back(self, by: int) -> None:
        await self.settle()
        session = self.session
        if session is None:
            return

        def step() -> tuple[Path | None, LeafState]:
            path = session.undo(by)
            self.keep_draft(session)
            return path, session.state()

        path, state = await self.at_desk(step)
        if path is None:
            self.app.say("Nothing more to undo." if by < 0 else "Nothing to do again.")
            return
        self.took(session, state)
        self.yaml.renew(state.text)
        if self.form.writing:
            open_path = self.form.path
            if path and path != open_path:
                self.form.abandon()
            else:
                self.form.renew(state.fields.find(open_path))
        await self.lay_out(path=path if path and self.view == FORM else None)
