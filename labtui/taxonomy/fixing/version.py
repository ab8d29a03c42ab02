"""Setting the version a file says it is written in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yaml.nodes import MappingNode, ScalarNode

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.spaces import Group
from labtui.taxonomy.fixing.text import Edit, FileText
from labtui.taxonomy.fixing.values import alike_but_line_ends, same
from labtui.taxonomy.places import entry

NEWEST = 3
SEEDS = 5
"""A skill of the newest version needs so many; the first version was content with one."""


def raised(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Names the newest version in a skill that holds enough for it. Nothing else changes between these versions."""
    asked = [finding for finding in findings if finding.rule != "schema.required" or "no 'version'" in finding.message]
    document, root = file.parsed
    if not asked or not isinstance(root, MappingNode):
        return []
    seeds = document.get("seed_examples")
    if not isinstance(seeds, list) or len(seeds) < SEEDS or not document.get("task_description"):
        return []
    edit = version_edit(file, root, NEWEST)
    return [(edit,)] if edit is not None else []


def same_but_version(one: Any, other: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    before, after = ({key: item for key, item in value.items() if key != "version"} for value in (one, other))
    return same(before, after, alike_but_line_ends)


def version_edit(file: FileText, root: MappingNode, version: int) -> Edit | None:
    """Writes `version: N`: in place of the value that is there, or before the first key. None: no place is found."""
    if (found := entry(root, "version")) is not None:
        value = found[1]
        if not isinstance(value, ScalarNode) or value.style in ("|", ">"):
            return None
        start, end = value.start_mark.index, value.end_mark.index
        return Edit(start, end, str(version) if end > start else f" {version}")
    if root.flow_style:
        at = root.start_mark.index + 1
        return Edit(at, at, f"version: {version}, " if root.value else f"version: {version}")
    at = file.line_start(root.start_mark.line + 1)
    indent = file.text[at : root.start_mark.index]
    return None if indent.strip(" ") else Edit(at, at, f"{indent}version: {version}\n")
