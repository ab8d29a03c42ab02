"""What the parts of the leaf's side share: its messages, its widgets, and the leaf it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from labtui import signs
from labtui.actions import actions_for
from labtui.keys import keys_of
from labtui.screens.base import Panel
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.fields import Field, Path
from labtui.taxonomy.findings import Finding, Level
from labtui.text import shorten, width
from labtui.widgets.document_view import DocumentView
from labtui.widgets.draft_offer import DraftOffer
from labtui.widgets.leaf_form import LeafForm
from labtui.widgets.leaf_problems import ProblemSheet
from labtui.widgets.leaf_yaml import LeafYaml
from labtui.widgets.sheet import Sheet
from labtui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.operations.leaf_editing import LeafSession, LeafState

VIEWS = ("Form", "YAML", "Problems", "Diff", "Document", "Data")
SAVE = next(action for action in actions_for("taxonomy") if action.name == "save")
FORM, YAML, PROBLEMS, DIFF, DOCUMENT, DATA = range(6)


class LeafBase(Panel):
    app: LabApp

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
        self.session: LeafSession | None = None
        """The leaf under edit; None until its file was read."""
        self.state: LeafState | None = None
        self.findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        yield ViewTabs(VIEWS, id="views")
        yield DraftOffer(id="offer")
        yield LeafForm(self.wanted, self.field_closed)
        yield LeafYaml(self.yaml_opening, self.yaml_closed, id="yaml-view")
        yield ProblemSheet(id="problem-view")
        yield Sheet(id="diff-view")
        yield DocumentView(id="document-view")
        yield Sheet(id="data-view")

    def on_mount(self) -> None:
        self.form.text.step_back = self.step_back
        self.yaml.text.step_back = self.step_back

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What goes wrong in a worker is said: without a word the leaf would just stay blank."""
        event.stop()
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.app.fail(event.worker.error)

    # -- what its widgets ask for, done further up --------------------------------------------------------------

    async def wanted(self, what: str, path: Path) -> None:
        """Does what a key of the form asks for at a place."""

    async def field_closed(self, field: Field, text: str, touched: bool) -> None:
        """A field of the form was left."""

    async def yaml_opening(self) -> None:
        """One wants to write in the file."""

    async def yaml_closed(self) -> None:
        """One is done with writing in the file."""

    async def step_back(self, by: int) -> None:
        """Undoes the last step (-1) or does it again (1), wherever it was made."""

    # -- its widgets --------------------------------------------------------------------------------------------

    @property
    def tabs(self) -> ViewTabs:
        return self.query_one(ViewTabs)

    @property
    def form(self) -> LeafForm:
        return self.query_one(LeafForm)

    @property
    def yaml(self) -> LeafYaml:
        return self.query_one(LeafYaml)

    @property
    def problem_sheet(self) -> ProblemSheet:
        return self.query_one(ProblemSheet)

    @property
    def view(self) -> int:
        """Which of VIEWS is in front."""
        return self.tabs.chosen

    def view_widget(self, number: int) -> Widget:
        ids = ("LeafForm", "#yaml-view", "#problem-view", "#diff-view", "#document-view", "#data-view")
        return self.query_one(ids[number])

    @property
    def writing(self) -> bool:
        """Whether a field or the file is open for writing."""
        return self.form.writing or self.yaml.writing

    @property
    def has_inner_focus(self) -> bool:
        return self.has_focus or self.has_focus_within

    @property
    def room(self) -> int:
        """Cells a line of the view in front may take."""
        match self.view_widget(self.view):
            case LeafForm() as form:
                return form.sheet.room
            case LeafYaml() as yaml:
                return yaml.sheet.room
            case Sheet() as sheet:
                return sheet.room
            case other:
                return max(1, other.size.width - 1)

    # -- what its head says -------------------------------------------------------------------------------------

    def say_head(self) -> None:
        """The title and the line of tabs: which leaf, how many problems, whether it is saved."""
        tabs = self.tabs
        if self.leaf is None:
            self.title_it("leaf")
            tabs.note(PROBLEMS, "")
            tabs.end_with()
            return
        self.title_it(from_the_left(self.leaf.id, max(10, self.size.width - 6)))
        worst = min((finding.level for finding in self.findings), key=list(Level).index, default=None)
        style = {Level.ERROR: "$error", Level.WARNING: "$warning"}.get(worst or Level.INFO, "$quiet")
        tabs.note(PROBLEMS, str(len(self.findings) or ""), style)
        if self.state is not None and self.state.unsaved:
            key = keys_of(SAVE, self.app.keymap)[0]
            tabs.end_with(f"{signs.CHANGED} unsaved, {key} saves", f"{signs.CHANGED} unsaved", style="$accent")
        else:
            tabs.end_with()


def from_the_left(text: str, cells: int) -> str:
    """The end of a long path is what tells leaves apart."""
    whole = shorten(text, 10_000)
    while len(whole) > 1 and width(whole) > cells:
        whole = "…" + whole[2:]
    return whole
