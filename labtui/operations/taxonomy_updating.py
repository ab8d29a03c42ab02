"""Taking over what others did to the taxonomy: fetch, say what came, and move forward where nothing of ours is in
the way. Never a merge, never over work that is not committed: where moving forward is no plain step it is said what
to do, and nothing is done.
"""

from __future__ import annotations

import enum
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from labtui import git, git_remote
from labtui.errors import LabError
from labtui.operations.taxonomy_upstream import followed
from labtui.taxonomy.comparing.coming import Coming, ComingLeaf, coming
from labtui.taxonomy.comparing.file_changes import file_changes
from labtui.taxonomy.comparing.leaf_sides import shown

MOST_NAMED = 20
"""Files in the way that an advice names."""


class Standing(enum.StrEnum):
    """How the present branch and the one it follows stand to each other."""

    CURRENT = "current"
    BEHIND = "behind"
    """What came can be taken over."""
    BLOCKED = "blocked"
    """It could be, but files with uncommitted work are in the way."""
    DIVERGED = "diverged"
    REWRITTEN = "rewritten"
    """The remote branch no longer has what it had; the present branch has nothing of its own."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What fetching brought. This is also the shape of `labtui taxonomy update --json`."""

    branch: str
    upstream: str
    """`origin/main`"""
    before: str
    """The present commit, in full; empty before the first one."""
    after: str
    """The commit of the remote branch, in full."""
    standing: Standing
    commits: int = 0
    """How many came."""
    own: int = 0
    """Commits of ours that the remote branch does not have."""
    leaves: list[ComingLeaf] = []
    other_files: int = 0
    """Files that came and belong to no leaf."""
    in_the_way: list[str] = []
    """Files with uncommitted work that came as well."""
    advice: str = ""
    """What to do where nothing was done."""
    done: bool = False
    """Whether the working tree was moved forward."""


def look(
    root: Path,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> Update:
    """Fetches, and says what came. No file of the taxonomy is touched.

    `on_progress` gets how far the fetching is; setting `stop` breaks it off. Raises LabError where there is nothing
    to fetch from, no branch to move, something begun and not ended, or no network.
    """
    branch, follows = followed(root)
    had = git_remote.tip(root, follows.ref)
    git_remote.fetch(root, follows.remote, on_progress, stop)
    after = git_remote.tip(root, follows.ref)
    if not after or (after == had and not git_remote.was_fetched(root, follows)):
        raise LabError(
            f"The remote branch {follows.name} is gone.",
            where=os.fspath(root),
            hint=f"See which there are: git -C '{root}' fetch --prune && git -C '{root}' branch --remotes\n"
            f"and follow one of them: git -C '{root}' branch --set-upstream-to=ONE {branch}",
        )
    before = git_remote.tip(root, "HEAD")
    known = Update(branch=branch, upstream=follows.name, before=before, after=after, standing=Standing.CURRENT)
    if before == after:
        return known
    if not before or git_remote.is_ancestor(root, before, after):
        return _behind(root, known)
    own = git_remote.count_between(root, after, before)
    if git_remote.is_ancestor(root, after, before):
        return msgspec.structs.replace(known, own=own)
    return _apart(root, msgspec.structs.replace(known, own=own), had)


def forward(root: Path, update: Update) -> Update:
    """Moves the working tree on to what `look` found; hooks and filters of the repository do not run.

    Raises LabError where it is not to be had any more, or where git refuses; nothing is changed then.
    """
    if update.standing is not Standing.BEHIND:
        raise LabError(update.advice or "There is nothing to take over.", where=os.fspath(root))
    if git_remote.tip(root, "HEAD") != update.before:
        raise LabError(
            "Another commit is checked out than a moment ago.", where=os.fspath(root), hint="Look at what came again."
        )
    if blocked := _in_the_way(root, update.before, _coming(root, update).paths):
        raise LabError(_blocked(root, blocked), where=os.fspath(root))
    git_remote.move_forward(root, update.after)
    return msgspec.structs.replace(update, done=True)


def _coming(root: Path, update: Update) -> Coming:
    return coming(root, update.before or git_remote.empty_tree(root), update.after, update.before)


def _behind(root: Path, known: Update) -> Update:
    came = _coming(root, known)
    blocked = _in_the_way(root, known.before, came.paths)
    return msgspec.structs.replace(
        known,
        standing=Standing.BLOCKED if blocked else Standing.BEHIND,
        commits=git_remote.count_between(root, known.before, known.after),
        leaves=came.leaves,
        other_files=came.others,
        in_the_way=blocked,
        advice=_blocked(root, blocked) if blocked else "",
    )


def _apart(root: Path, known: Update, had: str) -> Update:
    """Each side has commits the other lacks."""
    came = git_remote.count_between(root, known.before, known.after)
    mine = f"{known.own:,} commit{'' if known.own == 1 else 's'}"
    if had and git_remote.is_ancestor(root, known.before, had):
        return msgspec.structs.replace(
            known,
            standing=Standing.REWRITTEN,
            commits=came,
            advice=f"The history of {known.upstream} was rewritten: {mine} of it are no longer there. None of them is "
            f"yours alone.\nTake the new history over, uncommitted work kept: git -C '{root}' reset --keep "
            f"{known.upstream}",
        )
    return msgspec.structs.replace(
        known,
        standing=Standing.DIVERGED,
        commits=came,
        advice=f"The branch '{known.branch}' has {mine} that {known.upstream} lacks, and that has {came:,} others.\n"
        f"Put yours on top of them: git -C '{root}' rebase {known.upstream}\n"
        f"or join the two: git -C '{root}' merge {known.upstream}",
    )


def _in_the_way(root: Path, before: str, came: Iterable[str]) -> list[str]:
    """Files with uncommitted work that came too, or that stand where a folder must stand, or the other way round."""
    mine = [change.path for change in file_changes(root, before)] if before else _all(root)
    arriving = set(came)
    folders = {folder for path in arriving for folder in _parents(path)}
    return [
        shown(path)
        for path in mine
        if path in arriving or path in folders or any(folder in arriving for folder in _parents(path))
    ]


def _all(root: Path) -> list[str]:
    """Every file there is before the first commit."""
    listing = git.run(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").out
    return sorted({os.fsdecode(path) for path in listing.split(b"\0") if path})


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _blocked(root: Path, files: list[str]) -> str:
    named = "\n".join(f"  {path}" for path in files[:MOST_NAMED])
    more = f"\n  … and {len(files) - MOST_NAMED:,} more" if len(files) > MOST_NAMED else ""
    one = len(files) == 1
    return (
        f"{'A file' if one else f'{len(files):,} files'} with uncommitted work came as well; nothing was changed:\n"
        f"{named}{more}\nCommit {'it' if one else 'them'} and try again, or put your work aside, update, and take it "
        f"back:\n  git -C '{root}' stash --include-untracked\n  git -C '{root}' stash pop"
    )
