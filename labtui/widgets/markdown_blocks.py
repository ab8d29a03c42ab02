"""Markdown as plain blocks of styled text, for models' answers.

Made for foreign text that grows: nothing in it becomes a link, an action or markup, addresses are shown in full,
raw HTML is shown as it was written, and while an answer streams only its last blocks are parsed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from textual.content import Content, Span

from labtui.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Kind = Literal["text", "code", "table", "rule"]

BULLETS = ("•", "▪", "·")
QUOTE = "▌ "


@dataclass(frozen=True)
class Block:
    """Lines that are laid out together. `first` and `rest` stand before its first and its other lines."""

    kind: Kind
    content: Content = field(default_factory=Content.empty)
    first: str = ""
    rest: str = ""
    gap: bool = True
    """An empty line stands before it."""
    language: str = ""
    rows: tuple[tuple[Content, ...], ...] = ()
    """Of a table; the first one is its head."""
    aligns: tuple[str, ...] = ()


@cache
def _parser() -> MarkdownIt:
    # Imported late: some 20 ms that only a screen with an answer needs.
    from markdown_it import MarkdownIt

    # Reference definitions would vanish from the page: they stay, as text.
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable(["reference", "html_block", "html_inline"])


def parse(text: str) -> list[Block]:
    """The blocks of cleaned text."""
    return [block for _, block in _blocks(text)]


class Growing:
    """The blocks of a text that only ever gets longer: all but its last two top-level parts are parsed once."""

    def __init__(self) -> None:
        self._settled: list[Block] = []
        self._open: list[Block] = []
        self._tail = ""

    def feed(self, text: str) -> int:
        """Adds text; returns how many blocks from the start have not changed since the last call."""
        kept = len(self._settled)
        self._tail += text
        parts = list(_blocks(self._tail))
        starts = sorted({line for line, _ in parts})
        if len(starts) > 2:
            cut = starts[-2]
            self._settled += [block for line, block in parts if line < cut]
            parts = [(line, block) for line, block in parts if line >= cut]
            self._tail = "\n".join(self._tail.split("\n")[cut:])
        self._open = [block for _, block in parts]
        return kept

    @property
    def blocks(self) -> list[Block]:
        return [*self._settled, *self._open]


def _blocks(text: str) -> Iterator[tuple[int, Block]]:
    """(line on which its top-level part begins, block)."""
    tokens = _parser().parse(text)
    walker = _Walker()
    start = 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.map:
            start = token.map[0]
        for block in walker.take(token, tokens, place):
            yield start, block


@dataclass
class _List:
    ordered: bool
    number: int
    depth: int
    pending: str = ""
    """The bullet that the next block of the list carries."""
    indent: str = ""
    tight: bool = False


class _Walker:
    """Turns the parser's token stream into blocks, keeping track of lists, quotes and tables."""

    def __init__(self) -> None:
        self.stack: list[_List | str] = []
        self.heading = 0
        self.rows: list[tuple[Content, ...]] = []
        self.row: list[Content] = []
        self.aligns: list[str] = []
        self.in_table = False

    def take(self, token: Token, tokens: list[Token], place: int) -> Iterator[Block]:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self._open_list(token, kind == "ordered_list_open")
        elif kind == "list_item_open":
            self._open_item()
        elif kind == "list_item_close":
            if (pending := self._top_list()).pending:
                yield self._block("text", gap=False)
                pending.pending = ""
        elif kind == "blockquote_open":
            self.stack.append(QUOTE)
        elif kind in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            self.stack.pop()
        elif kind == "heading_open":
            self.heading = int(token.tag[1:])
        elif kind == "inline" and self.in_table:
            self.row.append(inline(token))
        elif kind == "inline":
            tight = bool(place and tokens[place - 1].hidden)
            yield self._inline_block(inline(token), tight)
        elif kind in ("fence", "code_block"):
            code = clean(token.content).expandtabs(4).rstrip("\n")
            yield self._block("code", Content(code), language=clean(token.info.strip().split(" ")[0], lines=False))
        elif kind == "hr":
            yield self._block("rule")
        else:
            yield from self._table(token)

    def _table(self, token: Token) -> Iterator[Block]:
        if token.type == "table_open":
            self.in_table, self.rows, self.aligns = True, [], []
        elif token.type == "tr_open":
            self.row = []
        elif token.type == "th_open":
            style = str(token.attrs.get("style", ""))
            self.aligns.append(style.partition(":")[2].strip() or "left")
        elif token.type == "tr_close":
            self.rows.append(tuple(self.row))
        elif token.type == "table_close":
            self.in_table = False
            yield self._block("table", rows=tuple(self.rows), aligns=tuple(self.aligns))

    def _inline_block(self, content: Content, tight: bool) -> Block:
        if self.heading:
            content = content.stylize(".md-heading-1" if self.heading == 1 else ".md-heading")
            self.heading = 0
        return self._block("text", content, gap=not tight)

    def _block(
        self,
        kind: Kind,
        content: Content | None = None,
        *,
        gap: bool = True,
        language: str = "",
        rows: tuple[tuple[Content, ...], ...] = (),
        aligns: tuple[str, ...] = (),
    ) -> Block:
        first = rest = ""
        bulleted = False
        for entry in self.stack:
            if isinstance(entry, str):
                first, rest = first + entry, rest + entry
            else:
                first += entry.pending or entry.indent
                rest += entry.indent
                bulleted = bulleted or bool(entry.pending)
                # The first item of an outer list is set off from what stands before the list.
                if entry.pending and not entry.tight and entry.depth == 1:
                    gap = True
                    entry.tight = True
                entry.pending = ""
        return Block(kind, content or Content.empty(), first, rest, gap, language, rows, aligns)

    def _open_list(self, token: Token, ordered: bool) -> None:
        depth = 1 + sum(isinstance(entry, _List) for entry in self.stack)
        number = token.attrs.get("start", 1)
        self.stack.append(_List(ordered, int(number), depth))

    def _open_item(self) -> None:
        entry = self._top_list()
        if entry.ordered:
            entry.pending = f"{entry.number}. "
            entry.number += 1
        else:
            entry.pending = f"{BULLETS[(entry.depth - 1) % len(BULLETS)]} "
        entry.indent = " " * len(entry.pending)

    def _top_list(self) -> _List:
        return next(entry for entry in reversed(self.stack) if isinstance(entry, _List))


_STYLES = {"strong": ".md-strong", "em": ".md-emphasis", "s": ".md-strike"}


def inline(token: Token) -> Content:
    """The styled text of one inline token: emphasis and code as styles, addresses spelled out."""
    text = ""
    spans: list[Span] = []
    opened: list[tuple[str, int, str]] = []
    for child in token.children or []:
        kind = child.type
        if kind == "text":
            text += clean(child.content)
        elif kind == "code_inline":
            code = clean(child.content, lines=False)
            spans.append(Span(len(text), len(text) + len(code), ".md-code"))
            text += code
        elif kind in ("softbreak", "hardbreak"):
            text += " " if kind == "softbreak" else "\n"
        elif kind == "image":
            text += f"[{clean(child.content, lines=False) or 'image'}]"
            text = _address(text, spans, str(child.attrs.get("src", "")), "")
        elif kind == "link_open":
            opened.append(("link", len(text), str(child.attrs.get("href", ""))))
        elif kind == "link_close":
            _, start, address = opened.pop()
            text = _address(text, spans, address, text[start:])
        elif kind.endswith("_open"):
            opened.append((kind[:-5], len(text), ""))
        elif kind.endswith("_close"):
            name, start, _ = opened.pop()
            spans.append(Span(start, len(text), _STYLES.get(name, "")))
        else:
            text += clean(child.content)
    return Content(text, spans=[span for span in spans if span.style and span.end > span.start])


def _address(text: str, spans: list[Span], address: str, shown: str) -> str:
    """`text` with the address after it, unless the address is what is shown already."""
    address = clean(address, lines=False)
    if not address or address == shown or address == f"mailto:{shown}":
        return text
    addition = f" ({address})" if shown or text else address
    spans.append(Span(len(text), len(text) + len(addition), ".md-address"))
    return text + addition
