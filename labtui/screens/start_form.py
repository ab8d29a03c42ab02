"""The form a long job starts from: what is asked on the left, what will happen on the right, the command below.

A form of one's own (its id is `form`) composes its fields and beside them `answer_column`, below `command_line`:

    class EvaluateForm(StartForm):
        def compose(self) -> ComposeResult:
            with Horizontal(id="columns"):
                with Vertical(id="asked"):
                    ...                                             # its fields, in Panels
                yield from self.answer_column("what will happen", "evaluations so far")
            yield self.command_line()

        def fill(self, choices, wanted) -> None: ...                # what there is to choose from; ends with Changed
        def request(self) -> Request: ...                           # what is asked; LabError where a field is wrong
        def show_plan(self, plan) -> None: ...                      # ends with show_facts
        def line_of(self, view: JobView) -> Content: ...            # an earlier job in the list of them

and posts `Changed` whenever it says something else. It knows nothing of how a plan is made: the screen asks
(labtui/screens/form_run.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui.errors import LabError
from labtui.screens.base import Panel
from labtui.widgets.plain import Plain, content

if TYPE_CHECKING:
    from labtui.jobs import JobView


LABEL_CELLS = 9

Fact = tuple[Content, Content]
"""What, and how much."""


class StartForm(Widget):
    class Changed(Message):
        """The request may be another now."""

    class Opened(Message):
        """An earlier job was chosen."""

        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    def __init__(self) -> None:
        super().__init__(id="form")
        self._earlier: list[JobView] = []
        self._facts: list[Fact] = []

    def answer_column(self, plan_title: str, earlier_title: str) -> ComposeResult:
        with Vertical(id="answered"):
            with Panel(title=plan_title, id="plan-panel"), VerticalScroll(can_focus=False):
                yield Plain("", id="plan")
            with Panel(title=earlier_title, id="earlier-panel"):
                yield OptionList(id="earlier", markup=False)

    def command_line(self) -> Panel:
        return Panel(Plain("", id="command"), title="the same as a command  (w copies it)", id="command-panel")

    # -- what a form says of its own ----------------------------------------------------------------------------

    def fill(self, choices: Any, wanted: Any) -> None:
        """Takes what there is to choose from; keeps what was chosen. `wanted` is chosen instead where given."""
        raise NotImplementedError

    def request(self) -> Any:
        """What is asked. Raises LabError where that is nothing one can start."""
        raise NotImplementedError

    def show_plan(self, plan: Any) -> None:
        raise NotImplementedError

    def line_of(self, view: JobView) -> Content:
        """An earlier job in the list of them."""
        raise NotImplementedError

    def takes_enter(self) -> bool:
        """Whether enter did something inside the form just now, and so starts nothing."""
        return False

    def step_back(self) -> bool:
        """One step back inside the form, on esc. False where there is none."""
        return False

    def start_anew(self) -> None:
        """Called when a job was started or resumed: empties what is asked for each one anew."""

    # -- the answers --------------------------------------------------------------------------------------------

    def list_earlier(self, views: list[JobView]) -> None:
        self._earlier = views
        listed = self.query_one("#earlier", OptionList)
        fill_list(listed, [self.line_of(view) for view in views], listed.highlighted or 0)

    def show_facts(self, facts: list[Fact], command: str) -> None:
        """The plan in lines, and the command that does the same."""
        self._facts = facts
        self._draw_facts()
        self.query_one("#command", Plain).show(content(command))
        self.set_class(False, "-wrong")

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw_facts)

    def _draw_facts(self) -> None:
        """Labels in a column of their own; a fact that is too long goes on below itself, not below its label."""
        if not self._facts:
            return
        room = self.query_one("#plan-panel VerticalScroll").scrollable_content_region.width or 36
        lines = []
        for label, fact in self._facts:
            for line in fact.wrap(max(12, room - LABEL_CELLS)):
                lines.append(Content.assemble(label, " " * (LABEL_CELLS - label.cell_length), line))
                label = Content("")
        self.query_one("#plan", Plain).show(Content("\n").join(lines))

    def show_error(self, error: LabError) -> None:
        """Says in place of the plan why there is none."""
        self._facts = []
        parts = [content(error.what, "bold $error")]
        parts += [content(error.where, "$quiet")] if error.where else []
        parts += [content(error.hint, lines=True)] if error.hint else []
        self.query_one("#plan", Plain).show(Content("\n").join(parts))
        self.query_one("#command", Plain).show("")
        self.set_class(True, "-wrong")

    def earlier_job(self) -> str:
        """The job under the cursor, while the list of earlier ones has the focus."""
        found = self.query_one("#earlier", OptionList)
        if not found.has_focus or found.highlighted is None or not self._earlier:
            return ""
        return self._earlier[found.highlighted].folder.id

    def value(self, name: str) -> str:
        """What stands in the field of that id."""
        return self.query_one(f"#{name}", Input).value.strip()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "earlier":
            self.post_message(self.Opened(self._earlier[event.option_index].folder.id))


def fill_list(where: OptionList, lines: list[Content], place: int) -> None:
    """Other lines in a list, with the cursor at `place` or the last; nobody is told of the cursor."""
    with where.prevent(OptionList.OptionHighlighted):
        where.clear_options()
        where.add_options([Option(line) for line in lines])
        where.highlighted = min(place, len(lines) - 1) if lines else None
