"""One row of the taxonomy's tree, drawn into so many cells."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from labtui.taxonomy.browsing.forest import LEAVES, Forest
from labtui.taxonomy.browsing.rows import Row
from labtui.taxonomy.browsing.wanted import folded
from labtui.text import clean, shorten, width
from labtui.widgets import leaf_badges
from labtui.widgets.leaf_badges import OPEN, SHUT, Piece

WIDE = 36
"""From so many cells on, counts are followed by what they count."""


def draw(
    row: Row, is_open: bool | None, room: int, forest: Forest, sums: Sequence[int], words: Sequence[str]
) -> Content:
    """`is_open`: None where nothing is below it. `words` are underlined in the name."""
    left = [(_indent(row.depth, room), "$quiet")]
    if is_open is not None:
        left.append((f"{OPEN if is_open else SHUT} ", "$quiet"))
    leaf = row.node.leaf
    marks: list[Piece] = []
    style = ""
    if leaf is not None:
        sign, colour = leaf_badges.state(leaf)
        left.append((f"{sign} ", f"bold {colour}"))
        marks = leaf_badges.marks(forest.changed.get(leaf.id, ""), leaf.id in forest.unsaved)
        right = _of_leaf(leaf.kind, leaf.seeds, room)
    else:
        style = "bold" if row.depth == 0 else ""
        right = leaf_badges.rolled_up(sums)
        if is_open is False:
            right = [(f"{sums[LEAVES]:,}", "$quiet"), *([("  ", "")] if right else []), *right]
    taken = sum(width(text) for text, _ in (*left, *marks, *right)) + (1 if right else 0)
    name = _named(row.label, max(1, room - taken), style, words)
    gap = " " * max(0, room - taken - name.cell_length + (1 if right else 0))
    return Content.assemble(*left, name, *marks, gap, *right)


def _of_leaf(kind: str, seeds: int, room: int) -> list[Piece]:
    if not kind:
        return []
    if kind == "unreadable":
        return [("unreadable", "$error")]
    words = f"{seeds} {'seed' if seeds == 1 else 'seeds'}"
    return [(words if room >= WIDE else str(seeds), "$quiet")]


def _indent(depth: int, room: int) -> str:
    """Two cells a level, as long as the name keeps half of the row; deeper ones say how deep they are."""
    most = room // 2
    if 2 * depth <= most:
        return "  " * depth
    return f"{'…' + str(depth):<{most}}"


def _named(label: str, room: int, style: str, words: Sequence[str]) -> Content:
    """The name, with what the filter looks for underlined. Of a chain of folders the last one stays readable."""
    text = clean(label, lines=False)
    if "/" in text and width(text) > room:
        while "/" in text and width(text) + 2 > room:
            text = text.partition("/")[2]
        text = f"…/{text}"
    content = Content.styled(shorten(text, room), style)
    looked_in = folded(content.plain)
    if len(looked_in) == len(content.plain):
        for word in words:
            at = looked_in.find(word)
            if at >= 0:
                content = content.stylize("underline $accent", at, at + len(word))
    return content
