"""The window that shows what would change in a leaf, and asks."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from labtui import signs
from labtui.operations.taxonomy_fixing import Change
from labtui.taxonomy.fixing.unified import DiffLine, counts, unified_diff
from labtui.taxonomy.fixing.upgrade import summed_up
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.unified_lines import unified_lines
from labtui.widgets.window import Window


class ChangeWindow(Window[bool]):
    """Answers True for apply, False for leave it. Nothing is changed here.

    `change` comes from `operations.taxonomy_fixing`, and its diff is shown: removed lines with -, added ones with +.
    """

    BINDINGS = [
        Binding("y", "answer(True)", "apply", tooltip="Change it as it is shown"),
        Binding("escape,n,q", "answer(False)", "leave it", tooltip="Leave it as it is"),
        # The arrows and pages are the sheet's own.
        Binding("k", "scroll(-1)", "scroll", show=False),
        Binding("j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, change: Change, title: str) -> None:
        super().__init__()
        self._change, self._title = change, title
        self._lines: list[DiffLine] = unified_diff(change.before, change.after, change.shown, change.shown_target)

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide -change") as window:
            window.border_title = self._title
            yield Plain(summary(self._change, self._lines), classes="what")
            yield Sheet()
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one(Sheet).focus()
        self._draw()

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    def action_scroll(self, lines: int) -> None:
        self.query_one(Sheet).scroll_relative(y=lines, animate=False)

    @on(Sheet.Resized)
    def _draw(self) -> None:
        sheet = self.query_one(Sheet)
        room = max(20, sheet.room)
        lines = [*_missing(self._change, room), *unified_lines(self._lines, room)]
        sheet.styles.height = max(1, min(len(lines), self.app.size.height - 11))
        sheet.show(lines, keep_place=True)


def summary(change: Change, lines: list[DiffLine]) -> str:
    """What happens to the file, in a sentence or two."""
    added, removed = counts(lines)
    words = f"{_count(added, 'line')} added, {removed:,} removed."
    if change.target != change.path:
        words = f"It is renamed to {change.target.name}. {words}"
    if change.done:
        words = f"{_count(len(change.done), 'finding')} put right: {words}"
    left = sum(finding.level != "info" for finding in change.left)
    if change.missing:
        return f"{words} {_count(len(change.missing), 'thing')} left for you to add afterwards."
    return (
        f"{words} {_count(left, 'finding')} left for you." if left else f"{words} Nothing else is wrong with it then."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _missing(change: Change, room: int) -> list[Content]:
    """What a person must still add, before the difference."""
    lines: list[Content] = []
    for sentence in summed_up(change.missing):
        rows = Content.styled(clean(sentence, lines=False)).wrap(room - 2)
        for row, part in enumerate(rows):
            mark = f"{signs.WARNING} " if row == 0 else "  "
            lines.append(Content.assemble((mark, "bold $warning"), part))
    return [*lines, Content("")] if lines else []
