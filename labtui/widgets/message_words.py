"""What stands around a turn's text: its reasoning above, its numbers, its end and its alternatives below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from labtui.chat.conversations import Speed, Turn
from labtui.text import clean, shorten
from labtui.text import width as text_width

if TYPE_CHECKING:
    from labtui.widgets.message import MessageView

NOTE = ".message-note"
TROUBLE = ".message-trouble"
MARK = ".message-mark"


def above(view: MessageView, width: int) -> list[Content]:
    """Notes before the text."""
    lines = _wrapped("○ not sent any more", NOTE, width) if view.left_out else []
    return lines + _thought(view.turn, width, view.unfolded)


def _thought(turn: Turn, width: int, unfolded: bool) -> list[Content]:
    """The line that stands for the reasoning, or all of it."""
    if not turn.reasoning.strip():
        return []
    words = len(turn.reasoning.split())
    busy = turn.end == "writing" and not turn.text
    said = f"{'▾' if unfolded else '▸'} {'thinking' if busy else 'thought'} · {words:,} words"
    lines = [Content.styled(said, ".message-thought")]
    if unfolded:
        text = Content.styled(clean(turn.reasoning.strip()).expandtabs(4), ".message-thought")
        lines += [Content.styled("│ ", ".message-thought") + line for line in text.wrap(max(1, width - 2))]
    return [*lines, Content.empty()]


def below(view: MessageView, width: int) -> list[Content]:
    """Notes under the text."""
    turn = view.turn
    lines: list[Content] = []
    if turn.role == "assistant":
        lines += _end(view, width)
    if turn.end != "writing" or view.interrupted:
        lines += _joined([_place(view.alternatives), view.model, *_numbers(turn.speed)], width)
    if view.mark:
        lines += _wrapped(view.mark, MARK, width)
    return lines


def _joined(facts: list[str], width: int) -> list[Content]:
    """Facts with dots between them, broken between facts only."""
    rows: list[str] = []
    for fact in (clean(fact, lines=False) for fact in facts if fact):
        if rows and text_width(rows[-1]) + text_width(fact) + 3 <= width:
            rows[-1] += f" · {fact}"
        else:
            rows.append(fact)
    return [line for row in rows for line in _wrapped(row, NOTE, width)]


def _end(view: MessageView, width: int) -> list[Content]:
    turn = view.turn
    if turn.end == "writing":
        if view.interrupted:
            lines = _wrapped("■ broken off: labtui ended while this was written", TROUBLE, width)
            return lines + (_wrapped(f"{view.again_key} asks again", NOTE, width) if view.again_key else [])
        return [] if turn.text else [Content.styled("…", NOTE)]
    if turn.end == "stopped":
        return _wrapped("■ stopped", NOTE, width)
    if turn.end == "cut":
        return _wrapped(f"! cut: {turn.reason}", TROUBLE, width)
    if turn.end == "failed":
        lines = _wrapped(f"✖ {turn.reason}", TROUBLE, width)
        if view.again_key:
            lines += _wrapped(f"{view.again_key} asks again, and starts the model first where it has to", NOTE, width)
        if view.server_log:
            lines += _wrapped("the last lines of its log:", NOTE, width)
            lines += [Content.styled(f"│ {shorten(line, max(1, width - 2))}", NOTE) for line in view.server_log]
        return lines
    if not turn.text.strip():
        return _wrapped("(an empty answer)", NOTE, width)
    return []


def _wrapped(text: str, style: str, width: int) -> list[Content]:
    return Content.styled(clean(text), style).wrap(width)


def _numbers(speed: Speed | None) -> list[str]:
    if speed is None or not speed.completion_tokens:
        return []
    parts = [f"{speed.completion_tokens:,} token{'s' * (speed.completion_tokens != 1)}"]
    if speed.tokens_per_second:
        parts.append(f"{speed.tokens_per_second:,.0f} tok/s")
    if speed.first_token_seconds:
        parts.append(f"first {seconds(speed.first_token_seconds)}")
    return parts


def _place(alternatives: tuple[int, int]) -> str:
    place, count = alternatives
    return f"‹ {place} of {count} ›" if count > 1 else ""


def seconds(value: float) -> str:
    """A short time as people say it."""
    if value < 0.095:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 100 else f"{value / 60:.0f} min"
