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
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import msgspec

from labtui import ids
from labtui.contribute.drafts import locking
from labtui.contribute.drafts.fingerprint import files_below, fingerprint_of
from labtui.contribute.drafts.strangers import refuse_links, refuse_links_in, refuse_way_out
from labtui.contribute.records import FORMAT, ContributedLeaf, Draft, Evidence, ModelAnswer
from labtui.errors import LabError, UsageError
from labtui.journal import JsonLines, atomic_write, dump, read_lines
from labtui.records import now
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION

__all__ = ["FILES", "DraftFolder", "files_below"]

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
        return ids.short(self.id)

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
    def template_file(self) -> Path:
        """The template for requests that the base has, as it was seen last."""
        return self.path / "request-template.md"

    def template(self) -> str:
        """Empty where the base has none, or was not looked at yet. Foreign text."""
        try:
            return self.template_file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

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
        self._refuse_strange(draft)
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

    def _refuse_strange(self, draft: Draft) -> None:
        """Raises LabError where a name or a link would lead out of the folder."""
        paths = []
        for leaf in draft.leaves:
            place = self.taxonomy / refuse_way_out(leaf.id, str(self.draft_file))
            paths += [place / name for name in FILES]
            if leaf.was:
                paths += [self.base / refuse_way_out(leaf.was, str(self.draft_file)) / name for name in FILES]
        paths += [self.documents / refuse_way_out(one.name, str(self.draft_file)) for one in draft.documents]
        refuse_links_in(self.path)
        refuse_links_in(self.trying)
        refuse_links(self.path, paths)

    # Leaves

    def leaf_file(self, leaf: ContributedLeaf | str) -> Path:
        """The qna.yaml of a leaf of this contribution; that of a deleted one is not there."""
        return self.taxonomy / refuse_way_out(leaf if isinstance(leaf, str) else leaf.id) / LEAF_FILE

    def attribution_file(self, leaf: ContributedLeaf | str) -> Path:
        return self.taxonomy / refuse_way_out(leaf if isinstance(leaf, str) else leaf.id) / ATTRIBUTION

    def base_file(self, leaf: ContributedLeaf) -> Path | None:
        """The qna.yaml the leaf began from; None where it is new."""
        return self.base / refuse_way_out(leaf.was) / LEAF_FILE if leaf.was else None

    def leaf(self, leaf_id: str) -> ContributedLeaf:
        """The leaf of that name. Raises UsageError that names those there are."""
        from labtui.contribute.leaves.leaf_files import leaf_in

        return leaf_in(self.load(), leaf_id)

    def files(self, leaf: ContributedLeaf) -> dict[str, Path]:
        """What would be committed of a leaf: its path in the taxonomy -> the file. Empty for a deleted one.

        Raises LabError where a link stands in place of a file or a folder: what it leads to is not contributed.
        """
        if leaf.change == "deleted":
            return {}
        found = {}
        for name in FILES:
            path = self.taxonomy / refuse_way_out(leaf.id) / name
            if os.path.lexists(path):
                refuse_links(self.taxonomy, [path])
                found[f"{leaf.id}/{name}"] = path
        return found

    def fingerprint(self) -> str:
        """The SHA-256 of all that would be committed: leaves, their files, documents, the commit message.

        Another one than `draft.submitted` says that something was written since the submission.
        """
        return fingerprint_of(self)

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
        refuse_links_in(self.path)
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
