"""The start form of a generation: leaves to choose on the left, what will happen on the right, the command below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList

from labtui.actions import bindings_for
from labtui.errors import LabError, UsageError
from labtui.screens.base import Panel
from labtui.screens.start_form import StartForm, fill_list
from labtui.text import pad, width
from labtui.widgets import job_words
from labtui.widgets.plain import Plain, content

if TYPE_CHECKING:
    from labtui.jobs import JobView
    from labtui.operations.generating import GeneratePlan
    from labtui.taxonomy.tree import LeafRef

SHOWN = 400
"""Leaves listed at once; more are found by typing."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the form offers."""

    leaves: list[LeafRef]
    teachers: list[str]
    teacher: str
    """The one chosen unless the user says otherwise."""
    samples: int
    earlier: list[JobView]
    problem: str = ""
    """Why there is nothing to choose."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says now."""

    leaves: tuple[str, ...]
    samples: int | None
    teacher: str


NAME_CELLS = 26
"""At most, for the names of leaves: what stands behind them begins in one column."""
SEEDS_CELLS = len("grounded skill, 5 seeds")

KINDS = ("freeform skill", "grounded skill", "knowledge")


class LeafList(OptionList):
    """Leaves with a mark on those that are chosen."""

    BINDINGS = bindings_for("generate.leaves")

    class Toggled(Message):
        """The leaf under the cursor was chosen or dropped."""

    class AllToggled(Message):
        """All leaves shown were chosen, or dropped if they all were."""

    def action_choose(self) -> None:
        self.post_message(self.Toggled())

    def action_all(self) -> None:
        self.post_message(self.AllToggled())


class GenerateForm(StartForm):
    def __init__(self) -> None:
        super().__init__()
        self._leaves: list[LeafRef] = []
        self._shown: list[LeafRef] = []
        self._chosen: dict[str, None] = {}
        self._name_cells = 0
        self._teachers: list[str] = []

    def compose(self) -> ComposeResult:
        with Horizontal(id="columns"):
            with Vertical(id="asked"):
                with Panel(title="leaves", id="leaf-panel"):
                    yield Input(placeholder="/ filter…", id="filter", compact=True)
                    yield LeafList(id="leaves", markup=False)
                with Panel(title="how many, and who writes them", id="settings-panel"):
                    with Horizontal(classes="field"):
                        yield Plain("samples", classes="label")
                        yield Input(placeholder="a leaf", id="samples", compact=True)
                    with Horizontal(classes="field -tall"):
                        yield Plain("teacher", classes="label")
                        yield OptionList(id="teachers", markup=False)
            yield from self.answer_column("what will happen", "generations so far")
        yield self.command_line()

    # -- in -----------------------------------------------------------------------------------------------------

    def fill(self, choices: Choices, wanted: tuple[str, ...] | None) -> None:
        """`wanted` are ids of leaves."""
        leaves = wanted or ()
        known = {leaf.id for leaf in choices.leaves}
        if leaves:
            self._chosen = dict.fromkeys(leaves)
        self._chosen = {name: None for name in self._chosen if name in known}
        self._leaves = sorted(choices.leaves, key=lambda leaf: (_place(leaf.kind), leaf.id))
        teacher = self._teacher() or choices.teacher
        self._teachers = choices.teachers
        self._list_leaves(next(iter(self._chosen), "") if leaves else "")
        place = self._teachers.index(teacher) if teacher in self._teachers else 0
        fill_list(self.query_one("#teachers", OptionList), [content(name) for name in self._teachers], place)
        self.list_earlier(choices.earlier)
        self.query_one("#samples", Input).placeholder = f"{choices.samples} of each leaf"
        self.post_message(self.Changed())

    def show_plan(self, plan: GeneratePlan) -> None:
        from labtui.operations.generating import plan_facts

        facts = [
            (content(what, "$quiet"), content(how_much, "bold" if what == "samples" else ""))
            for what, how_much in plan_facts(plan)
        ]
        self.show_facts(facts, plan.command_line)

    # -- out ----------------------------------------------------------------------------------------------------

    def request(self) -> Request:
        """What is asked. Raises LabError where a field is wrong, or there is no leaf."""
        leaves = tuple(self._chosen)
        if not leaves and (leaf := self._under_cursor()) is not None:
            leaves = (leaf.id,)
        request = Request(leaves=leaves, samples=_number(self.value("samples")), teacher=self._teacher())
        if not leaves:
            raise UsageError(
                "There is no leaf to generate from.", hint="Empty the filter, or press 8 and look at the taxonomy."
            )
        return request

    def takes_enter(self) -> bool:
        """In the filter, enter goes to the list it filtered."""
        if not self.query_one("#filter", Input).has_focus:
            return False
        self.query_one(LeafList).focus()
        return True

    def step_back(self) -> bool:
        """Empties the filter. False where it is empty."""
        found = self.query_one("#filter", Input)
        if not found.value:
            return False
        found.value = ""
        self.query_one(LeafList).focus()
        return True

    # -- what changes it ----------------------------------------------------------------------------------------

    @on(LeafList.Toggled)
    def _toggled(self, event: LeafList.Toggled) -> None:
        event.stop()
        leaf = self._under_cursor()
        if leaf is None:
            return
        if leaf.id in self._chosen:
            del self._chosen[leaf.id]
        else:
            self._chosen[leaf.id] = None
        self._marks_changed()

    @on(LeafList.AllToggled)
    def _all_toggled(self, event: LeafList.AllToggled) -> None:
        event.stop()
        shown = [leaf.id for leaf in self._shown if leaf.kind != "unreadable"]
        if all(name in self._chosen for name in shown):
            self._chosen = {name: None for name in self._chosen if name not in shown}
        else:
            self._chosen |= dict.fromkeys(shown)
        self._marks_changed()

    def _marks_changed(self) -> None:
        listed = self.query_one(LeafList)
        for place, leaf in enumerate(self._shown):
            listed.replace_option_prompt_at_index(place, self._leaf_line(leaf))
        self._entitle()
        self.post_message(self.Changed())

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._list_leaves()
        self.post_message(self.Changed())

    @on(OptionList.OptionHighlighted)
    @on(Input.Changed, "#samples")
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    # -- drawing ------------------------------------------------------------------------------------------------

    def line_of(self, view: JobView) -> Content:
        sign, colour = job_words.sign(view.state), job_words.COLOURS[view.state]
        said = f"  {job_words.progress(view) or view.state}, {job_words.clock(view.spec.created)}"
        return Content.assemble((f"{sign} ", colour), content(view.spec.title), (said, "$quiet"))

    def _list_leaves(self, wanted: str = "") -> None:
        listed = self.query_one(LeafList)
        current = self._under_cursor()
        wanted = wanted or (current.id if current else "")
        words = self.value("filter").lower().split()
        fits = [leaf for leaf in self._leaves if all(word in _haystack(leaf) for word in words)]
        self._shown = fits[:SHOWN]
        place = next((index for index, leaf in enumerate(self._shown) if leaf.id == wanted), 0)
        self._name_cells = min(NAME_CELLS, max((width(_name(leaf)) for leaf in self._shown), default=0))
        fill_list(listed, [self._leaf_line(leaf) for leaf in self._shown], place)
        self._entitle(len(fits))

    def _entitle(self, fits: int | None = None) -> None:
        total = len(self._leaves)
        title = f"leaves  {len(self._chosen)} of {total} chosen" if self._chosen else f"leaves  {total}"
        if fits is not None and fits != total:
            title += f", {fits} shown" if fits <= SHOWN else f", {SHOWN} of {fits} shown"
        self.query_one("#leaf-panel", Panel).title_it(title)

    def _leaf_line(self, leaf: LeafRef) -> Content:
        above, _, name = leaf.id.rpartition("/")
        mark = ("● ", "bold $accent") if leaf.id in self._chosen else ("○ ", "$quiet")
        if leaf.kind == "unreadable":
            return Content.assemble(("✖ ", "$error"), content(name), ("  cannot be read", "$error"))
        seeds = pad(f"{leaf.kind}, {leaf.seeds} seeds", SEEDS_CELLS)
        return Content.assemble(
            mark, content(pad(name, self._name_cells), "bold"), "  ", content(f"{seeds}  {above}", "$quiet")
        )

    def _under_cursor(self) -> LeafRef | None:
        place = self.query_one(LeafList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _teacher(self) -> str:
        place = self.query_one("#teachers", OptionList).highlighted
        return self._teachers[place] if place is not None and place < len(self._teachers) else ""


def _name(leaf: LeafRef) -> str:
    return leaf.id.rpartition("/")[2]


def _place(kind: str) -> int:
    """Skills without a context come first: they take the least of a teacher, and so of the one who tries."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _haystack(leaf: LeafRef) -> str:
    return f"{leaf.id} {leaf.kind} {leaf.description}".lower()


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise LabError(f"'{text}' is not a whole number from 1 to 1,000,000.", where="samples")
    return int(text)
