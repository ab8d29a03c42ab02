"""Names of leaves as a person gives them: folders from the taxonomy's root, lower case, underscores for spaces."""

from __future__ import annotations

import os
import re

from labtui.errors import UsageError
from labtui.taxonomy.layout import FOUNDATIONAL, KNOWLEDGE, LEAF_FILE, MAX_FOLDERS_DEEP, ROOTS, SKILLS

LONGEST = 200
"""Bytes of one folder's name."""
EXAMPLE = "knowledge/science/birds/chickadee"
_GOOD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")


def checked(name: str, top: str = "") -> str:
    """`name` as the name of a leaf, or UsageError that proposes a better one.

    `top` (KNOWLEDGE or SKILLS) is put before a name that begins with no top folder, and must be the one it begins
    with.
    """
    parts = [part for part in name.strip().split("/") if part not in ("", ".")]
    if parts and parts[-1] == LEAF_FILE:
        parts.pop()
    if top and parts and parts[0] not in ROOTS:
        parts.insert(0, top)
    if os.path.isabs(name.strip()) or ".." in parts:
        raise UsageError("A leaf is named by its place in the taxonomy.", where=name, hint=f"Such as: {EXAMPLE}")
    if not parts or parts[0] not in ROOTS:
        raise UsageError(
            f"A leaf's name begins with {KNOWLEDGE} or {SKILLS}.",
            where=name,
            hint=f"Such as: {'/'.join([SKILLS, *map(tidy, parts)]) if parts else EXAMPLE}",
        )
    if top and group_of(parts[0]) != group_of(top):
        wanted = "knowledge" if top == KNOWLEDGE else "a skill"
        raise UsageError(f"{parts[0]} is no place for {wanted}.", where=name, hint=f"Begin with: {top}/")
    if len(parts) == 1:
        raise UsageError("A leaf needs a folder of its own.", where=name, hint=f"Such as: {EXAMPLE}")
    if len(parts) > MAX_FOLDERS_DEEP:
        raise UsageError(f"A leaf lies at most {MAX_FOLDERS_DEEP} folders deep.", where=f"{name:.80}…")
    odd = [part for part in parts[1:] if not is_good(part)]
    if odd:
        raise UsageError(
            f"Folders are named in lower case with underscores: '{odd[0]:.60}' is not.",
            where=name,
            hint=f"Take: {'/'.join([parts[0], *map(tidy, parts[1:])])}",
        )
    return "/".join(parts)


def group_of(top: str) -> str:
    """Whether a top folder holds knowledge or skills."""
    return SKILLS if top == FOUNDATIONAL else top


def is_good(part: str) -> bool:
    """Whether a folder may be named so."""
    try:
        size = len(part.encode())
    except UnicodeEncodeError:
        return False
    return _GOOD.fullmatch(part) is not None and part == part.lower() and size <= LONGEST


def tidy(part: str) -> str:
    """The nearest name a folder may have."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", part)
    kept = re.sub(r"_+", "_", re.sub(r"[\W\ud800-\udfff]+", "_", parted)).strip("_").lower()
    while len(kept.encode("utf-8", "replace")) > LONGEST:
        kept = kept[:-1].rstrip("_")
    return kept or "miscellaneous_unknown"
