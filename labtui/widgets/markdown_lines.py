"""Blocks of Markdown laid out as lines of a given width: one `Content` a line, to be drawn when it is seen."""

from __future__ import annotations

from functools import lru_cache

from textual.content import Content

from labtui.widgets.markdown_blocks import Block

NARROWEST = 8
"""Cells that text keeps beside its bullets and quote marks, however deep they are nested."""
HIGHLIGHT_LIMIT = 20_000
"""Characters of code that are coloured; more is shown plain, since colouring would hold up the screen."""


def lay(block: Block, width: int, *, settled: bool = True) -> list[Content]:
    """The lines of one block, each at most `width` cells, without the gap before it.

    `settled` says that the block will not change any more: only then code is coloured.
    """
    first, rest = _prefixes(block, width)
    inner = max(1, width - max(len(first), len(rest)))
    lines: list[Content]
    if block.kind == "code":
        lines = _code(block, inner, settled)
    elif block.kind == "table":
        lines = _table(block, inner)
    elif block.kind == "rule":
        lines = [Content.styled("─" * inner, ".md-rule")]
    else:
        lines = block.content.wrap(inner)
    if not first and not rest:
        return lines
    return [
        Content.styled(first if place == 0 else rest, ".md-bullet") + line
        for place, line in enumerate(lines or [Content.empty()])
    ]


def _prefixes(block: Block, width: int) -> tuple[str, str]:
    room = max(0, width - NARROWEST)
    if len(block.rest) <= room and len(block.first) <= room:
        return block.first, block.rest
    return block.first[-room:] if room else "", block.rest[-room:] if room else ""


def _code(block: Block, width: int, settled: bool) -> list[Content]:
    text = block.content.plain
    content = _coloured(text, block.language) if settled and block.language else block.content
    inner = max(2, width - 2)
    lines: list[Content] = []
    for line in content.split(allow_blank=True):
        lines += line.fold(inner)
    return [
        (Content(" ") + line + Content(" " * max(1, width - 1 - line.cell_length))).stylize_before(".md-block")
        for line in lines
    ]


@lru_cache(maxsize=64)
def _coloured(text: str, language: str) -> Content:
    if len(text) > HIGHLIGHT_LIMIT:
        return Content(text)
    # Pygments costs some 30 ms on its first use and is needed for code only.
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
    from pygments.token import (  # type: ignore[import-untyped]
        Comment,
        Keyword,
        Literal,
        Name,
        Number,
        String,
    )
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]
    from textual.content import Span

    styles = {
        Comment: ".md-code-comment",
        Keyword: ".md-code-keyword",
        String: ".md-code-string",
        Number: ".md-code-number",
        Literal: ".md-code-number",
        Name.Function: ".md-code-name",
        Name.Class: ".md-code-name",
        Name.Builtin: ".md-code-name",
        Name.Tag: ".md-code-keyword",
    }
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return Content(text)
    spans = []
    place = 0
    for kind, piece in lexer.get_tokens(text):
        while kind is not None and kind not in styles:
            kind = kind.parent
        if kind is not None:
            spans.append(Span(place, place + len(piece), styles[kind]))
        place += len(piece)
    return Content(text, spans=spans)


COLUMN_GAP = 3
COLUMN_LEAST = 4


def _table(block: Block, width: int) -> list[Content]:
    columns = len(block.rows[0]) if block.rows else 0
    if not columns:
        return []
    widths = _column_widths(block, columns, width)
    if widths is None:
        return _stacked(block, width)
    lines: list[Content] = []
    for place, row in enumerate(block.rows):
        lines += _row(row, widths, block.aligns, Content.styled(" │ ", ".md-rule"), head=place == 0)
        if place == 0:
            lines.append(Content.styled("─┼─".join("─" * cells for cells in widths), ".md-rule"))
    return lines


def _column_widths(block: Block, columns: int, width: int) -> list[int] | None:
    """Cells of each column; the widest give way first. None where the columns cannot stand side by side."""
    room = width - COLUMN_GAP * (columns - 1)
    if room < columns * COLUMN_LEAST:
        return None
    widths = [
        max([COLUMN_LEAST - 1, *(_cells(row[column]) for row in block.rows if column < len(row))])
        for column in range(columns)
    ]
    while sum(widths) > room:
        widest = max(range(columns), key=lambda column: widths[column])
        second = max([width for place, width in enumerate(widths) if place != widest], default=0)
        widths[widest] -= min(sum(widths) - room, max(1, widths[widest] - second))
    return widths


def _cells(content: Content) -> int:
    return max((line.cell_length for line in content.split(allow_blank=True)), default=0)


def _row(
    row: tuple[Content, ...], widths: list[int], aligns: tuple[str, ...], bar: Content, head: bool
) -> list[Content]:
    cells = []
    for place, width in enumerate(widths):
        content = row[place] if place < len(row) else Content.empty()
        if head:
            content = content.stylize(".md-strong")
        align = aligns[place] if place < len(aligns) else "left"
        cells.append([_aligned(line, width, align) for line in content.wrap(width)])
    height = max(len(cell) for cell in cells)
    for cell, width in zip(cells, widths, strict=True):
        cell += [Content(" " * width)] * (height - len(cell))
    return [bar.join([cell[place] for cell in cells]).rstrip() for place in range(height)]


def _aligned(line: Content, width: int, align: str) -> Content:
    free = max(0, width - line.cell_length)
    left = free if align == "right" else free // 2 if align == "center" else 0
    return Content(" " * left) + line + Content(" " * (free - left))


def _stacked(block: Block, width: int) -> list[Content]:
    """A table too wide for its columns: each row as a list of `head: cell`."""
    head, *rows = block.rows
    lines: list[Content] = []
    for row in rows or [head]:
        for name, cell in zip(head, row, strict=False):
            lines += (name.stylize(".md-strong") + Content(": ") + cell).wrap(width)
        lines.append(Content.empty())
    return lines[:-1]
