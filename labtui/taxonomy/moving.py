"""Renaming and moving a leaf: its folder's files go along, with git where it knows them, and nothing is overwritten."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError, UsageError
from labtui.taxonomy.editing import drafts
from labtui.taxonomy.find import find_leaf, leaf_id
from labtui.taxonomy.layout import LEAF_FILE, ROOTS, leaf_files
from labtui.taxonomy.leaf import ATTRIBUTION
from labtui.taxonomy.leaf_names import checked, group_of


class Moved(msgspec.Struct, frozen=True):
    """A leaf that has another name now. This is also the shape of `labtui taxonomy move --json`."""

    old: str
    new: str
    path: Path
    """Of its qna.yaml now."""
    files: tuple[str, ...]
    """What was moved: names within its folder."""
    tracked: bool
    """Whether git knew it; then the move stands in git's index as well."""


def move_leaf(root: Path, old: str, new: str) -> Moved:
    """Gives the leaf `old` of the taxonomy in `root` the name `new`.

    Other leaves below its folder stay where they are. Raises UsageError where a name is odd or taken, and LabError
    where git or the disk refuse; then nothing was moved.
    """
    qna = find_leaf(root, old)
    folder = qna.parent
    old = leaf_id(root, qna)
    name = checked(new)
    if name == old:
        raise UsageError("That is its name already.", where=name)
    if old.partition("/")[0] in ROOTS and group_of(name.partition("/")[0]) != group_of(old.partition("/")[0]):
        raise UsageError(
            "Knowledge and skills are written differently: a leaf cannot become the other by moving it.",
            where=f"{old} to {name}",
            hint="Make a new leaf there and take the seeds over.",
        )
    target = root / name
    names = _belonging(folder, target)
    _refuse(root, folder, target, names)
    tracked = _tracked(folder, names)
    made = _make(target)
    try:
        _move(folder, target, names, tracked)
    except BaseException:
        _remove_empty(made)
        raise
    _tidy(root, folder)
    for file in (LEAF_FILE, ATTRIBUTION):
        drafts.moved(folder / file, target / file, root=root)
    return Moved(old, name, target / LEAF_FILE, tuple(names), LEAF_FILE in tracked)


def _belonging(folder: Path, target: Path) -> list[str]:
    """What lies in a leaf's folder: its files, and folders that hold no leaf of their own."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise LabError(f"The folder cannot be read ({error.strerror}).", where=str(folder)) from error
    names = []
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        path = Path(entry.path)
        if not is_folder or (target != path and not target.is_relative_to(path) and not any(leaf_files(path))):
            names.append(entry.name)
    return names


def _refuse(root: Path, folder: Path, target: Path, names: list[str]) -> None:
    for part in [target, *target.parents]:
        if part == root:
            break
        if part.is_symlink() or (os.path.lexists(part) and not part.is_dir()):
            raise UsageError(
                "Something that is no folder stands in the way.", where=str(part), hint="Choose another name."
            )
    if os.path.lexists(target / LEAF_FILE) and not _same_folder(folder, target):
        raise UsageError("There is a leaf of that name already.", where=str(target), hint="Choose another name.")
    for name in names:
        if os.path.lexists(target / name) and not _same_folder(folder, target):
            raise UsageError(
                f"There is another {name} where the leaf should go.", where=str(target), hint="Choose another name."
            )
        path = folder / name
        if path.is_symlink() and not os.path.isabs(os.readlink(path)):
            raise LabError(
                f"{name} is a link to a place relative to its folder, and would lead nowhere afterwards.",
                where=str(path),
                hint="Put the file itself there first.",
            )


def _same_folder(folder: Path, target: Path) -> bool:
    """Whether two names are one folder: only the case differs, on a disk that does not mind it."""
    try:
        return os.path.samefile(folder, target)
    except OSError:
        return False


def _tracked(folder: Path, names: list[str]) -> list[str]:
    """Those of `names` that git knows, wholly or in part."""
    top = git.root(folder) if git.available() else None
    if top is None:
        return []
    listed = git.run(folder, "ls-files", "-z", "--", *names, environment={"GIT_LITERAL_PATHSPECS": "1"}).out.split(
        b"\0"
    )
    known = {os.fsdecode(path).partition("/")[0] for path in listed if path}
    return [name for name in names if name in known]


def _make(target: Path) -> list[Path]:
    """Makes the folder and those above it; returns what was made, the innermost first."""
    missing = [part for part in [target, *target.parents] if not part.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"The folder cannot be made ({error.strerror}).", where=str(target)) from error
    return missing


def _move(folder: Path, target: Path, names: list[str], tracked: list[str]) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for name in names:
            if name not in tracked:
                os.rename(folder / name, target / name)
                done.append((folder / name, target / name))
        if tracked:
            # Absolute paths: git reads those in a work tree, and one command moves all or none.
            git.run(folder, "mv", "--", *(os.fspath(folder / name) for name in tracked), os.fspath(target))
    except (OSError, LabError) as error:
        for source, moved in reversed(done):
            with contextlib.suppress(OSError):
                os.rename(moved, source)
        if isinstance(error, LabError):
            raise
        raise LabError(f"The leaf cannot be moved ({error.strerror}).", where=str(folder)) from error


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _tidy(root: Path, folder: Path) -> None:
    """Removes the folders that are empty now, but never one of the taxonomy's top folders."""
    while folder != root and folder.parent != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
