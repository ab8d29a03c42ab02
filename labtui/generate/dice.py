"""Draws that stay the same for ever: by hash, not by a generator whose algorithm may change with the language."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of draws fixed by its key alone."""

    def __init__(self, *key: object) -> None:
        self._key = "\x1f".join(str(part) for part in key).encode("utf-8", "surrogatepass")
        self._thrown = 0

    def number(self, bits: int = 31) -> int:
        """A whole number from 0 to 2**bits - 1."""
        block = hashlib.sha256(self._key + b"\x1e" + str(self._thrown).encode()).digest()
        self._thrown += 1
        return int.from_bytes(block[:8], "big") >> (64 - bits)

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return self.number(53) % limit

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items (all of them, if there are fewer), in drawn order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]
