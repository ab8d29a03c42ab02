"""New nodes as source: mappings, lists and texts in block style, indented as the file around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from labtui.taxonomy.editing.habits import Habits
from labtui.taxonomy.editing.quoting import Spot
from labtui.taxonomy.editing.scalars import ways

Value = str | int | float | date | None | Mapping[str, "Value"] | Sequence["Value"]
"""What can be written: texts, numbers, dates, nothing, and mappings and lists of these."""


def entry_source(key: str, value: Value, column: int, habits: Habits, *, last: bool = False) -> str:
    """`key: value` with the key at `column`. Its first line is not indented, and the last has no newline."""
    if isinstance(value, str):
        spot = Spot(column=column + len(key) + 2, parent=column, indent=column + habits.block, last=last)
        return f"{key}: {next(ways(value, spot))}"
    if not isinstance(value, Mapping | Sequence):
        return f"{key}: {_atom(value)}"
    if not value:
        return f"{key}: {'{}' if isinstance(value, Mapping) else '[]'}"
    deeper = column + (habits.step if isinstance(value, Mapping) else habits.lists)
    return f"{key}:\n{' ' * deeper}{source(value, deeper, habits, last=last)}"


def source(value: Value, column: int, habits: Habits, *, last: bool = False) -> str:
    """A mapping or a list whose keys or hyphens stand at `column`, as `entry_source`."""
    between = "\n" + " " * column
    if isinstance(value, Mapping):
        final = len(value) - 1
        return between.join(
            entry_source(key, inner, column, habits, last=last and index == final)
            for index, (key, inner) in enumerate(value.items())
        )
    assert isinstance(value, Sequence)  # noqa: S101
    return between.join(
        item_source(inner, column, habits, last=last and index == len(value) - 1) for index, inner in enumerate(value)
    )


def item_source(value: Value, column: int, habits: Habits, *, last: bool = False) -> str:
    """`- value` with the hyphen at `column`, as `entry_source`."""
    if isinstance(value, str):
        spot = Spot(column=column + 2, parent=column, indent=column + 2, last=last)
        return f"- {next(ways(value, spot))}"
    if not isinstance(value, Mapping | Sequence):
        return f"- {_atom(value)}"
    if not value:
        return "- {}" if isinstance(value, Mapping) else "- []"
    return f"- {source(value, column + 2, habits, last=last)}"


def _atom(value: float | date | None) -> str:
    """A value that is no text, as YAML writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool | float) else str(value)


def strings(value: Value) -> Iterator[str]:
    """Every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from strings(inner)
