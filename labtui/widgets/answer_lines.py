"""The lines of one text that may still grow: only what is new is cleaned, parsed and laid out."""

from __future__ import annotations

from textual.content import Content

from labtui.text import Cleaner, clean
from labtui.widgets.markdown_blocks import Block, Growing, parse
from labtui.widgets.markdown_lines import lay


class AnswerLines:
    """A model's text as lines of Markdown. `follow` it while it streams, `settle` it at the end."""

    def __init__(self) -> None:
        self._raw = 0
        """Characters of the model's text taken so far."""
        self._cleaner = Cleaner()
        self._growing = Growing()
        self._blocks: list[Block] = []
        self._fresh = 0
        """The first block that may have changed since it was laid out."""
        self._width = 0
        self._laid: list[list[Content]] = []
        self._lines: list[Content] = []
        self._settled = False

    def follow(self, text: str) -> bool:
        """Takes what was added to `text` since the last call. True where something changed."""
        if len(text) < self._raw:
            # What came was taken back (it turned out to be reasoning): begin anew.
            self.__init__()  # type: ignore[misc]
        if len(text) == self._raw:
            return False
        added = self._cleaner.feed(text[self._raw :])
        self._raw = len(text)
        self._fresh = min(self._fresh, self._growing.feed(added))
        self._blocks = self._growing.blocks
        return True

    def settle(self, text: str) -> None:
        """Takes the whole text as it is in the end."""
        self._blocks = parse(clean(text))
        self._raw, self._fresh, self._settled = len(text), 0, True

    def lines(self, width: int) -> tuple[list[Content], int]:
        """All lines at that width, and how many from the first are the same as in the last call."""
        if width != self._width:
            self._fresh, self._width = 0, width
        if self._fresh >= len(self._blocks) == len(self._laid):
            return self._lines, len(self._lines)
        del self._laid[self._fresh :]
        same = sum(len(laid) for laid in self._laid)
        for place in range(self._fresh, len(self._blocks)):
            block = self._blocks[place]
            settled = self._settled or place < len(self._blocks) - 2
            laid = lay(block, width, settled=settled)
            self._laid.append([Content.empty(), *laid] if place and block.gap else laid)
        before, self._lines = self._lines, [line for laid in self._laid for line in laid]
        while same < min(len(before), len(self._lines)) and before[same].is_same(self._lines[same]):
            same += 1
        self._fresh = len(self._blocks)
        return self._lines, same


class PlainLines:
    """A person's text, shown as it was typed."""

    def __init__(self, text: str) -> None:
        self._content = Content(clean(text).expandtabs(4))
        self._width = 0
        self._lines: list[Content] = []

    def lines(self, width: int) -> tuple[list[Content], int]:
        if width == self._width:
            return self._lines, len(self._lines)
        self._width = width
        self._lines = self._content.wrap(width)
        return self._lines, 0
