"""The git commands of a submission as one would type them, made of the very words that are run.

Names in angle brackets stand for what is known only when the command before has run. What only reads this machine is
not among them; what asks another one is.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import msgspec

from labtui.contribute.submitting import history
from labtui.contribute.submitting.records import GitCommand, PlannedFile, SubmitStepName
from labtui.git_commits import BLOB_WORDS, INDEX_WORDS, TREE_WORDS, branch_words, commit_words, read_words
from labtui.git_push import branches_words, fetch_words, objects_words, push_words
from labtui.git_worktrees import add_words, remove_words

BASE, TREE, COMMIT, OBJECTS, NONE = "<base>", "<tree>", "<commit>", "<objects>", "0" * 40
_PLAIN = re.compile(r"[\w@%+=:,./<>-]+")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A clone that holds a part of the history or of the files only, and what is done about it."""

    place: Path
    """The repository that is made beside it, where what it is pushed to lacks the same."""
    bundle: Path
    base_address: str
    push_address: str
    """Both without secrets."""
    base_files: tuple[Path, ...]
    """The contributed leaves as the base has them."""
    lacks_folders: bool


class _Listed:
    def __init__(self) -> None:
        self.commands: list[GitCommand] = []

    def add(
        self, step: SubmitStepName, folder: Path | None, words: list[str], why: str = "", given: str | Path = ""
    ) -> None:
        place = f" -C {_quoted(os.fspath(folder))}" if folder is not None else ""
        source = f" < {_quoted(os.fspath(given))}" if given else ""
        text = f"git{place} {' '.join(_quoted(word) for word in words)}{source}"
        self.commands.append(GitCommand(step=step, text=text, why=why))


def commands(
    top: Path,
    worktree: Path,
    *,
    base_remote: str,
    base_branch: str,
    branch: str,
    push_to: str,
    before: str,
    local_before: str,
    files: tuple[PlannedFile, ...],
    sign: bool,
    may_fork: bool = False,
    part: Part | None = None,
) -> tuple[GitCommand, ...]:
    """What a submission runs that changes, asks or sends anything, in order. `before` is the commit that the pushed
    branch has now, `local_before` the branch here; empty for a new one. `may_fork`: a fork is used instead of `push_to`
    where the forge says that one may not push there. `part`: for a clone that does not hold everything."""
    listed = _Listed()
    step = SubmitStepName
    if base_remote:
        listed.add(step.BASE, top, branches_words(base_remote, [base_branch]), "asks where the taxonomy is now")
        listed.add(step.BASE, top, fetch_words(base_remote, base_branch), "what is new in it; no file changes")
        if part is not None and part.lacks_folders:
            why = "what this partial clone lacks of it, if anything: folders, the template for requests"
            listed.add(step.BASE, top, objects_words(base_remote, [OBJECTS]), why)
    listed.add(
        step.WORKTREE, top, add_words(worktree, BASE), "apart from your own work; writes no file of the taxonomy"
    )
    for file in files:
        if file.data_path:
            listed.add(step.COMMIT, top, [*BLOB_WORDS], given=file.data_path)
    listed.add(step.COMMIT, worktree, read_words(BASE))
    puts = "puts in: " + ", ".join(f"{file.path} ({file.change})" for file in files)
    listed.add(step.COMMIT, worktree, [*INDEX_WORDS], puts)
    listed.add(step.COMMIT, worktree, [*TREE_WORDS])
    listed.add(step.COMMIT, top, commit_words(TREE, (BASE,), sign=sign), "with the message shown above, signed off")
    listed.add(step.COMMIT, top, branch_words(branch, COMMIT, local_before or NONE), "the branch, in your clone")
    listed.add(step.TIDY, top, remove_words(worktree))
    if push_to:
        forked = ", or at your own fork if you may not push there" if may_fork else ""
        listed.add(step.PUSH, top, branches_words(push_to, [branch]), f"asks whether the branch is there{forked}")
        sent = push_words(push_to, COMMIT, branch, before)
        listed.add(step.PUSH, top, sent, "only this branch, and only as it is expected")
        if part is not None and base_remote:
            _with_history(listed, part, top, base_branch, branch, before)
    return tuple(listed.commands)


def _with_history(listed: _Listed, part: Part, top: Path, base_branch: str, branch: str, before: str) -> None:
    step, place = SubmitStepName.PUSH, part.place
    why = "only if that repository lacks what this clone lacks: all of it is brought together beside your clone"
    listed.add(step, None, history.init_words(place), why)
    listed.add(step, place, branches_words(part.base_address, [base_branch]))
    listed.add(step, place, fetch_words(part.base_address, base_branch, history.BASE_REF))
    for path in part.base_files:
        listed.add(step, top, [*BLOB_WORDS], given=path)
    listed.add(step, top, history.bundle_words(part.bundle, branch, BASE))
    listed.add(step, place, history.unbundle_words(part.bundle, branch))
    listed.add(step, place, push_words(part.push_address, COMMIT, branch, before), "and pushed from there")


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)
