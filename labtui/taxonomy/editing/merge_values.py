"""What three versions of a leaf say, merged: field by field, seed by seed, and a text line by line."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from labtui.taxonomy.comparing.matching import Item, match
from labtui.taxonomy.editing.document import Path, same
from labtui.taxonomy.editing.habits import Habits
from labtui.taxonomy.editing.merge_lines import merge_texts
from labtui.taxonomy.editing.writing import source
from labtui.taxonomy.leaf import as_text


class Side(enum.StrEnum):
    MINE = "mine"
    THEIRS = "theirs"


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Two changes of the same thing. A screen shows the three texts and asks for a Side."""

    path: Path
    """Which value, seeds numbered as in mine, from 0; empty: lines of a file that cannot be read, or the whole file."""
    what: str
    """One sentence."""
    base: str | None
    """As it was; None: it was not there. The same for the others."""
    mine: str | None
    theirs: str | None


class Entries(NamedTuple):
    """A merged list: each entry with its number in theirs, or None where it is not in there."""

    entries: list[tuple[int | None, Any]]


class _Missing:
    pass


MISSING = _Missing()


def plain(merged: Any) -> Any:
    """A merged value as ordinary values."""
    if isinstance(merged, Entries):
        return [plain(value) for _, value in merged.entries]
    if isinstance(merged, dict):
        return {key: plain(value) for key, value in merged.items()}
    return merged


class Merging:
    """One merge. `choices` says which side counts for the conflicts, by their order; mine where it says nothing."""

    def __init__(self, choices: Mapping[int, Side]) -> None:
        self.choices = choices
        self.conflicts: list[Conflict] = []

    def value(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """The merged value; MISSING where it is gone. Lists are Entries where both sides differ."""
        if same(mine, theirs) or same(base, mine):
            return theirs
        if same(base, theirs):
            return mine
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return self._mapping(path, base if isinstance(base, dict) else {}, mine, theirs)
        if isinstance(mine, list) and isinstance(theirs, list):
            return self.entries(path, base if isinstance(base, list) else [], mine, theirs)
        if all(isinstance(text, str) for text in (base, mine, theirs)):
            merged = merge_texts(base, mine, theirs)
            if merged is not None:
                return merged
        gone = isinstance(mine, _Missing) or isinstance(theirs, _Missing)
        what = "One side removed it, the other changed it." if gone else "Both sides changed it differently."
        return self._ask(path, what, base, mine, theirs)

    def _ask(self, path: Path, what: str, base: Any, mine: Any, theirs: Any) -> Any:
        side = self.choices.get(len(self.conflicts), Side.MINE)
        self.conflicts.append(Conflict(path=path, what=what, base=_text(base), mine=_text(mine), theirs=_text(theirs)))
        return mine if side is Side.MINE else theirs

    def _mapping(self, path: Path, base: dict[Any, Any], mine: dict[Any, Any], theirs: dict[Any, Any]) -> Any:
        merged = {}
        for key in [*theirs, *(key for key in mine if key not in theirs)]:
            step = key if isinstance(key, str) else str(key)
            sides = [version.get(key, MISSING) for version in (base, mine, theirs)]
            value = self.value((*path, step), *sides)
            if not isinstance(value, _Missing):
                merged[key] = value
        return merged

    def entries(self, path: Path, base: list[Any], mine: list[Any], theirs: list[Any]) -> Entries:
        """Two lists merged: entries are known by what they say, not by their number."""
        old, left, right = [[_item(value) for value in version] for version in (base, mine, theirs)]
        my_base, their_base = match(old, left)[0], match(old, right)[0]
        of_mine = {was: now for now, was in my_base.items()}
        entries: list[tuple[int | None, Any]] = []
        places: dict[int, int] = {}
        """Number in mine -> place in the merged list."""
        for number, value in enumerate(theirs):
            was = their_base.get(number)
            twin = of_mine.get(was) if was is not None else None
            if was is None:
                twin = next((n for n, one in enumerate(mine) if n not in my_base and same(one, value)), None)
            elif twin is None and same(base[was], value):
                continue
            elif twin is None:
                what = "You removed it, and it was changed meanwhile."
                value = self._ask((*path, min(was, len(mine))), what, base[was], MISSING, value)
                if isinstance(value, _Missing):
                    continue
            if twin is not None:
                places[twin] = len(entries)
                value = self.value((*path, twin), base[was] if was is not None else MISSING, mine[twin], value)
            entries.append((number, value))
        _reorder(entries, places, my_base, their_base)
        self._add_mine(path, entries, places, base, mine, my_base, set(their_base.values()))
        return Entries(entries)

    def _add_mine(
        self,
        path: Path,
        entries: list[tuple[int | None, Any]],
        places: dict[int, int],
        base: list[Any],
        mine: list[Any],
        my_base: dict[int, int],
        theirs_kept: set[int],
    ) -> None:
        """Puts what only mine has behind what it stands behind there."""
        for number, value in enumerate(mine):
            if number in places:
                continue
            was = my_base.get(number)
            if was is not None and was not in theirs_kept:
                if same(base[was], value):
                    continue
                what = "You changed it, and it was removed meanwhile."
                value = self._ask((*path, number), what, base[was], value, MISSING)
                if isinstance(value, _Missing):
                    continue
            behind = max((places[before] for before in range(number) if before in places), default=-1)
            for other, place in places.items():
                places[other] = place + (place > behind)
            entries.insert(behind + 1, (None, value))
            places[number] = behind + 1


def _reorder(
    entries: list[tuple[int | None, Any]], places: dict[int, int], my_base: dict[int, int], their_base: dict[int, int]
) -> None:
    """Where mine has another order and theirs the old one, mine counts."""
    common = [number for number in sorted(places) if number in my_base]
    in_theirs = sorted(common, key=lambda number: places[number])
    by_age = sorted(common, key=lambda number: my_base[number])
    if in_theirs != by_age or common == by_age:
        return
    slots = sorted(places[number] for number in common)
    moved = {slot: entries[places[number]] for slot, number in zip(slots, common, strict=True)}
    for slot, number in zip(slots, common, strict=True):
        entries[slot] = moved[slot]
        places[number] = slot


def _item(value: Any) -> Item:
    said = "\n".join(_texts(value))
    return Item(f"{type(value).__name__}\0{as_text(value)}", said, _head(value))


def _head(value: Any) -> str:
    """What a seed or a pair is known by."""
    if not isinstance(value, dict):
        return ""
    head = value.get("question") or value.get("context")
    return head.strip() if isinstance(head, str) else ""


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [as_text(value)]


def _text(value: Any) -> str | None:
    """A value as a person reads it."""
    if isinstance(value, _Missing):
        return None
    return source(value, 0, Habits()) if isinstance(value, dict | list) and value else as_text(value)
