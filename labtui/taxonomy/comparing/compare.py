"""Two versions of one leaf compared by what they say: pure, no disk and no git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from labtui.taxonomy.comparing.changed_lines import changed_lines
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import Change, FieldChange, LeafChange, SeedChange
from labtui.taxonomy.comparing.leaf_content import Content, PairContent, SeedContent, Value, content
from labtui.taxonomy.comparing.matching import match
from labtui.taxonomy.comparing.word_spans import Budget, TextChange, change
from labtui.taxonomy.source import Unreadable

UNREADABLE = "unreadable"


def compare(
    before: bytes | None, after: bytes | None, *, name: str = "", old_name: str = "", state: State | None = None
) -> LeafChange:
    """How the qna.yaml `after` differs from `before`; None is a file that is not there.

    `name` and `old_name` are the leaf's ids. Where a side is no leaf, lines are compared. Never raises for what a
    file holds.
    """
    if state is None:
        state = _state(before, after, name, old_name)
    new, wrong = _read(after, name)
    old, problem = (new, wrong) if before == after else _read(before, old_name or name)
    known = LeafChange(
        id=name,
        old_id=old_name if old_name != name else "",
        state=state,
        kind=(new or old or _NOTHING).kind,
        seeds_before=len(old.seeds) if old else 0,
        seeds_after=len(new.seeds) if new else 0,
    )
    if problem or wrong:
        reason = wrong or f"It could not be read before: {problem}"
        lines = tuple(changed_lines(before, after)) if before != after else ()
        return structs.replace(known, kind=UNREADABLE, lines=lines, problem=reason)
    if before == after:
        return known
    budget = Budget()
    fields = tuple(_fields((old or _NOTHING).fields, (new or _NOTHING).fields, budget))
    seeds = tuple(_seeds((old or _NOTHING).seeds, (new or _NOTHING).seeds, budget))
    same = before is not None and after is not None and not fields and not seeds
    return structs.replace(known, fields=fields, seeds=seeds, only_layout=same)


_NOTHING = Content("", {}, ())


def _state(before: bytes | None, after: bytes | None, name: str, old_name: str) -> State:
    if before is None:
        return State.ADDED
    if after is None:
        return State.DELETED
    return State.RENAMED if old_name and old_name != name else State.CHANGED


def _read(data: bytes | None, name: str) -> tuple[Content | None, str]:
    if data is None:
        return None, ""
    try:
        return content(data, name), ""
    except Unreadable as trouble:
        where = "" if (trouble.line, trouble.column) == (1, 1) else f"Line {trouble.line}: "
        return None, where + trouble.message
    except (Exception, RecursionError) as error:
        # Values of a kind nothing here expects; they are shown as lines.
        return None, f"It holds values that cannot be compared ({type(error).__name__})."


def _fields(
    before: Mapping[str, Value], after: Mapping[str, Value], budget: Budget, pair: int = 0, note: str = ""
) -> Iterator[FieldChange]:
    """What differs of the values of a mapping, in the order of the later one."""
    keys = [*after, *(key for key in before if key not in after)]
    for key in keys:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        kind = Change.ADDED if old is None else Change.REMOVED if new is None else Change.EDITED
        old_text, new_text = old.text if old else "", new.text if new else ""
        yield FieldChange(
            key=key,
            change=kind,
            text=change(old_text, new_text, budget),
            pair=pair,
            note="; ".join(filter(None, (note, _read_differently(old, new), _only_space(old_text, new_text)))),
        )


def _read_differently(old: Value | None, new: Value | None) -> str:
    if old is None or new is None or old.read == new.read:
        return ""
    return f"was read as {old.read or 'text'}, now as {new.read or 'text'}"


def _only_space(old: str, new: str) -> str:
    """A difference nobody sees needs words."""
    same = old != new and bool(old.strip()) and old.split() == new.split()
    return "only white space or line breaks differ" if same else ""


def _seeds(before: Sequence[SeedContent], after: Sequence[SeedContent], budget: Budget) -> Iterator[SeedChange]:
    found, moved = match([seed.item for seed in before], [seed.item for seed in after])
    gone = [index for index in range(len(before)) if index not in set(found.values())]
    for index, seed in enumerate(after):
        while gone and gone[0] <= found.get(index, -1):
            yield _one_sided(before[gone[0]], Change.REMOVED, 0, gone.pop(0) + 1)
        if index not in found:
            yield _one_sided(seed, Change.ADDED, index + 1, 0)
            continue
        old = before[found[index]]
        parts = tuple(_seed_parts(old, seed, budget))
        if parts or index in moved:
            yield SeedChange(
                change=Change.EDITED if parts else Change.MOVED,
                number=index + 1,
                before=found[index] + 1,
                moved=index in moved,
                question=seed.question or old.question,
                parts=parts,
            )
    for index in gone:
        yield _one_sided(before[index], Change.REMOVED, 0, index + 1)


def _one_sided(seed: SeedContent, kind: Change, number: int, before: int) -> SeedChange:
    old, new = (seed, _NO_SEED) if kind is Change.REMOVED else (_NO_SEED, seed)
    return SeedChange(
        change=kind,
        number=number,
        before=before,
        question=seed.question,
        parts=tuple(_seed_parts(old, new, Budget())),
    )


_NO_SEED = SeedContent({}, ())
_NO_PAIR = PairContent({})


def _seed_parts(before: SeedContent, after: SeedContent, budget: Budget) -> Iterator[FieldChange]:
    yield from _fields(before.parts, after.parts, budget)
    old, new = before.pairs, after.pairs
    if len(old) == len(new) == 1:
        found, moved = {0: 0}, set[int]()
    else:
        found, moved = match([pair.item for pair in old], [pair.item for pair in new])
    for index, pair in enumerate(new):
        number = index + 1
        earlier = old[found[index]] if index in found else _NO_PAIR
        note = f"was pair {found[index] + 1}" if index in moved else ""
        parts = list(_fields(earlier.parts, pair.parts, budget, number, note))
        if parts and index in found:
            parts = _with_the_rest(pair, parts, number)
        elif note and not parts:
            parts = [_same("question", pair.parts.get("question", Value("")), number, note)]
        yield from parts
    for index, pair in enumerate(old):
        if index not in found.values():
            yield from _fields(pair.parts, {}, budget, index + 1)


def _with_the_rest(pair: PairContent, parts: list[FieldChange], number: int) -> list[FieldChange]:
    """An edited pair whole: the question whose answer changed is there too."""
    changed = {part.key: part for part in parts}
    whole = [changed[key] if key in changed else _same(key, value, number) for key, value in pair.parts.items()]
    return [*whole, *(part for part in parts if part.key not in pair.parts)]


def _same(key: str, value: Value, pair: int, note: str = "") -> FieldChange:
    text = TextChange(before=value.text, after=value.text)
    return FieldChange(key=key, change=Change.SAME, text=text, pair=pair, note=note)
