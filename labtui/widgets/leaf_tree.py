"""The tree of a taxonomy: rows exist for what the open folders show, and only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from labtui.taxonomy.browsing.forest import KINDS, Forest, Node, troubled
from labtui.taxonomy.browsing.orders import Order, next_problem
from labtui.taxonomy.browsing.rows import Folding, Row, levels_at_first, rows, rows_below
from labtui.taxonomy.browsing.searching import Found
from labtui.taxonomy.browsing.wanted import Wanted
from labtui.taxonomy.checking.survey import Surveyed
from labtui.widgets.leaf_row import draw

NOTHING = (0,) * KINDS


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
        self.forest = Forest()
        self.order = Order.PATH
        self.folding = Folding()
        self.want = Wanted()
        self._found: Found | None = None
        """What the filter found so far; None where there is no filter."""
        self._found_rows: list[Row] = []
        self._folded_found: set[str] = set()
        self._rows: list[Row] = []

    # -- what is in it ------------------------------------------------------------------------------------------

    def place(self, forest: Forest) -> None:
        """Shows another forest; where the cursor stands and what is folded stays."""
        if len(forest) > 2 * len(self.forest):
            self.folding.levels = levels_at_first(forest)
        # What git says may have come while the forest was made.
        forest.mark(self.forest.changed)
        forest.mark_unsaved(self.forest.unsaved)
        self.forest = forest
        if self._found is None:
            self._rebuild()
        else:
            self.refresh()

    def reshape(self) -> None:
        """Leaves came or went."""
        if self._found is None:
            self._rebuild()

    def learn(self, leaves: Iterable[Surveyed]) -> None:
        """Takes what was found out about leaves that stand in the tree."""
        for leaf in leaves:
            self.forest.learn(leaf)
        self.refresh()

    def mark(self, changed: Mapping[str, str]) -> None:
        self.forest.mark(changed)
        self.refresh()

    def mark_unsaved(self, names: Iterable[str]) -> None:
        self.forest.mark_unsaved(names)
        self.refresh()

    def sort(self, order: Order) -> None:
        """Puts the children of every folder in this order, as things stand now."""
        self.order = order
        if self._found is None:
            self._rebuild()

    @property
    def narrowed(self) -> bool:
        return self._found is not None

    def matching(self) -> list[str]:
        """The leaves the filter found, or all of them."""
        if self._found is None:
            return [leaf.id for leaf in self.forest]
        return [row.key for row in self._found_rows if row.leaf]

    @property
    def sums(self) -> Sequence[int]:
        """Of everything the tree shows, folded or not."""
        return self._sums("")

    def show_found(self, want: Wanted, found: Found, *, follow: bool) -> None:
        """Shows what a filter found instead of the whole. `follow`: the cursor goes to a leaf of it."""
        here = self.row.key if self.row else ""
        # Typed before the leaves were read, a filter finds none at first: the cursor has yet to be led to one.
        follow = follow or not any(row.leaf for row in self._rows)
        self.want, self._found = want, found
        self._found_rows = found.rows
        if follow:
            self._folded_found.clear()
        self._set_rows(self._unfolded_found(), "" if follow else here)
        if follow and self._rows:
            # What was typed for is looked for from the top.
            self.go_to_first_leaf()
            self.scroll_to(y=0, animate=False, force=True)

    def add_found(self, found: Found) -> None:
        """More of what `show_found` began with; nothing above it moves."""
        self._found = found
        self._found_rows.extend(found.rows)
        if self._folded_found:
            self._set_rows(self._unfolded_found(), self.row.key if self.row else "")
            return
        if self._rows is not self._found_rows:
            self._rows = self._found_rows
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()

    def show_all(self) -> None:
        """Drops the filter; the leaf under the cursor stays in sight."""
        if self._found is None:
            return
        row = self.row
        if row is not None:
            self.folding.reveal(row.node)
        self.want, self._found, self._found_rows = Wanted(), None, []
        self._folded_found.clear()
        self._rebuild()

    def _unfolded_found(self) -> list[Row]:
        if not self._folded_found:
            return self._found_rows
        shown, hidden_below = [], -1
        for row in self._found_rows:
            if hidden_below >= 0 and row.depth > hidden_below:
                continue
            hidden_below = row.depth if row.key in self._folded_found else -1
            shown.append(row)
        return shown

    def _rebuild(self) -> None:
        self._set_rows(rows(self.forest, self.folding, self.order), self.row.key if self.row else "")

    def _set_rows(self, found: list[Row], here: str) -> None:
        """Replaces the rows; the cursor stays on `here`, or as near to it as there is a row."""
        self._rows = found
        self.virtual_size = Size(0, len(found))
        wanted = self._number_of(here)
        if wanted is None:
            wanted = min(self.cursor, max(0, len(found) - 1))
        moved = wanted != self.cursor
        self.cursor = wanted
        if not moved and (self.row.key if self.row else "") != here:
            self._tell()
        self.refresh()

    def _number_of(self, key: str) -> int | None:
        return next((number for number, row in enumerate(self._rows) if row.node.key == key), None) if key else None

    # -- where the cursor is ------------------------------------------------------------------------------------

    @property
    def row(self) -> Row | None:
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    @property
    def leaf(self) -> Surveyed | None:
        row = self.row
        return self.forest.leaf(row.key) if row is not None else None

    def in_sight(self) -> list[str]:
        """The leaves on the screen and a little beyond it."""
        first = max(0, int(self.scroll_offset.y))
        return [row.key for row in self._rows[first : first + self.size.height + 10] if row.leaf]

    def go_to(self, name: str) -> bool:
        """Puts the cursor on a leaf, unfolding what hides it. False where there is no such leaf in what is shown."""
        node = self.forest.nodes.get(name)
        if node is None or node.leaf is None:
            return False
        number = self._number_of(name)
        if number is None and self._found is None:
            self.folding.reveal(node)
            self._rebuild()
            number = self._number_of(name)
        if number is None:
            return False
        self.cursor = number
        return True

    def go_to_first_leaf(self) -> None:
        """The first leaf in sight, or else the first of all."""
        number = next((number for number, row in enumerate(self._rows) if row.leaf), None)
        if number is not None:
            self.cursor = number
            return
        row = next(iter(self._rows), None)
        while row is not None and not row.leaf:
            self.folding.unfold(row.node)
            row = next(iter(rows_below(self.forest, row, self.folding, self.order)), None)
        if row is not None:
            self.go_to(row.key)

    def next_problem(self, *, back: bool = False) -> bool:
        """Moves to the next leaf below (or above), then from the other end, that has an error or a warning."""
        if self._found is None:
            here = self.row.key if self.row else ""
            name = next_problem(self.forest, here, self.order, back=back)
            return name is not None and self.go_to(name)
        count = len(self._found_rows)
        at = self._found_rows.index(self.row) if self.row in self._found_rows else 0
        for by in range(1, count):
            row = self._found_rows[(at - by if back else at + by) % count]
            if troubled(row.node.leaf):
                self._reveal_found(row.node)
                return self.go_to(row.key)
        return False

    def _reveal_found(self, node: Node) -> None:
        hiding = [key for key in self._folded_found if node.key.startswith(f"{key}/")]
        if hiding:
            self._folded_found.difference_update(hiding)
            self._set_rows(self._unfolded_found(), self.row.key if self.row else "")

    def watch_cursor(self, before: int, after: int) -> None:
        if self._rows:
            self.scroll_to_region(Region(0, after, 1, 1), animate=False, force=True, x_axis=False)
        self._tell()
        self.refresh()

    def _tell(self) -> None:
        row = self.row
        self.post_message(self.Moved(row.key if row and row.leaf else "", row.key if row else ""))

    # -- keys ---------------------------------------------------------------------------------------------------

    def is_open(self, number: int) -> bool | None:
        """Whether a row's folder is open; None where nothing is below it."""
        row = self._rows[number]
        if number + 1 < len(self._rows) and self._rows[number + 1].depth > row.depth:
            return True
        return False if row.folder and (self._found is None or row.key in self._folded_found) else None

    def action_move(self, by: int) -> None:
        self.cursor = min(max(0, self.cursor + by), max(0, len(self._rows) - 1))

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(1, self.size.height - 1))

    def action_fold(self) -> None:
        if self.row is None:
            return
        if self.is_open(self.cursor):
            self.action_switch()
        else:
            depth = self.row.depth
            self.cursor = next(
                (number for number in range(self.cursor, -1, -1) if self._rows[number].depth < depth), self.cursor
            )

    def action_unfold(self) -> None:
        if self.row is None:
            return
        is_open = self.is_open(self.cursor)
        if is_open is None:
            self.post_message(self.Entered(self.row.key))
        elif is_open:
            self.action_move(1)
        else:
            self.action_switch()

    def action_switch(self) -> None:
        """Folds or unfolds the folder under the cursor; every other row stays as it is."""
        row, number = self.row, self.cursor
        if row is None or (is_open := self.is_open(number)) is None:
            return
        if self._found is not None:
            self._folded_found.symmetric_difference_update({row.key})
            self._set_rows(self._unfolded_found(), row.key)
        elif is_open:
            self.folding.fold(row.node)
            end = number + 1
            while end < len(self._rows) and self._rows[end].depth > row.depth:
                end += 1
            del self._rows[number + 1 : end]
        else:
            self.folding.unfold(row.node)
            self._rows[number + 1 : number + 1] = rows_below(self.forest, row, self.folding, self.order)
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()

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

    def _sums(self, key: str) -> Sequence[int]:
        if self._found is not None:
            return self._found.sums.get(key, NOTHING)
        node = self.forest.nodes.get(key) if key else self.forest.top
        return self.forest.sums_of(node) if node is not None else NOTHING

    def render_line(self, y: int) -> Strip:
        room = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if number >= len(self._rows):
            return Strip.blank(room, self.visual_style.rich_style)
        row = self._rows[number]
        # The mark says where the cursor is without any colour.
        mark = "▌" if number == self.cursor else " "
        drawn = draw(row, self.is_open(number), room - 1, self.forest, self._sums(row.key), self.want.shown)
        content = Content.assemble((mark, "$accent"), drawn)
        if number == self.cursor:
            shown = "block-cursor" if self.has_focus else "block-cursor-blurred"
            content = content.pad_right(max(0, room - content.cell_length)).stylize(
                f"${shown}-foreground on ${shown}-background" + (" bold" if self.has_focus else "")
            )
        strips = Visual.to_strips(self, content, room, 1, self.visual_style, apply_selection=False)
        return strips[0].adjust_cell_length(room, self.visual_style.rich_style)
