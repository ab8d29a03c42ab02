"""The git commands of a submission as one would type them, made of the very words that are run.

Names in angle brackets stand for what is known only when the command before has run. What only reads is not among
them.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from labtui.contribute.submitting.records import GitCommand, PlannedFile, SubmitStepName
from labtui.git_commits import BLOB_WORDS, INDEX_WORDS, TREE_WORDS, branch_words, commit_words, read_words
from labtui.git_push import fetch_words, push_words
from labtui.git_worktrees import add_words, remove_words

BASE, TREE, COMMIT, NONE = "<base>", "<tree>", "<commit>", "0" * 40
_PLAIN = re.compile(r"[\w@%+=:,./<>-]+")


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
) -> tuple[GitCommand, ...]:
    """What a submission runs that changes or sends anything, in order. `before` is the commit that the pushed branch
    has now, `local_before` the branch here; empty for a new one."""  # fmt: skip
    listed: list[GitCommand] = []

    def add(step: SubmitStepName, folder: Path, words: list[str], why: str = "", given: str = "") -> None:
        text = f"git -C {_quoted(os.fspath(folder))} {' '.join(_quoted(word) for word in words)}{given}"
        listed.append(GitCommand(step=step, text=text, why=why))

    step = SubmitStepName
    if base_remote:
        add(step.BASE, top, fetch_words(base_remote, base_branch), "what is new in the taxonomy; no file changes")
    add(step.WORKTREE, top, add_words(worktree, BASE), "apart from your own work; writes no file of the taxonomy")
    for file in files:
        if file.data_path:
            add(step.COMMIT, top, [*BLOB_WORDS], given=f" < {_quoted(file.data_path)}")
    add(step.COMMIT, worktree, read_words(BASE))
    add(
        step.COMMIT, worktree, [*INDEX_WORDS], "puts in: " + ", ".join(f"{file.path} ({file.change})" for file in files)
    )
    add(step.COMMIT, worktree, [*TREE_WORDS])
    add(step.COMMIT, top, commit_words(TREE, (BASE,), sign=sign), "with the message shown above, signed off")
    add(step.COMMIT, top, branch_words(branch, COMMIT, local_before or NONE), "the branch, in your clone")
    add(step.TIDY, top, remove_words(worktree))
    if push_to:
        add(step.PUSH, top, push_words(push_to, COMMIT, branch, before), "only this branch, and only as it is expected")
    return tuple(listed)


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)
