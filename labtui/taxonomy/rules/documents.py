"""quality.document-*: whether what a knowledge leaf points to can be had. `offline` judges by what is written alone,
`online` goes and looks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml.nodes import Node

from labtui.taxonomy.documents.address import LOCAL, WRONG, understand
from labtui.taxonomy.documents.fetch import FULL, SHORT, Progress
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.leaf import Document, as_text
from labtui.taxonomy.places import follow, place
from labtui.taxonomy.profiles import Profile

if TYPE_CHECKING:
    from labtui.taxonomy.documents.reading import FoundDocument

REPOSITORY = "quality.document-repository"
COMMIT = "quality.document-commit"
PATTERNS = "quality.document-patterns"

FETCH_SECONDS = 60.0
"""How long a step of fetching may take during a check."""
PATIENCE = 300.0
"""Seconds after which an address that did not answer is asked again."""
_NO_REVISION = re.compile(r"[\s~^:?*\[\\<>\x00-\x1f]|\.\.|^[/.-]|[/.]$|@\{|//|\.lock$")


def offline(
    document: Mapping[Any, Any], root: Node | None, path: str, profile: Profile = Profile.STRICT
) -> Iterator[Finding]:
    """What is wrong with `document:` by itself. The schema says what is missing or of another type, not this."""
    points_to = document.get("document")
    if not isinstance(points_to, Mapping):
        return
    grave = Level.WARNING if profile == Profile.DRAFT else Level.ERROR
    repo, commit, patterns = (points_to.get(key) for key in ("repo", "commit", "patterns"))
    if isinstance(repo, str) and repo.strip():
        yield from _repository(repo, root, path, profile, grave)
    if isinstance(commit, str) and commit.strip():
        yield from _commit(commit.strip(), root, path, grave)
    if isinstance(patterns, list):
        yield from _patterns(patterns, root, path, grave)


def _repository(repo: str, root: Node | None, path: str, profile: Profile, grave: Level) -> Iterator[Finding]:
    address = understand(repo)
    at = ("document", "repo")
    if address.kind == WRONG:
        yield _finding(REPOSITORY, root, path, at, grave, address.problem, address.hint)
    elif address.kind == LOCAL and profile != Profile.UPSTREAM:
        return  # A taxonomy of one's own may well point to documents of one's own.
    elif address.advice:
        yield _finding(REPOSITORY, root, path, at, Level.WARNING, address.advice, address.hint)


def _commit(commit: str, root: Node | None, path: str, grave: Level) -> Iterator[Finding]:
    at = ("document", "commit")
    full = "Name the full commit of 40 digits: git rev-parse HEAD prints it."
    if FULL.fullmatch(commit):
        return
    if _NO_REVISION.search(commit):
        message = f"'{commit:.40}' cannot be a commit."
        yield _finding(COMMIT, root, path, at, grave, message, full)
    elif SHORT.fullmatch(commit):
        message = f"The commit {commit} is cut short: another one may begin like it some day."
        yield _finding(COMMIT, root, path, at, Level.WARNING, message, full)
    elif FULL.fullmatch(commit.lower()) or SHORT.fullmatch(commit.lower()):
        message = f"The commit {commit:.44} is written in capital letters."
        yield _finding(COMMIT, root, path, at, Level.WARNING, message, "Commits are written in small letters.")
    else:
        message = f"'{commit:.40}' is no commit but a name, and what a name stands for moves."
        yield _finding(COMMIT, root, path, at, Level.WARNING, message, full)


def _patterns(patterns: list[Any], root: Node | None, path: str, grave: Level) -> Iterator[Finding]:
    kinds: dict[str, int] = {}
    for number, pattern in enumerate(patterns):
        if not isinstance(pattern, str) or not pattern.strip():
            continue
        at = ("document", "patterns", number)
        if wrong := _why_useless(pattern):
            yield _finding(PATTERNS, root, path, at, grave, *wrong)
        elif "**" in pattern.split("/"):
            message = "'**' does not go down into folders here: it matches one folder, as '*' does."
            yield _finding(PATTERNS, root, path, at, Level.WARNING, message, "Write one pattern for each depth.")
        kinds.setdefault(pattern.rpartition(".")[2], number)
    if "md" in kinds and "pdf" in kinds:
        at = ("document", "patterns", max(kinds["md"], kinds["pdf"]))
        message = "The patterns mix Markdown and PDF: generation reads one of the two."
        yield _finding(PATTERNS, root, path, at, grave, message, "Make two leaves of it, or convert one kind.")


def _why_useless(pattern: str) -> tuple[str, str] | None:
    """(what is wrong, what to do) where a pattern can match nothing that is read."""
    if pattern.startswith("/"):
        return (
            "The pattern begins with a slash: it names files of the machine, not of the repository.",
            f"Write: {pattern.lstrip('/')}",
        )
    if ".." in pattern.split("/"):
        return "The pattern leads out of the repository.", "Name files by their path from the repository's root."
    if "<" in pattern or ">" in pattern:
        return "This is still the text of the template.", "Name a file by its path in the repository, such as docs/a.md"
    if re.search(r"\.(md|pdf)$|[*?\]]$", pattern) is None:
        return "Only Markdown (.md) and PDF (.pdf) files are read.", "Let the pattern end with .md"
    return None


_HINTS = {
    REPOSITORY: "Look whether the address is right and everybody may read it. Without a network it looks the same.",
    COMMIT: "Write all forty digits of a commit that is there: git rev-parse HEAD prints them.",
}


def online(
    data: bytes,
    path: str,
    root: Path | None = None,
    *,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
    seconds: float = FETCH_SECONDS,
) -> list[Finding]:
    """What is wrong with where a qna.yaml's `document:` leads, by looking there: repository, commit, each pattern.

    `data` is the qna.yaml, `root` the taxonomy's folder. It may fetch, into the cache; what `offline` says already is
    not said again. Nothing is raised; a file that cannot be read gives nothing.
    """
    from labtui.taxonomy.documents.reading import Wish, find
    from labtui.taxonomy.parse import parse
    from labtui.taxonomy.source import Unreadable, decode

    try:
        value, tree = parse(decode(data).text)
    except Unreadable:
        return []
    points_to = value.get("document") if isinstance(value, Mapping) else None
    document = _as_document(points_to)
    if document is None or understand(document.repo).kind == WRONG:
        return []
    useless = [pattern for pattern in document.patterns if _why_useless(pattern)]
    found = _unreachable(document.repo)
    if found is None:
        wish = Wish(fetch=True, texts=False, on_progress=on_progress, stop=stop, seconds=seconds)
        found = find(document, root, wish)
        if found.wrong == "repository" and understand(document.repo).kind != LOCAL:
            _FAILED[document.repo] = time.monotonic(), found
    if found.wrong in ("repository", "commit"):
        rule, key = (REPOSITORY, "repo") if found.wrong == "repository" else (COMMIT, "commit")
        hint = found.hint or _HINTS[rule]
        return [_finding(rule, tree, path, ("document", key), Level.ERROR, found.problem, hint)]
    hint = "Look at the files of that commit: git ls-tree -r --name-only COMMIT"
    return [
        _finding(
            PATTERNS,
            tree,
            path,
            ("document", "patterns", document.patterns.index(pattern)),
            Level.ERROR,
            f"'{pattern:.80}' names no Markdown or PDF file of that commit.",
            hint,
        )
        for pattern in found.unmatched
        if pattern not in useless
    ]


_FAILED: dict[str, tuple[float, FoundDocument]] = {}
"""Addresses that did not answer, and when: a hundred leaves of one repository wait for it once."""


def _unreachable(repo: str) -> FoundDocument | None:
    when, found = _FAILED.get(repo, (0.0, None))
    return found if time.monotonic() - when < PATIENCE else None


def _as_document(points_to: Any) -> Document | None:
    if not isinstance(points_to, Mapping):
        return None
    repo, commit, patterns = (points_to.get(key) for key in ("repo", "commit", "patterns"))
    if not (isinstance(repo, str) and repo.strip() and isinstance(patterns, list)):
        return None
    return Document(repo, as_text(commit), tuple(pattern for pattern in patterns if isinstance(pattern, str)))


def _finding(
    rule: str, root: Node | None, path: str, at: tuple[str | int, ...], level: Level, message: str, hint: str
) -> Finding:
    where = place(follow(root, at))
    return Finding(path=path, line=where.line, column=where.column, level=level, rule=rule, message=message, hint=hint)
