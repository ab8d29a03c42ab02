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
    that Rich measures as no cell keeps every width. The filters of Textual itself (`before`) run inside this one,
    as each filter of its own would copy every line once more.
    """

    def __init__(self, before: tuple[LineFilter, ...] = (), *, ascii_signs: bool = False) -> None:
        super().__init__()
        self.before = before
        self.ascii_signs = ascii_signs

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        for line_filter in self.before:
            segments = line_filter.apply(segments, background)
        if any(map(_suspect, segments)):
            segments = [_guarded(segment) if segment.control is None else segment for segment in segments]
        if self.ascii_signs:
            segments = [segment if segment.text.isascii() else _in_ascii(segment) for segment in segments]
        return segments


def _suspect(segment: Segment) -> bool:
    text, style, _ = segment
    if _CONTROL.search(text):
        return True
    # The metadata is looked at as bytes: most segments carry some, next to none a click.
    return style is not None and (style._link is not None or (style._meta is not None and b"@click" in style._meta))


def _guarded(segment: Segment) -> Segment:
    text, style, _ = segment
    return Segment(_CONTROL.sub("", text), _harmless(style))


def _harmless(style: Style | None) -> Style | None:
    if style is None:
        return None
    if style._link is not None:
        style = style.update_link(None)
    if style._meta is not None and b"@click" in style._meta:
        meta = {key: value for key, value in style.meta.items() if not key.startswith("@")}
        style = style.clear_meta_and_links() + Style.from_meta(meta)
    return style


def _in_ascii(segment: Segment) -> Segment:
    return Segment(in_ascii(segment.text), segment.style, segment.control)
