"""What a knowledge leaf points to: the files its patterns name in one commit of a repository.

A repository on this machine is read at once, from its objects. One on the network is read from the cache, and brought
there only when it is asked for. What cannot be had is said in the result, never raised.
"""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from labtui.errors import LabError
from labtui.taxonomy.documents.address import LOCAL, WRONG, folder_of, understand
from labtui.taxonomy.documents.fetch import Fetcher, Progress, kept
from labtui.taxonomy.documents.files import DocumentFile, listed, named, read
from labtui.taxonomy.documents.objects import Objects, git_folder
from labtui.taxonomy.leaf import Document

REPOSITORY, COMMIT, PATTERNS = "repository", "commit", "patterns"


class FoundDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`problem` is a sentence about what is `wrong`: REPOSITORY, COMMIT or PATTERNS, or empty."""

    repo: str = ""
    commit: str = ""
    """The full name where it was found, else as the leaf has it."""
    files: tuple[DocumentFile, ...] = ()
    wrong: str = ""
    problem: str = ""
    hint: str = ""
    absent: bool = False
    """It lies on the network and was not fetched yet."""
    unmatched: tuple[str, ...] = ()
    """Patterns that name no file there."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How much is wanted. Without `fetch` nothing leaves this machine."""

    fetch: bool = False
    texts: bool = True
    """Off: only which files there are."""
    on_progress: Progress | None = None
    stop: threading.Event | None = None
    """Setting it ends a fetch."""
    seconds: float | None = None
    """Bounds each step of a fetch."""


def find(document: Document, root: Path | None, wish: Wish | None = None) -> FoundDocument:
    """The files of `document`. `root` is the taxonomy's, for a relative path."""
    wish = wish or Wish()
    address = understand(document.repo)
    if address.kind == WRONG:
        return _wrong(document, REPOSITORY, address.problem, address.hint)
    try:
        if address.kind == LOCAL:
            return _local(document, folder_of(address, root), wish)
        return _network(document, address.text, wish)
    except LabError as error:
        return _wrong(document, REPOSITORY, error.what, error.hint)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged"
        return _wrong(document, REPOSITORY, f"The repository cannot be read: {reason}.")


def _wrong(document: Document, what: str, problem: str, hint: str = "") -> FoundDocument:
    return FoundDocument(repo=document.repo, commit=document.commit, wrong=what, problem=problem, hint=hint)


def _no_commit(document: Document) -> FoundDocument:
    named_one = f"The repository has no commit {document.commit:.60}."
    problem = named_one if document.commit.strip() else "No commit is named."
    return _wrong(document, COMMIT, problem, "Name a full one: git rev-parse HEAD prints it.")


def _local(document: Document, folder: Path, wish: Wish) -> FoundDocument:
    place = git_folder(folder)
    if place is None:
        if folder.exists():
            problem, hint = "The folder is no git repository.", f"Make it one: git -C {folder} init"
        else:
            problem, hint = f"There is no folder {folder}.", "Name a folder that is there, or an https:// address."
        return _wrong(document, REPOSITORY, problem, hint)
    objects = Objects(place, wish.stop)
    commit = objects.commit(document.commit)
    return _files(document, objects, commit, wish, None) if commit else _no_commit(document)


def _network(document: Document, address: str, wish: Wish) -> FoundDocument:
    if not document.commit.strip() or document.commit.startswith("-"):
        return _no_commit(document)
    store, commit = kept(address, document.commit)
    if not wish.fetch:
        if not commit:
            return FoundDocument(repo=document.repo, commit=document.commit, absent=True)
        return _files(document, Objects(store, wish.stop), commit, wish, None)
    fetcher = Fetcher(address, wish.on_progress, wish.stop, wish.seconds)
    try:
        commit = fetcher.commit(document.commit)
    except LabError as error:
        if any(words in error.what for words in _NOT_THERE):
            return _no_commit(document)
        raise
    return _files(document, Objects(store, wish.stop), commit, wish, fetcher)


_NOT_THERE = ("not our ref", "unadvertised object", "has no commit", "remote ref", "is not there")
"""How git, and this module, say that a repository answers but has no such commit."""


def _files(document: Document, objects: Objects, commit: str, wish: Wish, fetcher: Fetcher | None) -> FoundDocument:
    entries, unmatched = named(objects, commit, document.patterns)
    problem = ""
    if not document.patterns:
        problem = "No pattern is named."
    elif not entries:
        problem = "The patterns name no Markdown or PDF file of that commit."
    files, absent = read(objects, entries, commit, fetcher) if wish.texts else (listed(entries), False)
    return FoundDocument(
        repo=document.repo,
        commit=commit,
        files=files,
        wrong=PATTERNS if problem else "",
        problem=problem,
        hint="A pattern is a path from the repository's root, such as docs/*.md" if problem else "",
        absent=absent,
        unmatched=unmatched,
    )
