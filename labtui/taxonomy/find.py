"""From what a person typed to the leaf they mean."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from labtui.errors import UsageError
from labtui.taxonomy.layout import LEAF_FILE, leaf_files


def find_leaf(root: Path, name: str) -> Path:
    """The qna.yaml of the leaf `name`.

    `name` is the folder's path from the root; the path of the folder or of its qna.yaml, as a shell completes it,
    works too. Raises UsageError that names the nearest leaf.
    """
    wanted = name.strip().rstrip("/")
    if wanted.endswith(f"/{LEAF_FILE}"):
        wanted = wanted.removesuffix(f"/{LEAF_FILE}")
    if wanted and ".." not in Path(wanted).parts and not os.path.isabs(wanted):
        direct = root / wanted / LEAF_FILE
        if direct.is_file():
            return direct
    if (typed := _as_path(root, wanted)) is not None:
        return typed
    ids = {leaf_id(root, path): path for path in leaf_files(root)}
    if wanted in ids:
        return ids[wanted]
    raise UsageError(
        f"There is no leaf '{name}'.", where=str(root), hint=_nearest(wanted, list(ids)) or _how_to_list(bool(ids))
    )


def _as_path(root: Path, wanted: str) -> Path | None:
    """`wanted` as a path from the current folder, if it leads to a leaf of this taxonomy."""
    try:
        inside = Path(wanted).resolve().relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        return None
    path = root / inside / LEAF_FILE
    return path if wanted and path.is_file() else None


def _nearest(wanted: str, ids: list[str]) -> str:
    last = wanted.rpartition("/")[2].lower()
    same = [name for name in ids if name.rpartition("/")[2].lower() == last]
    holding = [name for name in ids if last and last in name.rpartition("/")[2].lower()]
    close = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.6)
    ends = {name.rpartition("/")[2]: name for name in ids}
    near = [ends[end] for end in difflib.get_close_matches(last, list(ends), n=3, cutoff=0.6)]
    found = list(dict.fromkeys([*same, *close, *holding, *near]))[:3]
    return "Did you mean " + ", or ".join(f"'{name}'" for name in found) + "?" if found else ""


def _how_to_list(any_: bool) -> str:
    return "List them with: labtui taxonomy list" if any_ else "This taxonomy holds no leaves yet."


def leaf_id(root: Path, path: Path) -> str:
    """A leaf's name: its folder's path from the taxonomy's root. Bytes that are not UTF-8 are written as escapes."""
    folder = path.parent.relative_to(root).as_posix()
    return folder.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
