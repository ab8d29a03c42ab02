"""One contribution on disk: the folder `drafts/<id>/`, its draft.json and its journals.

    folder = DraftFolder(path)
    draft = folder.load()
    folder.change(lambda draft: setattr(draft, "title", "Titmice"))     # reloads, changes, replaces, under a lock
    folder.leaf_file(leaf)                                              # of one of draft.leaves: its qna.yaml
    with folder.locked(): ...                                           # several changes that belong together

Two applications may hold the same contribution; neither loses a change of the other. Everything here blocks for
a moment: call it from a thread where a screen waits. A workspace may come from a stranger, so names that lead out
of the folder, and links, are refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import msgspec

from labtui.contribute import locking
from labtui.contribute.records import FORMAT, ContributedLeaf, Draft, Evidence, ModelAnswer
from labtui.errors import LabError, UsageError
from labtui.journal import JsonLines, atomic_write, dump, read_lines
from labtui.records import now
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION
from labtui.taxonomy.source import Unreadable, read_bytes

FILES = (LEAF_FILE, ATTRIBUTION)
"""What is committed of a leaf."""

T = TypeVar("T")
_decoder = msgspec.json.Decoder(Draft)


class _Versioned(msgspec.Struct):
    v: int = 0


class DraftFolder:
    """See the module's text. Making one touches nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"DraftFolder({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DraftFolder) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def short_id(self) -> str:
        """The last part of the id: enough to name it on a command line."""
        return self.id.rpartition("-")[2]

    @property
    def draft_file(self) -> Path:
        return self.path / "draft.json"

    @property
    def taxonomy(self) -> Path:
        """A taxonomy that holds the contributed leaves as they will be committed."""
        return self.path / "taxonomy"

    @property
    def base(self) -> Path:
        """The leaves that exist in the base, as they are there."""
        return self.path / "base"

    @property
    def documents(self) -> Path:
        return self.path / "documents"

    @property
    def evidence_file(self) -> Path:
        return self.path / "evidence.jsonl"

    @property
    def answers_file(self) -> Path:
        return self.path / "answers.jsonl"

    @property
    def submit_file(self) -> Path:
        return self.path / "submit.jsonl"

    @property
    def trying(self) -> Path:
        return self.path / "try"

    # draft.json

    def load(self) -> Draft:
        """The contribution as it is on disk. Raises UsageError where it is gone, LabError where it cannot be read."""
        try:
            data = self.draft_file.read_bytes()
        except FileNotFoundError as error:
            raise UsageError(
                "There is no such contribution.", where=str(self.path), hint="List them with: labtui contribute list"
            ) from error
        except OSError as error:
            raise LabError(f"The contribution cannot be read: {error.strerror}.", where=str(self.draft_file)) from error
        try:
            version = msgspec.json.decode(data, type=_Versioned).v
            if version > FORMAT:
                raise LabError(
                    f"was written by a newer labtui (format {version}, this one reads {FORMAT}).",
                    where=str(self.draft_file),
                    hint="Update labtui to open it.",
                )
            draft = _decoder.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise LabError(
                f"is not a contribution of labtui ({error}).",
                where=str(self.draft_file),
                hint=f"What was written stands in {self.taxonomy}.",
            ) from error
        # A folder that somebody copied or renamed is a contribution of its own.
        draft.id = self.id
        for name in _names(draft):
            _refuse_way_out(name, self.draft_file)
        return draft

    def change(self, function: Callable[[Draft], object]) -> Draft:
        """Applies `function` to what is on disk now, writes it and returns it; nothing is written where it changed
        nothing. Raises what `load` and `function` raise, and LabError where it cannot be written."""
        with self.locked():
            draft = self.load()
            before = msgspec.json.encode(draft)
            function(draft)
            if msgspec.json.encode(draft) != before:
                draft.changed = now()
                self.write(draft)
            return draft

    def write(self, draft: Draft) -> None:
        """Replaces draft.json. For new folders; `change` is for the others."""
        try:
            atomic_write(self.draft_file, dump(draft), mode=0o600)
        except OSError as error:
            raise LabError(
                f"The contribution cannot be saved: {error.strerror or error}.",
                where=str(self.draft_file),
                hint="Make room or make the folder writable, and do it again.",
            ) from error

    def locked(self) -> AbstractContextManager[None]:
        """Keeps other applications from changing it meanwhile. May be nested in one thread; keep it short."""
        return locking.locked(self.path / ".lock", "Another application is changing this contribution.")

    def submission(self) -> AbstractContextManager[None]:
        """To be held for as long as a submission works. Raises LabError at once where another one does."""
        return locking.locked(
            self.path / ".submitting",
            "This contribution is being submitted right now.",
            patience=0.0,
            hint="Wait until that has ended; it may be another terminal's.",
        )

    @property
    def is_submitting(self) -> bool:
        """Whether a submission works at this moment."""
        return locking.is_held(self.path / ".submitting")

    # Leaves

    def leaf_file(self, leaf: ContributedLeaf | str) -> Path:
        """The qna.yaml of a leaf of this contribution; that of a deleted one is not there."""
        return self.taxonomy / _id_of(leaf) / LEAF_FILE

    def attribution_file(self, leaf: ContributedLeaf | str) -> Path:
        return self.taxonomy / _id_of(leaf) / ATTRIBUTION

    def base_file(self, leaf: ContributedLeaf) -> Path | None:
        """The qna.yaml the leaf began from; None where it is new."""
        return self.base / _checked(leaf.was) / LEAF_FILE if leaf.was else None

    def leaf(self, leaf_id: str) -> ContributedLeaf:
        """The leaf of that name. Raises UsageError that names those there are."""
        leaves = self.load().leaves
        for leaf in leaves:
            if leaf.id == leaf_id:
                return leaf
        named = ", ".join(leaf.id for leaf in leaves[:5])
        raise UsageError(
            f"The contribution holds no leaf '{leaf_id}'.",
            where=self.id,
            hint=f"It holds: {named}." if named else "It holds no leaf yet.",
        )

    def files(self, leaf: ContributedLeaf) -> dict[str, Path]:
        """What would be committed of a leaf: its path in the taxonomy -> the file. Empty for a deleted one.

        Raises LabError where a link stands in place of a file or a folder: what it leads to is not contributed.
        """
        if leaf.change == "deleted":
            return {}
        found = {}
        for name in FILES:
            path = self.taxonomy / _checked(leaf.id) / name
            if os.path.lexists(path):
                _refuse_links(self.taxonomy, path)
                found[f"{leaf.id}/{name}"] = path
        return found

    def fingerprint(self) -> str:
        """The SHA-256 of all that would be committed: leaves, their files, documents, the commit message.

        Another one than `draft.submitted` says that something was written since the submission.
        """
        draft = self.load()
        digest = hashlib.sha256()
        for leaf in sorted(draft.leaves, key=lambda leaf: leaf.id):
            _add(digest, "leaf", leaf.id, leaf.change, leaf.was)
            for name, path in self.files(leaf).items():
                _add(digest, "file", name, _sha256(path))
        for document in sorted(draft.documents, key=lambda document: (document.leaf, document.name)):
            _add(digest, "document", document.leaf, document.name)
            top = self.documents / document.name
            for path in files_below(top):
                _add(digest, "file", path.relative_to(top).as_posix(), _sha256(path))
        _add(digest, "message", draft.message)
        return digest.hexdigest()

    # Journals

    def add_evidence(self, evidence: Evidence) -> None:
        self._append(self.evidence_file, evidence)

    def evidence(self) -> list[Evidence]:
        return list(self._lines(self.evidence_file, Evidence))

    def add_answer(self, answer: ModelAnswer) -> None:
        self._append(self.answers_file, answer)

    def answers(self) -> list[ModelAnswer]:
        return list(self._lines(self.answers_file, ModelAnswer))

    def _append(self, path: Path, value: object) -> None:
        try:
            with self.locked(), contextlib.closing(JsonLines(path)) as lines:
                lines.append(value)
        except OSError as error:
            raise LabError(f"The contribution cannot be saved: {error.strerror or error}.", where=str(path)) from error

    def _lines(self, path: Path, kind: type[T]) -> Iterator[T]:
        try:
            yield from read_lines(path, kind)
        except OSError as error:
            raise LabError(f"cannot be read: {error.strerror}.", where=str(path)) from error


def files_below(top: Path) -> list[Path]:
    """Every regular file below a folder of documents, by name; hidden ones and links are left out."""
    found = []
    for folder, names, files in os.walk(top):
        names[:] = sorted(name for name in names if not name.startswith("."))
        paths = [Path(folder, name) for name in files if not name.startswith(".")]
        found += [path for path in paths if path.is_file() and not path.is_symlink()]
    return sorted(found)


def _id_of(leaf: ContributedLeaf | str) -> str:
    return _checked(leaf if isinstance(leaf, str) else leaf.id)


def _checked(name: str) -> str:
    _refuse_way_out(name, None)
    return name


def _names(draft: Draft) -> Iterator[str]:
    for leaf in draft.leaves:
        yield leaf.id
        if leaf.was:
            yield leaf.was
    for document in draft.documents:
        yield document.name


def _refuse_way_out(name: str, where: Path | None) -> None:
    """A name from draft.json becomes a path: it must stay below the folder it is put into."""
    parts = name.split("/")
    if "\0" in name or any(part in ("", ".", "..") for part in parts) or parts[0].startswith("."):
        raise LabError(
            f"'{name}' is no name of a leaf or document.",
            where=str(where) if where is not None else "",
            hint="Name leaves by their folders, such as: knowledge/science/birds/chickadee",
        )


def _refuse_links(top: Path, path: Path) -> None:
    for part in [path, *path.parents]:
        if part.is_symlink():
            raise LabError(
                "A link stands where a file of the contribution should be.",
                where=str(part),
                hint="Put the file itself there: what a link leads to is never sent.",
            )
        if part == top:
            return


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(path, limit=256 * 1024 * 1024)).hexdigest()
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble


def _add(digest: hashlib._Hash, *texts: str) -> None:
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
