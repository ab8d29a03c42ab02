"""A file of YAML to write in: coloured, with a sign in the gutter at each line where something is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.document._document import EditResult, Selection
from textual.document._edit import Edit
from textual.strip import Strip

from labtui.actions import bindings_for
from labtui.taxonomy.findings import Finding, Level
from labtui.widgets.edit_text import EditText
from labtui.widgets.leaf_text import SIGN
from labtui.widgets.yaml_colours import Blocks, parts

INDENT = 2
OPENING = (":", "|", ">", "|-", ">-", "|+", ">+")
"""What a line ends with whose next one is indented further."""


class YamlText(EditText):
    BINDINGS = bindings_for("taxonomy.text")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "yaml-text--key",
        "yaml-text--sign",
        "yaml-text--remark",
        "yaml-text--quoted",
        "yaml-text--error",
        "yaml-text--warning",
        "yaml-text--info",
    }
    DEFAULT_CSS = """
    YamlText { height: 1fr; padding: 0; background: $background; border: none; }
    YamlText:focus { border: none; background: $background; }
    YamlText .yaml-text--key { color: $secondary; text-style: bold; }
    YamlText .yaml-text--sign { color: $quiet; }
    YamlText .yaml-text--remark { color: $quiet; text-style: italic; }
    YamlText .yaml-text--quoted { color: $success; }
    YamlText .yaml-text--error { color: $error; text-style: bold; }
    YamlText .yaml-text--warning { color: $warning; text-style: bold; }
    YamlText .yaml-text--info { color: $quiet; text-style: bold; }
    """

    def __init__(self, left: Callable[[], Awaitable[None]] | None = None, id: str | None = None) -> None:  # noqa: A002
        """`left` is called when the text is done."""
        self._left = left
        self._blocks = Blocks()
        self._wrong: dict[int, Level] = {}
        super().__init__("", id=id, show_line_numbers=True)
        self.indent_width = INDENT

    def mark(self, findings: Iterable[Finding]) -> None:
        """Puts the sign of the gravest finding before each line."""
        wrong: dict[int, Level] = {}
        order = list(Level)
        for finding in findings:
            row = finding.line - 1
            if row not in wrong or order.index(finding.level) < order.index(wrong[row]):
                wrong[row] = finding.level
        if wrong != self._wrong:
            self._wrong = wrong
            self._line_cache.clear()
            self.refresh()

    # -- the text -----------------------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        self._blocks.forget(0)
        super()._set_document(text, language)

    def edit(self, edit: Edit) -> EditResult:
        self._blocks.forget(edit.top[0])
        below, change = edit.bottom[0], edit.text.count("\n") - (edit.bottom[0] - edit.top[0])
        if change and self._wrong:
            # Until the text is checked again the signs go along with their lines.
            self._wrong = {row + change if row > below else row: level for row, level in self._wrong.items()}
        return super().edit(edit)

    # -- drawing ------------------------------------------------------------------------------------------------

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if not self._blocks.inside(self.document.lines, line_index):
            for start, end, what in parts(line.plain):
                line.stylize(self._look(what), start, end)
        return line

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"yaml-text--{name}", partial=True)

    def _render_line(self, y: int) -> Strip:
        strip = super()._render_line(y)
        row = y + self.scroll_offset.y
        info = self.wrapped_document._offset_to_line_info
        if not self._wrong or row >= len(info) or info[row] is None:
            return strip
        number, section = info[row]
        level = self._wrong.get(number)
        if level is None or section:
            return strip
        # The gutter ends in two blanks; the sign takes the first.
        at = self.gutter_width - 2
        look = self.rich_style + self._look(level.value)
        sign = Strip([Segment(SIGN[level][0], look)], 1)
        return Strip.join([strip.crop(0, at), sign, strip.crop(at + 1)])

    # -- keys ---------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._new_line()

    def _new_line(self) -> None:
        """Begins a line as far in as this one, or further in after what opens a block."""
        row, column = self.selection.end
        line = self.document.get_line(row)[:column]
        indent = len(line) - len(line.lstrip(" "))
        stripped = line.strip()
        if stripped.endswith(OPENING) and not self._blocks.inside(self.document.lines, row):
            key_at = len(line) - len(line.lstrip(" -"))
            indent = (key_at if not stripped.endswith("-") else indent) + INDENT
        self._replace_via_keyboard("\n" + " " * min(indent, column + INDENT), *self.selection)

    async def action_leave(self) -> None:
        if self._left is not None:
            await self._left()

    def action_indent(self) -> None:
        start, end = sorted(self.selection)
        if start[0] == end[0]:
            self._replace_via_keyboard(" " * (INDENT - start[1] % INDENT), start, end)
        else:
            self._shift(INDENT)

    def action_dedent(self) -> None:
        self._shift(-INDENT)

    def _shift(self, by: int) -> None:
        """Moves the lines of the selection to the right or to the left."""
        (top, top_column), (bottom, bottom_column) = sorted(self.selection)
        lines = self.document.lines[top : bottom + 1]
        shifted = [_shifted(line, by) for line in lines]
        if shifted == lines:
            return
        self.replace("\n".join(shifted), (top, 0), (bottom, len(lines[-1])), maintain_selection_offset=False)
        first, last = len(shifted[0]) - len(lines[0]), len(shifted[-1]) - len(lines[-1])
        self.selection = Selection((top, max(0, top_column + first)), (bottom, max(0, bottom_column + last)))


def _shifted(line: str, by: int) -> str:
    if by > 0:
        return " " * by + line if line.strip() else line
    return line[min(-by, len(line) - len(line.lstrip(" "))) :]
