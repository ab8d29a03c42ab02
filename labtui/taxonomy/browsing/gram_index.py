"""Which leaves may hold a word, out of a hundred thousand, in a millisecond and half a kilobyte a leaf.

Every three letters in a row within a word set one of SLICES bits of a leaf; the bits of all leaves at the same place
lie together. The leaves that may hold a word are those that have all of its bits: some more than hold it, so
whoever asks looks into the file, but never fewer. However long the texts are, a leaf costs SLICES / 8 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SLICES = 4096
GROWTH = 1024
_WORD = re.compile(r"\w+")


WORDS_KEPT = 30_000
"""Words whose bits are remembered, as most of a leaf's words stand in others too."""


def places(word: str) -> tuple[int, ...]:
    """The bits of one word: of every three letters in a row; beside them of two in scripts beyond ASCII, where a word
    may be that short."""
    found = [word[at : at + 3] for at in range(len(word) - 2)]
    if not word.isascii():
        found += [word[at : at + 2] for at in range(len(word) - 1)]
    return tuple({hash(gram) % SLICES for gram in found})


class GramIndex:
    def __init__(self) -> None:
        self._slices: list[bytearray | None] = [None] * SLICES
        self._room = 0
        self._places: dict[str, tuple[int, ...]] = {}

    @property
    def bytes(self) -> int:
        """What it holds in memory, but for Python's own lists."""
        return sum(map(len, filter(None, self._slices)))

    def learn(self, slot: int, text: str) -> None:
        """Takes in the (folded) text of the leaf of that number. Learning it anew forgets nothing: it may answer
        for its former text as well."""
        self._make_room(slot)
        byte, bit = slot >> 3, 1 << (slot & 7)
        known, slices = self._places, self._slices
        wanted: set[int] = set()
        for word in set(_WORD.findall(text)):
            found = known.get(word)
            if found is None:
                if len(known) >= WORDS_KEPT:
                    known.clear()
                found = known[word] = places(word)
            wanted.update(found)
        for place in wanted:
            one = slices[place]
            if one is None:
                one = slices[place] = bytearray(self._room)
            one[byte] |= bit

    def _make_room(self, slot: int) -> None:
        if slot >> 3 < self._room:
            return
        more = bytes(((slot >> 3) // GROWTH + 1) * GROWTH - self._room)
        for one in self._slices:
            if one is not None:
                one.extend(more)
        self._room += len(more)

    def may_hold(self, words: Iterable[str], slots: int) -> int | None:
        """The leaves below `slots` that may hold all of the words, as bits; None where words are too short to say."""
        looked_for = {place for word in words for part in _WORD.findall(word) for place in places(part)}
        if not looked_for:
            return None
        found = (1 << slots) - 1
        for place in looked_for:
            one = self._slices[place]
            found &= int.from_bytes(one, "little") if one is not None else 0
            if not found:
                break
        return found


def slots_in(bits: int) -> list[int]:
    """The numbers of the set bits, from low to high."""
    found = []
    for at, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            low = byte & -byte
            found.append((at << 3) + low.bit_length() - 1)
            byte ^= low
    return found
