"""The one door for foreign text on its way to a terminal.

Text from models, logs, YAML, git, file names and servers may hold sequences that write the clipboard, move the
cursor, open links or turn the reading direction around. `clean` takes them out and leaves a visible mark where
one was, so that nothing is hidden and nothing is obeyed. What comes out holds no control character but newline
and tab, and no lone surrogate; it is still data: show it with markup off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ESCAPE_MARK = "␛"
"""Stands where a terminal sequence was taken out."""
UNKNOWN_MARK = "�"
ELLIPSIS = "…"

PENDING_LIMIT = 4096
"""Characters an unfinished terminal sequence may hold back; a longer one is shown as plain text."""

_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
# A device or operating system command ends at ST or BEL. A newline never belongs to one: an unfinished
# command hides nothing beyond its own line.
_STRING = r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x18\x1a\n]*(?:\x07|\x1b\\|\x9c)"
_SHORT = r"\x1b[ -/]+[0-~]|\x1b(?![\[\]PX^_])[0-~]"
_INTRODUCER = r"\x1b[\[\]PX^_]|\x1b|[\x9b\x9d\x90\x98\x9e\x9f]"
# Line separators count as ASCII here: they become newlines, and cleaning twice must change nothing.
_JOINER = r"(?<=[\x00-\x7f\u2028\u2029])[\u200c\u200d]|\A[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f\u2028\u2029]|\Z)"
_VARIATION = r"(?<![\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
_INVISIBLE = (
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U0001d173-\U0001d17a]"
)
_BREAK = r"\r\n|[\r\u2028\u2029]"

_FOREIGN = re.compile(
    f"(?P<sequence>{_CSI}|{_STRING}|{_SHORT}|{_INTRODUCER})"
    f"|(?P<break>{_BREAK})"
    r"|(?P<control>[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff])"
    f"|(?P<invisible>{_JOINER}|{_VARIATION}|{_INVISIBLE})"
)
_SUSPECT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
_UNFINISHED = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*\Z"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x18\x1a\n]*(?:\x1b)?\Z"
    r"|\x1b[ -/]*\Z"
    r"|\r\Z"
    r"|[\u200c\u200d]\Z"
)
_SGR = re.compile(r"(?:\x1b\[|\x9b)([0-9;:]*)m")


def clean(text: str, *, lines: bool = True) -> str:
    """`text` without terminal sequences, control characters and invisible characters, each replaced by a mark.

    Newline and tab stay; every other kind of line end becomes a newline. With `lines` off the result is one line:
    newlines and tabs become spaces.
    """
    if _SUSPECT.search(text):
        text = _FOREIGN.sub(_mark, text)
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    return text


def without_controls(text: str) -> str:
    """`text` for a file: terminal sequences and control characters are gone, line ends are newlines.

    Characters that are only invisible stay, as some scripts need them; the checks speak of those that mislead.
    """

    def kept(match: re.Match[str]) -> str:
        if match.lastgroup == "break":
            return "\n"
        return match.group() if match.lastgroup == "invisible" else ""

    return _FOREIGN.sub(kept, text) if _SUSPECT.search(text) else text


class Cleaner:
    """`clean` for text that arrives in pieces: a sequence cut in two by the network is still recognised.

    Feeding pieces and flushing gives the same text as cleaning the whole at once (but for sequences longer
    than PENDING_LIMIT, which are shown instead of dropped).
    """

    def __init__(self) -> None:
        self._pending = ""
        self._last = ""

    def feed(self, chunk: str) -> str:
        """What can be shown of the text so far and was not returned before."""
        text = self._pending + chunk
        unfinished = _UNFINISHED.search(text)
        keep = len(text)
        if unfinished and len(text) - unfinished.start() <= PENDING_LIMIT:
            keep = unfinished.start()
        self._pending = text[keep:]
        return self._clean(text[:keep], self._pending[:1])

    def flush(self) -> str:
        """The rest, when no more will come. The cleaner can be used again afterwards."""
        text, self._pending = self._pending, ""
        shown = self._clean(text, "")
        self._last = ""
        return shown

    def _clean(self, text: str, following: str) -> str:
        """Cleans `text` in sight of the characters around it: joiners are judged by their neighbours."""
        if not text:
            return ""
        before, self._last = self._last, text[-1]
        if not _SUSPECT.search(text):
            return text
        whole = before + text + following
        start, end = len(before), len(before) + len(text)
        shown: list[str] = []
        position = start
        for match in _FOREIGN.finditer(whole, start):
            if match.start() >= end:
                break
            shown += whole[position : match.start()], _mark(match)
            position = match.end()
        shown.append(whole[position:end])
        return "".join(shown)


def _mark(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "break":
        return "\n"
    if match.lastgroup == "sequence":
        return ESCAPE_MARK
    code = ord(found)
    if match.lastgroup == "invisible":
        return found if found == UNKNOWN_MARK else f"‹U+{code:04X}›"
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else UNKNOWN_MARK


def sgr_spans(line: str) -> list[tuple[str, str]]:
    """One line of a log as (plain text, Rich style) pieces: its colours are kept, everything else is cleaned."""
    spans: list[tuple[str, str]] = []
    look = _Look()
    position = 0
    for match in _SGR.finditer(line):
        _add(spans, line[position : match.start()], look)
        look.apply(match.group(1))
        position = match.end()
    _add(spans, line[position:], look)
    return spans


def _add(spans: list[tuple[str, str]], text: str, look: _Look) -> None:
    if text:
        spans.append((clean(text, lines=False), str(look)))


_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


class _Look:
    """The state a terminal keeps between SGR sequences. Blinking and hidden text are never taken over."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.foreground = ""
        self.background = ""
        self.attributes: dict[str, None] = {}

    def __str__(self) -> str:
        parts = [*self.attributes, self.foreground, f"on {self.background}" if self.background else ""]
        return " ".join(part for part in parts if part)

    def apply(self, parameters: str) -> None:
        numbers = iter([int(part) if part.isdigit() else 0 for part in re.split("[;:]", parameters[:64])])
        for number in numbers:
            self._apply_one(number, numbers)

    def _apply_one(self, number: int, rest: Iterator[int]) -> None:
        if number == 0:
            self.reset()
        elif number in _ON:
            self.attributes[_ON[number]] = None
        elif number in _OFF:
            for name in _OFF[number]:
                self.attributes.pop(name, None)
        elif number in (38, 48):
            colour = _extended(rest)
            if number == 38:
                self.foreground = colour
            else:
                self.background = colour
        elif number == 39:
            self.foreground = ""
        elif number == 49:
            self.background = ""
        elif 30 <= number <= 37:
            self.foreground = _NAMES[number - 30]
        elif 90 <= number <= 97:
            self.foreground = f"bright_{_NAMES[number - 90]}"
        elif 40 <= number <= 47:
            self.background = _NAMES[number - 40]
        elif 100 <= number <= 107:
            self.background = f"bright_{_NAMES[number - 100]}"


def _extended(rest: Iterator[int]) -> str:
    """The colour after 38 or 48: an index of 256, or red, green and blue."""
    form = next(rest, 0)
    if form == 5:
        return f"color({min(next(rest, 0), 255)})"
    if form == 2:
        red, green, blue = (min(next(rest, 0), 255) for _ in range(3))
        return f"#{red:02x}{green:02x}{blue:02x}"
    return ""


def width(text: str) -> int:
    """Terminal cells a single line takes: a Japanese character takes two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def shorten(text: str, cells: int) -> str:
    """`text` as one clean line of at most `cells` terminal cells, with an ellipsis where it was cut."""
    text = clean(text, lines=False)
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    kept, used = [], 0
    for character in text:
        used += width(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS


def pad(text: str, cells: int) -> str:
    """`shorten`ed text filled up with spaces to exactly `cells` terminal cells."""
    text = shorten(text, cells)
    return text + " " * (cells - width(text))
