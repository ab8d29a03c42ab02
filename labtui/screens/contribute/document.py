"""The fourth step, for knowledge: the document it is written from, and the passages of it that become contexts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from labtui.contribute import document_contexts
from labtui.contribute.document_contexts import DocumentFacts
from labtui.contribute.draft_folder import DraftFolder
from labtui.contribute.local_documents import Found
from labtui.contribute.records import Draft, Problem, Step, StepStanding
from labtui.errors import LabError
from labtui.screens.contribute.deed import Deed
from labtui.screens.contribute.document_words import about, begins_with
from labtui.screens.contribute.draft_document import DraftDocumentView
from labtui.screens.contribute.labelled import Labelled, Line, Lines
from labtui.screens.contribute.licence_line import LicenceLine
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.threads import in_thread
from labtui.taxonomy.fields import SEEDS
from labtui.widgets.document_view import DocumentView
from labtui.widgets.plain import Plain

T = TypeVar("T")

NONE, LOCAL, GIT = "none", "local", "git"
"""Where the document is: not said yet, on this machine, in a git repository."""
FIELDS = {"repo": "repo", "commit": "commit", "patterns": "patterns"}


class DocumentPane(StepPane):
    STEP = Step.DOCUMENT
    DEFAULT_CSS = """
    DocumentPane #source { height: auto; max-height: 60%; }
    DocumentPane #about { height: auto; margin: 0 0 1 0; }
    DocumentPane #view { height: 1fr; min-height: 3; border-top: solid $edge; }
    DocumentPane #view:focus-within { border-top: heavy $edge-focus; }
    DocumentPane.-short.-reading #source { display: none; }
    """

    class Progress(Message):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.facts = DocumentFacts()
        self._git_chosen = ""
        """The leaf for which a repository is to be named, where none is yet."""
        self._doing = ""
        """What is under way, in words."""
        self._stop: threading.Event | None = None
        self._wants_focus = False
        self._want_field: Field = ()

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="source", can_focus=False):
            yield Plain("", id="about")
            yield Deed("a file or folder of this machine", "Markdown, text or PDF", id="local", says="choose it")
            yield Deed("a git repository", "that holds the document already", id="git", says="name it")
            yield Labelled("Licence", "under which the document may be used", LicenceLine(id="licence"))
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
            found = await in_thread(lambda: document_contexts.facts(folder, leaf))
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
            one.display = _name(one) in shown
        workspace = self.app.context.workspace
        self.query_one("#forge", Deed).display = mode == LOCAL and bool(found.local and not found.local.pushed)
        self.query_one("#newest", Deed).display = mode == GIT and not found.commit.strip()
        self.view.display = mode != NONE and found.document is not None
        self.query_one("#about", Plain).show(about(found, mode, self._doing))
        if found.local is not None:
            self.query_one(LicenceLine).fill(found.local.licence, anew=anew)
            self._line("goes_to").fill(found.local.repository, anew=anew)
            commit = found.local.commit[:7]
            where = "sent" if found.local.pushed else f"committed as {commit}, sent when you submit" if commit else ""
            next(one for one in self.query(Labelled) if _name(one) == "goes_to").beside(where)
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
            one.judge(problem for problem in problems if self._belongs(problem, _name(one)))

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

    # -- writing ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_line(self, event: Input.Changed) -> None:
        if event.input.id in ("licence", *FIELDS):
            event.stop()
            self._typed(str(event.input.id), event.value)

    @on(TextArea.Changed)
    def _on_lines(self, event: TextArea.Changed) -> None:
        if event.text_area.id in FIELDS:
            event.stop()
            self._typed(str(event.text_area.id), event.text_area.text)

    def _typed(self, name: str, text: str) -> None:
        from labtui.contribute.local_documents import set_licence

        # What stands in the fields is of the leaf they were filled from.
        folder, leaf = self.folder, self.facts.leaf
        if not leaf:
            return
        if name == "licence":
            self.keep(f"{leaf} licence", lambda: set_licence(folder, leaf, text))
        elif name in FIELDS:
            self.keep(f"{leaf} {name}", lambda: document_contexts.write_field(folder, leaf, name, text))

    def grab(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, (Line, Lines)) and self in focused.ancestors:
            self._typed(str(focused.id), focused.value if isinstance(focused, Line) else focused.text)

    async def _done(self, words: str, act: Callable[[], T]) -> T | None:
        """Does something that takes a while, told above the fields. None, and told why, where it was refused."""
        if self._doing:
            self.app.say(f"{self._doing} is still under way.", "warning")
            return None
        await self.flush()
        self._doing, self._stop = words, threading.Event()
        self._show_parts()
        try:
            return await in_thread(act)
        except LabError as error:
            self.app.fail(error)
            return None
        finally:
            self._doing, self._stop = "", None
            self.post_message(self.Changed())
            await self._fill()

    @on(Progress)
    def _on_progress(self, event: Progress) -> None:
        event.stop()
        if self._doing:
            self._doing = event.words
            self._show_parts()

    # -- deeds --------------------------------------------------------------------------------------------------

    @on(Deed.Done)
    @work(group="document-deed", exit_on_error=False)
    async def _on_done(self, event: Deed.Done) -> None:
        event.stop()
        match event.deed.id:
            case "on":
                if self.facts.local is not None and not self.facts.local.commit:
                    await self._keep_in(self._line("goes_to").value.strip(), told=False)
                self.post_message(self.GoOn())
            case "local":
                await self._choose_local()
            case "git":
                self._git_chosen = self.leaf
                self._show_parts()
                self._line("repo").focus()
            case "newest":
                await self._newest()
            case "read":
                self.view.focus()
            case "forge":
                await self._make_on_forge()
            case "other":
                await self._choose_another()

    async def _choose_local(self) -> None:
        from labtui.screens.contribute.source_window import SourceWindow

        local = self.facts.local
        found = await self.app.push_screen_wait(SourceWindow(begins_with(local)))
        if found is not None:
            await self._take(found)

    async def _take(self, found: Found) -> None:
        from labtui.contribute.local_documents import take

        folder, leaf = self.folder, self.leaf

        def say(words: str) -> None:
            self.post_message(self.Progress(words))

        def copy() -> bool:
            take(
                folder,
                leaf,
                found,
                on_progress=say,
                cancelled=lambda: self._stop is not None and self._stop.is_set(),
            )
            return True

        if await self._done("copying", copy):
            await self._keep_in("", told=False)
            (self._licence.line if not self._licence.value else self.query_one("#read", Deed)).focus()

    async def _keep_in(self, repository: str, *, told: bool) -> None:
        """Commits the copies for a repository; empty: where they went last time, if that is on this machine."""
        from labtui.contribute.submitting.documents import keep_documents, suggested_repository
        from labtui.taxonomy.documents.address import LOCAL as HERE
        from labtui.taxonomy.documents.address import understand

        context, folder, leaf = self.app.context, self.folder, self.leaf
        workspace, local = context.workspace, self.facts.local
        if workspace is None or local is None:
            return
        if not repository:
            repository = local.repository or await in_thread(lambda: suggested_repository(workspace))
            if understand(repository).kind != HERE:
                # A server is asked only when the user says so.
                self._line("goes_to").fill(repository)
                return

        def commit() -> bool:
            keep_documents(
                folder, workspace, context.config, leaf, repository=repository, stop=self._stop
            )
            return True

        if await self._done(f"putting it into {repository}", commit) and told:
            self.app.say("The document stands there as a commit; it is sent when you submit.")

    async def _make_on_forge(self) -> None:
        from labtui.operations.contributing.submitting import forge_for
        from labtui.widgets.prompt_line import LineWindow

        context = self.app.context
        workspace = context.workspace
        if workspace is None:
            return
        detail = (
            "It is made under your account, empty and open to read, and the document is sent there when you submit."
        )
        name = await self.app.push_screen_wait(
            LineWindow("What shall the repository be called?", "documents", detail=detail)
        )
        if not name:
            return

        def make() -> str:
            forge = forge_for(workspace, context.config, needed=True)
            if forge is None:
                return ""
            with forge:
                return forge.create_repository(name, description="Documents of taxonomy contributions").https

        if address := await self._done(f"making {name}", make):
            await self._keep_in(address, told=True)

    async def _newest(self) -> None:
        address, root = self._line("repo").value, self._root
        folder, leaf = self.folder, self.leaf
        if not address.strip():
            self.app.say("Name the repository first.", "warning")
            self._line("repo").focus()
            return

        def find() -> str:
            commit = document_contexts.newest_commit(address, root)
            document_contexts.write_field(folder, leaf, "commit", commit)
            return commit

        if await self._done("asking for its newest commit", find):
            self.query_one("#patterns", Lines).focus()

    async def _choose_another(self) -> None:
        from labtui.contribute.local_documents import drop
        from labtui.widgets.choose import Choice, ChooseWindow

        folder, leaf = self.folder, self.leaf
        choices = [
            Choice("f", "a file or folder of this machine", "Markdown, text or PDF; copied in place of what is there"),
            Choice("r", "a git repository", "that holds the document already"),
        ]
        answer = await self.app.push_screen_wait(ChooseWindow("Which document instead?", "", choices))
        if answer == "f":
            await self._choose_local()
        elif answer == "r":
            self._git_chosen = leaf

            def forget() -> bool:
                if self.facts.local is not None:
                    drop(folder, leaf)
                    for key in ("repo", "commit", "patterns"):
                        document_contexts.write_field(folder, leaf, key, "")
                return True

            if await self._done("taking the copies out", forget):
                self._line("repo").focus()

    # -- contexts -----------------------------------------------------------------------------------------------

    @on(DocumentView.ContextMarked)
    async def _on_marked(self, event: DocumentView.ContextMarked) -> None:
        event.stop()
        folder, leaf, text = self.folder, self.leaf, event.text
        try:
            number = await in_thread(lambda: document_contexts.add_context(folder, leaf, text))
        except LabError as error:
            self.app.say(f"{error.what} {error.hint}".strip(), "warning")
            return
        self.post_message(self.Changed())
        await self._fill()
        left = max(0, 5 - self.facts.marked)
        more = f"{left} more to mark" if left else "ctrl+↓ goes on to its questions"
        self.app.say(f"Seed {number} has this context; {more}.")

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
            empty = [one for one in self._order if isinstance(one, (Line, Lines)) and not _text(one).strip()]
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

    async def _entered(self, field: Widget) -> None:
        if isinstance(field, Line) and field.id == "goes_to":
            self._put_there(field.value)
        elif isinstance(field, (Line, Lines)):
            # A licence that was chosen is not typed.
            self._typed(str(field.id), _text(field))
            self._next(field)

    @work(group="document-deed", exit_on_error=False)
    async def _put_there(self, repository: str) -> None:
        if repository.strip():
            await self._keep_in(repository.strip(), told=True)
        self.query_one("#read", Deed).focus()

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

    def on_unmount(self) -> None:
        if self._stop is not None:
            self._stop.set()
        super().on_unmount()


def _name(one: Labelled) -> str:
    return str(one.field.line.id if isinstance(one.field, LicenceLine) else one.field.id)


def _text(field: Line | Lines) -> str:
    return field.value if isinstance(field, Line) else field.text
