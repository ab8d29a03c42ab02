"""What a contribution is compared with: the base of the clone it is for, and leaves as they are there."""

from __future__ import annotations

import contextlib
from pathlib import Path

from labtui import config, git
from labtui.contribute.drafts.draft_folder import FILES
from labtui.errors import LabError
from labtui.git_objects import blobs, commits
from labtui.taxonomy.comparing.base import Base, find_default, resolve
from labtui.taxonomy.layout import LEAF_FILE
from labtui.workspace import Workspace

_LINK = "120000"


def base_of(root: Path, workspace: Workspace) -> Base:
    """The commit at which the present branch left the base branch (the setting `taxonomy.base`, else found).

    `everything` where nothing is committed yet. Raises LabError where nothing can be compared.
    """
    base = resolve(root, None, config.load(workspace).settings.taxonomy.base)
    if base.everything and not base.commit:
        # That every leaf counts as new is for generation; a request is always made against something.
        base = resolve(root, find_default(root))
    return base


def commit_for(root: Path, workspace: Workspace, before: str) -> str:
    """The base for one more leaf of a contribution: the same as its other leaves' where the clone still has it."""
    if before and commits(root, [before])[0]:
        return before
    return base_of(root, workspace).commit


def files_at(root: Path, commit: str, leaf_id: str) -> dict[str, bytes]:
    """A leaf's files by name as they are in `commit`; without qna.yaml there is no such leaf. Links are left out.

    `root` is the taxonomy's folder. Raises LabError where git cannot tell, or lacks a content (a partial clone).
    """
    if not commit:
        return {}
    listed = git.run(root, "ls-tree", "-z", commit, "--", *(f"{leaf_id}/{name}" for name in FILES)).out
    oids: dict[str, str] = {}
    for entry in filter(None, listed.split(b"\0")):
        facts, _, path = entry.partition(b"\t")
        mode, kind, oid = facts.decode("ascii", "replace").split(" ")
        if kind == "blob" and mode != _LINK:
            oids[path.rpartition(b"/")[2].decode("utf-8", "replace")] = oid
    if LEAF_FILE not in oids:
        return {}
    contents = {blob.oid: blob.data for blob in blobs(root, oids.values())}
    found = {}
    for name, oid in oids.items():
        data = contents.get(oid)
        if data is None:
            raise LabError(
                "This clone holds only a part of the history, and not this file.",
                where=f"{leaf_id}/{name}",
                hint=f"Fetch it with: git -C '{root}' cat-file -s {oid}",
            )
        found[name] = data
    return found


def has_leaf(root: Path, commit: str, leaf_id: str) -> bool:
    """Whether a leaf of that name stands in `commit`; no where git cannot tell."""
    with contextlib.suppress(LabError):
        return bool(commit) and bool(git.run(root, "ls-tree", "-z", commit, "--", f"{leaf_id}/{LEAF_FILE}").out)
    return False
