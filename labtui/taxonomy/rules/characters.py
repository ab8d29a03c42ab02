"""safety.*: characters that hide, turn around or pass for others.

Honest writing is full of odd characters: joiners hold emoji and Indic and Persian words together, direction marks
stand in Hebrew and Arabic, Greek letters in formulas. What is told of is what no writer of the text around it needs.
A kind of character is told of once, where it first stands, with how often it comes again.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.places import Place
from labtui.taxonomy.rules.odd_characters import Found, told
from labtui.taxonomy.rules.subject import Subject

# Scripts whose words hold joiners: Arabic and its kin, the scripts of India and South-East Asia, Mongolian.
_JOINING = r"\u0590-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc\U00011000-\U000116ff"
_PICTURES = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\u20e3\U0001f000-\U0001faff"
)
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff" + _CJK
RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")

_INVISIBLE = re.compile(
    # A joiner has its reason on one side at least; in a picture on both. A row of them is a message.
    r"[\u200c\u200d]{3,}"
    rf"|(?<![{_JOINING}\u200c\u200d])(?:(?<![{_PICTURES}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_PICTURES}]))(?![{_JOINING}\u200c\u200d])"
    rf"|(?<![{_UNSPACED}\u200b])\u200b+(?![{_UNSPACED}\u200b])|\u200b{{5,}}"
    r"|[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2060-\u2064\u206a-\u206f\u3164\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a]"
    r"|(?<![\u1800-\u18af])[\u180b-\u180f]"
    r"|(?<!\A)\ufeff"
    rf"|(?<![{_CJK}])[\U000e0100-\U000e01ef]"
    r"|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]+"
    rf"|(?<=[A-Za-z\s])[\ufe00-\ufe0f]|[\ufe00-\ufe0f]{{2,}}"
    r"|[\u2028\u2029\x80-\x84\x86-\x9f]"
)
_MARKS = re.compile(r"[\u200e\u200f\u061c]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_CLOSING = "\u202c\u2069"
_OVERRIDES = "\u202d\u202e"
_LEFT_TO_RIGHT = "\u202a\u2066"
_ANY_TURN = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_LATINS = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_OTHERS = r"\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u13a0-\u13f4"
_LATIN = re.compile(f"[{_LATINS}]")
_OTHER = re.compile(f"[{_OTHERS}]")
_SEAM = re.compile(f"(?<=[{_LATINS}])[{_OTHERS}]|[{_OTHERS}](?=[{_LATINS}])")
"""Where Latin letters touch those of another alphabet."""
_WORD = re.compile(r"[^\W\d_]+")
# Letters that are drawn like a Latin one, and the Latin ones they are drawn like.
_TWINS = frozenset("АВЕЅІЈКМНОРСТХУаеоросхуіјѕһԁԛԝҮүӀӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳᎪᏴᏟᎠᎬᏀᎻᎥᎫᏞᎷᏢᏒᏚᎢᏙᎳᏃոսօցհյ")
_LATIN_TWINS = frozenset("ABCEHIJKMOPSTXYZacehijopsuxyg")
_SIGN = re.compile(r"(?:%[-+#0-9.*l]*|\\)\Z")
_STYLED = re.compile(r"[\U0001d400-\U0001d7cb]{4,}(?:\s+[\U0001d400-\U0001d7cb]+)*")


_HIDDEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufe00-\ufe0f\ufff9-\ufffb\x80-\x84\x86-\x9f\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Everything that may be told of as unseen, without a look around: a cheap pass that almost never finds anything."""
_ESCAPE = re.compile(
    r"\\(?:[ULNP]|x[89aA]|u(?:00[89aA]|03[4-9a-fA-F]|04|05|061[cC]|11[56]|13[a-fA-F]|17[bB]|180|200[b-fB-F]|202[89a-eA-E]"
    r"|20[6]|31|[fF][efEF]|[dD][89abAB]))"
)
"""Escapes of characters that may be told of."""

PlaceAt = Callable[[int], Place]


def check(subject: Subject) -> Iterator[Finding]:
    found = [*scan(subject.text, subject.place_at), *_escaped(subject)]
    yield from told(subject, found)


def scan(text: str, place_at: PlaceAt) -> Iterator[Found]:
    """Everything odd in a text; `place_at` turns an offset into a Place."""
    if text.isascii():
        return
    if _HIDDEN.search(text):
        for match in _INVISIBLE.finditer(text):
            yield Found("safety.invisible", match.group(), place_at(match.start()))
    if _ANY_TURN.search(text):
        yield from _turned(text, place_at)
    if _OTHER.search(text):
        yield from _twins(text, place_at)
    for styled in _STYLED.finditer(text):
        yield Found("safety.look-alike", styled.group(), place_at(styled.start()))


def _turned(text: str, place_at: PlaceAt) -> Iterator[Found]:
    """Marks of direction where nothing runs from right to left, and turns that are forced or left open.

    Where something does, an embedding from right to left may stay open to the end of its line, and closing signs that
    close nothing do nothing.
    """
    honest = RTL.search(text) is not None
    if not honest:
        for match in _MARKS.finditer(text):
            yield Found("safety.invisible", match.group(), place_at(match.start()))
    start = 0
    for line in text.split("\n"):
        open_: list[re.Match[str]] = []
        for match in _TURNS.finditer(line):
            sign = match.group()
            if not honest or sign in _OVERRIDES:
                yield Found("safety.direction", sign, place_at(start + match.start()))
            if sign not in _CLOSING:
                open_.append(match)
            elif open_:
                open_.pop()
        for match in open_:
            if honest and match.group() in _LEFT_TO_RIGHT:
                yield Found("safety.direction", match.group(), place_at(start + match.start()))
        start += len(line) + 1


def _twins(text: str, place_at: PlaceAt) -> Iterator[Found]:
    end = 0
    for seam in _SEAM.finditer(text):
        start = seam.start()
        if start < end:
            continue  # in the same word as the one before
        while start > end and text[start - 1].isalpha():
            start -= 1
        word = _WORD.match(text, start)
        if word is None:
            continue
        end = word.end()
        # In %sСписок and \nСписок the first letters belong to a sign of a program.
        if _is_mixed(word.group()) and not _SIGN.search(text, max(0, start - 6), start):
            yield Found("safety.look-alike", word.group(), place_at(start))


def _is_mixed(word: str) -> bool:
    """Whether letters of one alphabet pass for those of another: the fewer ones all look like what stands around."""
    latin = [letter for letter in word if _LATIN.match(letter)]
    other = [letter for letter in word if not _LATIN.match(letter)]
    if not latin or not other:
        return False
    if len(latin) >= len(other):
        return len(latin) > 1 and all(letter in _TWINS for letter in other)
    if set(latin) <= {"I"}:
        return False  # the palochka of Caucasian languages, which no keyboard has
    return all(letter in _LATIN_TWINS for letter in latin) and all("\u0400" <= letter <= "\u052f" for letter in other)


def _escaped(subject: Subject) -> Iterator[Found]:
    """What is written as an escape in double quotes, and is no less in the text for that."""
    if "\\" not in subject.text or subject.root is None or _ESCAPE.search(subject.text) is None:
        return
    for scalar in subject.scalars:
        if scalar.node.style != '"' or scalar.text.isascii():
            continue
        written = subject.text[scalar.node.start_mark.index : scalar.node.end_mark.index]
        if "\\" in written:
            for found in scan(scalar.text, functools.partial(_same_place, subject.place_of(scalar.node))):
                if found.text not in written:
                    yield found


def _same_place(at: Place, _offset: int) -> Place:
    return at
