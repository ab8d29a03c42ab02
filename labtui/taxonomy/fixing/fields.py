"""Repairs of whole fields: one that stands there twice, and the order of those at the top of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.shifting import nodes
from labtui.taxonomy.fixing.spaces import Group
from labtui.taxonomy.fixing.text import Edit, FileText

ORDER = (
    "version",
    "domain",
    "task_description",
    "created_by",
    "seed_examples",
    "document_outline",
    "document",
)
"""The fields at the top of a file in the order the taxonomy's guides show them."""


def duplicates(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Removes an entry that says word for word what one before it says, where it has lines of its own."""
    places = {(finding.line, finding.column) for finding in findings}
    groups: list[Group] = []
    for node in nodes(file.parsed.root):
        if not isinstance(node, MappingNode) or node.flow_style:
            continue
        for index, (key, value) in enumerate(node.value):
            if (key.start_mark.line + 1, key.start_mark.column + 1) not in places:
                continue
            if any(alike(key, before) and alike(value, other) for before, other in node.value[:index]):
                groups += [(edit,)] if (edit := _without(file, key, value)) is not None else []
    return groups


def _without(file: FileText, key: Node, value: Node) -> Edit | None:
    first = key.start_mark.line + 1
    end = value.end_mark.index
    taken = file.text[key.start_mark.index : end].rstrip()
    last = file.line_of(key.start_mark.index + max(0, len(taken) - 1))
    alone = not file.text[file.line_start(first) : key.start_mark.index].strip(" ")
    rest = file.text[key.start_mark.index + len(taken) : file.line_end(last)]
    if not alone or rest.strip() or has_remark(taken, key.start_mark.index, value):
        return None
    end = file.line_start(last + 1)
    return Edit(_cut_from(file, file.line_start(first), end), end, "")


def _cut_from(file: FileText, start: int, end: int) -> int:
    """Where to begin taking out `start` to `end`: at the end of the file the empty lines before it go as well."""
    if end < len(file.text):
        return start
    return len(file.text[:start].rstrip("\n")) + 1 if file.text[:start].strip() else start


def has_remark(text: str, start: int, value: Node) -> bool:
    """Whether `text`, which begins at `start` of the file, holds a # that is not part of a text of `value`."""
    texts = [node for node in nodes(value) if isinstance(node, ScalarNode)]
    for position, character in enumerate(text, start):
        if character == "#":
            within = next((node for node in texts if node.start_mark.index <= position < node.end_mark.index), None)
            if within is None:
                return True
            head_end = text.find("\n", within.start_mark.index - start)
            if within.style in ("|", ">") and (head_end < 0 or position - start < head_end):
                return True
    return False


def alike(one: Node, other: Node) -> bool:
    """Whether two nodes say the same."""
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if left is right:
            continue
        if type(left) is not type(right) or left.tag != right.tag or len(left.value) != len(right.value):
            return False
        if isinstance(left, ScalarNode):
            if left.value != right.value:
                return False
        elif isinstance(left, SequenceNode):
            stack.extend(zip(left.value, right.value, strict=True))
        elif isinstance(left, MappingNode):
            for before, after in zip(left.value, right.value, strict=True):
                stack.extend(zip(before, after, strict=True))
    return True


def version_comes_late(root: Node | None) -> ScalarNode | None:
    """The key `version` where it stands behind the seeds: what decides how a file is read, at its very end."""
    if not isinstance(root, MappingNode) or root.flow_style:
        return None
    seeds_seen = False
    for key, _ in root.value:
        if isinstance(key, ScalarNode) and key.value == "version" and seeds_seen:
            return key
        seeds_seen = seeds_seen or (isinstance(key, ScalarNode) and key.value == "seed_examples")
    return None


def ordered(file: FileText, findings: Iterable[Finding]) -> list[Group]:
    """Puts the fields at the top of the file in ORDER, each with the remarks right above it."""
    root = file.parsed.root
    if not list(findings) or not isinstance(root, MappingNode) or root.flow_style:
        return []
    starts = _starts(file, root)
    if starts is None:
        return []
    ends = [*starts[1:], len(file.text)]
    ranks = _ranks([key.value if isinstance(key, ScalarNode) else "" for key, _ in root.value])
    wanted = sorted(range(len(ranks)), key=lambda index: ranks[index])
    staying = _heaviest_rising(wanted, [end - start for start, end in zip(starts, ends, strict=True)])
    edits: list[Edit] = []
    waiting: list[int] = []
    for index in [*wanted, len(wanted)]:
        if index < len(wanted) and index not in staying:
            waiting.append(index)
            start = starts[index]
            if index == len(starts) - 1 and index - 1 in staying:
                start = _cut_from(file, start, ends[index])
            edits.append(Edit(start, ends[index], ""))
        elif waiting:
            at = starts[index] if index < len(wanted) else len(file.text)
            text = "".join(_whole_lines(file.text[starts[moved] : ends[moved]]) for moved in waiting)
            lead = "\n" if at == len(file.text) and not file.text.endswith("\n") else ""
            edits.append(Edit(at, at, lead + text, starts[waiting[0]] if len(waiting) == 1 and not lead else -1))
            waiting = []
    return [tuple(edits)] if edits else []


def _whole_lines(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _starts(file: FileText, root: MappingNode) -> list[int] | None:
    """Where each field begins, the remarks right above it included; None where two share a line.

    What stands above the first field belongs to the file, not to it.
    """
    starts = []
    for index, (key, _) in enumerate(root.value):
        line = key.start_mark.line + 1
        if file.text[file.line_start(line) : key.start_mark.index].strip(" "):
            return None
        while index and file.line(line - 1).startswith("#"):
            line -= 1
        starts.append(file.line_start(line))
    return starts if all(before < after for before, after in pairwise(starts)) else None


def _ranks(keys: Sequence[str]) -> list[tuple[int, int]]:
    """Sorting by these gives ORDER; a key that is not in it stays behind the one it stands behind."""
    ranks: list[tuple[int, int]] = []
    last = -1
    for position, key in enumerate(keys):
        last = ORDER.index(key) if key in ORDER else last
        ranks.append((last, position))
    return ranks


def _heaviest_rising(order: Sequence[int], weights: Sequence[int]) -> set[int]:
    """The members of `order` that may stay where they are: rising, and as heavy together as can be."""
    best: list[tuple[int, list[int]]] = []
    for index in order:
        before = max((found for found in best if found[1][-1] < index), default=(0, []), key=lambda found: found[0])
        best.append((before[0] + weights[index], [*before[1], index]))
    return set(max(best, default=(0, []), key=lambda found: found[0])[1])
