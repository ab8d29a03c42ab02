"""Conversations on disk: `chats/<id>.json`, one file each, replaced atomically; deleted ones in `chats/trash/`.

Two applications may hold the same conversation. Whoever saves second unites both: no turn of either is lost.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from labtui.chat.conversations import FORMAT, Conversation, merge
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write, dump

TRASH = "trash"

_decoder = msgspec.json.Decoder(Conversation)

Stamp = tuple[int, int, int]
"""Identity, time and size of a file: another one means somebody replaced it."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation as a list shows it."""

    id: str
    heading: str
    changed: datetime
    questions: int = 0
    models: tuple[str, ...] = ()
    """Who answers in it, as `model` or `model+adapter`."""
    problem: str = ""
    """Why the file cannot be read; the list shows it all the same."""
    found: str = ""
    """Where a search met: the piece of text around the hit. Empty for a hit in the heading."""


class _Known(msgspec.Struct):
    stamp: Stamp
    summary: Summary
    texts: list[str]


class ChatStore:
    """The conversations of one workspace. Every call blocks: call it from a thread where a screen waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps: dict[str, Stamp] = {}
        self._known: dict[str, _Known] = {}

    def path(self, conversation_id: str) -> Path:
        return self.folder / f"{conversation_id}.json"

    def save(self, conversation: Conversation) -> Conversation | None:
        """Writes the conversation. What another application added since this store last read or wrote the file is
        kept in the file and returned, for the caller to `merge` into its own. Raises LabError."""
        path = self.path(conversation.id)
        theirs = None
        try:
            with self._locked():
                stamp = _stamp(path)
                if stamp and stamp != self._stamps.get(conversation.id):
                    with contextlib.suppress(LabError):
                        theirs = _read(path)
                if theirs is not None:
                    united = _decoder.decode(msgspec.json.encode(conversation))
                    merge(united, theirs)
                    conversation = united
                atomic_write(path, dump(conversation), mode=0o600)
                if written := _stamp(path):
                    self._stamps[conversation.id] = written
        except OSError as error:
            raise LabError(
                f"The conversation cannot be saved: {error.strerror or error}.",
                where=str(path),
                hint="Make room or make the folder writable; the conversation is kept in memory and saved then.",
            ) from error
        return theirs

    def load(self, conversation_id: str) -> Conversation:
        """Raises UsageError where there is none, LabError where it cannot be read."""
        path = self.path(conversation_id)
        stamp = _stamp(path)
        conversation = _read(path)
        if stamp:
            self._stamps[conversation_id] = stamp
        return conversation

    def summaries(self, search: str = "") -> list[Summary]:
        """All conversations, the last changed first; with `search` those that hold all its words."""
        words = search.casefold().split()
        summaries = []
        for conversation_id, path in self._files():
            known = self._look(conversation_id, path)
            if known is None:
                continue
            if not words:
                summaries.append(known.summary)
            elif hit := _search(known, words):
                summaries.append(hit)
        return sorted(summaries, key=lambda summary: (summary.changed, summary.id), reverse=True)

    def latest(self) -> Conversation | None:
        """The conversation changed last, if one can be read."""
        for summary in self.summaries():
            if not summary.problem:
                with contextlib.suppress(LabError):
                    return self.load(summary.id)
        return None

    def delete(self, conversation_id: str) -> None:
        """Moves the conversation into the trash. Raises UsageError, LabError."""
        self._move(self.path(conversation_id), self.folder / TRASH / f"{conversation_id}.json")

    def undelete(self, conversation_id: str) -> None:
        """Takes the conversation out of the trash again. Raises UsageError, LabError."""
        self._move(self.folder / TRASH / f"{conversation_id}.json", self.path(conversation_id))

    def discard(self, conversation_id: str) -> None:
        """Removes a conversation that holds no turn; any other is left alone."""
        with contextlib.suppress(OSError, LabError), self._locked():
            if not _read(self.path(conversation_id)).turns:
                self.path(conversation_id).unlink()

    def prompts(self, most: int = 200) -> list[str]:
        """The latest questions of all conversations, oldest first, each once."""
        asked: list[tuple[datetime, str]] = []
        for summary in self.summaries()[:most]:
            if summary.problem:
                continue
            with contextlib.suppress(LabError):
                turns = _read(self.path(summary.id)).turns
                asked += [(turn.created, turn.text) for turn in turns if turn.role == "user"]
        asked.sort()
        return list(dict.fromkeys(text for _, text in reversed(asked)))[:most][::-1]

    def _files(self) -> Iterator[tuple[str, Path]]:
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    yield entry.name.removesuffix(".json"), Path(entry.path)

    def _look(self, conversation_id: str, path: Path) -> _Known | None:
        stamp = _stamp(path)
        if stamp is None:
            return None
        known = self._known.get(conversation_id)
        if known is None or known.stamp != stamp:
            known = _Known(stamp, *_summarize(conversation_id, path, stamp))
            self._known[conversation_id] = known
        return known

    def _move(self, source: Path, target: Path) -> None:
        try:
            with self._locked():
                target.parent.mkdir(exist_ok=True)
                os.replace(source, target)
        except FileNotFoundError as error:
            raise UsageError("There is no such conversation.", where=str(source)) from error
        except OSError as error:
            raise LabError(f"The conversation cannot be moved: {error.strerror}.", where=str(source)) from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


class _Versioned(msgspec.Struct):
    v: int = 0


def _read(path: Path) -> Conversation:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError("There is no such conversation.", where=str(path)) from error
    except OSError as error:
        raise LabError(f"The conversation cannot be read: {error.strerror}.", where=str(path)) from error
    try:
        version = msgspec.json.decode(data, type=_Versioned).v
        if version > FORMAT:
            raise LabError(
                f"was written by a newer labtui (format {version}, this one reads {FORMAT}).",
                where=str(path),
                hint="Update labtui to open it.",
            )
        conversation = _decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise LabError(f"is not a conversation of labtui ({error}).", where=str(path)) from error
    if not conversation.panes:
        raise LabError("is not a conversation of labtui (it shows nothing).", where=str(path))
    return conversation


def _summarize(conversation_id: str, path: Path, stamp: Stamp) -> tuple[Summary, list[str]]:
    try:
        conversation = _read(path)
    except LabError as error:
        changed = datetime.fromtimestamp(stamp[1] / 1e9, UTC)
        return Summary(id=conversation_id, heading=path.name, changed=changed, problem=error.what), []
    summary = Summary(
        id=conversation_id,
        heading=conversation.heading,
        changed=conversation.changed,
        questions=sum(turn.role == "user" for turn in conversation.turns),
        models=tuple(
            f"{pane.model}+{pane.adapter}" if pane.adapter else pane.model for pane in conversation.panes if pane.model
        ),
    )
    return summary, [turn.text for turn in conversation.turns]


AROUND = 30
"""Characters shown before and after a hit."""


def _search(known: _Known, words: list[str]) -> Summary | None:
    heading = known.summary.heading.casefold()
    rest = [word for word in words if word not in heading]
    if not rest:
        return known.summary
    for text in known.texts:
        folded = text.casefold()
        if all(word in folded or word in heading for word in rest):
            place = folded.find(rest[0])
            piece = " ".join(text[max(0, place - AROUND) : place + AROUND].split())
            return msgspec.structs.replace(known.summary, found=piece)
    return None
