"""The template for requests that the base of a contribution has, kept beside the draft.

The text of a request is made from it (`requests/template.py`), so it is looked for before that text is shown, and again
when the base was fetched.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from labtui import git
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.where import BaseBranch, Clone
from labtui.errors import LabError
from labtui.git_objects import blobs
from labtui.git_push import fetch_objects
from labtui.git_worktrees import LOCAL
from labtui.journal import atomic_write

_NAMES = ("pull_request_template.md", "pull_request_template.txt", "pull_request_template")
_PLACES = (
    *(f"{folder}{name}" for folder in (".forgejo/", ".gitea/", ".github/", "", "docs/") for name in _NAMES),
    ".gitlab/merge_request_templates/default.md",
)
"""Where the forges look, in lower case. A repository moved from one forge to another keeps the former one's."""
_FOLDERS = (".forgejo/", ".gitea/", ".github/", ".gitlab/merge_request_templates/", "docs/")
LARGEST = 100_000
"""Bytes; what is larger is no template."""


def keep_template(
    folder: DraftFolder,
    clone: Clone,
    base: BaseBranch,
    logins: Logins | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Writes the base's template into the draft's folder, or removes the one there where the base has none.

    What a partial clone lacks is fetched where `logins` are given. Where it cannot be had the draft stays as it is: a
    request can be read without it.
    """
    if not base.commit:
        return
    with suppress(LabError):
        data = _template(clone, base, logins, stop)
        if data is None:
            folder.template_file.unlink(missing_ok=True)
        elif data.decode("utf-8", "replace") != folder.template():
            atomic_write(folder.template_file, data)


def _template(clone: Clone, base: BaseBranch, logins: Logins | None, stop: threading.Event | None) -> bytes | None:
    """Raises LabError where that cannot be told."""
    listing = git.run(clone.top, "ls-tree", "-z", "--full-tree", base.commit, "--", *_listed(), environment=LOCAL).out
    found: dict[str, str] = {}
    for entry in listing.split(b"\0"):
        kind, _, path = entry.partition(b"\t")
        if b" blob " in kind and not kind.startswith(b"120000"):
            found.setdefault(os.fsdecode(path).lower(), kind.split()[2].decode())
    oid = next((found[place] for place in _PLACES if place in found), "")
    if not oid:
        return None
    (blob,) = blobs(clone.top, [oid])
    if blob.data is None and not blob.size and base.remote and logins is not None:
        fetch_objects(clone.top, base.remote, [oid], logins.for_address(clone.top, base.remote), stop)
        (blob,) = blobs(clone.top, [oid])
    if blob.data is None and not blob.size:
        raise LabError("The template is not here.", where=base.name)
    return blob.data if blob.data is not None and len(blob.data) <= LARGEST else None


def _listed() -> tuple[str, ...]:
    """What to list: git takes names as they are written, so the folders whole and the names at the top by their usual
    spellings."""
    top = (*_NAMES, *(name.upper().replace(".MD", ".md").replace(".TXT", ".txt") for name in _NAMES))
    return (*_FOLDERS, *top)
