"""Reviewing samples: what the review screen and `labtui review` both call. Blocks; light imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from labtui import jobs
from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.generate.dataset import MESSAGES, read_card
from labtui.journal import JobFolder
from labtui.review.agreement import Statistics, statistics
from labtui.review.book import DecisionBook
from labtui.review.records import Decision, Policy, State, Verdict
from labtui.review.reviewed_set import Reviewed, review, source_of, write_reviewed
from labtui.review.samples import Reviewable, forms_of, is_generation, reviewable
from labtui.review.standing import Standings
from labtui.workspace import Workspace

SHORTEST = 4
"""Letters of an id that name a sample at least."""


def generations(workspace: Workspace, job: str = "") -> list[JobFolder]:
    """The generations there are, newest first; only `job` where one is named. Raises UsageError."""
    if job:
        folder = jobs.find(workspace, job)
        if not is_generation(folder):
            raise UsageError("The job has made no samples.", where=folder.id, hint="List generations: labtui jobs list")
        return [folder]
    return [folder for folder in reversed(jobs.folders(workspace)) if is_generation(folder)]


def samples(workspace: Workspace, job: str = "") -> Iterator[Reviewable]:
    """Every sample of every generation, or of one. A sample that several generations made comes once."""
    met: set[tuple[str, str]] = set()
    for folder in generations(workspace, job):
        for one in reviewable(folder):
            if (key := (one.id, one.content)) not in met:
                met.add(key)
                yield one


def find(workspace: Workspace, named: Iterable[str]) -> list[Reviewable]:
    """The samples of those ids, or beginnings of ids. Raises UsageError for one that names none, or several."""
    wanted = list(dict.fromkeys(named))
    for text in wanted:
        if len(text) < SHORTEST:
            raise UsageError(f"'{text}' is too short for a sample's id.", hint=f"Give {SHORTEST} letters or more.")
    found: dict[str, dict[str, Reviewable]] = {text: {} for text in wanted}
    for one in samples(workspace):
        for text in wanted:
            if one.id.startswith(text):
                # The newest generation comes first: of a sample that says something else now, that one is meant.
                found[text].setdefault(one.id, one)
    for text, of_text in found.items():
        if not of_text:
            raise UsageError(f"There is no sample '{text}'.", hint="List them with: labtui review list")
        if len(of_text) > 1:
            raise UsageError(f"'{text}' could be any of {len(of_text)} samples.", hint="Give more letters of its id.")
    return [next(iter(found[text].values())) for text in wanted]


def reviewer(workspace: Workspace) -> str:
    """Who reviews: as git knows them. Raises LabError that says how to tell git."""
    from labtui.contribute.submitting.identity import identity

    who = identity(workspace.taxonomy if workspace.taxonomy.is_dir() else workspace.root)
    return f"{who.name} <{who.email}>"


def decide(
    workspace: Workspace,
    book: DecisionBook,
    who: str,
    chosen: Iterable[Reviewable],
    verdict: Verdict,
    *,
    reason: str = "",
    note: str = "",
    parts: dict[str, str] | None = None,
) -> list[Decision]:
    """Notes a decision of each sample. `parts`: what it shall say instead, by part. Raises LabError."""
    made = []
    for one in chosen:
        if not one.content:
            raise UsageError(
                "The sample is no whole one: there is nothing to be trained on.",
                where=one.id[:12],
                hint="Samples that were not parsed or cut off cannot be accepted or rejected.",
            )
        changed = {name: text for name, text in (parts or {}).items() if text.strip() != one.sample.parts.get(name, "")}
        made.append(
            Decision(
                reviewer=who,
                sample=one.id,
                content=one.content,
                leaf=one.sample.leaf,
                verdict=verdict,
                reason=reason if verdict == "reject" else "",
                note=note,
                parts=changed,
                messages=_messages(workspace, one, changed) if changed else [],
                machine=one.sample.reason,
            )
        )
    return book.write(made)


def _messages(workspace: Workspace, one: Reviewable, changed: dict[str, str]) -> list[dict[str, str]]:
    said = {"topic": one.sample.topic, **one.sample.parts, **changed}
    if messages := forms_of(JobFolder(workspace.jobs / one.job)).messages(one.sample.kind, said):
        return messages
    raise UsageError(
        "The sample cannot be edited: a part it needs is empty, or its form is not known any more.",
        where=one.id[:12],
        hint="Fill in question and answer, or reject it.",
    )


def look(workspace: Workspace, job: str = "") -> Statistics:
    """How far the review is, and how often people and machine agree. Raises LabError."""
    return statistics(samples(workspace, job), DecisionBook(workspace).refresh())


def listed(
    workspace: Workspace, job: str = "", leaf: str = "", state: State | None = None
) -> Iterator[tuple[Reviewable, State]]:
    """Samples with how they stand; of a leaf, in a state, where these are given."""
    standings = DecisionBook(workspace).refresh()
    for one in samples(workspace, job):
        if leaf and one.sample.leaf != leaf and one.sample.leaf.rpartition("/")[2] != leaf:
            continue
        standing = standings.of(one.id, one.content)
        if state is None or standing.state == state:
            yield one, standing.state


def reviewed_data(workspace: Workspace, config: Config, chosen: Path) -> tuple[Reviewed, bytes] | None:
    """What a training takes of a data set, by `review.policy`; None for data nobody could have reviewed.

    Writes nothing. Raises LabError where something cannot be read.
    """
    if (asked := _asked(workspace, config, chosen)) is None:
        return None
    file, standings, policy, more = asked
    return review(file, standings, policy, more)


def keep_reviewed(workspace: Workspace, config: Config, chosen: Path) -> Reviewed | None:
    """As `reviewed_data`, and the file is there where reviewers changed something. Raises LabError."""
    if (asked := _asked(workspace, config, chosen)) is None:
        return None
    return write_reviewed(*asked)


def _asked(
    workspace: Workspace, config: Config, chosen: Path
) -> tuple[Path, Standings, Policy, list[Reviewable]] | None:
    file = source_of(chosen / MESSAGES if chosen.is_dir() else chosen)
    card = read_card(file.parent) if file.name == MESSAGES else None
    if card is None:
        return None
    standings = DecisionBook(workspace).refresh()
    policy = config.settings.review.policy
    if policy != "accepted" and not any(True for _ in standings):
        return None
    folder = JobFolder(workspace.jobs / card.job)
    more = [one for one in reviewable(folder) if not one.sample.accepted] if is_generation(folder) else []
    return file, standings, policy, more


def export(workspace: Workspace) -> Iterator[bytes]:
    """Every decision, one JSON line each."""
    for one in DecisionBook(workspace).every():
        yield msgspec.json.encode(one)


def take_in(workspace: Workspace, path: Path) -> tuple[int, int]:
    """Decisions of others from a file of `export`: (new, known). Raises LabError naming the line that is wrong."""
    decoder = msgspec.json.Decoder(Decision)
    found = []
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(path)) from error
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(decoder.decode(line))
        except msgspec.MsgspecError as error:
            raise UsageError(
                f"This line is no decision: {error}.",
                where=f"{path}:{number}",
                hint="Nothing was taken in. Such files are made by: labtui review export",
            ) from error
    return DecisionBook(workspace).add(found)
