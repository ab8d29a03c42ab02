"""The window that asks where a model comes from and what to call it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from labtui.errors import LabError
from labtui.serve.add import check_source, default_name
from labtui.serve.models import check_name
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

WAYS = """\
demo                SmolLM2 135M, 98 MB, Apache-2.0
/path/to/it.gguf    a file of yours: linked, not copied
https://…           the address of a GGUF file
hf:ORG/NAME[:FILE]  a model on the Hugging Face hub"""


class AddWindow(Modal[tuple[str, str] | None]):
    """Answers (source, name), or None."""

    BINDINGS = [
        Binding("escape", "dismiss", "close", tooltip="Close without adding"),
        Binding("enter", "submit", "add", tooltip="Begin to add", priority=True),
    ]

    def __init__(self, source: str = "") -> None:
        super().__init__()
        self._source = source

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide -add") as window:
            window.border_title = "add a model"
            yield Plain(WAYS, classes="ways")
            yield Plain("Where it comes from", classes="label")
            yield Input(self._source, id="source", placeholder="demo", compact=True)
            yield Plain("", id="wrong", classes="bad")
            yield Plain("What to call it", classes="label")
            yield Input(id="name", compact=True)
            yield Plain("", id="wrong-name", classes="bad")
            yield HintLine()

    def on_mount(self) -> None:
        self.query_one("#source", Input).focus()
        self._follow()

    @on(Input.Changed, "#source")
    def _follow(self) -> None:
        source = self.query_one("#source", Input).value.strip()
        self.query_one("#name", Input).placeholder = default_name(source) if source else ""
        self._complain("#wrong", "")

    @on(Input.Changed, "#name")
    def _named(self) -> None:
        self._complain("#wrong-name", "")

    def action_submit(self) -> None:
        source = self.query_one("#source", Input).value.strip()
        name = self.query_one("#name", Input).value.strip()
        try:
            check_source(source)
        except LabError as error:
            self._complain("#wrong", f"{error.where} {error.what}".strip())
            self.query_one("#source", Input).focus()
            return
        try:
            check_name(name or default_name(source))
        except LabError as error:
            self._complain("#wrong-name", error.what)
            self.query_one("#name", Input).focus()
            return
        self.dismiss((source, name))

    def _complain(self, where: str, text: str) -> None:
        said = self.query_one(where, Plain)
        said.show(text)
        said.display = bool(text)
