"""From the bytes of a log line to what may be shown of it: clean text with its colours. No Textual here."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from labtui import text
from labtui.widgets.log_index import RawLine

CELLS = 2000
"""Terminal cells of one line that are shown."""

_utf8 = codecs.getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line ready to be drawn: it holds no control character."""

    spans: tuple[tuple[str, str], ...]
    """Pieces of text, each with a Rich style or an empty string."""
    text: str
    cells: int
    cut: str = ""
    """What to say of the part that is not shown: `1.2 MB more`."""


def decode(raw: RawLine) -> LogLine:
    """The line as it is shown. Bytes that are not UTF-8 become a mark; a character cut in two is left out."""
    whole = raw.finished and not raw.hidden
    line = _utf8("replace").decode(raw.data, final=whole)
    if "\t" in line:
        line = line.expandtabs(8)
    spans = text.sgr_spans(line)
    plain = "".join(piece for piece, _ in spans)
    # No character is wider than two cells.
    cells = text.width(plain)
    if cells <= CELLS:
        return LogLine(tuple(spans), plain, cells, f"{size_words(raw.hidden)} more" if raw.hidden else "")
    kept = _cut(spans)
    shown = "".join(piece for piece, _ in kept)
    hidden = raw.hidden + len(plain[len(shown) :].encode(errors="replace"))
    return LogLine(tuple(kept), shown, text.width(shown), f"{size_words(hidden)} more")


def _cut(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    room = CELLS
    for piece, style in spans:
        width = text.width(piece)
        if width > room:
            kept.append((_prefix(piece, room), style))
            break
        kept.append((piece, style))
        room -= width
    return kept


def _prefix(piece: str, cells: int) -> str:
    if piece.isascii():
        return piece[:cells]
    used = 0
    for position, character in enumerate(piece):
        used += text.width(character)
        if used > cells:
            return piece[:position]
    return piece


def size_words(count: float) -> str:
    """A number of bytes as people write it: `834 B`, `1.2 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
