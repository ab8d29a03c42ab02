"""A field of the wizard: what is asked, where it is written, and what is wrong with it right below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, TextArea

from labtui.actions import bindings_for
from labtui.contribute.records import Problem
from labtui.contribute.requests.remarks import Remark
from labtui.screens.contribute.problem_lines import problem_lines
from labtui.screens.contribute.remark_lines import folded
from labtui.text import without_controls
from labtui.widgets.key_order import keys_held
from labtui.widgets.plain import Plain

PROBLEMS_SHOWN = 3
SAID_LINES = 3
LEAST_WIDTH = 50


Entered = Callable[[Widget], Awaitable[None]]
"""What enter does in a field. Waited for: what is typed ahead finds the next field."""


class Line(Input):
    """One line of text; what is pasted is one line too. Enter calls `entered`, else it is `Input.Submitted`."""

    DEFAULT_CSS = "Line { width: 1fr; }"

    entered: Entered | None = None
    filled = ""
    """What it showed before anything was typed."""

    def __init__(self, *, id: str, placeholder: str = "") -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id, placeholder=placeholder, select_on_focus=False)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self.entered is not None:
            event.stop()
            event.prevent_default()
            with keys_held(self.app):
                await self.entered(self)

    def _on_paste(self, event: events.Paste) -> None:
        event.text = " ".join(without_controls(event.text).split("\n")).strip()

    def fill(self, text: str, *, anew: bool = False) -> None:
        """Shows what is on disk. What is being typed stays, but where another thing is shown `anew`."""
        shown = without_controls(text).replace("\n", " ")
        if anew or not self.has_focus or shown == self.value:
            # What is not shown must not make what stands here look typed.
            self.filled = shown
        if (anew or not self.has_focus) and shown != self.value:
            with self.prevent(Input.Changed):
                self.value = shown
            self.cursor_position = len(shown)


class Lines(TextArea):
    """A few lines of text that grow with what is written. Enter calls `entered`; ctrl+j begins a new line."""

    BINDINGS = bindings_for("contribute.field")
    DEFAULT_CSS = "Lines { height: auto; min-height: 1; max-height: 6; }"

    entered: Entered | None = None
    filled = ""
    """What it showed before anything was typed."""

    def __init__(self, *, id: str, placeholder: str = "") -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(
            id=id,
            soft_wrap=True,
            compact=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder=placeholder,
        )

    async def _on_key(self, event: events.Key) -> None:
        # Here, in the order they were typed: left to the application, enter would overtake letters that still wait.
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                await self.action_submit()
            else:
                self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = without_controls(event.text)

    async def action_submit(self) -> None:
        if self.entered is not None:
            with keys_held(self.app):
                await self.entered(self)

    def action_new_line(self) -> None:
        self.insert("\n")

    def fill(self, text: str, *, anew: bool = False) -> None:
        """Shows what is on disk. What is being typed stays, but where another thing is shown `anew`."""
        shown = without_controls(text).removesuffix("\n")
        if anew or not self.has_focus or shown == self.text:
            # What is not shown must not make what stands here look typed.
            self.filled = shown
        if (anew or not self.has_focus) and shown != self.text:
            with self.prevent(TextArea.Changed):
                self.load_text(shown)
            self.move_cursor(self.document.end)


class Labelled(Vertical):
    DEFAULT_CSS = """
    Labelled { height: auto; margin: 0 0 1 0; }
    Labelled > Plain { height: auto; }
    """

    def __init__(self, name: str, about: str, field: Widget) -> None:
        super().__init__(classes="labelled")
        self._label, self._about, self.field = name, about, field
        self._beside = ""
        self._said: list[Remark] = []

    def compose(self) -> ComposeResult:
        yield Plain(self._heading(), classes="asked")
        yield self.field
        for name in ("wrong", "said"):
            below = Plain("", classes=name)
            below.display = False
            yield below

    def ask(self, name: str, about: str) -> None:
        """Asks for something else: what is asked depends on the kind of leaf."""
        self._label, self._about = name, about
        # Its label may be there before it counts as mounted.
        for asked in self.query(".asked").results(Plain):
            asked.show(self._heading())

    def beside(self, words: str) -> None:
        """Says something behind the label: a count, a state."""
        if words != self._beside:
            self._beside = words
            self.query_one(".asked", Plain).show(self._heading())

    def _heading(self) -> Content:
        parts: list[tuple[str, str] | str] = [(self._label, "bold"), (f"  {self._about}", "$quiet")]
        if self._beside:
            parts.append((f"  {self._beside}", "$accent"))
        return Content.assemble(*parts)

    def judge(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        below = self.query_one(".wrong", Plain)
        below.display = bool(found)
        below.show(problem_lines(found[:PROBLEMS_SHOWN]))

    def hear(self, remarks: Iterable[Remark]) -> None:
        """Shows below the field what reviewers and checks say of it."""
        if (said := list(remarks)) != self._said:
            self._said = said
            self._show_said()

    def _show_said(self) -> None:
        below = self.query_one(".said", Plain)
        below.display = bool(self._said)
        # Before the first layout it has no width; the narrowest pane is as wide as this.
        room = self.size.width or LEAST_WIDTH
        below.show(Content("\n").join(folded(self._said, room, SAID_LINES)))

    def on_resize(self) -> None:
        if self._said:
            self._show_said()
