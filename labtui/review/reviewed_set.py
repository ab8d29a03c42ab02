"""A data set as its reviewers leave it: `reviewed/<id>/` inside it, beside the one that was generated.

The generated set is never changed. Equal decisions give an equal file at the same place, so a training that is resumed
finds what it began with, whatever was decided since.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.generate.dataset import CARD, MESSAGES, Record
from labtui.journal import atomic_write, dump
from labtui.review.policy import takes
from labtui.review.records import Policy
from labtui.review.samples import Reviewable
from labtui.review.standing import Standing, Standings

FOLDER = "reviewed"
SUMMARY = "reviewed.json"
FORMAT = 1


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a data set."""

    v: int = FORMAT
    policy: Policy
    path: str
    """The messages file to be trained on; the generated one where reviewers changed nothing."""
    source_sha256: str
    """Of the generated messages file."""
    sha256: str
    records: int
    generated: int = 0
    """Samples of the generated set, without the leaves' own pairs."""
    seen: int = 0
    """Of these, somebody decided."""
    left_out: int = 0
    edited: int = 0
    added: int = 0
    """Taken although the machine had rejected them."""
    disputed: int = 0
    reviewers: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.sha256 != self.source_sha256

    @property
    def words(self) -> str:
        """`3 left out, 1 edited, 2 added`; empty where nothing was changed."""
        told = ((self.left_out, "left out"), (self.edited, "edited"), (self.added, "added"))
        return ", ".join(f"{count} {what}" for count, what in told if count)


def source_of(path: Path) -> Path:
    """The generated messages file behind a reviewed one; any other path is itself."""
    inside = path.name == MESSAGES and path.parent.parent.name == FOLDER
    return path.parents[2] / MESSAGES if inside else path


def review(file: Path, standings: Standings, policy: Policy, more: Iterable[Reviewable] = ()) -> tuple[Reviewed, bytes]:
    """What `policy` makes of a messages file: the counts, and its bytes. Reads, and writes nothing.

    `more` are samples that the machine had rejected; those a reviewer accepted come behind the rest. Raises LabError
    where the file cannot be read; lines of another shape are kept as they are: only what was generated is reviewed.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise LabError(f"The data set cannot be read ({error.strerror}).", where=str(file)) from error
    tally = _Tally(policy, standings)
    lines = [line for record in raw.split(b"\n") if record.strip() for line in tally.take(record)]
    lines += [line for one in more for line in tally.add(one)]
    made = b"".join(line + b"\n" for line in lines)
    found = tally.summary(file, raw, made, len(lines))
    return found, made if found.changed else raw


def write_reviewed(file: Path, standings: Standings, policy: Policy, more: Iterable[Reviewable] = ()) -> Reviewed:
    """As `review`, and its file written where reviewers changed something. Raises LabError."""
    found, made = review(file, standings, policy, more)
    if not found.changed:
        return found
    folder = file.parent / FOLDER / found.sha256[:12]
    target = folder / MESSAGES
    told = msgspec.structs.replace(found, path=str(target))
    try:
        if not target.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(file.parent / CARD, folder / CARD)
            atomic_write(folder / SUMMARY, dump(told))
            # Last: where it stands, the rest does.
            atomic_write(target, made)
    except OSError as error:
        raise LabError(
            f"The reviewed data set cannot be written ({error.strerror}).",
            where=str(folder),
            hint="Make room or rights.",
        ) from error
    return told


class _Tally:
    def __init__(self, policy: Policy, standings: Standings) -> None:
        self._policy, self._standings = policy, standings
        self._decoder = msgspec.json.Decoder(Record)
        self._there: set[str] = set()
        self._reviewers: dict[str, None] = {}
        self.generated = self.seen = self.left_out = self.edited = self.added = self.disputed = 0

    def take(self, line: bytes) -> Iterator[bytes]:
        """A line of the generated set, as it is trained on; nothing where it is left out."""
        try:
            record = self._decoder.decode(line)
            facts: dict[str, Any] = msgspec.json.decode(record.metadata, type=dict[str, Any])
        except msgspec.MsgspecError:
            yield line
            return
        self._there.add(record.id)
        if facts.get("kind") != "generated":
            yield line
            return
        self.generated += 1
        standing = self._note(record.id, str(facts.get("content", "")))
        if not takes(self._policy, standing):
            self.left_out += 1
        elif standing.parts and self._policy != "everything":
            self.edited += 1
            yield _edited(record, facts, standing)
        else:
            yield line

    def add(self, one: Reviewable) -> Iterator[bytes]:
        """A sample the machine had rejected, where a reviewer wants it."""
        if one.sample.accepted or one.id in self._there or not one.messages:
            return
        standing = self._standings.of(one.id, one.content)
        if not takes(self._policy, standing, machine_accepted=False):
            return
        self._note(one.id, one.content)
        self.added += 1
        facts = {
            "kind": "generated",
            "leaf": one.sample.leaf,
            "leaf_sha256": one.sample.leaf_sha256,
            "leaf_kind": one.sample.kind,
            "seeds": list(one.sample.seeds),
            "number": one.sample.number,
            "pipeline": one.sample.pipeline,
            "pipeline_sha256": one.sample.pipeline_sha256,
            "teacher": one.sample.teacher,
            "teacher_sha256": one.sample.teacher_sha256,
            "content": one.content,
            "rejected": one.sample.reason,
        }
        record = Record(id=one.id, messages=one.messages, metadata=_text(facts | _who(standing)))
        yield _edited(record, facts, standing) if standing.parts else msgspec.json.encode(record)

    def _note(self, sample: str, content: str) -> Standing:
        standing = self._standings.of(sample, content)
        self.seen += standing.state != "unseen"
        self.disputed += standing.state == "disputed"
        self._reviewers |= dict.fromkeys(one.reviewer for one in standing.by)
        return standing

    def summary(self, file: Path, raw: bytes, made: bytes, records: int) -> Reviewed:
        # A last line without its newline, or a blank one, is no decision of anybody.
        same = not (self.left_out or self.edited or self.added)
        source = hashlib.sha256(raw).hexdigest()
        return Reviewed(
            policy=self._policy,
            path=str(file),
            source_sha256=source,
            sha256=source if same else hashlib.sha256(made).hexdigest(),
            records=records,
            generated=self.generated,
            seen=self.seen,
            left_out=self.left_out,
            edited=self.edited,
            added=self.added,
            disputed=self.disputed,
            reviewers=tuple(self._reviewers),
        )


def _edited(record: Record, facts: dict[str, Any], standing: Standing) -> bytes:
    edit = next(one for one in reversed(standing.by) if one.verdict == "accept" and one.parts)
    facts = facts | _who(standing) | {"edited_by": edit.reviewer}
    return msgspec.json.encode(msgspec.structs.replace(record, messages=edit.messages, metadata=_text(facts)))


def _who(standing: Standing) -> dict[str, Any]:
    return {"accepted_by": [one.reviewer for one in standing.by if one.verdict == "accept"]}


def _text(facts: dict[str, Any]) -> str:
    return msgspec.json.encode(facts).decode()
