"""attribution.txt as fields: which works a leaf is made from, and each edit of a field as an edit of its line.

The file is for people: whatever else stands in it (a copyright line, a note on what was changed) stays where it is.
A value is one line.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.rules.attribution import Field, Work, works

FIELDS = ("title", "link", "revision", "licence", "creators")
LABELS = {
    "title": "Title of work",
    "link": "Link to work",
    "revision": "Revision",
    "licence": "License of the work",
    "creators": "Creator names",
}
ALWAYS = ("title", "licence", "creators")
"""What every kind of leaf must say; knowledge must say all of FIELDS."""


class WorkFields(msgspec.Struct, frozen=True, kw_only=True):
    """One work as it is named. Every value is one line; empty where nothing is said."""

    title: str = ""
    link: str = ""
    revision: str = ""
    licence: str = ""
    creators: str = ""

    def says(self, name: str) -> str:
        """The value of one of FIELDS."""
        value: str = getattr(self, name)
        return value


class Missing(NamedTuple):
    """A field of a work that must be filled in and is not."""

    work: int
    """From 0."""
    name: str
    """One of FIELDS."""


def read(text: str) -> list[WorkFields]:
    """The works that `text` names, in the order they stand there; empty where it names none."""
    return [WorkFields(**{name: field.value for name, field in work.fields.items()}) for work in works(text)]


def missing(text: str, kind: str) -> list[Missing]:
    """What is still to be filled in. `kind`: KNOWLEDGE or any kind of skill."""
    named = works(text)
    needed = needed_fields(kind)
    if not named:
        return [Missing(0, name) for name in needed]
    return [Missing(number, name) for number, work in enumerate(named) for name in needed if not work.says(name)]


def needed_fields(kind: str) -> tuple[str, ...]:
    return FIELDS if kind == KNOWLEDGE else ALWAYS


def place_of(text: str, line: int) -> Missing | None:
    """Which field stands in a line (from 1) of the file; None where none does."""
    for number, work in enumerate(works(text)):
        for name, field in work.fields.items():
            if field.at.line == line:
                return Missing(number, name)
    return None


def written(text: str, work: int, name: str, value: str) -> str:
    """`text` with the field `name` of work number `work` (from 0) saying `value`; all else stays as it is.

    A field that has no line yet gets one where it belongs among the others. The work after the last one is begun.
    """
    value = " ".join(value.split())
    named = works(text)
    if work >= len(named):
        return with_another(text, name, value)
    lines = text.split("\n")
    field = named[work].fields.get(name)
    if field is not None:
        lines[field.at.line - 1] = _line_with(lines[field.at.line - 1], field, value)
    elif value:
        lines.insert(_line_for(named[work], name), f"{LABELS[name]}: {value}")
    return _ended("\n".join(lines))


def with_another(text: str, name: str = "", value: str = "") -> str:
    """`text` with one more work at its end, all of its fields empty but for `name`."""
    said = dict.fromkeys(FIELDS, "")
    if name:
        said[name] = value
    block = "".join(f"{LABELS[key]}: {said[key]}".rstrip() + "\n" for key in FIELDS)
    before = text.rstrip()
    return f"{before}\n\n{block}" if before else block


def without(text: str, work: int) -> str:
    """`text` without the lines of a work: from its first field to the next work, or to the end."""
    named = works(text)
    if not 0 <= work < len(named):
        return text
    lines = text.split("\n")
    start = named[work].at.line - 1
    end = named[work + 1].at.line - 1 if work + 1 < len(named) else len(lines)
    kept = "\n".join([*lines[:start], *lines[end:]]).strip("\n")
    return _ended(kept) if kept.strip() else ""


def text_of(named: list[WorkFields]) -> str:
    """A whole attribution.txt. Fields that say nothing have no line but the needed ones."""
    blocks = []
    for work in named:
        said = [(name, " ".join(work.says(name).split())) for name in FIELDS]
        lines = [f"{LABELS[name]}: {value}".rstrip() for name, value in said if value or name in ALWAYS]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _line_with(line: str, field: Field, value: str) -> str:
    """The line with another value; its label, and what marks it as bold or as a point of a list, stay."""
    label, _, rest = line.partition(":")
    if field.value:
        start = rest.index(field.value)
        before, after = rest[:start], rest[start + len(field.value) :]
    else:
        before, after = rest.rstrip(), ""
    if not before.endswith((" ", "\t")):
        before += " "
    return f"{label}:{before}{value}{after}".rstrip()


def _line_for(work: Work, name: str) -> int:
    """Before which line (from 0) a field belongs: behind the nearest one that comes before it."""
    order = FIELDS.index(name)
    before = [field.at.line for key, field in work.fields.items() if FIELDS.index(key) < order]
    return max(before) if before else work.at.line - 1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
