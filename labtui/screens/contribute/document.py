"""The fourth step, for knowledge: the document it is written from, and the passages of it that become contexts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from textual import on, work
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from labtui.contribute.documents import document_contexts
from labtui.contribute.documents.local_documents import Found
from labtui.errors import LabError
from labtui.screens.contribute.deed import Deed
from labtui.screens.contribute.document_base import FIELDS, DocumentBase, text_of
from labtui.screens.contribute.document_words import begins_with
from labtui.screens.contribute.labelled import Line, Lines
from labtui.screens.threads import in_thread
from labtui.widgets.document_view import DocumentView

T = TypeVar("T")


class DocumentPane(DocumentBase):
    class Progress(Message):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

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
        from labtui.contribute.documents.local_documents import set_licence

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
        from labtui.contribute.documents.local_documents import take

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

        self._compare = True
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
            keep_documents(folder, workspace, context.config, leaf, repository=repository, stop=self._stop)
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
        from labtui.contribute.documents.local_documents import drop
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

    async def _entered(self, field: Widget) -> None:
        if isinstance(field, Line) and field.id == "goes_to":
            self._put_there(field.value)
        elif isinstance(field, (Line, Lines)):
            # A licence that was chosen is not typed.
            self._typed(str(field.id), text_of(field))
            self._next(field)

    @work(group="document-deed", exit_on_error=False)
    async def _put_there(self, repository: str) -> None:
        if repository.strip():
            await self._keep_in(repository.strip(), told=True)
        self.query_one("#read", Deed).focus()

    def on_unmount(self) -> None:
        if self._stop is not None:
            self._stop.set()
