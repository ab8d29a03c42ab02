"""The words of a leaf that say what it is about. Read from the text as it stands: ten thousand YAML files take a minute
to parse and a second to read."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import msgspec

from labtui.taxonomy.find import leaf_id
from labtui.taxonomy.source import Unreadable, read_bytes

READ_BYTES = 64 * 1024
"""So much of a file counts: many times what a leaf may hold."""

_RUN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TERM = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}]+")
_FIELD = re.compile(r"^[\s-]*[a-z_]+:(?=\s|$)", re.MULTILINE)
"""The names of fields, which every leaf holds."""
_MACHINE = re.compile(r"\b(?:https?://\S+|[0-9a-f]{12,})")
"""Addresses and commits: they say nothing about the subject, and each is a rare word."""

_COMMON = """a about all also an and any are as at be been but by can could did do does for from had has have how i if
in
into is it its just like may me more most my no not of on one or other our out over should so some such than that
the their them then there these they this those to two up use used uses using was we were what when where which
while who why will with would you your"""
COMMON = frozenset(re.findall(r"\w+", _COMMON))
"""English words that stand in every text."""


class LeafTerms(msgspec.Struct, frozen=True):
    id: str
    path: frozenset[str]
    all: frozenset[str]
    """Those of the path, too."""


def terms(text: str) -> set[str]:
    """The words of `text` that say something, without case and plural; of scripts without spaces each two letters."""
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
    found: set[str] = set()
    for piece in set(_TERM.findall(text)):
        if piece[0] > "\u3000":
            found.update(piece[at : at + 2] for at in range(len(piece) - 1)) if len(piece) > 1 else found.add(piece)
        elif piece not in COMMON and (len(piece) > 1 or piece.isdecimal()):
            found.add(stem(piece))
    return found


def stem(word: str) -> str:
    """`birds` and `bird` as the same word; no more is tried, as other rules are another language's."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 6 and word.endswith("oes"):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def path_terms(name: str) -> set[str]:
    """The words of a leaf's folders; not of the top one, which only says what kind of leaf it is."""
    return terms(name.partition("/")[2].replace("/", " ").replace("_", " ").replace("-", " "))


def leaf_terms(root: Path, file: Path) -> LeafTerms:
    """Of the leaf whose qna.yaml is `file`. One that cannot be read has the words of its path."""
    name = leaf_id(root, file)
    in_path = path_terms(name)
    try:
        text = read_bytes(file)[:READ_BYTES].decode("utf-8", "replace")
    except Unreadable:
        text = ""
    text = _MACHINE.sub(" ", _FIELD.sub(" ", text))
    return LeafTerms(name, frozenset(in_path), frozenset(in_path | terms(text)))
