"""The taxonomy: its tree on the left, the chosen leaf on the right."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from labtui import signs
from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.screens.base import LabScreen, Panel
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.survey import Surveyed
from labtui.text import shorten
from labtui.widgets.leaf_tree import LeafTree
from labtui.widgets.plain import Plain
from labtui.widgets.sheet import Sheet
from labtui.widgets.view_tabs import ViewTabs

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


class TaxonomyScreen(LabScreen):
    NAME = "taxonomy"
    TITLE = "taxonomy"
    HELP = """\
Every folder that holds a `qna.yaml` is a **leaf**: a piece of knowledge or a skill, told by a few seed examples.

The sign before a leaf is what InstructLab's own checks say of it: `✔` clean, `!` warnings, `✖` errors, `◌` not
checked yet. `●` behind its name: changed since the last commit; `+`: new.

`/` keeps the leaves that hold all the words you type: parts of the path, the description, the author, the kind, or
the name of a rule such as `lint.trailing-spaces`.
"""
    BINDINGS = bindings_for("taxonomy")
    AUTO_FOCUS = "LeafTree"

    class Placed(Message):
        def __init__(self, leaves: list[Surveyed]) -> None:
            super().__init__()
            self.leaves = leaves

    class Learnt(Message):
        def __init__(self, leaves: list[Surveyed], done: bool = False) -> None:
            super().__init__()
            self.leaves = leaves
            self.done = done

    class Changed(Message):
        def __init__(self, changed: dict[str, str]) -> None:
            super().__init__()
            self.changed = changed

    class LaidOut(Message):
        def __init__(self, page: Page) -> None:
            super().__init__()
            self.page = page

    def __init__(self) -> None:
        super().__init__()
        self._page: Page | None = None
        self._wanted = ""
        """The leaf to show as soon as it is in the tree."""
        self._unfolded = False
        self._placed = False
        self._complete = False
        self._typed_ahead: list[Callable[[], None]] = []
        """What keys asked for that needs the tree, or all checks, and came before them."""
        self.settled = False
        """Everything was read and checked; tests wait for it."""

    def body(self) -> ComposeResult:
        with Horizontal(id="panes"):
            with Panel(title="taxonomy", id="tree"):
                yield Input(placeholder="/ filter…", id="filter", compact=True)
                yield LeafTree()
                yield Plain("", id="nothing")
            with Panel(title="leaf", id="leaf"):
                yield ViewTabs(VIEWS, id="views")
                yield Sheet(id="sheet")

    def on_screen_resume(self) -> None:
        self._read_tree()

    def receive(self, leaf: str = "") -> None:
        """`leaf`: the id of a leaf to show."""
        if leaf and not self._show_leaf(leaf):
            self._wanted = leaf

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def root(self) -> Path | None:
        workspace = self.app.context.workspace
        return workspace.taxonomy if workspace is not None else None

    @work(thread=True, exclusive=True, group="taxonomy-tree", exit_on_error=False)
    def _read_tree(self) -> None:
        from labtui.taxonomy.survey import changes, places, survey

        worker = get_current_worker()
        root = self.root
        if root is None or not root.is_dir():
            self.post_message(self.Placed([]))
            return
        found = places(root)
        known = dict(self.query_one(LeafTree).leaves)
        if worker.is_cancelled:
            return
        self.post_message(self.Placed(found))
        for batch in survey(found, known, lambda: worker.is_cancelled):
            self.post_message(self.Learnt(batch))
        if not worker.is_cancelled:
            self.post_message(self.Changed(changes(root)))
            self.post_message(self.Learnt([], done=True))

    @on(Placed)
    def _on_placed(self, event: Placed) -> None:
        tree = self.query_one(LeafTree)
        first = not tree.leaves
        self.settled, self._complete = False, False
        tree.place(event.leaves)
        self._say_nothing()
        if self._wanted and self._show_leaf(self._wanted):
            self._wanted = ""
        elif first and event.leaves:
            tree.go_to_first_leaf()
        self._count()
        self._placed = True
        self._catch_up()

    @on(Learnt)
    def _on_learnt(self, event: Learnt) -> None:
        tree = self.query_one(LeafTree)
        tree.learn(event.leaves)
        self._complete = event.done
        self._count()
        shown = tree.leaf
        if shown is not None and any(leaf.id == shown.id for leaf in event.leaves):
            self._lay_out(shown, keep=True)
        if event.done:
            self._catch_up()
        self.settled = event.done

    def _catch_up(self) -> None:
        """Does what was asked for before there was anything to do it on."""
        asked, self._typed_ahead = self._typed_ahead, []
        for action in asked:
            action()

    @on(Changed)
    def _on_changed(self, event: Changed) -> None:
        self.query_one(LeafTree).mark(event.changed)

    def _say_nothing(self) -> None:
        tree, nothing = self.query_one(LeafTree), self.query_one("#nothing", Plain)
        text = ""
        root = self.root
        if root is None:
            text = "There is no workspace."
        elif root.is_symlink() and not root.exists():
            text = f"The taxonomy is a link to {os.readlink(root)}, and that is gone."
        elif not root.is_dir():
            text = "This workspace has no taxonomy.\n\nGive it one: labtui init . --taxonomy URL|DIR"
        elif not tree.leaves:
            text = "The taxonomy holds no leaves yet.\n\nA leaf is a folder with a qna.yaml below knowledge/ or "
            text += "compositional_skills/."
        elif tree.filter_text and not tree.matching():
            text = f"No leaf holds “{tree.filter_text}”."
        nothing.show(text)
        nothing.display = bool(text)
        tree.display = not text
        if text:
            self.query_one(Sheet).show([])
            self.query_one("#leaf", Panel).title_it("leaf")
            self._page = None

    def _count(self) -> None:
        tree = self.query_one(LeafTree)
        leaves = [tree.leaves[name] for name in tree.matching()]
        levels = [leaf.level for leaf in leaves if leaf.read]
        total = len(tree.leaves)
        words = [f"{total:,} {'leaf' if total == 1 else 'leaves'}"]
        if tree.filter_text:
            words = [f"{len(leaves):,} of {words[0]}"]
        for level, sign in ((Level.ERROR, signs.FAILED), (Level.WARNING, signs.WARNING)):
            if count := levels.count(level):
                words.append(f"{count:,} {sign}")
        if not self._complete and len(levels) < len(leaves):
            words.append(f"checked {len(levels):,}")
        self.query_one("#tree", Panel).title_it(" · ".join(["taxonomy", *words]))

    # -- the leaf -----------------------------------------------------------------------------------------------

    def _show_leaf(self, name: str) -> bool:
        return self.is_mounted and self.query_one(LeafTree).go_to(name)

    @on(LeafTree.Moved)
    def _on_moved(self, event: LeafTree.Moved) -> None:
        leaf = self.query_one(LeafTree).leaf
        if leaf is not None:
            self._unfolded = False
            self._lay_out(leaf)

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        leaf = self.query_one(LeafTree).leaf
        if leaf is not None:
            self._lay_out(leaf, keep=True)

    def _lay_out(self, leaf: Surveyed, *, keep: bool = False) -> None:
        room = self.query_one(Sheet).room
        page = self._page
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
        page, before = event.page, self._page
        shown = self.query_one(LeafTree).leaf
        if shown is None or shown.id != page.id:
            return
        self._page = page
        panel = self.query_one("#leaf", Panel)
        panel.title_it(_from_the_left(page.id, max(10, panel.size.width - 6)))
        tabs = self.query_one(ViewTabs)
        worst = next((finding.level for finding in page.findings), None)
        tabs.note(PROBLEMS, str(len(page.findings) or ""), "$error" if worst == Level.ERROR else "$warning")
        self._show_view(keep=before is not None and before.id == page.id)

    def _show_view(self, *, keep: bool = False) -> None:
        if self._page is not None:
            self.query_one(Sheet).show(self._page.views[self.query_one(ViewTabs).chosen], keep_place=keep)

    @on(LeafTree.Entered)
    def _on_entered(self) -> None:
        self.action_open()

    @on(ViewTabs.Chosen)
    def _on_view_chosen(self, event: ViewTabs.Chosen) -> None:
        self._choose_view(event.number)

    def _choose_view(self, number: int) -> None:
        tabs = self.query_one(ViewTabs)
        if tabs.chosen != number:
            tabs.chosen = number
            self._show_view()

    # -- the filter ---------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.remove_class("-reading")
        self.set_focus(self.query_one("#filter", Input))

    @on(Input.Changed, "#filter")
    def _on_filter(self, event: Input.Changed) -> None:
        self.query_one(LeafTree).narrow(event.value)
        self._say_nothing()
        self._count()

    @on(Input.Submitted, "#filter")
    def _on_filter_done(self) -> None:
        self.query_one(LeafTree).focus()

    def action_back_once(self) -> bool:
        box = self.query_one("#filter", Input)
        if box.has_focus and not box.value:
            self.query_one(LeafTree).focus()
            return True
        if self.has_class("-reading") and (self.has_class("-narrow") or self.query_one(Sheet).has_focus):
            self.remove_class("-reading")
            self.query_one(LeafTree).focus()
            return True
        if box.value:
            box.value = ""
            self.query_one(LeafTree).focus()
            return True
        return False

    # -- what the keys do ---------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Goes into the leaf; on a folder folds or unfolds it."""
        tree = self.query_one(LeafTree)
        if not self._placed:
            self._typed_ahead.append(self.action_open)
        elif tree.leaf is not None:
            self.add_class("-reading")
            self.query_one(Sheet).focus()
        else:
            tree.action_switch()

    def action_view(self, number: int) -> None:
        self._choose_view(number)
        if self.has_class("-narrow") and not self.has_class("-reading"):
            self.action_open()

    def action_step_view(self, by: int) -> None:
        if self.query_one(Sheet).has_focus:
            self._choose_view((self.query_one(ViewTabs).chosen + by) % len(VIEWS))

    def action_unfold(self) -> None:
        leaf = self.query_one(LeafTree).leaf
        if leaf is not None:
            self._unfolded = not self._unfolded
            self._lay_out(leaf, keep=True)

    def action_next_problem(self) -> None:
        """In the YAML the next problem below; then the next leaf that has one."""
        sheet, page = self.query_one(Sheet), self._page
        if page is not None and sheet.has_focus and page.places:
            if self.query_one(ViewTabs).chosen != YAML:
                self._choose_view(YAML)
                sheet.scroll_to(y=max(0, page.places[0] - 2), animate=False, force=True)
                return
            below = [row for row in page.places if row - 2 > sheet.scroll_offset.y]
            if below and sheet.scroll_offset.y < sheet.max_scroll_y:
                sheet.scroll_to(y=below[0] - 2, animate=False, force=True)
                return
        if self.query_one(LeafTree).next_problem():
            return
        if self._complete:
            self.app.say("No other leaf has a problem.")
        else:
            self._typed_ahead.append(self.action_next_problem)

    def action_generate(self) -> None:
        leaf = self._leaf_or_say()
        if leaf is None:
            return
        if leaf.kind == "unreadable":
            self.app.say("This leaf cannot be read; its problems say why.", "warning")
            self.action_view(PROBLEMS)
            return
        self.app.open("generate", leaf=leaf.id)

    def action_talk(self) -> None:
        """The chat, with the leaf's first question ready to be sent."""
        page = self._page
        self.app.open("chat", **({"question": page.question} if page is not None and page.question else {}))

    def action_copy(self) -> None:
        """The file in the leaf pane, the id in the tree."""
        leaf = self._leaf_or_say()
        if leaf is not None and self._page is not None:
            self.app.copy_text(self._page.raw if self.query_one(Sheet).has_focus else leaf.id)

    def action_reload(self) -> None:
        self._read_tree()
        self.app.say("Read anew.")

    def action_edit(self) -> None:
        leaf = self._leaf_or_say()
        if leaf is None:
            return
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            with self.app.suspend():
                code = subprocess.call([*shlex.split(editor), os.fspath(leaf.path)])
        except SuspendNotSupported:
            self.app.fail(LabError("No editor can be opened here.", hint=f"Open the file yourself: {leaf.path}"))
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
        self.refresh(repaint=True, layout=True)
        if code:
            self.app.say(f"The editor ended with exit code {code}.", "warning")
        self._page = None
        self._read_tree()
        self.app.look_again()

    def _leaf_or_say(self) -> Surveyed | None:
        leaf = self.query_one(LeafTree).leaf
        if leaf is None:
            self.app.say("Choose a leaf first." if self._placed else "The taxonomy is still being read.")
        return leaf


def _from_the_left(text: str, cells: int) -> str:
    """The end of a long path is what tells leaves apart."""
    whole = shorten(text, 10_000)
    while len(whole) > 1 and len(whole) > cells:
        whole = "…" + whole[2:]
    return whole
