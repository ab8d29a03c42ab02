"""Names into commits and object names into contents, many in one call of git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from labtui import git
from labtui.errors import LabError

LARGEST = 4 * 1024 * 1024
"""Bytes beyond which a file's content is not fetched from the history: no leaf is that large."""
AT_ONCE = 16 * 1024 * 1024
"""Bytes asked for in one call, so that ten thousand files never lie in memory together."""


class Blob(msgspec.Struct, frozen=True):
    """One file's content as the history holds it."""

    oid: str
    data: bytes | None
    """None: it is not in this clone (a partial one), or larger than LARGEST."""
    size: int = 0
    """Bytes; 0 where it is not here."""


def commits(repo: Path, names: Iterable[str]) -> list[str]:
    """The commit each name stands for, or an empty text where it stands for none. Never reads a name as an option."""
    asked = list(names)
    for name in asked:
        if not name or "\n" in name or "\0" in name:
            raise ValueError(f"not a name git can be asked for: {name!r}")
    if not asked:
        return []
    # Names come over standard input: no word of theirs can be taken for an option.
    request = "".join(f"{name}^{{commit}}\n" for name in asked).encode("utf-8", "surrogateescape")
    found = git.run(repo, "cat-file", "--batch-check=%(objecttype) %(objectname)", given=request, check=False)
    answers = [_commit(line) for line in found.out.splitlines()]
    if found.code == 0:
        return (answers + [""] * len(asked))[: len(asked)]
    # A few names (`@{99}`) make git give up altogether; the others are asked for by themselves.
    return [name for one in asked for name in commits(repo, [one])] if len(asked) > 1 else [""]


def _commit(line: bytes) -> str:
    kind, _, oid = line.decode("utf-8", "backslashreplace").partition(" ")
    return oid if kind == "commit" and len(oid) in (40, 64) else ""


def merge_base(repo: Path, one: str, other: str) -> str:
    """The best common ancestor of two commits (full object names); empty where they have none."""
    found = git.run(repo, "merge-base", one, other, check=False)
    if found.code > 1:
        raise LabError(f"git cannot compare two commits: {found.err[-300:]}", where=str(repo))
    return found.text.strip()


def blobs(repo: Path, oids: Iterable[str]) -> Iterator[Blob]:
    """The contents of these blobs, each once, in batches; the order is that of the first mention."""
    wanted = list(dict.fromkeys(oids))
    if not wanted:
        return
    request = "".join(f"{oid}\n" for oid in wanted).encode()
    answer = git.run(repo, "cat-file", "--batch-check=%(objecttype) %(objectsize)", given=request, check=False)
    sizes = [_size(line) for line in answer.out.splitlines()]
    sizes += [-1] * (len(wanted) - len(sizes))
    batch: list[str] = []
    total = 0
    for oid, size in zip(wanted, sizes, strict=False):
        if not 0 <= size <= LARGEST:
            yield Blob(oid, None, max(size, 0))
            continue
        batch.append(oid)
        total += size
        if total > AT_ONCE:
            yield from _contents(repo, batch)
            batch, total = [], 0
    yield from _contents(repo, batch)


def _size(line: bytes) -> int:
    kind, _, size = line.partition(b" ")
    return int(size) if kind == b"blob" and size.isdigit() else -1


def _contents(repo: Path, oids: list[str]) -> Iterator[Blob]:
    if not oids:
        return
    request = "".join(f"{oid}\n" for oid in oids).encode()
    out = git.run(repo, "cat-file", "--batch=%(objecttype) %(objectsize)", given=request).out
    at = 0
    for oid in oids:
        end = out.index(b"\n", at)
        size = _size(out[at:end])
        if size < 0:
            yield Blob(oid, None)
            at = end + 1
            continue
        yield Blob(oid, out[end + 1 : end + 1 + size], size)
        at = end + 1 + size + 1
