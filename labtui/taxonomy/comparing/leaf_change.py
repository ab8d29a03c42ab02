"""How one leaf differs from what it was: the plain data of a diff, and of `labtui taxonomy diff --json`."""

from __future__ import annotations

import enum

import msgspec

from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.word_spans import TextChange


class Change(enum.StrEnum):
    """What happened to a part of a leaf."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    MOVED = "moved"
    """Only its place among the others is another one."""
    SAME = "same"
    """Unchanged: the other half of a pair that was edited, so that it is seen what the change is about."""


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the leaf, or of one of its seeds."""

    key: str
    """As in the file, dotted where it is nested: `created_by`, `document.commit`; in a seed `context`, `question`…"""
    change: Change
    text: TextChange
    pair: int = 0
    """Which pair of its seed it belongs to, from 1 (a removed pair: which it was); 0: the seed itself."""
    note: str = ""
    """What the two texts do not show: that a number became a text, that a pair was moved."""


class SeedChange(msgspec.Struct, frozen=True, kw_only=True):
    change: Change
    number: int
    """From 1, as it stands now; 0 where it was removed."""
    before: int
    """From 1, as it stood; 0 where it was added."""
    moved: bool = False
    """Whether an edited seed also stands elsewhere among the others."""
    question: str = ""
    """Its first question, to know it by."""
    parts: tuple[FieldChange, ...] = ()


class LineChange(msgspec.Struct, frozen=True):
    """A line of a file that cannot be compared by what it says."""

    sign: str
    """`+`, `-` or a space."""
    text: str
    number: int
    """From 1: where it stands, or stood if it was removed."""


class OtherFile(msgspec.Struct, frozen=True):
    """A file of the leaf's folder besides qna.yaml."""

    path: str
    """From the leaf's folder."""
    state: State


class LeafChange(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf that differs. Nothing in it has been cleaned for a terminal."""

    id: str
    """The folder's path from the taxonomy's root, as it is now (a deleted leaf: as it was)."""
    state: State
    old_id: str = ""
    """Where a renamed leaf was."""
    kind: str = ""
    """`knowledge`, `grounded skill`, `freeform skill` or `unreadable`."""
    seeds_before: int = 0
    seeds_after: int = 0
    fields: tuple[FieldChange, ...] = ()
    seeds: tuple[SeedChange, ...] = ()
    """In the order of the file as it is now; removed ones where they stood."""
    lines: tuple[LineChange, ...] = ()
    """Only where a side cannot be read as a leaf."""
    only_layout: bool = False
    """The bytes differ, but not what the leaf says: white space, quotes, comments, the order of keys."""
    problem: str = ""
    """Why it is compared by lines, or not at all."""
    attribution: TextChange | None = None
    """attribution.txt, where it differs."""
    files: tuple[OtherFile, ...] = ()
    """Other files of its folder that differ."""

    @property
    def empty(self) -> bool:
        """Whether nothing is different."""
        parts = self.fields or self.seeds or self.lines or self.attribution or self.files or self.problem
        return not (parts or self.only_layout or self.old_id)
