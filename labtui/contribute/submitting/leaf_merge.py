"""One file of a contributed leaf: as it was in the base, as it is here, as it is there now; put together by choosing.

Pure. A conflict is known by what it is about and what it was and is there; what is chosen for it therefore holds when
the same conflict is met again, after a crash or another edit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from labtui.contribute.submitting.records import SeedConflict
from labtui.errors import LabError
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.document import at_path, same
from labtui.taxonomy.editing.merge_lines import chunks
from labtui.taxonomy.editing.merging import Conflict, Merged, Side, merge
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.source import Unreadable

Way = Literal["mine", "theirs", "both", "text"]
NEW = b"{}\n"
"""What two leaves began from that were both made anew."""
LEAF = "the leaf"
_JOINED_BY_COMMA = ("created_by", "domain")
_ONE_OF_TWO = ("version", "document")


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen for a conflict."""

    id: str
    way: Way
    text: str = ""


class MergedFile(msgspec.Struct, frozen=True, kw_only=True):
    data: bytes
    conflicts: tuple[SeedConflict, ...] = ()
    left_out: tuple[str, ...] = ()


def merge_file(
    leaf: str, name: str, base: bytes | None, mine: bytes, theirs: bytes, chosen: Mapping[str, Resolution], by: str = ""
) -> MergedFile:
    """The two changes together, with what was chosen; `base` None: both made it anew. Conflicts nothing was chosen for
    have an empty `chosen`; the data holds mine for them then."""
    if mine == theirs:
        return MergedFile(data=theirs)
    if name != LEAF_FILE:
        return _by_lines(leaf, name, base or b"", mine, theirs, chosen, by)
    began = _in_common(mine, theirs) if base is None else base
    merged = merge(began, mine, theirs)
    known = _named(leaf, name, merged, mine, chosen, by)
    written = _with_texts(mine, known)
    if written != mine:
        merged = merge(began, written, theirs)
    ids = [conflict.id for conflict in _named(leaf, name, merged, written, chosen, by)]
    sides = {
        number: Side.THEIRS if one in chosen and chosen[one].way == "theirs" else Side.MINE
        for number, one in enumerate(ids)
        if one in chosen
    }
    if sides:
        merged = merge(began, written, theirs, sides)
    if base is None:
        # What both began from is made up: there was nothing.
        known = tuple(msgspec.structs.replace(conflict, base=None) for conflict in known)
    return MergedFile(data=merged.data, conflicts=known, left_out=merged.left_out)


def _in_common(mine: bytes, theirs: bytes) -> bytes:
    """What two leaves that were both made anew may be said to have begun from: what they agree on, and of seeds with
    the same question or context the seed itself, so that each of these is chosen and not kept twice."""
    import yaml

    try:
        common = _common(_value(mine), _value(theirs))
        return yaml.safe_dump(common, allow_unicode=True).encode() if isinstance(common, dict) else NEW
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError):
        return NEW


def _common(mine: Any, theirs: Any) -> Any:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return {key: _common(value, theirs[key]) for key, value in mine.items() if key in theirs}
    if isinstance(mine, list) and isinstance(theirs, list):
        known = {head: other for other in theirs if (head := _head(other))}
        return [_common(one, known[head]) for one in mine if (head := _head(one)) in known]
    return mine if same(mine, theirs) else ""


def _head(value: Any) -> str:
    """What a seed or a pair is known by; empty for anything else."""
    head = (value.get("question") or value.get("context")) if isinstance(value, dict) else ""
    return head.strip() if isinstance(head, str) else ""


def _named(
    leaf: str, name: str, merged: Merged, mine: bytes, chosen: Mapping[str, Resolution], by: str
) -> tuple[SeedConflict, ...]:
    found: list[SeedConflict] = []
    value = _value(mine)
    for conflict in merged.conflicts:
        known = _id(leaf, name, conflict.path, conflict.base, conflict.theirs, [one.id for one in found])
        resolution = chosen.get(known)
        ways = _ways(conflict, value)
        if resolution is not None and resolution.way not in ways:
            resolution = None
        both = _both(conflict) if resolution is not None and resolution.way == "both" else None
        found.append(
            SeedConflict(
                id=known,
                leaf=leaf,
                file=name,
                path=tuple(conflict.path),
                seed=_seed(conflict.path),
                field=_field(conflict.path),
                what=conflict.what,
                base=conflict.base,
                mine=conflict.mine,
                theirs=conflict.theirs,
                by=by,
                choices=ways,
                chosen=resolution.way if resolution is not None else "",
                text=both or (resolution.text if resolution is not None and resolution.way == "text" else None),
            )
        )
    return tuple(found)


def _with_texts(mine: bytes, conflicts: tuple[SeedConflict, ...]) -> bytes:
    """Mine with the texts that were written for conflicts: they then count as mine."""
    texts = [one for one in conflicts if one.chosen in ("both", "text") and one.text is not None]
    if not texts:
        return mine
    editor = LeafEditor.open(mine)
    for conflict in texts:
        editor.set(conflict.path, conflict.text or "")
    return editor.data()


def _ways(conflict: Conflict, value: Any) -> tuple[Way, ...]:
    """What can be chosen: joining and writing only where both have a text there."""
    path = conflict.path
    if not path or conflict.mine is None or conflict.theirs is None or path[0] in _ONE_OF_TWO:
        return ("mine", "theirs")
    try:
        plain = isinstance(at_path(value, path), str)
    except (LabError, LookupError, TypeError):
        plain = False
    return ("mine", "theirs", "both", "text") if plain else ("mine", "theirs")


def _both(conflict: Conflict) -> str:
    between = ", " if conflict.path[-1] in _JOINED_BY_COMMA else "\n"
    mine, theirs = (conflict.mine or "").rstrip("\n"), (conflict.theirs or "").rstrip("\n")
    return f"{mine}{between}{theirs}"


def _by_lines(
    leaf: str, name: str, base: bytes, mine: bytes, theirs: bytes, chosen: Mapping[str, Resolution], by: str
) -> MergedFile:
    """A file of plain lines, such as attribution.txt."""
    lines: list[str] = []
    conflicts: list[SeedConflict] = []
    for chunk in chunks(*(data.decode("utf-8", "replace").split("\n") for data in (base, mine, theirs))):
        if (merged := chunk.merged) is not None:
            lines += merged
            continue
        texts = ["\n".join(side) if side else None for side in chunk]
        known = _id(leaf, name, (), texts[0], texts[2], [one.id for one in conflicts])
        resolution = chosen.get(known)
        way = resolution.way if resolution is not None else ""
        written = resolution.text if resolution is not None and way == "text" else None
        taken = {"theirs": chunk.theirs, "both": [*chunk.mine, *chunk.theirs]}.get(way, chunk.mine)
        lines += written.split("\n") if written is not None else taken
        conflicts.append(
            SeedConflict(
                id=known,
                leaf=leaf,
                file=name,
                field=name,
                what="Both sides changed these lines differently.",
                base=texts[0],
                mine=texts[1],
                theirs=texts[2],
                by=by,
                choices=("mine", "theirs", "both", "text"),
                chosen=way,
                text=written,
            )
        )
    return MergedFile(data="\n".join(lines).encode(), conflicts=tuple(conflicts))


def whole_leaf(leaf: str, what: str, base: str, mine: str | None, theirs: str | None, by: str) -> SeedConflict:
    """A leaf that one side removed and the other changed."""
    known = _id(leaf, "", (), base, theirs, [])
    return SeedConflict(id=known, leaf=leaf, field=LEAF, what=what, base=base, mine=mine, theirs=theirs, by=by)


def _id(
    leaf: str, name: str, path: tuple[str | int, ...], base: str | None, theirs: str | None, taken: list[str]
) -> str:
    fields = [part for part in path if isinstance(part, str)]
    number = 0
    while True:
        said = repr((leaf, name, fields, base, theirs, number)).encode("utf-8", "backslashreplace")
        known = hashlib.sha256(said).hexdigest()[:16]
        if known not in taken:
            return known
        number += 1


def _seed(path: tuple[str | int, ...]) -> int:
    return path[1] + 1 if len(path) > 1 and path[0] == "seed_examples" and isinstance(path[1], int) else 0


def _field(path: tuple[str | int, ...]) -> str:
    if not path:
        return LEAF
    if len(path) == 2 and path[0] == "seed_examples":
        return "the whole seed"
    words = [f"pair {part + 1}" if isinstance(part, int) else part for part in path[2:] if part != _PAIRS]
    return ", ".join(words) if path[0] == "seed_examples" else ".".join(str(part) for part in path)


_PAIRS = "questions_and_answers"


def _value(data: bytes) -> Any:
    try:
        return LeafEditor.open(data).value
    except (Unreadable, LabError):
        return None
