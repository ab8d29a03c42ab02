"""What the taxonomy's commands have in common: its root, a leaf or path as it was typed, a finding as lines."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labtui.commands._common import Lab
from labtui.errors import LabError, UsageError

if TYPE_CHECKING:
    from labtui.taxonomy.findings import Finding

NAMED = 3
"""Paths up to which advice names each."""


def root(lab: Lab) -> Path:
    """The workspace's taxonomy. Raises LabError where it has none."""
    folder = lab.workspace().taxonomy
    if not folder.is_dir():
        raise LabError(
            "The workspace has no taxonomy.",
            where=str(folder),
            hint="Give it one: labtui init . --taxonomy URL|DIR",
        )
    return folder


def place(lab: Lab, text: str) -> Path:
    """A path that is there, else a leaf of the workspace's taxonomy (its qna.yaml) or a folder of leaves there."""
    if not text:
        raise UsageError("A path is empty.", hint="For the folder one is in: .")
    path = Path(text)
    if os.path.lexists(path):
        return path
    if lab.workspace_or_none() is None:
        return path
    from labtui.taxonomy.find import find_leaf
    from labtui.taxonomy.layout import LEAF_FILE

    taxonomy = root(lab)
    folder = taxonomy / text
    inside = not os.path.isabs(text) and ".." not in path.parts
    if inside and folder.is_dir() and not (folder / LEAF_FILE).is_file():
        return folder
    try:
        return find_leaf(taxonomy, text)
    except UsageError as error:
        what = f"There is no leaf '{text}', and no file or folder of that name here."
        raise UsageError(what, where=error.where, hint=error.hint) from None


def again(command: str, paths: Sequence[str], profile: str = "strict", *options: str) -> str:
    """What to type for one of these commands on these paths."""
    words = ["labtui", "taxonomy", command, *options]
    if profile != "strict":
        words += ["--profile", profile]
    if len(paths) > NAMED:
        return f"{shlex.join(words)} PATH…"
    return shlex.join([*words, *(f"./{path}" if path.startswith("-") else path for path in paths)])


def line(finding: Finding) -> str:
    """A finding as a compiler writes it, its hint indented below."""
    first = f"{finding.path}:{finding.line}:{finding.column}: {finding.level}: {finding.message} [{finding.rule}]"
    return f"{first}\n    {finding.hint}" if finding.hint else first


@contextlib.contextmanager
def to_a_reader() -> Iterator[None]:
    """For output after which there is something left to do: where the reader has read enough (`… | head`), it is."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
