"""The start form of a training: what goes in on the left, what will happen on the right, the command below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui.errors import LabError
from labtui.records import now
from labtui.screens.base import Panel
from labtui.widgets import job_words
from labtui.widgets.plain import Plain, content

if TYPE_CHECKING:
    from labtui.jobs import JobView
    from labtui.operations.training_choices import DataChoice
    from labtui.operations.training_plan import TrainPlan
    from labtui.serve.models import ModelInfo


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the form offers."""

    data: list[DataChoice]
    models: list[ModelInfo]
    model: str
    """The one chosen unless the user says otherwise."""
    earlier: list[JobView]
    epochs: float


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says now."""

    data: Path
    model: str
    steps: int | None
    epochs: float | None
    name: str


class TrainForm(Widget):
    """Posts `Changed` whenever it says something else; knows nothing of how a plan is made."""

    class Changed(Message):
        """The request may be another now."""

    class Opened(Message):
        """An earlier training was chosen."""

        def __init__(self, job: str) -> None:
            super().__init__()
            self.job = job

    def __init__(self) -> None:
        super().__init__(id="form")
        self._data: list[DataChoice] = []
        self._models: list[ModelInfo] = []
        self._earlier: list[JobView] = []
        self._named = False
        """Whether the user gave the name; then it is kept when another data set is chosen."""
        self._extra: DataChoice | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="columns"):
            with Vertical(id="asked"):
                with Panel(title="data set, newest first", id="data-panel"):
                    yield OptionList(id="data", markup=False)
                with Panel(title="one of its samples", id="example-panel"), VerticalScroll(can_focus=False):
                    yield Plain("", id="example")
                with Panel(title="model", id="model-panel"):
                    yield OptionList(id="models", markup=False)
                with Panel(title="how long, and its name", id="settings-panel"):
                    yield _field("passes", "epochs", "over the data")
                    yield _field("or steps", "steps", "empty: from the passes")
                    yield _field("name", "name", "of the adapter")
            with Vertical(id="answered"):
                with Panel(title="what will happen, about", id="plan-panel"), VerticalScroll(can_focus=False):
                    yield Plain("", id="plan")
                with Panel(title="trainings so far", id="earlier-panel"):
                    yield OptionList(id="earlier", markup=False)
        with Panel(title="the same as a command  (w copies it)", id="command-panel"):
            yield Plain("", id="command")

    def fill(self, choices: Choices, data: Path | None = None) -> None:
        """Takes what there is to choose from; keeps what was chosen. `data` is chosen, from wherever it lies."""
        chosen, model = self._chosen_data(), self._chosen_model() or choices.model
        self._data = self._with_extra(choices.data, data)
        self._models, self._earlier = choices.models, choices.earlier
        wanted = data or (chosen.path if chosen else None)
        paths = [choice.path for choice in self._data]
        place = next((index for index, path in enumerate(paths) if wanted in (path, path.parent)), 0)
        _fill(self.query_one("#data", OptionList), [_data_line(choice) for choice in self._data], place)
        names = [info.name for info in self._models]
        place = names.index(model) if model in names else 0
        _fill(self.query_one("#models", OptionList), [_model_line(info) for info in self._models], place)
        earlier = self.query_one("#earlier", OptionList)
        _fill(earlier, [_job_line(view) for view in self._earlier], earlier.highlighted or 0)
        epochs = self.query_one("#epochs", Input)
        epochs.placeholder = f"{choices.epochs:g}, over the data"
        self.post_message(self.Changed())

    def request(self) -> Request | None:
        """What is asked; None while there is no data. Raises LabError where a field is wrong."""
        data = self._chosen_data()
        if data is None:
            return None
        return Request(
            data=data.path,
            model=self._chosen_model(),
            steps=_number(self._value("steps"), int, "steps"),
            epochs=_number(self._value("epochs"), float, "passes"),
            name=self._value("name"),
        )

    def show_plan(self, plan: TrainPlan) -> None:
        from labtui.operations.training_plan import plan_facts

        rows = []
        for what, how_much in plan_facts(plan):
            style = "$warning" if what == "careful" else "$quiet"
            rows.append(Content.assemble((f"{what:<9}", style), content(how_much, style if what == "careful" else "")))
        self.query_one("#plan", Plain).show(Content("\n").join(rows))
        turns = [
            Content.assemble(content(f"{message.role}  ", "$quiet"), content(message.content.strip(), lines=True))
            for message in plan.example
        ]
        self.query_one("#example", Plain).show(Content("\n\n").join(turns))
        self.query_one("#command", Plain).show(content(plan.command_line))
        self.query_one("#name", Input).placeholder = plan.name
        self.set_class(False, "-wrong")

    def show_error(self, error: LabError) -> None:
        """Says in place of the plan why there is none."""
        parts = [content(error.what, "bold $error")]
        parts += [content(error.where, "$quiet")] if error.where else []
        parts += [content(error.hint, lines=True)] if error.hint else []
        self.query_one("#plan", Plain).show(Content("\n").join(parts))
        self.query_one("#example", Plain).show("")
        self.query_one("#command", Plain).show("")
        self.set_class(True, "-wrong")

    def earlier_job(self) -> str:
        """The training under the cursor, while the list of them has the focus."""
        found = self.query_one("#earlier", OptionList)
        if not found.has_focus or found.highlighted is None or not self._earlier:
            return ""
        return self._earlier[found.highlighted].folder.id

    def start_anew(self) -> None:
        """Empties the fields for another training."""
        for name in ("epochs", "steps", "name"):
            self.query_one(f"#{name}", Input).value = ""
        self.query_one("#data", OptionList).focus()

    @on(OptionList.OptionHighlighted)
    @on(Input.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected, "#earlier")
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Opened(self._earlier[event.option_index].folder.id))

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _chosen_data(self) -> DataChoice | None:
        place = self.query_one("#data", OptionList).highlighted
        return self._data[place] if place is not None and place < len(self._data) else None

    def _chosen_model(self) -> str:
        place = self.query_one("#models", OptionList).highlighted
        return self._models[place].name if place is not None and place < len(self._models) else ""

    def _with_extra(self, data: list[DataChoice], wanted: Path | None) -> list[DataChoice]:
        """The list, with a data set from outside the workspace on top where one was asked for."""
        from labtui.operations.training_choices import outside

        if wanted is not None and all(wanted not in (choice.path, choice.path.parent) for choice in data):
            self._extra = outside(wanted)
        return [self._extra, *data] if self._extra is not None else data


def _field(label: str, name: str, meaning: str) -> Horizontal:
    return Horizontal(Plain(label, classes="label"), Input(placeholder=meaning, id=name, compact=True), classes="field")


def _fill(where: OptionList, lines: list[Content], place: int) -> None:
    with where.prevent(OptionList.OptionHighlighted):
        where.clear_options()
        where.add_options([Option(line) for line in lines])
        where.highlighted = min(place, len(lines) - 1) if lines else None


def _data_line(choice: DataChoice) -> Content:
    age = job_words.duration((now() - choice.made).total_seconds())
    named = "" if choice.title == choice.name else f"  {choice.name}"
    return Content.assemble(
        content(choice.title), (f"  {choice.samples:,} samples, {age} old", "$quiet"), content(named, "$quiet")
    )


def _model_line(info: ModelInfo) -> Content:
    return Content.assemble(
        content(info.name), "  ", content(f"{info.quantization}, {info.parameters / 1e6:,.0f} M", "$quiet")
    )


def _job_line(view: JobView) -> Content:
    sign, colour = job_words.sign(view.state), job_words.COLOURS[view.state]
    loss = view.metrics.get("loss")
    said = f"  {view.state.value}" + (f", loss {loss:.2f}" if loss is not None else "")
    return Content.assemble((f"{sign} ", colour), content(view.spec.arguments.get("name", "?")), (said, "$quiet"))


def _number(text: str, kind: Any, what: str) -> Any:
    """The number in a field, None where it is empty. Raises LabError."""
    if not text:
        return None
    try:
        found = kind(text)
    except ValueError:
        found = 0
    if not 0 < found < 1e9:
        whole = "a whole number" if kind is int else "a number"
        raise LabError(f"'{text}' is not {whole} above 0.", where=what)
    return found
