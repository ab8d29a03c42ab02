"""A contribution's folder may come from a stranger: what in it would lead elsewhere is refused before it is used.

Names in draft.json become paths. A link in place of a file would have what it leads to sent, or written over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from labtui.errors import LabError


def refuse_way_out(name: str, where: str = "") -> str:
    """Returns a leaf's or document's name that stays below the folder it is put into. Raises LabError for others."""
    parts = name.split("/")
    if "\0" in name or any(part in ("", ".", "..") for part in parts) or parts[0].startswith("."):
        raise LabError(
            f"'{name}' is no name of a leaf or document.",
            where=where,
            hint="Name leaves by their folders, such as: knowledge/science/birds/chickadee",
        )
    return name


def refuse_links(top: Path, paths: Iterable[Path]) -> None:
    """Raises LabError where a link stands on the way from `top` (included) to one of the paths below it."""
    seen = set()
    for path in paths:
        for part in (path, *path.parents):
            if part in seen:
                break
            seen.add(part)
            if part.is_symlink():
                raise link_at(part)
            if part == top:
                break


def refuse_links_in(folder: Path) -> None:
    """Raises LabError where an entry of the folder is a link. No folder is none."""
    try:
        with os.scandir(folder) as entries:
            found = next((entry.path for entry in entries if entry.is_symlink()), None)
    except OSError:
        return
    if found is not None:
        raise link_at(Path(found))


def link_at(path: Path) -> LabError:
    return LabError(
        "A link stands where a file of the contribution should be.",
        where=str(path),
        hint="Put the file itself there: what a link leads to is never sent and never written.",
    )
