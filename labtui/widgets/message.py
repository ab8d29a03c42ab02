"""One turn of a conversation, drawn a line at a time as it comes into sight.

A whole answer is one widget however long it is, so that long conversations stay light and a streaming answer costs
only the lines that are new. Nothing in it can be clicked.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from labtui.chat.conversations import Turn
from labtui.widgets.answer_lines import AnswerLines, PlainLines
from labtui.widgets.message_words import above, below

GUTTER = 6
NARROW_GUTTER = 5
NARROW = 50
"""Below so many cells the gutter shrinks."""
LABELS = {"user": "you", "assistant": "it"}


class MessageView(Widget):
    """A question or an answer, with what there is to say about it below."""

    COMPONENT_CLASSES = {
        "md-heading-1",
        "md-heading",
        "md-strong",
        "md-emphasis",
        "md-strike",
        "md-code",
        "md-block",
        "md-address",
        "md-bullet",
        "md-rule",
        "md-code-comment",
        "md-code-keyword",
        "md-code-string",
        "md-code-number",
        "md-code-name",
        "message-you",
        "message-it",
        "message-cursor",
        "message-note",
        "message-trouble",
        "message-mark",
        "message-thought",
    }

    DEFAULT_CSS = "MessageView { height: auto; width: 1fr; }"

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn
        self.selected = False
        """The reader's cursor is on it."""
        self.unfolded = False
        """The reasoning is shown in full."""
        self.alternatives = (1, 1)
        """Which of how many alternatives this turn is."""
        self.left_out = False
        """It is not sent any more."""
        self.model = ""
        """Who answered, where the pane does not say so already."""
        self.mark = ""
        """What else is to be said of it, such as that it is taught."""
        self.interrupted = False
        """It stands as being written, but nobody writes it."""
        self.again_key = ""
        """The key that asks again, where that is worth saying."""
        self.server_log: tuple[str, ...] = ()
        """The last lines of the server's log, where it died."""
        self._text: AnswerLines | PlainLines = PlainLines(turn.text) if turn.role == "user" else AnswerLines()
        self._thought = 0
        """Characters of reasoning taken so far."""
        self._lines: list[Content] = []
        self._before = 0
        """Lines above the text."""
        self._width = 0
        self._drawn: dict[int, Strip] = {}
        if turn.role == "assistant":
            self.settle()

    # -- what changes -------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Draws what was added to the turn since the last call. Cheap: call it some ten times a second."""
        grew = isinstance(self._text, AnswerLines) and self._text.follow(self.turn.text)
        if grew or len(self.turn.reasoning) != self._thought:
            self._thought = len(self.turn.reasoning)
            self._changed()

    def settle(self) -> None:
        """Draws the turn as it is in the end."""
        if isinstance(self._text, AnswerLines):
            self._text = AnswerLines()
            self._text.settle(self.turn.text.rstrip())
        self._changed()

    def begin(self) -> None:
        """The turn will be followed from here on."""
        self._text = AnswerLines()
        self._changed()

    def describe(self, **facts: object) -> None:
        """Sets facts shown around the text (`selected`, `alternatives`, …); redraws only where one changed."""
        changed = {name: value for name, value in facts.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self._drawn.clear()
            self._changed()

    def fold(self) -> None:
        self.describe(unfolded=not self.unfolded)

    def _changed(self) -> None:
        before = len(self._lines)
        width = self._width
        if not width or not self.is_mounted:
            self._width = 0
            self.refresh(layout=True)
            return
        self._lay(width)
        self.clear_cached_dimensions()
        self.refresh(layout=len(self._lines) != before)

    # -- drawing ------------------------------------------------------------------------------------------------

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if width != self._width:
            self._lay(width)
        return len(self._lines)

    def _lay(self, width: int) -> None:
        if width != self._width:
            self._drawn.clear()
        gutter = NARROW_GUTTER if width < NARROW else GUTTER
        inner = max(1, width - gutter)
        before = above(self, inner)
        text, same = self._text.lines(inner)
        after = below(self, inner)
        lines = [*before, *text, *after] or [Content.empty()]
        # Strips of lines that did not change stay drawn: usually all but the last few.
        kept = 0 if before or self._before else same
        self._drawn = {place: strip for place, strip in self._drawn.items() if place < kept}
        self._before = len(before)
        self._lines, self._width = lines, width

    def render_line(self, y: int) -> Strip:
        if self._width != self.size.width:
            self._lay(self.size.width)
        strip = self._drawn.get(y)
        selection = self.text_selection
        if strip is None or selection is not None:
            strip = self._draw(y, selection)
            if selection is None:
                self._drawn[y] = strip
        return strip

    def _draw(self, y: int, selection: Selection | None) -> Strip:
        width = self._width
        gutter = NARROW_GUTTER if width < NARROW else GUTTER
        if y >= len(self._lines):
            return Strip.blank(width, self.visual_style.rich_style)
        line = self._lines[y]
        if selection is not None and (span := selection.get_span(y)) is not None:
            start, end = span
            line = line.stylize(
                "$screen-selection-foreground on $screen-selection-background", start, end if end >= 0 else None
            )
        parts = self._strips(self._gutter(y, gutter), gutter) + [
            strip.apply_offsets(0, y) for strip in self._strips(line, max(1, width - gutter))
        ]
        return Strip.join(parts).adjust_cell_length(width, self.visual_style.rich_style)

    def _gutter(self, y: int, cells: int) -> Content:
        mark = "▌" if self.selected else " "
        label = LABELS[self.turn.role] if y == 0 else ""
        style = ".message-you" if self.turn.role == "user" else ".message-it"
        return Content.assemble((mark, ".message-cursor"), (label.ljust(cells - 1)[: cells - 1], style))

    def _strips(self, content: Content, width: int) -> list[Strip]:
        style = self.visual_style
        if any(span.style == ".md-block" for span in content.spans):
            # A component's background does not reach the screen through a span: it must lie under the whole line.
            style = self.get_visual_style("md-block")
        return Visual.to_strips(self, content, width, 1, style, apply_selection=False)

    def notify_style_update(self) -> None:
        self._drawn.clear()
        super().notify_style_update()

    # -- selecting with the mouse ---------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(line.plain for line in self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self._drawn.clear()
        self.refresh()

    # -- for others -----------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Sequence[str]:
        """The lines as they stand on the screen, without the gutter."""
        return [line.plain for line in self._lines]
