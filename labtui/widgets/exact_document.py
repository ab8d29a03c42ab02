"""The text behind an editor, kept character for character: lines end at newlines and nowhere else.

Textual's own document also splits at form feeds, NEL and the line separators of Unicode, and joins all of them
with newlines: a file that holds one would be changed by being shown.
"""

from __future__ import annotations

from textual.document._document import Document, EditResult, Location


class ExactDocument(Document):
    def __init__(self, text: str) -> None:
        super().__init__("")
        self._newline = "\n"
        self._lines = text.split("\n")

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        (top_row, top_column), (bottom_row, bottom_column) = sorted((start, end))
        lines = self._lines
        replaced = self.get_text_range(start, end)
        before = lines[top_row][:top_column] if top_row < len(lines) else ""
        after = lines[bottom_row][bottom_column:] if bottom_row < len(lines) else ""
        inserted = text.split("\n")
        inserted[0] = before + inserted[0]
        column = len(inserted[-1])
        inserted[-1] += after
        lines[top_row : bottom_row + 1] = inserted
        return EditResult((top_row + len(inserted) - 1, column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        (top_row, top_column), (bottom_row, bottom_column) = sorted((start, end))
        lines = self._lines
        if top_row == bottom_row:
            return lines[top_row][top_column:bottom_column] if top_row < len(lines) else ""
        inner = lines[top_row + 1 : bottom_row]
        last = [lines[bottom_row][:bottom_column]] if bottom_row < len(lines) else []
        return "\n".join([lines[top_row][top_column:], *inner, *last])
