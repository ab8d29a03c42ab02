"""What the taxonomy's commands have in common: its root, a leaf or path as it was typed, a finding as lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from labtui.commands._common import Lab
from labtui.errors import LabError

if TYPE_CHECKING:
    from labtui.taxonomy.findings import Finding


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
    """A path that is there, else the qna.yaml of a leaf of the workspace's taxonomy."""
    path = Path(text)
    if os.path.lexists(path):
        return path
    if lab.workspace_or_none() is None:
        return path
    from labtui.taxonomy.find import find_leaf

    return find_leaf(root(lab), text)


def line(finding: Finding) -> str:
    """A finding as a compiler writes it, its hint indented below."""
    first = f"{finding.path}:{finding.line}:{finding.column}: {finding.level}: {finding.message} [{finding.rule}]"
    return f"{first}\n    {finding.hint}" if finding.hint else first


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
