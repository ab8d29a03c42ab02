"""Changed files put together to changed leaves: what belongs to which leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from labtui.taxonomy.comparing.file_changes import FileChange, State
from labtui.taxonomy.comparing.leaf_change import OtherFile
from labtui.taxonomy.layout import LEAF_FILE, ROOTS
from labtui.taxonomy.leaf import ATTRIBUTION


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
