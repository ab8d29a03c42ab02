"""New nodes as source: mappings, lists and texts in block style, indented as the file around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labtui.taxonomy.editing.habits import Habits
from labtui.taxonomy.editing.scalars import Spot, ways

Value = str | int | Mapping[str, "Value"] | Sequence["Value"]
"""What can be written: texts, whole numbers, mappings and lists of these."""


def entry_source(key: str, value: Value, column: int, habits: Habits, *, last: bool = False) -> str:
    """`key: value` with the key at `column`. Its first line is not indented, and the last has no newline."""
    if isinstance(value, str):
        spot = Spot(column=column + len(key) + 2, parent=column, indent=column + habits.block, last=last)
        return f"{key}: {next(ways(value, spot))}"
    if isinstance(value, int):
        return f"{key}: {value}"
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
    assert not isinstance(value, str | int)  # noqa: S101
    return between.join(
        item_source(inner, column, habits, last=last and index == len(value) - 1) for index, inner in enumerate(value)
    )


def item_source(value: Value, column: int, habits: Habits, *, last: bool = False) -> str:
    """`- value` with the hyphen at `column`, as `entry_source`."""
    if isinstance(value, str):
        spot = Spot(column=column + 2, parent=column, indent=column + 2, last=last)
        return f"- {next(ways(value, spot))}"
    if isinstance(value, int):
        return f"- {value}"
    if not value:
        return "- {}" if isinstance(value, Mapping) else "- []"
    return f"- {source(value, column + 2, habits, last=last)}"
