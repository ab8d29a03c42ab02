"""The contributions of a workspace: made, listed, found and put aside. Each is a folder `drafts/<id>/`."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from labtui import ids
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.errors import LabError, UsageError
from labtui.records import now
from labtui.workspace import Workspace

ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-z]+")
HIDDEN = ".new-"
"""How a folder's name begins until it is complete."""
ABANDONED = ".abandoned"
"""Where abandoned contributions lie, below `drafts/`."""
BLANK = {"draft.json", "taxonomy", ".lock", ".submitting"}
"""What a contribution nobody wrote into holds."""
SHORT_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
SHORT_LENGTH = 5


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution as a list shows it, one that cannot be read included."""

    id: str
    path: Path
    draft: Draft | None = None
    """None where it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""
    changed: datetime


def new(
    workspace: Workspace,
    kind: str | None = None,
    title: str = "",
    *,
    fill: Callable[[DraftFolder], object] = lambda folder: None,
) -> DraftFolder:
    """A new contribution; with `kind` (KNOWLEDGE, GROUNDED or FREEFORM) it has a first leaf, not placed yet.

    `fill` puts more into it before it is there for others. Raises LabError where it cannot be written, and what
    `fill` raises; then there is none.
    """
    made = now()
    short = "".join(SHORT_LETTERS[byte % len(SHORT_LETTERS)] for byte in os.urandom(SHORT_LENGTH))
    name = f"{made:%Y%m%dT%H%M%SZ}-{short}"
    final = workspace.drafts / name
    hidden = workspace.drafts / f"{HIDDEN}{name}"
    try:
        hidden.mkdir(parents=True, mode=0o700)
        folder = DraftFolder(hidden)
        folder.taxonomy.mkdir()
        folder.write(Draft(id=name, title=title, made=made, changed=made, taxonomy=str(workspace.taxonomy)))
        if kind is not None:
            from labtui.contribute.leaves.adding import add_leaf

            add_leaf(folder, kind)
        fill(folder)
        os.rename(hidden, final)
    except OSError as error:
        shutil.rmtree(hidden, ignore_errors=True)
        raise LabError(
            f"The contribution cannot be made: {error.strerror or error}.", where=str(workspace.drafts)
        ) from error
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return DraftFolder(final)


def list_drafts(workspace: Workspace) -> list[DraftFolder]:
    """Every contribution, newest first, broken ones included (their `load` says what is wrong). Raises LabError."""
    return list_in(workspace.drafts)


def summaries(workspace: Workspace) -> list[Summary]:
    """Every contribution with what it holds, the last changed first; one that cannot be read says why."""
    found = [_summary(folder) for folder in list_drafts(workspace)]
    return sorted(found, key=lambda summary: summary.changed, reverse=True)


def find(workspace: Workspace, id_or_prefix: str) -> DraftFolder:
    """The contribution meant by its id, the beginning of it, its short id (the last part), `last`, or a path.

    Raises UsageError where there is none or more than one.
    """
    text = id_or_prefix.strip()
    if os.sep in text:
        path = Path(text).expanduser().absolute()
        if DraftFolder(path).draft_file.is_file():
            return DraftFolder(path)
    known = list_drafts(workspace)
    if not known:
        raise UsageError(
            "There are no contributions in this workspace yet.",
            where=str(workspace.root),
            hint="Begin one with: labtui contribute new   (--workspace names another workspace)",
        )
    return ids.meant(text, known, lambda drafts: max(drafts, key=_made), "contribution", "labtui contribute list")


def abandon(folder: DraftFolder) -> Path:
    """Puts the contribution aside, whole; `restore` brings it back. Returns where it lies now.

    Raises LabError while it is being submitted, and where it cannot be moved. What was pushed stays where it is.
    """
    aside = folder.path.parent / ABANDONED
    if not folder.path.is_dir():
        raise UsageError("There is no such contribution.", where=str(folder.path))
    with folder.submission(), folder.locked():
        target = _free(aside / folder.id)
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            os.rename(folder.path, target)
        except OSError as error:
            raise LabError(f"The contribution cannot be moved: {error.strerror}.", where=str(folder.path)) from error
    return target


def discard_blank(folder: DraftFolder) -> bool:
    """Removes a contribution that nobody put anything into; any other is left alone. Whether it was removed.

    What somebody begins by a slip of the finger, and leaves at once, does not stay in the list.
    """
    with contextlib.suppress(LabError, OSError), folder.submission(), folder.locked():
        draft = folder.load()
        typed = draft.title or draft.teaches or draft.message or draft.leaves or draft.documents or draft.commit
        if not typed and {entry.name for entry in os.scandir(folder.path)} <= BLANK:
            shutil.rmtree(folder.path)
            return True
    return False


def restore(workspace: Workspace, draft_id: str) -> DraftFolder:
    """Brings an abandoned contribution back. Raises UsageError where there is none of that id."""
    if not draft_id or os.sep in draft_id or draft_id.startswith("."):
        raise UsageError(f"'{draft_id}' is no contribution's id.", hint="It is the name of its folder.")
    source, target = workspace.drafts / ABANDONED / draft_id, workspace.drafts / draft_id
    if os.path.lexists(target):
        raise UsageError("There is a contribution of that id already.", where=str(target))
    try:
        os.rename(source, target)
    except FileNotFoundError as error:
        raise UsageError(f"No contribution '{draft_id}' was abandoned here.", where=str(source.parent)) from error
    except OSError as error:
        raise LabError(f"The contribution cannot be moved: {error.strerror}.", where=str(source)) from error
    return DraftFolder(target)


def list_in(top: Path) -> list[DraftFolder]:
    """As `list_drafts`, of the folder that holds them."""
    try:
        with os.scandir(top) as entries:
            names = [entry.name for entry in entries if _is_draft(entry)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LabError(f"The contributions cannot be listed: {error.strerror}.", where=str(top)) from error
    return [DraftFolder(top / name) for name in sorted(names, reverse=True)]


def _is_draft(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False):
        return False
    return bool(ID.fullmatch(entry.name)) or os.path.exists(os.path.join(entry.path, "draft.json"))


def _summary(folder: DraftFolder) -> Summary:
    try:
        draft = folder.load()
    except LabError as error:
        return Summary(id=folder.id, path=folder.path, problem=error.what, changed=_touched(folder.path))
    return Summary(id=folder.id, path=folder.path, draft=draft, changed=last_changed(folder, draft))


def last_changed(folder: DraftFolder, draft: Draft) -> datetime:
    """When anything was written last: draft.json, or a file of a leaf."""
    paths = [place(leaf) for leaf in draft.leaves for place in (folder.leaf_file, folder.attribution_file)]
    return max([draft.changed, *(_touched(path) for path in paths)])


def _touched(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _made(folder: DraftFolder) -> tuple[str, datetime]:
    """By the second of the name, then by the time within: two may be made in one second."""
    made = datetime.fromtimestamp(0, UTC)
    with contextlib.suppress(LabError):
        made = folder.load().made
    return folder.id.partition("-")[0], made


def _free(path: Path) -> Path:
    """`path`, or one beside it that is not taken."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free
