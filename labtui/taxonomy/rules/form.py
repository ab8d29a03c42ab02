"""quality.*: the file itself: its names, keys, bytes and version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.layout import ROOTS, SKILLS
from labtui.taxonomy.places import START, Place, entry
from labtui.taxonomy.rules.subject import Subject

_LINE_END = re.compile(rb"\r\n|\r|\n")
_GOOD = re.compile(r"[^\W_A-Z]+(?:_[^\W_A-Z]+)*")


def check(subject: Subject) -> Iterator[Finding]:
    yield from _folders(subject)
    yield from _bytes(subject)
    if subject.root is not None:
        yield from _order(subject)
        yield from _version(subject)
        if not subject.linted:
            yield from _duplicates(subject)


def _folders(subject: Subject) -> Iterator[Finding]:
    parts = [part for part in subject.name.split("/") if part]
    odd = [part for part in parts if part not in ROOTS and not (_GOOD.fullmatch(part) and part == part.lower())]
    if odd:
        better = "/".join(part if part in ROOTS else _tidy(part) for part in parts)
        yield subject.finding(
            "quality.folder-name",
            START,
            f"Folders are named in lower case with underscores; {_quoted(odd)} {'is' if len(odd) == 1 else 'are'} not.",
            f"Name it {better}" if better.strip("/") else "Name it after what the leaf teaches.",
        )


def _quoted(names: list[str]) -> str:
    shown = [f"'{name:.60}'" for name in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _tidy(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"_+", "_", re.sub(r"\W+", "_", parted)).strip("_").lower() or "miscellaneous_unknown"


def _bytes(subject: Subject) -> Iterator[Finding]:
    if subject.text.startswith("\ufeff"):
        yield subject.finding(
            "quality.byte-order-mark",
            START,
            "The file begins with a byte-order mark, which UTF-8 needs not and some tools stumble over.",
            "Save it as UTF-8 without a mark.",
        )
    if b"\r" in subject.data:
        yield from _line_ends(subject)


def _line_ends(subject: Subject) -> Iterator[Finding]:
    data = subject.data
    windows = data.count(b"\r\n")
    counts = {b"\r\n": windows, b"\n": data.count(b"\n") - windows, b"\r": data.count(b"\r") - windows}
    usual = max(counts, key=lambda kind: counts[kind])
    start = 0
    for line, found in enumerate(_LINE_END.finditer(data), 1):
        if found.group() != usual:
            column = len(data[start : found.start()].decode("utf-8", "replace")) + 1
            others = sum(counts.values()) - counts[usual]
            yield subject.finding(
                "quality.line-ends",
                Place(line, column),
                f"{others:,} of the line ends, this one first, are of another kind than the rest (LF, CR LF, CR).",
                "Use the same kind everywhere; it keeps later changes small.",
            )
            return
        start = found.end()


def _order(subject: Subject) -> Iterator[Finding]:
    from labtui.taxonomy.fixing.fields import version_comes_late

    key = version_comes_late(subject.root)
    if key is not None:
        yield subject.finding(
            "quality.field-order",
            key,
            "'version' stands behind the seeds, although it decides how all of them are read.",
            "Put it at the top of the file.",
        )


def _version(subject: Subject) -> Iterator[Finding]:
    if subject.kind == SKILLS and subject.version in (1, 2):
        found = entry(subject.root, "version")
        yield subject.finding(
            "quality.old-version",
            found[1] if found else START,
            f"This is version {subject.version} of the form; the newest is 3, and the taxonomy's CI asks for it.",
            "Rewrite it without loss: labtui taxonomy upgrade",
        )


def _duplicates(subject: Subject) -> Iterator[Finding]:
    """What the linter says, where the reference does not ask it."""
    seen: set[int] = set()
    stack: list[Node] = [subject.root] if subject.root is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, ScalarNode) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            stack.extend(node.value)
        elif isinstance(node, MappingNode):
            keys: dict[object, Node] = {}
            for key, child in node.value:
                stack.append(child)
                if not isinstance(key, ScalarNode) or key.value == "<<":
                    continue
                first = keys.setdefault(key.value, key)
                if first is not key:
                    yield subject.finding(
                        "quality.key-duplicates",
                        key,
                        f"'{key.value:.40}' stands here a second time (first in line {subject.place_of(first).line}): "
                        "only the last one counts.",
                        "Remove one of the two.",
                    )
