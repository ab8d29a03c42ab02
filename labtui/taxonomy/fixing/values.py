"""Whether two readings of a file say the same: exactly, or but for blanks where a line ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_INNER = re.compile(r"(?<=\S)[ \t\v\f]+(?=\S)")
_LINE_END = re.compile(r"[ \t\v\f]+$", re.MULTILINE)


def same(one: Any, other: Any, texts_alike: Callable[[str, str], bool] = str.__eq__) -> bool:
    """Whether two values of a document are equal, types and the keys' order aside from nothing else included.

    `texts_alike` compares texts. Keys must be equal in any order; a number is never equal to a truth value.
    """
    seen: set[tuple[int, int]] = set()
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if type(left) is not type(right):
            return False
        match left:
            case str():
                if left != right and not texts_alike(left, right):
                    return False
            case dict() | list():
                # What stands behind an alias is compared once.
                if (id(left), id(right)) in seen:
                    continue
                seen.add((id(left), id(right)))
                if len(left) != len(right):
                    return False
                if isinstance(left, dict):
                    if left.keys() != right.keys():
                        return False
                    stack.extend((value, right[key]) for key, value in left.items())
                else:
                    stack.extend(zip(left, right, strict=True))
            case _:
                # Not a number is not equal to itself, but it is the same.
                if left != right and not (left != left and right != right):
                    return False
    return True


def alike_but_line_ends(one: str, other: str) -> bool:
    """Whether two texts differ by nothing but blanks where a line ended in the file, and empty lines at the very end.

    In a folded text such a line end became a space, so that the blanks before it stand between two words.
    """
    return _without_line_ends(one) == _without_line_ends(other)


def _without_line_ends(text: str) -> str:
    return _LINE_END.sub("", _INNER.sub(" ", text)).rstrip()
