"""Pushing from a clone that holds a part only: the repository it goes to may lack what the clone lacks as well.

A fork that is behind must be given everything since. What a shallow or partial clone cannot give is fetched into a
repository of the draft's, and pushed from there: the clone stays as its owner made it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from labtui import git
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.basing import lend_base
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.where import BaseBranch
from labtui.errors import LabError
from labtui.git_push import PushError, address_of, fetch_branch, push
from labtui.git_worktrees import LOCAL

BASE_REF = "refs/labtui/base"


def place_of(folder: DraftFolder) -> Path:
    """The repository that is made where it is needed, and gone afterwards."""
    return folder.path / "history"


def bundle_of(folder: DraftFolder) -> Path:
    return folder.path / "history.bundle"


def init_words(place: Path) -> list[str]:
    return ["init", "--quiet", "--template=", "--", os.fspath(place)]


def bundle_words(bundle: Path, branch: str, base: str) -> list[str]:
    return ["bundle", "create", "--quiet", os.fspath(bundle), f"refs/heads/{branch}", f"^{base}"]


def unbundle_words(bundle: Path, branch: str) -> list[str]:
    ref = f"refs/heads/{branch}"
    return ["fetch", "--quiet", "--no-write-fetch-head", "--", os.fspath(bundle), f"{ref}:{ref}"]


def push_with_history(
    top: Path,
    folder: DraftFolder,
    base: BaseBranch,
    to: str,
    commit: str,
    branch: str,
    expected: str,
    logins: Logins,
    on_progress: Callable[[git.Step], None],
    stop: threading.Event,
) -> None:
    """As `git_push.push`, also where this clone lacks what `to` needs."""
    login = logins.for_address(top, to)
    try:
        push(top, to, commit, branch, expected, login, on_progress, stop)
        return
    except PushError as error:
        if error.refusal != "shallow" or not base.remote:
            raise
    place, bundle = place_of(folder), bundle_of(folder)
    try:
        shutil.rmtree(place, ignore_errors=True)
        git.run(None, *init_words(place))
        source = _address(top, base.remote)
        of_base = logins.for_address(top, base.remote)
        fetch_branch(place, source, base.branch, BASE_REF, of_base, on_progress, stop)
        lend_base(folder, top)
        git.run(top, *bundle_words(bundle, branch, base.commit), environment=LOCAL)
        git.run(place, *unbundle_words(bundle, branch))
        push(place, _address(top, to, pushing=True), commit, branch, expected, login, on_progress, stop)
    except PushError:
        raise
    except LabError as error:
        raise PushError(
            f"This clone holds a part of the history only, and the rest of it cannot be had: {error.what}",
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
