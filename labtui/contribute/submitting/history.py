"""Pushing from a clone whose history is cut off: the repository it goes to may lack what lies before the cut.

A fork that is behind cannot take a commit whose ancestors it has not, and a shallow clone cannot give them. They are
then fetched into a repository of the draft's, so that the clone stays as shallow as its owner made it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from labtui import git
from labtui.contribute.draft_folder import DraftFolder
from labtui.contribute.submitting.where import BaseBranch
from labtui.errors import LabError
from labtui.git_push import Login, PushError, address_of, fetch_branch, push


def push_with_history(
    top: Path,
    folder: DraftFolder,
    base: BaseBranch,
    to: str,
    commit: str,
    branch: str,
    expected: str,
    login: Login | None,
    on_progress: Callable[[git.Step], None],
    stop: threading.Event,
) -> None:
    """As `git_push.push`, also where this clone's history ends too early for `to`."""
    try:
        push(top, to, commit, branch, expected, login, on_progress, stop)
        return
    except PushError as error:
        if error.refusal != "shallow" or not base.remote:
            raise
    place = folder.path / "history"
    bundle = folder.path / "history.bundle"
    try:
        shutil.rmtree(place, ignore_errors=True)
        git.run(None, "init", "--quiet", "--template=", "--", os.fspath(place))
        source = _address(top, base.remote)
        fetch_branch(place, source, base.branch, "refs/labtui/base", login, on_progress, stop)
        git.run(top, "bundle", "create", "--quiet", os.fspath(bundle), f"refs/heads/{branch}", f"^{base.commit}")
        git.run(place, "fetch", "--quiet", "--no-write-fetch-head", "--", os.fspath(bundle),
                f"refs/heads/{branch}:refs/heads/{branch}")  # fmt: skip
        push(place, _address(top, to, pushing=True), commit, branch, expected, login, on_progress, stop)
    except PushError:
        raise
    except LabError as error:
        raise PushError(
            f"This clone's history is cut off, and the rest of it cannot be had: {error.what}",
            "shallow",
            where=address_of(top, to),
            hint=f"Get it once: git -C '{top}' fetch --unshallow",
        ) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        bundle.unlink(missing_ok=True)


def _address(top: Path, to: str, *, pushing: bool = False) -> str:
    """The address with whatever it carries, for git alone."""
    words = ["remote", "get-url", *(["--push"] if pushing else []), "--", to]
    found = git.run(top, *words, check=False)
    return os.fsdecode(found.out.splitlines()[0]) if found.code == 0 and found.out.strip() else to
