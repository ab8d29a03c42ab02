"""The tree of a taxonomy: only the rows in sight are drawn, however many leaves there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from labtui import signs
from labtui.taxonomy.findings import Level
from labtui.taxonomy.survey import Surveyed
from labtui.text import shorten, width
from labtui.widgets.leaf_rows import Row, inside, rows

SIGNS = {
    Level.ERROR: (signs.FAILED, "$error"),
    Level.WARNING: (signs.WARNING, "$warning"),
    Level.INFO: (signs.DONE, "$success"),
    None: (signs.DONE, "$success"),
}


class LeafTree(ScrollView, can_focus=True):
    BINDINGS = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "move(-999999999)", "first", show=False),
        Binding("end", "move(999999999)", "last", show=False),
        Binding("left", "fold", "fold", show=False, tooltip="Fold the folder, or go up to it"),
        Binding("right", "unfold", "unfold", show=False, tooltip="Unfold the folder"),
        Binding("space", "switch", "fold", show=False, tooltip="Fold or unfold the folder"),
    ]
    DEFAULT_CSS = "LeafTree { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor stands on another row; `leaf` is empty on a folder."""

        def __init__(self, leaf: str, folder: str) -> None:
            super().__init__()
            self.leaf = leaf
            self.folder = folder

    class Entered(Message):
        """A leaf was clicked or chosen to be read."""

        def __init__(self, leaf: str) -> None:
            super().__init__()
            self.leaf = leaf

    def __init__(self) -> None:
        super().__init__(id="leaves")
        self.leaves: dict[str, Surveyed] = {}
        self.changed: dict[str, str] = {}
        self.filter_text = ""
        self._folded: set[str] = set()
        self._rows: list[Row] = []
        self._tally: dict[str, tuple[Counter[Level], int]] = {}

    # -- what is in it ------------------------------------------------------------------------------------------

    def place(self, leaves: Iterable[Surveyed]) -> None:
        """Replaces all leaves; what is known of one of the same name and place stays until it is read again."""
        known = self.leaves
        self.leaves = {leaf.id: known.get(leaf.id, leaf) for leaf in leaves}
        self._rebuild()

    def learn(self, leaves: Iterable[Surveyed]) -> None:
        """Takes what was found out about leaves that stand in the tree."""
        for leaf in leaves:
            if leaf.id in self.leaves:
                self.leaves[leaf.id] = leaf
        self._tally.clear()
        if self.filter_text:
            self._rebuild()
        self.refresh()

    def mark(self, changed: dict[str, str]) -> None:
        self.changed = changed
        self.refresh()

    def narrow(self, text: str) -> None:
        """Shows the leaves that hold every word of `text`; empty shows all."""
        self.filter_text = text.strip().lower()
        self._rebuild(follow=bool(self.filter_text))

    def matching(self) -> list[str]:
        return [name for name in self.leaves if self._keeps(name)]

    def _keeps(self, name: str) -> bool:
        leaf = self.leaves[name]
        searched = f"{name.lower()} {leaf.about}"
        return all(word in searched for word in self.filter_text.split())

    def _rebuild(self, *, follow: bool = False) -> None:
        here = self.row.key if self.row else ""
        self._rows = rows(self.leaves, self._folded, self._keeps if self.filter_text else None)
        self._tally.clear()
        self.virtual_size = Size(0, len(self._rows))
        places = {row.key: number for number, row in enumerate(self._rows)}
        wanted = places.get(here, min(self.cursor, max(0, len(self._rows) - 1)))
        if follow and self._rows and not self._rows[wanted].leaf:
            wanted = next((number for number, row in enumerate(self._rows) if row.leaf), 0)
        moved = wanted != self.cursor
        self.cursor = wanted
        if not moved and (self.row.key if self.row else "") != here:
            self._tell()
        self.refresh()

    # -- where the cursor is ------------------------------------------------------------------------------------

    @property
    def row(self) -> Row | None:
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    @property
    def leaf(self) -> Surveyed | None:
        row = self.row
        return self.leaves.get(row.key) if row is not None and row.leaf else None

    def go_to(self, name: str) -> bool:
        """Puts the cursor on a leaf, unfolding what hides it. False where there is no such leaf in the tree."""
        if name not in self.leaves:
            return False
        self._folded = {folder for folder in self._folded if not inside(name, folder)}
        if self.filter_text and not self._keeps(name):
            self.filter_text = ""
        self._rebuild()
        number = next((number for number, row in enumerate(self._rows) if row.key == name), None)
        if number is not None:
            self.cursor = number
        return number is not None

    def go_to_first_leaf(self) -> None:
        self.cursor = next((number for number, row in enumerate(self._rows) if row.leaf), 0)

    def next_problem(self) -> bool:
        """Moves to the next leaf below (then from the top) that has an error or a warning."""
        names = [row.key for row in rows(self.leaves, set(), self._keeps if self.filter_text else None) if row.leaf]
        here = self.row.key if self.row else ""
        after = names.index(here) + 1 if here in names else 0
        for name in names[after:] + names[:after]:
            if self.leaves[name].level in (Level.ERROR, Level.WARNING):
                return name != here and self.go_to(name)
        return False

    def watch_cursor(self, before: int, after: int) -> None:
        if self._rows:
            self.scroll_to_region(Region(0, after, 1, 1), animate=False, force=True, x_axis=False)
        self._tell()
        self.refresh()

    def _tell(self) -> None:
        row = self.row
        self.post_message(self.Moved(row.key if row and row.leaf else "", row.key if row else ""))

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.cursor = min(max(0, self.cursor + by), max(0, len(self._rows) - 1))

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(1, self.size.height - 1))

    def action_fold(self) -> None:
        row = self.row
        if row is None:
            return
        if row.folder and row.open and not self.filter_text:
            self._folded.add(row.key)
            self._rebuild()
        else:
            self.cursor = next(
                (number for number in range(self.cursor, -1, -1) if self._rows[number].depth < row.depth), self.cursor
            )

    def action_unfold(self) -> None:
        row = self.row
        if row is not None and row.folder and not row.open:
            self._folded.discard(row.key)
            self._rebuild()
        elif row is not None and row.folder:
            self.action_move(1)
        elif row is not None:
            self.post_message(self.Entered(row.key))

    def action_switch(self) -> None:
        row = self.row
        if row is not None and row.folder:
            self._folded.symmetric_difference_update({row.key})
            self._rebuild()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        number = offset.y + self.scroll_offset.y if offset is not None else -1
        if 0 <= number < len(self._rows):
            self.cursor = number
            if self._rows[number].leaf:
                self.post_message(self.Entered(self._rows[number].key))
            else:
                self.action_switch()

    # -- drawing ------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if number >= len(self._rows):
            return Strip.blank(room, self.visual_style.rich_style)
        # The mark says where the cursor is without any colour.
        mark = "▌" if number == self.cursor else " "
        content = Content.assemble((mark, "$accent"), self._draw(self._rows[number], room - 1))
        if number == self.cursor:
            shown = "block-cursor" if self.has_focus else "block-cursor-blurred"
            content = content.pad_right(max(0, room - content.cell_length)).stylize(
                f"${shown}-foreground on ${shown}-background" + (" bold" if self.has_focus else "")
            )
        strips = Visual.to_strips(self, content, room, 1, self.visual_style, apply_selection=False)
        return strips[0].adjust_cell_length(room, self.visual_style.rich_style)

    def _draw(self, row: Row, room: int) -> Content:
        indent = " " * (2 * row.depth)
        arrow = ("▾ " if row.open else "▸ ") if row.folder else ""
        if row.leaf:
            leaf = self.leaves[row.key]
            sign, style = SIGNS[leaf.level] if leaf.read else (signs.WAITING, "$quiet")
            state = {"new": "+", "changed": signs.CHANGED}.get(self.changed.get(row.key, ""), "")
            seeds = f"{leaf.seeds} {'seed' if leaf.seeds == 1 else 'seeds'}"
            right = [(seeds if room >= 36 else str(leaf.seeds), "$quiet")] if leaf.read else []
            if leaf.kind == "unreadable":
                right = [("unreadable", "$error")]
            left = [(indent + arrow, "$quiet"), (f"{sign} ", f"bold {style}")]
            name_style = ""
            marks = [(f" {state}", "bold $accent")] if state else []
        else:
            left, marks, name_style = [(indent, ""), (arrow, "$quiet")], [], "bold" if row.depth == 0 else ""
            right = self._sums(row.key)
        taken = sum(width(text) for text, _ in (*left, *marks, *right)) + (1 if right else 0)
        name = shorten(row.label, max(1, room - taken))
        gap = " " * max(0, room - taken - width(name) + (1 if right else 0))
        return Content.assemble(*left, self._named(name, name_style), *marks, gap, *right)

    def _named(self, name: str, style: str) -> Content:
        """The name, with what the filter looks for underlined."""
        content = Content.styled(name, style)
        for word in self.filter_text.split():
            at = name.lower().find(word)
            if at >= 0:
                content = content.stylize("underline $accent", at, at + len(word))
        return content

    def _sums(self, folder: str) -> list[tuple[str, str]]:
        counts, unread = self._tally_of(folder)
        parts = [
            (f"{counts[level]} {SIGNS[level][0]}", f"bold {SIGNS[level][1]}")
            for level in (Level.ERROR, Level.WARNING)
            if counts[level]
        ]
        if not parts and unread:
            parts = [(signs.WAITING, "$quiet")]
        return [piece for part in parts for piece in ((" ", ""), part)][1:]

    def _tally_of(self, folder: str) -> tuple[Counter[Level], int]:
        """How many leaves below are at each level, and how many are not read yet; counted when a folder is drawn."""
        if folder not in self._tally:
            below = [leaf for name, leaf in self.leaves.items() if inside(name, folder) and self._keeps(name)]
            levels = Counter(leaf.level for leaf in below if leaf.read and leaf.level is not None)
            self._tally[folder] = levels, sum(not leaf.read for leaf in below)
        return self._tally[folder]
