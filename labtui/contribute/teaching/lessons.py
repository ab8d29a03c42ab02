"""Answers to be corrected, as they are collected in the chat: the basket, before anything is a contribution.

    basket = Basket(workspace)
    lesson = basket.begin(Lesson(question=…, answer=…, corrected=…, conversation=…, turn=…))
    lesson.corrected = "A chickadee eats seeds and insects."
    basket.keep(lesson)                        # at every keystroke: one small file, replaced as a whole
    teaching.write(workspace, basket.lessons(), destination)

They lie in `drafts/.lessons/`, one file each, so that two applications never lose each other's. Everything here blocks
for a moment: call it from a thread where a screen waits.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec

from labtui.contribute.records import ModelUsed
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write, dump
from labtui.records import Moment, now
from labtui.taxonomy.rules.seeds import same_text
from labtui.text import without_controls
from labtui.workspace import Workspace

FORMAT = 1
FOLDER = ".lessons"
DROPPED = "dropped"
LARGEST = 4 * 1024 * 1024
"""Bytes of a lesson's file: an answer has some thousand words."""
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where the seeds go."""

    where: Literal["new", "draft", "leaf"] = "new"
    """A new contribution, a leaf of an open one, or a leaf of the taxonomy."""
    kind: str = ""
    """Of a new leaf: KNOWLEDGE, GROUNDED or FREEFORM."""
    draft: str = ""
    """The contribution's id. With `leaf` of the taxonomy: the open contribution that takes it in; empty, a new one."""
    leaf: str = ""


class Lesson(msgspec.Struct, kw_only=True):
    """One answer and what it should have been."""

    v: int = FORMAT
    id: str = ""
    at: Moment = msgspec.field(default_factory=now)
    question: str
    answer: str
    """The model's own, as it wrote it: clean it before showing."""
    corrected: str
    context: str = ""
    made: ModelUsed | None = None
    conversation: str = ""
    turn: str = ""
    """Of the answer in its conversation."""
    destination: Destination | None = None
    """Chosen once; None: where the one before goes."""

    @property
    def is_changed(self) -> bool:
        """Whether the corrected answer says something else than the model's."""
        return same_text(self.corrected) != same_text(self.answer)


class Basket:
    """The lessons of one workspace that were not written yet."""

    def __init__(self, workspace: Workspace) -> None:
        self.folder = workspace.drafts / FOLDER

    def lessons(self) -> list[Lesson]:
        """Those that are there, the oldest first. What cannot be read is left out and stays on disk."""
        try:
            names = [name for name in os.listdir(self.folder) if _NAME.fullmatch(name.removesuffix(".json"))]
        except OSError:
            return []
        found = [_read(self.folder / name) for name in names if name.endswith(".json")]
        return sorted((lesson for lesson in found if lesson is not None), key=lambda lesson: (lesson.at, lesson.id))

    def of_turn(self, conversation: str, turn: str) -> Lesson | None:
        """The lesson begun on that answer, to be gone on with."""
        return next(
            (one for one in self.lessons() if turn and (one.conversation, one.turn) == (conversation, turn)), None
        )

    def begin(self, lesson: Lesson) -> Lesson:
        """Gives a lesson its name, and a time after the others'; it is on disk from the first `keep` on."""
        newest = max((other.at for other in self.lessons()), default=None)
        if newest is not None and lesson.at <= newest:
            lesson.at = newest + timedelta(milliseconds=1)
        lesson.id = f"{lesson.at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        return lesson

    def keep(self, lesson: Lesson) -> None:
        """Raises LabError where it cannot be written."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write(self._file(lesson.id), dump(lesson), mode=0o600)
        except OSError as error:
            raise LabError(
                f"The corrected answer cannot be kept: {error.strerror or error}.",
                where=str(self.folder),
                hint="Make room or make the folder writable; what is typed stands here until then.",
            ) from error

    def drop(self, lesson: Lesson) -> None:
        """Puts a lesson aside; `undrop` brings it back. One that was never kept is not there to drop."""
        aside = self.folder / DROPPED
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            os.replace(self._file(lesson.id), aside / f"{lesson.id}.json")
        except FileNotFoundError:
            return
        except OSError as error:
            raise LabError(f"The corrected answer cannot be put aside: {error.strerror}.", where=str(aside)) from error

    def undrop(self, lesson: Lesson) -> None:
        """Brings a dropped lesson back as it was. Raises LabError."""
        try:
            os.replace(self.folder / DROPPED / f"{lesson.id}.json", self._file(lesson.id))
        except OSError as error:
            raise LabError(f"It cannot be brought back: {error.strerror}.", where=str(self.folder)) from error

    def forget(self, lesson: Lesson) -> None:
        """Removes a lesson that stands in a contribution now."""
        self._file(lesson.id).unlink(missing_ok=True)

    def _file(self, lesson_id: str) -> Path:
        if not _NAME.fullmatch(lesson_id):
            raise UsageError(f"'{lesson_id}' is no name of a corrected answer.")
        return self.folder / f"{lesson_id}.json"


def _read(path: Path) -> Lesson | None:
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return None
        lesson = msgspec.json.decode(path.read_bytes(), type=Lesson)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    lesson.id = path.stem
    return lesson if lesson.v <= FORMAT else None


def typed(text: str) -> str:
    """What was typed or came from a model, as it stands in a leaf: without control characters and empty ends."""
    lines = (line.rstrip() for line in without_controls(text).split("\n"))
    return "\n".join(lines).strip("\n").strip()
