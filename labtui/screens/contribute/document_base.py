"""What the document step shows, and how one goes from field to field in it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from labtui.contribute.documents import document_contexts
from labtui.contribute.documents.document_contexts import DocumentFacts
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Problem, Step, StepStanding
from labtui.contribute.requests.remarks import Remark
from labtui.errors import LabError
from labtui.screens.contribute.deed import Deed
from labtui.screens.contribute.document_words import about
from labtui.screens.contribute.draft_document import DraftDocumentView
from labtui.screens.contribute.labelled import Labelled, Line, Lines
from labtui.screens.contribute.licence_line import LicenceLine
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.threads import in_thread
from labtui.taxonomy.documents.address import on_this_machine
from labtui.taxonomy.fields import SEEDS
from labtui.widgets.plain import Plain

T = TypeVar("T")

NONE, LOCAL, GIT = "none", "local", "git"
"""Where the document is: not said yet, on this machine, in a git repository."""
FIELDS = {"repo": "repo", "commit": "commit", "patterns": "patterns"}


class DocumentBase(StepPane):
    STEP = Step.DOCUMENT
    DEFAULT_CSS = """
    DocumentBase #source { height: auto; max-height: 60%; }
    DocumentBase #about { height: auto; margin: 0 0 1 0; }
    DocumentBase #view { height: 1fr; min-height: 3; border-top: solid $edge; }
    DocumentBase #view:focus-within { border-top: heavy $edge-focus; }
    DocumentBase.-short.-reading #source { display: none; }
    """

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.facts = DocumentFacts()
        self._git_chosen = ""
        """The leaf for which a repository is to be named, where none is yet."""
        self._doing = ""
        """What is under way, in words."""
        self._stop: threading.Event | None = None
        self._compare = True
        """Whether the originals of copies are to be read again."""
        self._wants_focus = False
        self._want_field: Field = ()

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="source", can_focus=False):
            yield Plain("", id="about")
            yield Deed("a file or folder of this machine", "Markdown, text or PDF", id="local", says="choose it")
            yield Deed("a git repository", "that holds the document already", id="git", says="name it")
            yield Labelled("Licence", "under which the document may be used", LicenceLine(id="licence", shown=4))
            yield Labelled("Goes to", "a repository: address, or folder", Line(id="goes_to"))
            yield Deed("make a repository on the forge", id="forge", says="make one")
            yield Labelled("Repository", "its address, as one clones it", Line(id="repo"))
            yield Labelled("Commit", "the full name of one version of it", Line(id="commit"))
            yield Deed("take its newest commit", "asks the server", id="newest", says="ask for it")
            yield Labelled("Files", "patterns, one a line (ctrl+j), such as docs/*.md", Lines(id="patterns"))
            yield Deed("mark contexts in it", id="read", says="read it")
            yield Deed("take another document", id="other", says="choose another one")
            yield Deed("go on", id="on")
        yield DraftDocumentView(id="view")

    async def _entered(self, field: Widget) -> None:
        """Enter was pressed in a field."""

    def on_mount(self) -> None:
        for one in self.query(Labelled):
            if isinstance(one.field, (Line, Lines, LicenceLine)):
                one.field.entered = self._entered

    @property
    def view(self) -> DraftDocumentView:
        return self.query_one(DraftDocumentView)

    @property
    def mode(self) -> str:
        if self.facts.local is not None:
            return LOCAL
        return GIT if self.facts.repo or self.facts.commit or self._git_chosen == self.leaf else NONE

    @property
    def _root(self) -> Path | None:
        workspace = self.app.context.workspace
        return workspace.taxonomy if workspace is not None else None

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._compare = True
        self._fill_soon()

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._fill_soon()

    def _fill_soon(self) -> None:
        self.run_worker(self._fill(), group="document-facts", exclusive=True, exit_on_error=False)

    async def _fill(self) -> None:
        folder, leaf = self.folder, self.leaf
        if not leaf:
            return
        try:
            moved = None if self._compare or leaf != self.facts.leaf else self.facts.moved
            self._compare = False
            found = await in_thread(lambda: document_contexts.facts(folder, leaf, moved=moved))
        except LabError as error:
            self.app.fail(error)
            return
        if leaf != self.leaf:
            return
        anew = self.facts.leaf != leaf
        self.facts = found
        self._show_parts(anew=anew)
        self._judge_fields()
        if self._wants_focus:
            self.take_focus()
        if self._want_field:
            wanted, self._want_field = self._want_field, ()
            self.go_to_field(wanted)

    def _show_parts(self, *, anew: bool = False) -> None:
        found, mode = self.facts, self.mode
        shown = {
            NONE: {"local", "git"},
            LOCAL: {"licence", "goes_to", "forge", "read", "other", "on"},
            GIT: {"repo", "commit", "newest", "patterns", "read", "other", "on"},
        }[mode if found.knowledge else NONE]
        if not found.knowledge:
            shown = {"on"}
        for deed in self.query(Deed):
            deed.display = deed.id in shown
        for one in self.query(Labelled):
            one.display = name_of(one) in shown
        workspace = self.app.context.workspace
        unreadable = found.local is not None and (not found.local.pushed or on_this_machine(found.local.repository))
        self.query_one("#forge", Deed).display = mode == LOCAL and unreadable
        self.query_one("#newest", Deed).display = mode == GIT and not found.commit.strip()
        self.view.display = mode != NONE and found.document is not None
        self.query_one("#about", Plain).show(about(found, mode, self._doing))
        if found.local is not None:
            self.query_one(LicenceLine).fill(found.local.licence, anew=anew)
            self._line("goes_to").fill(found.local.repository, anew=anew)
            commit = found.local.commit[:7]
            where = "sent" if found.local.pushed else f"committed as {commit}, sent when you submit" if commit else ""
            next(one for one in self.query(Labelled) if name_of(one) == "goes_to").beside(where)
            read = self.query_one("#read", Deed)
            read.say("mark contexts in it", f"{found.marked} of 5 so far", says="read it")
            changed = "its files changed since" if found.moved else ""
            self.query_one("#other", Deed).say("take another document, or this one anew", changed, says="choose")
        self._line("repo").fill(found.repo, anew=anew)
        self._line("commit").fill(found.commit, anew=anew)
        self.query_one("#patterns", Lines).fill("\n".join(found.patterns), anew=anew)
        if self.view.display:
            self.view.show_facts(found, workspace.taxonomy if workspace is not None else None)
        self.screen.refresh_bindings()

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name}", Line)

    def _judge_fields(self) -> None:
        problems = self.standing.problems if self.standing is not None else ()
        for one in self.query(Labelled):
            one.judge(problem for problem in problems if self._belongs(problem, name_of(one)))
            one.hear(said for said in self.remarks if self._name_of(said.field) == name_of(one))

    def _name_of(self, field: Field) -> str:
        """Which part shows a field of the leaf's document; empty where none does."""
        if field[:1] != ("document",) or self.mode == NONE:
            return ""
        key = str(field[1]) if len(field) > 1 else "repo"
        return {"repo": "goes_to"}.get(key, key) if self.mode == LOCAL else key

    def shows(self, remark: Remark) -> bool:
        # As long as it is being read there will most likely be a document.
        wanted = self._name_of(remark.field) if self.facts.leaf == self.leaf else str(remark.field[:1])
        return any(name_of(one) == wanted and one.display for one in self.query(Labelled))

    def field_here(self) -> Field:
        focused = self.screen.focused
        for one in self.query(Labelled):
            if focused is not None and one in focused.ancestors:
                name = name_of(one)
                return ("document", "repo" if name == "goes_to" else name)
        return ()

    def _belongs(self, problem: Problem, name: str) -> bool:
        if problem.leaf not in ("", self.leaf) or problem.field[:1] != ("document",):
            return False
        key = str(problem.field[1]) if len(problem.field) > 1 else "repo"
        if key == "licence" and (self._licence.line.has_focus or self._licence.is_accepted):
            # What is searched for, and what was known before the last letter, is not held against it.
            return False
        return name == ({"repo": "goes_to"}.get(key, key) if self.mode == LOCAL else key)

    @property
    def _licence(self) -> LicenceLine:
        return self.query_one(LicenceLine)

    def on_resize(self) -> None:
        self.set_class(self.size.height < 30, "-short")

    def on_descendant_focus(self) -> None:
        self.set_class(self.view.has_focus_within, "-reading")
        self._judge_fields()

    def on_descendant_blur(self) -> None:
        self.set_class(self.view.has_focus_within, "-reading")

    # -- from field to field ------------------------------------------------------------------------------------

    @property
    def _order(self) -> list[Line | Lines | Deed]:
        """What enter goes through."""
        fields: list[Line | Lines | Deed] = []
        for one in self.query(Labelled):
            field = one.field.line if isinstance(one.field, LicenceLine) else one.field
            if one.display and isinstance(field, (Line, Lines)):
                fields.append(field)
        newest = self.query_one("#newest", Deed)
        if newest.display and self._line("commit") in fields:
            fields.insert(fields.index(self._line("commit")) + 1, newest)
        return [*fields, self.query_one("#read", Deed)]

    def take_focus(self) -> None:
        self._wants_focus = self.facts.leaf != self.leaf
        if self._wants_focus:
            return
        if not self.facts.knowledge:
            self.query_one("#on", Deed).focus()
        elif self.mode == NONE:
            self.query_one("#local", Deed).focus()
        else:
            empty = [one for one in self._order if isinstance(one, (Line, Lines)) and not text_of(one).strip()]
            whole = self.facts.marked >= 5
            (empty[0] if empty else self.query_one("#on" if whole else "#read", Deed)).focus()

    def enter_says(self) -> str:
        focused = self.screen.focused
        if isinstance(focused, Deed):
            return focused.says
        if focused is self._licence.line:
            return "take the licence"
        if isinstance(focused, Line) and focused.id == "goes_to":
            return "put it there"
        return "next field" if isinstance(focused, (Line, Lines)) else ""

    def _next(self, field: object) -> None:
        order = self._order
        at = next((number for number, one in enumerate(order) if one is field), -1)
        order[min(at + 1, len(order) - 1)].focus()

    def go_to_field(self, field: Field) -> None:
        if self.facts.leaf != self.leaf:
            self._want_field = field
        elif field[:1] == (SEEDS,) and self.view.display:
            self.view.focus()
        elif len(field) > 1 and self.mode != NONE:
            key = {"repo": "goes_to"}.get(str(field[1]), str(field[1])) if self.mode == LOCAL else str(field[1])
            wanted = next((one for one in self._order if one.id == key), None)
            if wanted is not None:
                wanted.focus()
                # What is said of it stands below it.
                for one in (one for one in self.query(Labelled) if one in wanted.ancestors):
                    one.call_after_refresh(one.scroll_visible, animate=False)

    def back_once(self) -> bool:
        if self._stop is not None:
            self._stop.set()
            return True
        if self.view.has_focus_within:
            if not self.view.back():
                self.remove_class("-reading")
                self.query_one("#read", Deed).focus()
            return True
        return False


def name_of(one: Labelled) -> str:
    return str(one.field.line.id if isinstance(one.field, LicenceLine) else one.field.id)


def text_of(field: Line | Lines) -> str:
    return field.value if isinstance(field, Line) else field.text
