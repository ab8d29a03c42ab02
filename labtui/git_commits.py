"""Commits made by hand: contents into objects, an index of one's own into a tree, a tree into a commit, a branch.

No file of the repository is written, no hook and no filter runs, and what a partial clone lacks is not needed. The
same contents, parent, message, person and time give the same commit again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError
from labtui.git_objects import commits
from labtui.git_worktrees import LOCAL

FILE = "100644"
SIGNING_SECONDS = 120.0
"""A key may ask its owner for a passphrase in a window of its own."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Author and committer of a commit."""

    name: str
    email: str
    when: datetime

    def variables(self) -> dict[str, str]:
        date = f"{int(self.when.timestamp())} +0000"
        return {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", self.name), ("EMAIL", self.email), ("DATE", date))
        }


class CommitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a commit."""

    tree: str
    parents: tuple[str, ...]
    author: str
    """`Name <address>`"""
    committer: str
    message: str
    signed: bool = False
    """Whether a key signed it; nothing is said of whose."""


def write_blob(repo: Path, data: bytes) -> str:
    """Puts a content into the repository as it is and returns its object name."""
    return git.run(repo, *BLOB_WORDS, given=data).text.strip()


def tree_with(worktree: Path, commit: str, files: Mapping[str, str | None]) -> str:
    """The tree of `commit` with these files put in (path -> blob) or taken out (None). Uses the worktree's own index.

    Raises LabError where a file stands in the place of a folder or git refuses.
    """
    git.run(worktree, *read_words(commit), environment=LOCAL)
    nothing = "0" * len(commit)
    entries = [
        f"0 {nothing}\t{path}\0" if blob is None else f"{FILE} {blob}\t{path}\0" for path, blob in sorted(files.items())
    ]
    request = "".join(entries).encode("utf-8", "surrogateescape")
    done = git.run(worktree, *INDEX_WORDS, given=request, check=False, environment=LOCAL)
    if done.code != 0:
        raise LabError(
            f"The files cannot be put into the taxonomy: {git.last_words(done.err, done.code)}",
            where=str(worktree),
            hint="Perhaps a file stands where one of the leaf's folders must be: place the leaf elsewhere.",
        )
    return git.run(worktree, *TREE_WORDS, environment=LOCAL).text.strip()


def commit_tree(
    repo: Path,
    tree: str,
    parents: tuple[str, ...],
    message: str,
    person: Person,
    *,
    sign: bool,
    settings: tuple[str, ...] = (),
) -> str:
    """A commit of `tree`; `message` is taken as it is. With `sign` it is signed as git is set, or as `settings` say.

    Raises LabError.
    """
    words = commit_words(tree, parents, sign=sign)
    done = git.run(
        repo, *words,
        given=message.encode(),
        check=False,
        timeout=SIGNING_SECONDS if sign else git.TIMEOUT,
        environment={**LOCAL, **person.variables(), "GPG_TTY": ""},
        settings=("i18n.commitEncoding=UTF-8", *settings),
    )  # fmt: skip
    if done.code != 0:
        words_of_git = git.last_words(done.err, done.code)
        if not sign:
            raise LabError(f"git cannot commit: {words_of_git}", where=str(repo))
        raise LabError(
            f"The commit cannot be signed: {' '.join(done.err.split())[-300:] or words_of_git}",
            where="commit.gpgsign",
            hint="Unlock the key in another terminal (ssh-add, or any gpg --sign), and do it again.\n"
            "Signing is set by gpg.format, user.signingKey and gpg.program in your own settings: git config --global …",
        )
    return done.text.strip()


def commit_words(tree: str, parents: tuple[str, ...], *, sign: bool) -> list[str]:
    signing = ["-S"] if sign else ["--no-gpg-sign"]
    return ["commit-tree", *signing, *(word for parent in parents for word in ("-p", parent)), "-F", "-", tree]


BLOB_WORDS = ("hash-object", "-w", "--stdin")
INDEX_WORDS = ("update-index", "-z", "--add", "--remove", "--index-info")
TREE_WORDS = ("write-tree", "--missing-ok")


def read_words(commit: str) -> list[str]:
    return ["read-tree", commit]


def branch_words(branch: str, commit: str, before: str) -> list[str]:
    return ["update-ref", "-m", "labtui contribute", "--create-reflog", f"refs/heads/{branch}", commit, before]


def facts(repo: Path, commit: str) -> CommitFacts:
    """What stands in a commit. Raises LabError where it is not here."""
    form = "%T%x00%P%x00%an <%ae>%x00%cn <%ce>%x00%B"
    text = git.run(repo, "log", "-1", f"--format={form}", "--end-of-options", commit, environment=LOCAL).text
    tree, parents, author, committer, message = text.split("\0", 4)
    head = git.run(repo, "cat-file", "commit", commit, environment=LOCAL).out.partition(b"\n\n")[0]
    return CommitFacts(
        tree=tree,
        parents=tuple(parents.split()),
        author=author,
        committer=committer,
        message=message.rstrip("\n"),
        signed=b"\ngpgsig" in head,
    )


def set_branch(repo: Path, branch: str, commit: str, before: str) -> None:
    """Makes the branch point to `commit`, if it points to `before` now (empty: if there is none). Raises LabError."""
    done = git.run(repo, *branch_words(branch, commit, before or "0" * len(commit)), check=False)
    if done.code != 0:
        raise LabError(
            f"The branch {branch} cannot be set: {git.last_words(done.err, done.code)}",
            where=str(repo),
            hint="Something else in the repository is using it. Do it again in a moment.",
        )


def delete_branch(repo: Path, branch: str, at: str) -> bool:
    """Removes a branch that points to `at`. Says whether it did: not where it is checked out somewhere, has moved or
    is gone. Its settings go as well."""
    if checked_out(repo, branch) or git.run(repo, "update-ref", "-d", f"refs/heads/{branch}", at, check=False).code:
        return False
    git.run(repo, "config", "--local", "--remove-section", f"branch.{branch}", check=False)
    return True


def checked_out(repo: Path, branch: str) -> bool:
    """Whether a worktree has the branch checked out."""
    listing = git.run(repo, "worktree", "list", "--porcelain").text
    return f"branch refs/heads/{branch}" in listing.splitlines()


def branches(repo: Path) -> dict[str, str]:
    """Every branch of this clone -> its commit."""
    listing = git.run(repo, "for-each-ref", "--format=%(refname:lstrip=2)%00%(objectname)", "refs/heads").text
    return dict(line.split("\0", 1) for line in listing.splitlines() if "\0" in line)


def branch_commit(repo: Path, branch: str) -> str:
    """Empty where there is none."""
    return commits(repo, [f"refs/heads/{branch}"])[0]


def is_branch_name(repo: Path, name: str) -> bool:
    return not name.startswith("-") and git.run(repo, "check-ref-format", "--branch", name, check=False).code == 0


def is_partial(repo: Path) -> bool:
    """Whether objects of this clone may be elsewhere (`git clone --filter=…`)."""
    found = git.run(repo, "config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$", check=False)
    return bool(found.out.strip())


def is_shallow(repo: Path) -> bool:
    """Whether this clone holds the newest part of the history only (`git clone --depth=…`)."""
    return git.run(repo, "rev-parse", "--is-shallow-repository").text.strip() == "true"


def missing_trees(repo: Path, commit: str) -> list[str]:
    """Folders of a commit that a partial clone lacks; what lies below them is not known then."""
    listing = git.run(
        repo, "rev-list", "--objects", "--no-walk", "--missing=print", "--filter=blob:none", commit, environment=LOCAL
    ).text
    return [line[1:] for line in listing.splitlines() if line.startswith("?")]
