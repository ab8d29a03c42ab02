"""Which files of a folder are leaves: names, roots and the walk over them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

KNOWLEDGE = "knowledge"
SKILLS = "compositional_skills"
FOUNDATIONAL = "foundational_skills"
ROOTS = (SKILLS, FOUNDATIONAL, KNOWLEDGE)
"""The top folders of a taxonomy, in the order they are listed."""
LEAF_FILE = "qna.yaml"
MAX_FOLDERS_DEEP = 60


def looks_like_taxonomy(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in ROOTS)


def roots(folder: Path) -> list[Path]:
    """The taxonomy's top folders that are there; the folder itself where none is."""
    found = [folder / name for name in ROOTS if (folder / name).is_dir()]
    return found or [folder]


def leaf_files(folder: Path, unlisted: Callable[[str, OSError], None] | None = None) -> Iterator[Path]:
    """Every qna.yaml of a taxonomy, sorted by folder within each root. Hidden folders and linked ones are left out.

    `unlisted` is told of each folder that cannot be listed.
    """
    for top in roots(folder):
        yield from (file for file in _walk(top, unlisted) if file.name == LEAF_FILE)


def candidates(path: Path) -> Iterator[Path]:
    """The files a check looks at: `path` itself, or in a folder everything that is or wants to be a qna.yaml.

    Below one of the roots that is any YAML file, elsewhere one whose name holds `qna`.
    """
    return map(Path, candidate_names(path))


def candidate_names(path: Path, unlisted: Callable[[str, OSError], None] | None = None) -> Iterator[str]:
    """As `candidates`, as plain texts: making a Path of each of many files takes longer than finding them.

    `unlisted` is told of each folder that cannot be listed.
    """
    top = os.fspath(path)
    if not os.path.isdir(top):
        yield top
        return
    inside = any(part in ROOTS for part in os.path.abspath(top).split(os.sep))
    for file in _walk_names(top, unlisted):
        name = file.rpartition(os.sep)[2].lower()
        if name == LEAF_FILE or (
            name.endswith((".yaml", ".yml"))
            and ("qna" in name or inside or any(part in ROOTS for part in file[len(top) :].split(os.sep)))
        ):
            yield file


def _walk(top: Path, unlisted: Callable[[str, OSError], None] | None) -> Iterator[Path]:
    return map(Path, _walk_names(os.fspath(top), unlisted))


def _walk_names(top: str, unlisted: Callable[[str, OSError], None] | None = None) -> Iterator[str]:
    """Files below `top`, each folder's before its subfolders', in order of their names."""
    stack: list[tuple[str, int]] = [(top, 0)]
    while stack:
        folder, depth = stack.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if unlisted is not None:
                unlisted(folder, error)
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
            except OSError:
                is_folder = False
            if is_folder and entry.name != LEAF_FILE:
                folders.append((entry.path, depth + 1))
            elif not (entry.is_symlink() and _leads_out(entry.path, Path(top))):
                yield entry.path
        if depth < MAX_FOLDERS_DEEP:
            stack.extend(reversed(folders))


def _leads_out(path: str, top: Path) -> bool:
    """Whether a link points to a folder, or to something outside of the taxonomy it stands in."""
    try:
        target = Path(path).resolve()
        return target.is_dir() or not target.is_relative_to(top.resolve())
    except (OSError, RuntimeError):
        return True
