"""Files of one commit, read from a repository's objects: nothing is checked out, nothing is fetched.

Patterns mean what they mean to the reference, which gives them to `glob` in a clone: each part of the path is matched
by itself, `**` is no more than `*`, and names that begin with a dot are matched by patterns that do.
"""

from __future__ import annotations

import fnmatch
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from labtui import git

MAX_TREES = 2000
"""Folders looked into for one pattern."""
MAX_TREE_BYTES = 16 * 1024 * 1024
TREE, FILE, LINK = "40000", "100", "120000"


class Entry(NamedTuple):
    path: str
    sha: str
    mode: str


class Objects:
    """The objects of the repository in a git folder.

    Of a partial clone git would fetch what is missing on the way; here missing is missing, and no network is reached.
    """

    def __init__(self, folder: Path, stop: threading.Event | None = None) -> None:
        self.folder = folder
        self._stop = stop

    def run(self, *arguments: str, given: bytes = b"", check: bool = True) -> git.Output:
        return git.run(
            self.folder,
            *arguments,
            given=given,
            check=check,
            bare=True,
            stop=self._stop,
            environment={"GIT_ALLOW_PROTOCOL": "none"},
        )

    def commit(self, name: str) -> str:
        """The full name of a commit; empty where it is not here."""
        if not name or name.startswith("-"):
            return ""
        output = self.run("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}", check=False)
        sha = output.text.strip()
        return sha if output.code == 0 and re.fullmatch(r"[0-9a-f]{40,64}", sha) else ""

    def sizes(self, shas: Iterable[str]) -> dict[str, int]:
        """Bytes of each object that is here."""
        asked = list(dict.fromkeys(shas))
        if not asked:
            return {}
        output = self.run("cat-file", "--batch-check", given="".join(f"{sha}\n" for sha in asked).encode())
        rows = [line.split() for line in output.text.splitlines()]
        return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[2].isdigit()}

    def contents(self, shas: Iterable[str]) -> dict[str, bytes]:
        """The content of each object that is here."""
        asked = list(dict.fromkeys(shas))
        if not asked:
            return {}
        data = self.run("cat-file", "--batch", given="".join(f"{sha}\n" for sha in asked).encode()).out
        found: dict[str, bytes] = {}
        at = 0
        while at < len(data):
            end = data.index(b"\n", at)
            head = data[at:end].split()
            at = end + 1
            if len(head) == 3 and head[2].isdigit():
                size = int(head[2])
                found[head[0].decode()] = data[at : at + size]
                at += size + 1
        return found

    def trees(self, shas: Iterable[str]) -> dict[str, list[Entry]]:
        """What stands in each folder; paths are names."""
        sizes = self.sizes(shas)
        small = [sha for sha, size in sizes.items() if size <= MAX_TREE_BYTES]
        return {sha: _entries(data, len(sha) // 2) for sha, data in self.contents(small).items()}

    def matching(self, commit: str, pattern: str) -> list[Entry]:
        """The files and links that a pattern names, by path. An absolute one names none."""
        parts = [part for part in pattern.split("/") if part not in ("", ".")]
        if not parts or pattern.startswith("/") or ".." in parts:
            return []
        root = self.commit_tree(commit)
        level = [Entry("", root, TREE)] if root else []
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            inside = self.trees(entry.sha for entry in level[:MAX_TREES])
            level = [
                Entry(f"{folder.path}/{entry.path}".lstrip("/"), entry.sha, entry.mode)
                for folder in level[:MAX_TREES]
                for entry in inside.get(folder.sha, ())
                if (entry.mode != TREE if last else entry.mode == TREE) and _fits(entry.path, part)
            ]
        return sorted(entry for entry in level if entry.mode.startswith(FILE) or entry.mode == LINK)

    def commit_tree(self, commit: str) -> str:
        output = self.run("rev-parse", "--quiet", "--verify", f"{commit}^{{tree}}", check=False)
        return output.text.strip() if output.code == 0 else ""


def _fits(name: str, part: str) -> bool:
    if not has_wildcard(part):
        return name == part
    if name.startswith(".") and not part.startswith("."):
        return False
    return fnmatch.fnmatchcase(name, part)


def has_wildcard(pattern: str) -> bool:
    return re.search(r"[*?\[]", pattern) is not None


def _entries(data: bytes, hash_bytes: int) -> list[Entry]:
    """A tree object: `mode name NUL hash`, again and again."""
    found = []
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        sha = data[end + 1 : end + 1 + hash_bytes].hex()
        found.append(Entry(name, sha, data[at:space].decode("ascii", "replace")))
        at = end + 1 + hash_bytes
    return found


def git_folder(folder: Path) -> Path | None:
    """The git folder of the repository that git would clone from this path, or None."""
    for candidate in (folder / ".git", folder, Path(f"{folder}.git")):
        if candidate.is_file() and candidate.name == ".git":
            return candidate
        if (candidate / "HEAD").is_file() and (candidate / "objects").is_dir():
            return candidate
    return None
