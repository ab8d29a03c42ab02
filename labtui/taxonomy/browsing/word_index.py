"""Which leaves hold a word, or a part of one, out of a hundred thousand, without looking into a file.

Every word knows the leaves it stands in; a part of a word is looked for among the words there are, which are far fewer
than the leaves' words together. One or two letters have leaves of their own, as too many words hold them; so have the
characters of scripts that write no spaces, one by one and in pairs.

What it costs is bounded: MOST_WORDS different words, MOST_OF_LEAF words a leaf, and four bytes for each time a leaf
holds a word, or less where the word is frequent. A leaf that goes beyond is not lost, it is `unsure`: it may hold
anything, and whoever asks looks into its file.
"""

from __future__ import annotations

import re
import sys
from array import array
from typing import TypeAlias

MOST_WORDS = 400_000
MOST_OF_LEAF = 4000
LONGEST = 48
"""Letters of a word; a longer one is kept in parts that overlap by half."""
LONGEST_OF_ALL = 2000
CACHED = 30_000
"""Words whose letters are remembered, as most of a leaf's words stand in others too."""
FEWEST_BITS = 256
"""A word of fewer leaves keeps a list of them, whatever the number of leaves."""

_CJK = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_WITHOUT_SPACES = re.compile(f"[{_CJK}]+")
_PIECE = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")

Leaves: TypeAlias = "int | array[int] | bytearray"
"""The leaves of a word: one, a list of numbers, or bits."""


def _letters(piece: str) -> set[str]:
    """Each letter, and each two in a row."""
    return {*piece, *(piece[at : at + 2] for at in range(len(piece) - 1))}


def _parts(piece: str) -> set[str]:
    half = LONGEST // 2
    return {piece[at : at + LONGEST] for at in range(0, len(piece) - half, half)}


def _with(leaves: Leaves | None, slot: int) -> Leaves:
    """`leaves` and one more; never the same twice."""
    if leaves is None:
        return slot
    if isinstance(leaves, int):
        return array("I", (leaves, slot))
    if isinstance(leaves, array):
        leaves.append(slot)
        # The list takes more room by now than the bits of all leaves so far would.
        if len(leaves) % FEWEST_BITS == 0 and len(leaves) * 32 > slot:
            return _bits_of(leaves, slot)
        return leaves
    byte = slot >> 3
    if byte >= len(leaves):
        leaves.extend(bytes(byte + 1 - len(leaves) + len(leaves) // 8))
    leaves[byte] |= 1 << (slot & 7)
    return leaves


def _bits_of(leaves: array[int], last: int) -> bytearray:
    bits = bytearray((last >> 3) + 1)
    for slot in leaves:
        bits[slot >> 3] |= 1 << (slot & 7)
    return bits


class WordIndex:
    def __init__(self) -> None:
        self._words: dict[str, Leaves] = {}
        self._letters: dict[str, Leaves] = {}
        self._cached: dict[str, set[str]] = {}
        self._unsure = bytearray()
        self._joined: tuple[int, str] = (-1, "")
        """So many words, a line each."""
        self._asked: tuple[str, int, list[str]] = ("", 0, [])
        """What was looked for last, among how many words, and those that hold it: the next letter narrows it."""

    @property
    def bytes(self) -> int:
        """What it holds in memory. Goes through all words."""
        tables = (self._words, self._letters)
        held = sum(sys.getsizeof(table) for table in tables) + len(self._unsure)
        return held + sum(sys.getsizeof(word) + sys.getsizeof(at) for table in tables for word, at in table.items())

    def learn(self, slot: int, text: str) -> None:
        """Takes in the (folded) text of a leaf. Numbers only grow: a leaf that changed gets another one."""
        letters: list[set[str]] = []
        pieces = set(_PIECE.findall(text))
        sure = len(pieces) <= MOST_OF_LEAF
        words = self._words
        for piece in pieces if sure else sorted(pieces)[:MOST_OF_LEAF]:
            of_piece = self._cached.get(piece)
            if of_piece is None:
                if len(self._cached) >= CACHED:
                    self._cached.clear()
                of_piece = self._cached[piece] = _letters(piece)
            letters.append(of_piece)
            if _WITHOUT_SPACES.match(piece):
                continue
            sure = sure and len(piece) <= LONGEST_OF_ALL
            for word in (piece,) if len(piece) <= LONGEST else _parts(piece[:LONGEST_OF_ALL]):
                at = words.get(word)
                if at is None and len(words) >= MOST_WORDS:
                    sure = False
                else:
                    words[word] = _with(at, slot)
        for letter in set().union(*letters):
            self._letters[letter] = _with(self._letters.get(letter), slot)
        if not sure:
            unsure = _with(self._unsure, slot)
            assert isinstance(unsure, bytearray)  # noqa: S101 - bits stay bits
            self._unsure = unsure

    def holding(self, word: str, slots: int) -> tuple[int, int]:
        """Of the leaves below `slots`, as bits: those that may hold the (folded) word, and those of them that do."""
        everything = (1 << slots) - 1
        unsure = int.from_bytes(self._unsure, "little")
        found = everything
        pieces = _PIECE.findall(word)
        for piece in pieces:
            found &= self._holding_piece(piece, slots) | unsure
            if not found:
                break
        whole = len(pieces) == 1 and pieces[0] == word
        sure = whole and (len(word) <= 2 or (len(word) <= LONGEST // 2 and not _WITHOUT_SPACES.match(word)))
        return found & everything, found & everything & ~unsure if sure else 0

    def _holding_piece(self, piece: str, slots: int) -> int:
        if len(piece) <= 2:
            return _as_int([self._letters[piece]] if piece in self._letters else [], slots)
        if _WITHOUT_SPACES.match(piece):
            found = (1 << slots) - 1
            for at in range(len(piece) - 1):
                pair = self._letters.get(piece[at : at + 2])
                found &= _as_int([pair] if pair is not None else [], slots)
            return found
        return _as_int([self._words[word] for word in self._words_with(piece[: LONGEST // 2])], slots)

    def _words_with(self, part: str) -> list[str]:
        """The words that hold `part`; quick where it is what was asked for before and some letters more."""
        before, known, found = self._asked
        count = len(self._words)
        if before and before in part and known == count:
            found = [word for word in found if part in word]
        else:
            found = self._lines_with(part, count)
        self._asked = part, count, found
        return found

    def _lines_with(self, part: str, count: int) -> list[str]:
        """The same among all words: one search through a text of them, which a word by word look takes five times."""
        if self._joined[0] != count:
            # A list, as the words may grow in another thread meanwhile.
            self._joined = count, "\n".join(["", *list(self._words), ""])
        text = self._joined[1]
        found = []
        at = text.find(part)
        while at >= 0:
            end = text.index("\n", at)
            found.append(text[text.rindex("\n", 0, at + 1) + 1 : end])
            at = text.find(part, end)
        return found


def _as_int(every: list[Leaves], slots: int) -> int:
    """All leaves of some words, as bits."""
    bits = 0
    table = bytearray(slots)
    listed = False
    for leaves in every:
        if isinstance(leaves, bytearray):
            bits |= int.from_bytes(leaves, "little")
            continue
        listed = True
        for slot in (leaves,) if isinstance(leaves, int) else leaves:
            if slot < slots:
                table[slot] = 1
    if listed:
        bits |= _packed(table)
    return bits & ((1 << slots) - 1)


def _packed(table: bytearray) -> int:
    """A byte a leaf as a bit a leaf."""
    # Read as a number to the base two, written from the last leaf to the first.
    return int(table.translate(_AS_DIGITS)[::-1], 2) if table else 0


_AS_DIGITS = bytes([ord("0"), ord("1")]) + bytes(254)


def slots_in(bits: int) -> list[int]:
    """The numbers of the set bits, from low to high."""
    found = []
    for at, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            low = byte & -byte
            found.append((at << 3) + low.bit_length() - 1)
            byte ^= low
    return found
