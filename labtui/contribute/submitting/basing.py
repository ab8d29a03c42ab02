"""The base branch fetched, and what files say there; also in a clone that holds only a part of the history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from labtui import git
from labtui.contribute.drafts.draft_folder import FILES, DraftFolder
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.files import content, in_commit
from labtui.contribute.submitting.where import BaseBranch, Clone
from labtui.errors import LabError
from labtui.git_commits import is_partial, missing_trees, write_blob
from labtui.git_objects import blobs
from labtui.git_push import default_branch, fetch_branch, fetch_objects

ROUNDS = 8
"""So often what a partial clone lacks is asked for; one round brings all folders of a commit."""


def fetch_base(
    clone: Clone,
    base: BaseBranch,
    logins: Logins,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> BaseBranch:
    """The base as it is at its remote now, fetched with its folders. Without a remote it is what it is here.

    Raises PushError where it cannot be reached, LabError where there is nothing to contribute to.
    """
    if not base.remote:
        return base
    top, remote = clone.top, base.remote
    login = logins.for_address(top, remote)
    branch = base.branch or default_branch(top, remote, login, stop)
    if not branch:
        raise LabError(
            "The taxonomy's repository holds no branch yet, so there is nothing to contribute to.", where=remote
        )
    tip = fetch_branch(top, remote, branch, login=login, on_progress=on_progress, stop=stop)
    if is_partial(top):
        for _ in range(ROUNDS):
            if not (missing := missing_trees(top, tip)):
                break
            fetch_objects(top, remote, missing, login, stop)
    return BaseBranch(name=f"{remote}/{branch}", remote=remote, branch=branch, commit=tip)


def leaf_at(
    clone: Clone, base: BaseBranch, leaf_id: str, logins: Logins, stop: threading.Event | None = None
) -> dict[str, bytes]:
    """The files of a leaf in the base, by name; empty where it has no such leaf. What a partial clone lacks of them is
    fetched. Raises LabError."""
    top: Path = clone.top
    there = in_commit(top, base.commit, [f"{clone.inside}{leaf_id}/{name}" for name in FILES])
    found = {path.rpartition("/")[2]: blob for path, blob in there.items()}
    contents = {blob.oid: blob.data for blob in blobs(top, found.values())}
    if absent := [oid for oid, data in contents.items() if data is None]:
        if base.remote:
            fetch_objects(top, base.remote, absent, logins.for_address(top, base.remote), stop)
        contents |= {blob.oid: blob.data for blob in blobs(top, absent)}
    files = {}
    for name, oid in found.items():
        data = contents.get(oid)
        if data is None:
            raise LabError("The base's version of this file cannot be read.", where=f"{leaf_id}/{name}")
        files[name] = data
    return files


def base_files(folder: DraftFolder) -> list[Path]:
    """The contributed leaves as they were in the base."""
    return [path for path in sorted(folder.base.rglob("*")) if path.is_file() and not path.is_symlink()]


def lend_base(folder: DraftFolder, top: Path) -> None:
    """Puts them into the clone's objects: a partial one may lack them, and differences are made from them."""
    for path in base_files(folder):
        write_blob(top, content(path))
