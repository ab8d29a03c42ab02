"""The last door before the terminal: whatever a widget draws, no control character and no link leaves here."""

from __future__ import annotations

import re

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from labtui.signs import in_ascii

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class ControlGuard(LineFilter):
    """Removes control and bidirectional characters, terminal links and click actions from every drawn segment.

    Foreign text is cleaned long before (labtui.text); this is for the one forgotten place. Removing a character
    that Rich measures as no cell keeps every width.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [_guarded(segment) if segment.control is None else segment for segment in segments]


def _guarded(segment: Segment) -> Segment:
    text, style, _ = segment
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    elif style is None or (style._link is None and style._meta is None):
        return segment
    return Segment(text, _harmless(style))


def _harmless(style: Style | None) -> Style | None:
    if style is None:
        return None
    if style._link is not None:
        style = style.update_link(None)
    # The metadata is looked at as bytes first: most segments carry some, next to none a click.
    if style._meta is not None and b"@click" in style._meta:
        meta = {key: value for key, value in style.meta.items() if not key.startswith("@")}
        style = style.clear_meta_and_links() + Style.from_meta(meta)
    return style


class AsciiSigns(LineFilter):
    """Draws lines, blocks, signs and braille with their ASCII twins."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control is not None or segment.text.isascii() else _in_ascii(segment)
            for segment in segments
        ]


def _in_ascii(segment: Segment) -> Segment:
    return Segment(in_ascii(segment.text), segment.style)
