"""One answer corrected: what was asked, what the model said, what it should say. Kept at every keystroke."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from labtui import signs
from labtui.contribute.teaching import making_seeds as teaching
from labtui.contribute.teaching.lessons import Basket, Lesson, typed
from labtui.errors import LabError
from labtui.records import now
from labtui.screens.chat.threads import in_thread
from labtui.text import clean, without_controls
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

Outcome = Literal["kept", "basket", "dropped", "untouched"]
FIELDS = ("question", "corrected", "context")


class LessonText(TextArea):
    """A text that grows with what is typed; tab leaves it."""

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(
            text, id=id, soft_wrap=True, compact=True, show_line_numbers=False, highlight_cursor_line=False
        )
        self.move_cursor(self.document.end)

    async def _on_paste(self, event: events.Paste) -> None:
        # The base class inserts event.text after this.
        event.text = without_controls(event.text)


class TeachWindow(Modal[Outcome]):
    """Answers what became of the lesson: kept, dropped, not touched, or kept and on the way to the basket."""

    BINDINGS = [
        Binding("ctrl+s", "collect", "collect", priority=True, tooltip="Keep it with the others and go on chatting"),
        Binding("ctrl+t", "basket", "contribute", priority=True, tooltip="Go on to where it is to be written"),
        Binding("tab", "app.focus_next", "next"),
        Binding("ctrl+r", "again", "its answer", priority=True, tooltip="Start again from the model's answer"),
        Binding("f8", "drop", "drop", tooltip="Put it aside; u in the basket brings it back"),
        Binding("escape", "leave", "back", tooltip="Close; what was typed stays collected"),
    ]

    def __init__(
        self,
        basket: Basket,
        lesson: Lesson,
        others: Sequence[Lesson],
        to_basket: Callable[[], Awaitable[None]],
        remark: str = "",
    ) -> None:
        """`to_basket` opens the basket; `remark`: what else is to be said before anything is typed."""
        super().__init__()
        self._to_basket = to_basket
        self._remark = remark
        self._basket, self._lesson, self._others = basket, lesson, others
        self._touched = any(lesson.id == other.id for other in others)
        """Whether it is on disk."""
        self._dirty = False
        self._writing = asyncio.Lock()
        """One at a time: an older text must not replace a newer one."""
        self._kept = ""
        self._refused = ""

    def compose(self) -> ComposeResult:
        lesson = self._lesson
        who = f"{lesson.made.model}{f' + {lesson.made.adapter}' if lesson.made.adapter else ''}" if lesson.made else ""
        with Vertical(classes="window -wide") as window:
            window.border_title = "teach this"
            yield Plain("question", classes="name")
            yield LessonText(typed(lesson.question), id="question")
            yield Plain(clean(f"it answered{f' · {who}' if who else ''}", lines=False), classes="name")
            with VerticalScroll(id="answered"):
                yield Plain(lesson.answer.strip() or "(nothing)")
            yield Plain("it should answer", classes="name")
            yield LessonText(typed(lesson.corrected), id="corrected")
            yield Plain("the text it is about, where there is one", classes="name")
            yield LessonText(typed(lesson.context), id="context")
            yield Plain("", id="verdict")
            yield HintLine()

    def on_mount(self) -> None:
        corrected = self.query_one("#corrected", LessonText)
        corrected.focus()
        if not self._touched:
            # Typing replaces what the model said, an arrow key keeps it to be changed.
            corrected.selection = Selection(corrected.document.end, (0, 0))
        self._judge()

    # -- what is typed ------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        name = str(event.text_area.id)
        if typed(getattr(self._lesson, name)) == typed(event.text_area.text):
            return
        setattr(self._lesson, name, event.text_area.text)
        self._judge()
        self._dirty = True
        self._keep()

    @work(exclusive=False, group="keep", exit_on_error=False)
    async def _keep(self) -> None:
        await self._flush()

    async def _flush(self) -> bool:
        """Everything typed is on disk afterwards; False where the disk refuses, which is said."""
        lesson, basket = self._lesson, self._basket
        async with self._writing:
            while self._dirty:
                self._dirty = False
                try:
                    await in_thread(lambda: basket.keep(lesson))
                except LabError as error:
                    self._refused = f"{error.what} {error.hint}"
                else:
                    self._refused, self._touched = "", True
                    self._kept = f"kept {now().astimezone():%H:%M:%S}"
        if self.is_mounted:
            self._judge()
        return not self._refused

    def on_unmount(self) -> None:
        """The application ends: the last letter counts, too."""
        if self._dirty:
            with contextlib.suppress(LabError):
                self._basket.keep(self._lesson)

    def _judge(self) -> None:
        verdict = self.query_one("#verdict", Plain)
        if self._refused:
            verdict.show(Content.styled(f"{signs.FAILED} {clean(self._refused, lines=False)}", "$error"))
            return
        before = self._remark if not self._touched else ""
        said = teaching.trouble(self._lesson, self._others) or before or teaching.remark(self._lesson)
        if said:
            verdict.show(Content.styled(f"{signs.WARNING} {said}", "$warning"))
        else:
            verdict.show(Content.assemble((f"{signs.DONE} ", "$success"), "ready", (f"   {self._kept}", "$quiet")))

    # -- keys ---------------------------------------------------------------------------------------------------

    async def action_collect(self) -> None:
        await self._end("kept")

    async def action_basket(self) -> None:
        if await self._end("basket"):
            await self._to_basket()

    async def _end(self, outcome: Outcome) -> bool:
        self._dirty = True
        if await self._flush():
            self.dismiss(outcome)
            return True
        return False

    async def action_leave(self) -> None:
        if self._touched or self._dirty:
            # A disk that refuses is said; a second time one may leave.
            refused = bool(self._refused)
            if await self._flush() or refused:
                self.dismiss("kept")
        else:
            self.dismiss("untouched")

    async def action_drop(self) -> None:
        await self._flush()
        lesson, basket = self._lesson, self._basket
        try:
            await in_thread(lambda: basket.drop(lesson))
        except LabError as error:
            self._refused = f"{error.what} {error.hint}"
            self._judge()
            return
        self.dismiss("dropped")

    def action_again(self) -> None:
        corrected = self.query_one("#corrected", LessonText)
        corrected.load_text(typed(self._lesson.answer))
        corrected.move_cursor(corrected.document.end)
        corrected.focus()
