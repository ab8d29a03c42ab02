"""The drawn characters of the interface and their ASCII twins.

The screens draw with the left column always; where `interface.ascii` is set, one filter on the way to the
terminal (`labtui.widgets.guard`) puts the right column in its place. Every twin is one cell wide, so
nothing moves. Text of people and models is not touched: only what is drawn here, lines, blocks and braille.
"""

from __future__ import annotations

DONE = "✔"
FAILED = "✖"
WARNING = "!"
CHANGED = "●"
NEW = "＋"
UNSAVED = "✎"
WAITING = "◌"
RUNNING = "▶"
STOPPED = "■"
SOME = "◐"
NONE = "○"
CURSOR = "▸"
SAID = "◆"

_SIGNS = {
    "✔": "v",
    "✓": "v",
    "✖": "x",
    "✗": "x",
    "●": "*",
    "◌": "o",
    "○": "o",
    "◐": "o",
    "◑": "o",
    "◆": "*",
    "✎": "%",
    "▶": ">",
    "▸": ">",
    "▾": "-",
    "▼": "v",
    "▲": "^",
    "◀": "<",
    "◂": "<",
    "■": "#",
    "□": "o",
    "▪": "*",
    "•": "*",
    "·": ".",
    "…": "~",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "↳": "`",
    "⏎": "<",
    "±": "~",
    "×": "x",
    "–": "-",
    "—": "-",
    "‹": "<",
    "›": ">",
    "␛": "^",
}
"""One cell each. `＋` is two cells wide and stays out: its twin is drawn where it is used."""

_BLOCKS = {
    **dict.fromkeys("▏▎▍", "-"),
    **dict.fromkeys("▌▋▊▉█▐▓▒", "#"),
    **dict.fromkeys("▁▂▃▔░", "_"),
    **dict.fromkeys("▄▅▆▇▀▖▗▘▙▚▛▜▝▞▟", "#"),
    **dict.fromkeys("🭵🭶🭷🭸🭹🭺🭻🬂🬋🬎🬹🮂🮃🮄🮅🮆", "-"),
}
_HEAVY = "━┅┉╍═"
"""Heavy lines frame what has the focus: their twin differs, so that it is seen in ASCII as well."""
_HORIZONTAL = "─━┄┅┈┉╌╍═╴╶╸╺╼╾╷╹╻╵"
_VERTICAL = "│┃┆┇┊┋╎╏║╽╿"


def _lines() -> dict[str, str]:
    """Every box-drawing character: horizontal, vertical, and corners and crossings."""
    twins = {chr(code): "+" for code in range(0x2500, 0x2580)}
    twins |= dict.fromkeys(_HORIZONTAL, "-") | dict.fromkeys(_VERTICAL, "|") | dict.fromkeys(_HEAVY, "=")
    return twins | {"╱": "/", "╲": "\\", "╳": "X"}


def _braille() -> dict[str, str]:
    """Braille cells as charts use them: by how many dots they hold."""
    return {chr(0x2800 + bits): " .:::***#"[bits.bit_count()] for bits in range(256)}


ASCII: dict[int, str] = {ord(sign): twin for sign, twin in (_braille() | _lines() | _BLOCKS | _SIGNS).items()}
"""For str.translate."""


def in_ascii(text: str) -> str:
    """`text` with every drawn character replaced by its twin."""
    return text if text.isascii() else text.translate(ASCII)
