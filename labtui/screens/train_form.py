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
from textual.widgets import Input, OptionList

from labtui.errors import LabError, UsageError
from labtui.records import now
from labtui.screens.base import Panel
from labtui.screens.start_form import StartForm, fill_list
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


class TrainForm(StartForm):
    def __init__(self) -> None:
        super().__init__()
        self._data: list[DataChoice] = []
        self._models: list[ModelInfo] = []
        self._extra: DataChoice | None = None
        """A data set from outside the workspace."""

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
            yield from self.answer_column("what will happen, about", "trainings so far")
        yield self.command_line()

    def fill(self, choices: Choices, wanted: Path | None) -> None:
        """`wanted` is a data set, wherever it lies."""
        chosen, model = self._chosen_data(), self._chosen_model() or choices.model
        self._data = self._with_extra(choices.data, wanted)
        self._models = choices.models
        wanted = wanted or (chosen.path if chosen else None)
        paths = [choice.path for choice in self._data]
        place = next((index for index, path in enumerate(paths) if wanted in (path, path.parent)), 0)
        fill_list(self.query_one("#data", OptionList), [_data_line(choice) for choice in self._data], place)
        names = [info.name for info in self._models]
        place = names.index(model) if model in names else 0
        fill_list(self.query_one("#models", OptionList), [_model_line(info) for info in self._models], place)
        self.list_earlier(choices.earlier)
        epochs = self.query_one("#epochs", Input)
        epochs.placeholder = f"{choices.epochs:g}, over the data"
        self.post_message(self.Changed())

    def request(self) -> Request:
        """What is asked. Raises LabError where a field is wrong, or there is no data."""
        data = self._chosen_data()
        if data is None:
            raise UsageError(
                "There is no data set yet.",
                hint="Press 4 and generate samples from a leaf, or train on a file: "
                "labtui train --data FILE --out NAME",
            )
        return Request(
            data=data.path,
            model=self._chosen_model(),
            steps=_number(self.value("steps"), int, "steps"),
            epochs=_number(self.value("epochs"), float, "passes"),
            name=self.value("name"),
        )

    def show_plan(self, plan: TrainPlan) -> None:
        from labtui.operations.training_plan import plan_facts

        facts = []
        for what, how_much in plan_facts(plan):
            style = "$warning" if what == "careful" else "$quiet"
            facts.append((content(what, style), content(how_much, style if what == "careful" else "")))
        turns = [
            Content.assemble(content(f"{message.role}  ", "$quiet"), content(message.content.strip(), lines=True))
            for message in plan.example
        ]
        self.query_one("#example", Plain).show(Content("\n\n").join(turns))
        self.query_one("#name", Input).placeholder = plan.name
        self.show_facts(facts, plan.command_line)

    def show_error(self, error: LabError) -> None:
        super().show_error(error)
        self.query_one("#example", Plain).show("")

    def line_of(self, view: JobView) -> Content:
        sign, colour = job_words.sign(view.state), job_words.COLOURS[view.state]
        loss = view.metrics.get("loss")
        said = f"  {view.state.value}" + (f", loss {loss:.2f}" if loss is not None else "")
        return Content.assemble((f"{sign} ", colour), content(view.spec.arguments.get("name", "?")), (said, "$quiet"))

    def start_anew(self) -> None:
        for name in ("epochs", "steps", "name"):
            self.query_one(f"#{name}", Input).value = ""
        self.query_one("#data", OptionList).focus()

    @on(OptionList.OptionHighlighted)
    @on(Input.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

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
