"""What the leaves of a contribution show beside those of the taxonomy: seeds that are near duplicates, contradictions.

    look_beside(folder, cancelled)      # may take long in a large taxonomy nobody looked at yet; in a thread
    standings(folder)                   # tells of what was found, for as long as the leaves are as they were then

Only warnings come of it. What is known of the leaves of the taxonomy is kept where its own check keeps it: one that was
looked through once is not read again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Problem, Step
from labtui.contribute.standing.judging import Judged
from labtui.taxonomy.fields import fields_of
from labtui.taxonomy.finding_places import place_of
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS
from labtui.taxonomy.parse import parse
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.source import Unreadable, decode, read_bytes

if TYPE_CHECKING:
    from labtui.taxonomy.checking.gathering import Candidate

REMEMBERED = 500
"""Leaves whose result is kept, as they were then."""

_Key = tuple[str, str, str]
"""A contribution's folder, a leaf's id, and the SHA-256 of its qna.yaml."""
_found: dict[_Key, tuple[Problem, ...]] = {}
_lock = threading.Lock()


def look_beside(
    folder: DraftFolder,
    cancelled: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int, int], None] | None = None,
) -> bool:
    """Compares the contribution's leaves with each other and with the taxonomy it is for.

    Returns whether the standings tell something else now. `on_progress` is told how many leaves of how many were
    looked at. Raises LabError where the contribution cannot be read or no process can be started.
    """
    draft = folder.load()
    candidates = _candidates(folder, draft)
    found = _compare(candidates, cancelled, on_progress or (lambda done, total: None))
    if cancelled():
        return False
    changed = False
    for at, one in enumerate(candidates):
        if one.reported and one.data:
            key = (str(folder.path), one.name, one.data.hex())
            problems = tuple(_problems(one, found.get(at, [])))
            with _lock:
                changed = changed or _found.get(key, ()) != problems
                _found.pop(key, None)
                _found[key] = problems
                while len(_found) > REMEMBERED:
                    del _found[next(iter(_found))]
    return changed


def with_neighbours(folder: DraftFolder, judged: Judged) -> Judged:
    """The leaf with what is known of it beside others; as it is where nobody looked since it was written."""
    with _lock:
        problems = _found.get((str(folder.path), judged.leaf.id, judged.leaf.sha256), ())
    if not problems:
        return judged
    return msgspec.structs.replace(judged, problems=(*judged.problems, *((Step.SEEDS, one) for one in problems)))


def _candidates(folder: DraftFolder, draft: Draft) -> list[Candidate]:
    """The contribution's leaves, then those of the taxonomy that stay what they are."""
    from labtui.taxonomy.checking.gathering import gather

    own = [path for leaf in draft.leaves if (path := folder.leaf_file(leaf)).is_file()]
    gone = {name for leaf in draft.leaves for name in (leaf.was, leaf.id)}
    clone = Path(draft.taxonomy)
    found = gather(own, beside=clone if clone.is_dir() else None)
    return [one for one in found if one.reported or one.name not in gone]


def _compare(
    candidates: list[Candidate], cancelled: Callable[[], bool], tell: Callable[[int, int], None]
) -> dict[int, list[Finding]]:
    from labtui.taxonomy.checking.cache import Cache
    from labtui.taxonomy.checking.gathering import read
    from labtui.taxonomy.checking.many import Run

    cache = Cache()
    try:
        with Run(Profile.STRICT, cache, gently=True, cancelled=cancelled) as run:
            for one in candidates:
                read(one)
            known = run.known_together(candidates)
            if known is None:
                unknown = [one for one, facts in run.facts([one for one in candidates if one.data]) if facts is None]
                for done, _ in enumerate(run.check(unknown), 1):
                    tell(len(candidates) - len(unknown) + done, len(candidates))
                known = run.together(candidates) if not cancelled() else {}
    finally:
        cache.close()
    return {at: [one.at(LEAF_FILE, "") for one in found] for at, found in known.items()}


def _problems(one: Candidate, found: list[Finding]) -> Iterator[Problem]:
    if not found:
        return
    try:
        value, root = parse(decode(read_bytes(one.file)).text)
    except Unreadable:
        return
    fields = fields_of(value, root, KNOWLEDGE if one.name.startswith(f"{KNOWLEDGE}/") else SKILLS)
    for finding in found:
        yield Problem(
            message=finding.message,
            hint=finding.hint,
            leaf=one.name,
            field=place_of(fields, finding),
            rule=finding.rule,
            level=finding.level.value,
        )
