"""Changed files put together to changed leaves: what belongs to which leaf, and which was only renamed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from labtui.taxonomy.file_changes import FileChange, State
from labtui.taxonomy.layout import LEAF_FILE, ROOTS
from labtui.taxonomy.leaf import ATTRIBUTION
from labtui.taxonomy.leaf_change import OtherFile

SIMILAR = 0.5
"""Share of lines two files must have in common to be one leaf that was renamed, as git has it."""
COMMON_LINE = 50
"""A line that so many leaves have tells nothing about which is which."""


class LeafSides(msgspec.Struct, kw_only=True):
    """One leaf that differs, before anything in it is compared."""

    folder: str
    """From the taxonomy's root, as the system names it; a deleted leaf's former one."""
    state: State
    old_folder: str = ""
    """Where a renamed leaf was."""
    main: FileChange | None = None
    """Its qna.yaml, where that differs; of a renamed leaf as it is now."""
    before: str = ""
    """Object name of the qna.yaml as it was; empty where there was none, or where it does not differ."""
    was_link: bool = False
    attribution: FileChange | None = None
    files: list[OtherFile] = []

    @property
    def id(self) -> str:
        return shown(self.folder)


class Grouped(msgspec.Struct, frozen=True):
    leaves: list[LeafSides]
    """By id."""
    misnamed: list[str]
    """Files that want to be a leaf but are not named qna.yaml, from the taxonomy's root."""
    others: list[str]
    """Files that belong to no leaf."""


def group(changes: Iterable[FileChange], is_leaf: Callable[[str], bool]) -> Grouped:
    """The changed files by leaf. `is_leaf(folder)` says whether a qna.yaml stands in `folder` now."""
    found: dict[str, LeafSides] = {}
    rest: list[FileChange] = []
    for change in changes:
        folder, _, file = change.path.rpartition("/")
        if file == LEAF_FILE:
            found[folder] = LeafSides(
                folder=folder, state=change.state, main=change, before=change.before, was_link=change.was_link
            )
        else:
            rest.append(change)
    misnamed, others = [], []
    for change in rest:
        owner = _owner(change.path, lambda place: place in found or is_leaf(place))
        if _is_misnamed(change):
            misnamed.append(change.path)
        elif owner is None:
            others.append(change.path)
        else:
            _beside(found.setdefault(owner, LeafSides(folder=owner, state=State.CHANGED)), change)
    return Grouped([found[folder] for folder in sorted(found)], misnamed, others)


def shown(path: str) -> str:
    """A path as text: bytes that are not UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _owner(path: str, is_leaf: Callable[[str], bool]) -> str | None:
    """The nearest folder above that is a leaf's."""
    folder = path
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        if is_leaf(folder):
            return folder
    return None


def _beside(leaf: LeafSides, change: FileChange) -> None:
    inside = change.path.removeprefix(f"{leaf.folder}/")
    if inside == ATTRIBUTION:
        leaf.attribution = change
    else:
        leaf.files.append(OtherFile(shown(inside), change.state))


def _is_misnamed(change: FileChange) -> bool:
    """As `layout.candidates` has it: a YAML file below one of the roots, or with `qna` in its name."""
    name = change.path.rpartition("/")[2].lower()
    if change.state is State.DELETED or not name.endswith((".yaml", ".yml")):
        return False
    hidden = any(part.startswith(".") for part in change.path.split("/"))
    return not hidden and ("qna" in name or change.path.partition("/")[0] in ROOTS)


# -- renamed leaves --------------------------------------------------------------------------------------------------


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
    pairs |= _similar(
        {folder: data for folder, data in gone.items() if folder not in pairs.values()},
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
