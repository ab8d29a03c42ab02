"""Which leaf that came is one that went: renamed leaves, found by what stands in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from labtui.taxonomy.comparing.file_changes import FileChange, State
from labtui.taxonomy.comparing.leaf_sides import LeafSides

SIMILAR = 0.5
"""Share of lines two files must have in common to be one leaf that was renamed, as git has it."""
COMMON_LINE = 50
"""A line that so many leaves have tells nothing about which is which."""


def candidates(leaves: Sequence[LeafSides]) -> tuple[list[LeafSides], list[LeafSides]]:
    """The leaves that went and the leaves that came: among them are the renamed ones."""
    came = [leaf for leaf in leaves if leaf.state in (State.ADDED, State.UNTRACKED) and leaf.main is not None]
    return [leaf for leaf in leaves if leaf.state is State.DELETED], came


def join_renamed(
    leaves: Sequence[LeafSides], gone: Mapping[str, bytes | None], came: Mapping[str, bytes | None]
) -> list[LeafSides]:
    """The leaves with each pair of a gone and a new one that are the same put together.

    `gone` and `came` hold the contents by folder. Same are those of equal bytes, then those with the most lines in
    common, where that is half of them or more.
    """
    pairs = _same(gone, came)
    taken = set(pairs.values())
    pairs |= _similar(
        {folder: data for folder, data in gone.items() if folder not in taken},
        {folder: data for folder, data in came.items() if folder not in pairs},
    )
    by_folder = {leaf.folder: leaf for leaf in leaves}
    for new, old in pairs.items():
        leaf, former = by_folder[new], by_folder.pop(old)
        leaf.state, leaf.old_folder = State.RENAMED, old
        leaf.before, leaf.was_link = former.before, former.was_link
        _follow_files(leaf, former)
    return list(by_folder.values())


def _follow_files(leaf: LeafSides, former: LeafSides) -> None:
    """What lay beside the leaf went with it: a file of both places is at most changed."""
    if former.attribution is not None:
        now = leaf.attribution
        leaf.attribution = (
            former.attribution
            if now is None
            else FileChange(
                path=now.path,
                state=State.CHANGED,
                before=former.attribution.before,
                was_link=former.attribution.was_link,
                after=now.after,
            )
        )
    gone = {file.path for file in former.files}
    leaf.files = [file for file in leaf.files if file.path not in gone]


def _same(gone: Mapping[str, bytes | None], came: Mapping[str, bytes | None]) -> dict[str, str]:
    by_content: dict[bytes, list[str]] = defaultdict(list)
    for folder, data in gone.items():
        if data:
            by_content[data].append(folder)
    pairs: dict[str, str] = {}
    for folder, data in came.items():
        if data and (former := by_content.get(data)):
            # Of several the one whose last folder is named alike.
            last = folder.rpartition("/")[2]
            best = next((one for one in former if one.rpartition("/")[2] == last), former[0])
            former.remove(best)
            pairs[folder] = best
    return pairs


def _similar(gone: Mapping[str, bytes | None], came: Mapping[str, bytes | None]) -> dict[str, str]:
    """By lines in common, found through an index of lines: ten thousand leaves are not compared each with each."""
    old = {folder: _lines(data) for folder, data in gone.items() if data}
    index: dict[bytes, list[str]] = defaultdict(list)
    for folder, lines in old.items():
        for line in lines:
            index[line].append(folder)
    scored: list[tuple[float, str, str]] = []
    for folder, data in came.items():
        lines = _lines(data or b"")
        shared: Counter[str] = Counter()
        for line, count in lines.items():
            holders = index.get(line, ())
            if len(holders) <= COMMON_LINE:
                for former in holders:
                    shared[former] += min(count, old[former][line])
        for former, _ in shared.most_common(5):
            both = (lines & old[former]).total()
            score = both / max(lines.total(), old[former].total())
            if score >= SIMILAR:
                scored.append((-score, folder, former))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, folder, former in sorted(scored):
        if folder not in pairs and former not in taken:
            pairs[folder] = former
            taken.add(former)
    return pairs


def _lines(data: bytes) -> Counter[bytes]:
    return Counter(line for line in (raw.strip() for raw in data.splitlines()) if len(line) > 3)
