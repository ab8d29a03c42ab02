"""What was done to a text, step by step, and undone; a step is one or more edits that belong together."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from labtui.taxonomy.editing.file_text import FileText, Splice

MOST_CHARACTERS = 32 * 1024 * 1024
"""Kept in all steps together; beyond it the oldest are forgotten."""


class Step(msgspec.Struct, frozen=True):
    splice: Splice
    path: tuple[str | int, ...] = ()
    """The field it was made in; empty for the YAML view and for what concerns more than a field."""


class History:
    """Undo and redo. Edits with the same `group` that follow each other are one step until `close`."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._group: Hashable = None
        self._before: FileText | None = None
        self._path: tuple[str | int, ...] = ()
        self._characters = 0

    def record(self, before: FileText, group: Hashable, path: tuple[str | int, ...]) -> None:
        """To be called before an edit is made, with the file as it still is. A group of None stands alone."""
        if self._before is not None and (group is None or group != self._group):
            self.close(before)
        if self._before is None:
            self._before, self._group, self._path = before, group, path
        self._forget(self._undone)

    def close(self, now: FileText) -> None:
        """Ends the step that is open. `now` is the file after its last edit."""
        if self._before is None:
            return
        before, self._before, self._group = self._before, None, None
        if (splice := between(before, now)) is not None:
            self._done.append(Step(splice, self._path))
            self._characters += _size(splice)
        while self._characters > MOST_CHARACTERS and len(self._done) > 1:
            self._characters -= _size(self._done.pop(0).splice)

    def can_undo(self, now: FileText) -> bool:
        return bool(self._done) or (self._before is not None and between(self._before, now) is not None)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self, now: FileText) -> Step | None:
        """The step to take back: apply its splice's `back`."""
        self.close(now)
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return step

    def redo(self, now: FileText) -> Step | None:
        """The step to make again: apply its splice."""
        self.close(now)
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return step

    def _forget(self, steps: list[Step]) -> None:
        self._characters -= sum(_size(step.splice) for step in steps)
        steps.clear()


def _size(splice: Splice) -> int:
    return len(splice.removed) + len(splice.inserted)


def between(before: FileText, now: FileText) -> Splice | None:
    """The one replacement that leads from one to the other, line ends included."""
    splice = before.difference(now.text)
    if not before.ends and not now.ends:
        return splice
    if before.ends == now.ends and splice is None:
        return None
    lines = before.ends, now.ends
    return Splice(0, before.text, now.text, *lines)
