"""The right side of the taxonomy screen: one leaf, several ways."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from labtui.errors import LabError
from labtui.screens.base import Panel
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.survey import Surveyed
from labtui.text import shorten
from labtui.widgets.sheet import Sheet
from labtui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from labtui.app import LabApp

VIEWS = ("Form", "YAML", "Problems")
FORM, YAML, PROBLEMS = range(3)


@dataclass
class Page:
    """One leaf laid out for one width."""

    id: str
    width: int
    unfolded: bool
    views: tuple[list[Content], list[Content], list[Content]]
    findings: tuple[Finding, ...]
    raw: str = ""
    question: str = ""
    """Its first one."""
    places: list[int] = field(default_factory=list)
    """Rows of the YAML view where a problem is."""


class LeafSide(Panel):
    app: LabApp

    class LaidOut(Message):
        def __init__(self, page: Page) -> None:
            super().__init__()
            self.page = page

    class Saved(Message):
        """The file of a leaf was written."""

        def __init__(self, id: str) -> None:  # noqa: A002 - what it is
            super().__init__()
            self.id = id

    class Unsaved(Message):
        """The leaves that have unsaved edits now."""

        def __init__(self, ids: set[str]) -> None:
            super().__init__()
            self.ids = ids

    class Renamed(Message):
        def __init__(self, old: str, new: str) -> None:
            super().__init__()
            self.old = old
            self.new = new

    class Made(Message):
        """A new leaf is on disk."""

        def __init__(self, id: str) -> None:  # noqa: A002 - what it is
            super().__init__()
            self.id = id

    class Read(Message):
        """A view was asked for: the leaf wants to be in front where only one side has room."""

    def __init__(self) -> None:
        super().__init__(title="leaf", id="leaf")
        self.leaf: Surveyed | None = None
        self.page: Page | None = None
        self._unfolded = False

    def compose(self) -> ComposeResult:
        yield ViewTabs(VIEWS, id="views")
        yield Sheet(id="sheet")

    @property
    def sheet(self) -> Sheet:
        return self.query_one(Sheet)

    @property
    def has_inner_focus(self) -> bool:
        return self.has_focus or self.has_focus_within

    def enter(self) -> None:
        """Takes the focus."""
        self.sheet.focus()

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, leaf: Surveyed | None) -> None:
        """Shows a leaf, the same one again as it stands now, or none."""
        before, self.leaf = self.leaf, leaf
        if leaf is None:
            self.sheet.show([])
            self.title_it("leaf")
            self.page = None
        elif before is None or before.id != leaf.id:
            self._unfolded = False
            self._lay_out(leaf)
        else:
            self._lay_out(leaf, keep=True)

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        if self.leaf is not None:
            self._lay_out(self.leaf, keep=True)

    def _lay_out(self, leaf: Surveyed, *, keep: bool = False) -> None:
        room = self.sheet.room
        page = self.page
        if page is not None and (page.id, page.width, page.unfolded) == (leaf.id, room, self._unfolded) and not keep:
            return
        self._read_leaf(leaf, room, self._unfolded)

    @work(thread=True, exclusive=True, group="taxonomy-leaf", exit_on_error=False)
    def _read_leaf(self, leaf: Surveyed, room: int, unfolded: bool) -> None:
        from labtui.taxonomy.leaf import read_leaf_file
        from labtui.widgets import leaf_views

        worker = get_current_worker()
        read = read_leaf_file(leaf.path, leaf.id)
        yaml, places = leaf_views.source(read, leaf.findings, room)
        views = (
            leaf_views.form(read, leaf.findings, room, unfolded=unfolded),
            yaml,
            leaf_views.problems(leaf.findings, room),
        )
        if not worker.is_cancelled:
            question = next((pair.question.strip() for seed in read.seeds for pair in seed.pairs), "")
            page = Page(leaf.id, room, unfolded, views, leaf.findings, read.raw, question, places)
            self.post_message(self.LaidOut(page))

    @on(LaidOut)
    def _on_laid_out(self, event: LaidOut) -> None:
        page, before = event.page, self.page
        if self.leaf is None or self.leaf.id != page.id:
            return
        self.page = page
        self.title_it(_from_the_left(page.id, max(10, self.size.width - 6)))
        tabs = self.query_one(ViewTabs)
        worst = next((finding.level for finding in page.findings), None)
        tabs.note(PROBLEMS, str(len(page.findings) or ""), "$error" if worst == Level.ERROR else "$warning")
        self._show_view(keep=before is not None and before.id == page.id)

    def _show_view(self, *, keep: bool = False) -> None:
        if self.page is not None:
            self.sheet.show(self.page.views[self.query_one(ViewTabs).chosen], keep_place=keep)

    @on(ViewTabs.Chosen)
    def _on_view_chosen(self, event: ViewTabs.Chosen) -> None:
        self.choose_view(event.number)

    def choose_view(self, number: int) -> None:
        tabs = self.query_one(ViewTabs)
        if tabs.chosen != number:
            tabs.chosen = number
            self._show_view()

    # -- what the keys of the screen do -------------------------------------------------------------------------

    def step_view(self, by: int) -> None:
        if self.has_inner_focus:
            self.choose_view((self.query_one(ViewTabs).chosen + by) % len(VIEWS))

    def unfold(self) -> None:
        if self.leaf is not None:
            self._unfolded = not self._unfolded
            self._lay_out(self.leaf, keep=True)

    def next_problem(self) -> bool:
        """Goes to the next problem below in the file. False where the focus is elsewhere or there is none."""
        sheet, page = self.sheet, self.page
        if page is None or not self.has_inner_focus or not page.places:
            return False
        if self.query_one(ViewTabs).chosen != YAML:
            self.choose_view(YAML)
            sheet.scroll_to(y=max(0, page.places[0] - 2), animate=False, force=True)
            return True
        below = [row for row in page.places if row - 2 > sheet.scroll_offset.y]
        if below and sheet.scroll_offset.y < sheet.max_scroll_y:
            sheet.scroll_to(y=below[0] - 2, animate=False, force=True)
            return True
        return False

    def generate(self) -> None:
        if self.leaf is None:
            return
        if self.leaf.kind == "unreadable":
            self.app.say("This leaf cannot be read; its problems say why.", "warning")
            self.choose_view(PROBLEMS)
            self.post_message(self.Read())
            return
        self.app.open("generate", leaf=self.leaf.id)

    def talk(self) -> None:
        """The chat, with the leaf's first question ready to be sent."""
        page = self.page
        self.app.open("chat", **({"question": page.question} if page is not None and page.question else {}))

    def copy(self) -> None:
        """The file while the focus is here, the id while it is in the tree."""
        if self.leaf is not None and self.page is not None:
            self.app.copy_text(self.page.raw if self.has_inner_focus else self.leaf.id)

    def edit(self) -> None:
        """Opens the file in the user's editor, and comes back when that ends."""
        if self.leaf is None:
            return
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            with self.app.suspend():
                code = subprocess.call([*shlex.split(editor), os.fspath(self.leaf.path)])
        except SuspendNotSupported:
            self.app.fail(LabError("No editor can be opened here.", hint=f"Open the file yourself: {self.leaf.path}"))
            return
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.app.fail(
                LabError(
                    f"The editor cannot be started: {reason}.",
                    where=editor,
                    hint="Set the variable EDITOR to the editor you use.",
                )
            )
            return
        self.screen.refresh(repaint=True, layout=True)
        if code:
            self.app.say(f"The editor ended with exit code {code}.", "warning")
        self.page = None
        self.post_message(self.Saved(self.leaf.id))
        self.app.look_again()


def _from_the_left(text: str, cells: int) -> str:
    """The end of a long path is what tells leaves apart."""
    whole = shorten(text, 10_000)
    while len(whole) > 1 and len(whole) > cells:
        whole = "…" + whole[2:]
    return whole
