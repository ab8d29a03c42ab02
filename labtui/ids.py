"""Folders of a workspace by what people type for them: jobs and contributions are named alike, `<utc>-…-<short id>`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from labtui.errors import UsageError

LAST = "last"
NAMED_AT_MOST = 5


class Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Named)


def short(name: str) -> str:
    """The last part of an id: enough to name its folder on a command line."""
    return name.rpartition("-")[2]


def meant(text: str, known: Sequence[T], newest: Callable[[Sequence[T]], T], noun: str, listed_by: str) -> T:
    """The one of `known` (at least one) meant by its id, the beginning of it, its short id, or `last`.

    `noun` is what one is called, `listed_by` the command that lists them. Raises UsageError where there is none or
    more than one.
    """
    if text == LAST:
        return newest(known)
    for matches in (
        [one for one in known if one.id == text],
        [one for one in known if short(one.id) == text],
        [one for one in known if text and (one.id.startswith(text) or short(one.id).startswith(text))],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            named = ", ".join(one.id for one in matches[:NAMED_AT_MOST])
            more = f" and {len(matches) - NAMED_AT_MOST} more" if len(matches) > NAMED_AT_MOST else ""
            raise UsageError(f"'{text}' could be any of {len(matches)} {noun}s.", hint=f"They are: {named}{more}.")
    raise UsageError(f"There is no {noun} '{text}'.", hint=_near(text, known) or f"List them with: {listed_by}")


def _near(text: str, known: Sequence[Named]) -> str:
    import difflib

    names = {name: one.id for one in known for name in (one.id, short(one.id))}
    near = dict.fromkeys(names[name] for name in difflib.get_close_matches(text, names, n=3))
    return f"Near: {', '.join(near)}." if near else ""
