"""The start form of a generation: leaves to choose on the left, what will happen on the right, the command below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.screens.base import Panel
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


class GenerateForm(Widget):
    """Posts `Changed` whenever it says something else; knows nothing of how a plan is made."""

    class Changed(Message):
        """The request may be another now."""

    class Opened(Message):
        """An earlier generation was chosen."""

        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    def __init__(self) -> None:
        super().__init__(id="form")
        self._leaves: list[LeafRef] = []
        self._shown: list[LeafRef] = []
        self._chosen: dict[str, None] = {}
        self._teachers: list[str] = []
        self._earlier: list[JobView] = []

    def compose(self) -> ComposeResult:
        with Horizontal(id="columns"):
            with Vertical(id="asked"):
                with Panel(title="leaves", id="leaf-panel"):
                    yield Input(placeholder="/ filters", id="filter", compact=True)
                    yield LeafList(id="leaves", markup=False)
                with Panel(title="how many, and who writes them", id="settings-panel"):
                    with Horizontal(classes="field"):
                        yield Plain("samples", classes="label")
                        yield Input(placeholder="a leaf", id="samples", compact=True)
                    with Horizontal(classes="field -tall"):
                        yield Plain("teacher", classes="label")
                        yield OptionList(id="teachers", markup=False)
            with Vertical(id="answered"):
                with Panel(title="what will happen", id="plan-panel"), VerticalScroll(can_focus=False):
                    yield Plain("", id="plan")
                with Panel(title="generations so far", id="earlier-panel"):
                    yield OptionList(id="earlier", markup=False)
        with Panel(title="the same as a command  (w copies it)", id="command-panel"):
            yield Plain("", id="command")

    # -- in -----------------------------------------------------------------------------------------------------

    def fill(self, choices: Choices, leaves: tuple[str, ...] = ()) -> None:
        """Takes what there is to choose from; keeps what was chosen. `leaves` are chosen instead where given."""
        known = {leaf.id for leaf in choices.leaves}
        if leaves:
            self._chosen = dict.fromkeys(leaves)
        self._chosen = {name: None for name in self._chosen if name in known}
        self._leaves = sorted(choices.leaves, key=lambda leaf: (_place(leaf.kind), leaf.id))
        teacher = self._teacher() or choices.teacher
        self._teachers, self._earlier = choices.teachers, choices.earlier
        self._list_leaves(next(iter(self._chosen), "") if leaves else "")
        place = self._teachers.index(teacher) if teacher in self._teachers else 0
        _fill(self.query_one("#teachers", OptionList), [content(name) for name in self._teachers], place)
        earlier = self.query_one("#earlier", OptionList)
        _fill(earlier, [_job_line(view) for view in self._earlier], earlier.highlighted or 0)
        self.query_one("#samples", Input).placeholder = f"{choices.samples} of each leaf"
        self.post_message(self.Changed())

    def show_plan(self, plan: GeneratePlan) -> None:
        from labtui.operations.generating import plan_facts

        rows = [
            Content.assemble((f"{what:<9}", "$quiet"), content(how_much, "bold" if what == "samples" else ""))
            for what, how_much in plan_facts(plan)
        ]
        self.query_one("#plan", Plain).show(Content("\n").join(rows))
        self.query_one("#command", Plain).show(content(plan.command_line))
        self.set_class(False, "-wrong")

    def show_error(self, error: LabError) -> None:
        """Says in place of the plan why there is none."""
        parts = [content(error.what, "bold $error")]
        parts += [content(error.where, "$quiet")] if error.where else []
        parts += [content(error.hint, lines=True)] if error.hint else []
        self.query_one("#plan", Plain).show(Content("\n").join(parts))
        self.query_one("#command", Plain).show("")
        self.set_class(True, "-wrong")

    # -- out ----------------------------------------------------------------------------------------------------

    def request(self) -> Request:
        """What is asked. Raises LabError where a field is wrong."""
        leaves = tuple(self._chosen)
        if not leaves and (leaf := self._under_cursor()) is not None:
            leaves = (leaf.id,)
        return Request(leaves=leaves, samples=_number(self._value("samples")), teacher=self._teacher())

    def earlier_job(self) -> str:
        """The generation under the cursor, while the list of them has the focus."""
        found = self.query_one("#earlier", OptionList)
        if not found.has_focus or found.highlighted is None or not self._earlier:
            return ""
        return self._earlier[found.highlighted].folder.id

    def leave_filter(self) -> bool:
        """Goes from the filter to the list it filtered. False where the filter has not the focus."""
        if not self.query_one("#filter", Input).has_focus:
            return False
        self.query_one(LeafList).focus()
        return True

    def clear_filter(self) -> bool:
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

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "earlier":
            self.post_message(self.Opened(self._earlier[event.option_index].folder.id))

    # -- drawing ------------------------------------------------------------------------------------------------

    def _list_leaves(self, wanted: str = "") -> None:
        listed = self.query_one(LeafList)
        current = self._under_cursor()
        wanted = wanted or (current.id if current else "")
        words = self._value("filter").lower().split()
        fits = [leaf for leaf in self._leaves if all(word in _haystack(leaf) for word in words)]
        self._shown = fits[:SHOWN]
        place = next((index for index, leaf in enumerate(self._shown) if leaf.id == wanted), 0)
        _fill(listed, [self._leaf_line(leaf) for leaf in self._shown], place)
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
        seeds = f"  {leaf.kind}, {leaf.seeds} seeds  "
        return Content.assemble(mark, content(name, "bold"), (seeds, "$quiet"), content(above, "$quiet"))

    def _under_cursor(self) -> LeafRef | None:
        place = self.query_one(LeafList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _teacher(self) -> str:
        place = self.query_one("#teachers", OptionList).highlighted
        return self._teachers[place] if place is not None and place < len(self._teachers) else ""

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()


def _fill(where: OptionList, lines: list[Content], place: int) -> None:
    with where.prevent(OptionList.OptionHighlighted):
        where.clear_options()
        where.add_options([Option(line) for line in lines])
        where.highlighted = min(place, len(lines) - 1) if lines else None


def _place(kind: str) -> int:
    """Skills without a context come first: they take the least of a teacher, and so of the one who tries."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _haystack(leaf: LeafRef) -> str:
    return f"{leaf.id} {leaf.kind} {leaf.description}".lower()


def _job_line(view: JobView) -> Content:
    sign, colour = job_words.sign(view.state), job_words.COLOURS[view.state]
    said = f"  {job_words.progress(view) or view.state}, {job_words.clock(view.spec.created)}"
    return Content.assemble((f"{sign} ", colour), content(view.spec.title), (said, "$quiet"))


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise LabError(f"'{text}' is not a whole number from 1 to 1,000,000.", where="samples")
    return int(text)
