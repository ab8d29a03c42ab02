"""What stands beside a leaf: how it differs from its base, its document, and what was generated from it."""

from __future__ import annotations

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from labtui.errors import LabError
from labtui.operations.leaf_data import LeafData
from labtui.operations.leaf_editing import LeafState
from labtui.operations.leaf_views import BaseOfLeaves, why_not
from labtui.screens.taxonomy.leaf_base import DATA, LeafBase
from labtui.taxonomy.leaf import Document
from labtui.widgets.document_view import DocumentView
from labtui.widgets.leaf_text import wrapped


class Beside(LeafBase):
    class DataFound(Message):
        """What was generated from a leaf, as far as it is known."""

        def __init__(self, data: LeafData) -> None:
            super().__init__()
            self.data = data

    def __init__(self) -> None:
        super().__init__()
        self.data: LeafData | None = None
        self._bases: BaseOfLeaves | None = None

    # -- the difference -----------------------------------------------------------------------------------------

    def bases(self) -> BaseOfLeaves | None:
        """What leaves are compared with; None without a workspace."""
        context = self.app.context
        if context.workspace is None:
            return None
        root = context.workspace.taxonomy
        if self._bases is None or self._bases.root != root:
            self._bases = BaseOfLeaves(root, context.config.settings.taxonomy.base)
        return self._bases

    def forget_differences(self) -> None:
        """Something was written, here or elsewhere."""
        if self._bases is not None:
            self._bases.forget()

    def diff_lines(self, state: LeafState, room: int, unfolded: bool) -> list[Content]:
        """In a thread."""
        from labtui.widgets.diff_lines import leaf_change_lines

        bases, session = self.bases(), self.session
        if bases is None or session is None:
            return []
        try:
            now = session.editor.data() if state.unsaved else None
            change, since = bases.change(state.id, session.editor.saved_data, now)
        except LabError as error:
            return list(wrapped(why_not(error), max(20, room), "$quiet"))
        return leaf_change_lines(change, room, since=since, unfolded=unfolded)

    # -- the document -------------------------------------------------------------------------------------------

    def show_document(self, state: LeafState) -> None:
        """Shows what the leaf points to, with the contexts of its seeds."""
        fields = state.fields
        repo, commit, patterns = (fields.find(("document", key)) for key in ("repo", "commit", "patterns"))
        document = None
        if repo is not None and commit is not None and patterns is not None:
            listed = tuple(line for line in patterns.text.split("\n") if line)
            document = Document(repo.text.strip(), commit.text.strip(), listed, max(1, repo.start[0]))
        workspace = self.app.context.workspace
        contexts = [seed.context.text if seed.context is not None else "" for seed in fields.seeds]
        root = workspace.taxonomy if workspace is not None else None
        self.query_one(DocumentView).show(document, contexts, root)

    # -- what was generated -------------------------------------------------------------------------------------

    def look_at_data(self) -> None:
        """Looks through jobs and data sets for what was made of the leaf."""
        workspace, state = self.app.context.workspace, self.state
        if workspace is not None and state is not None:
            self._look_at_data(state)

    @work(thread=True, exclusive=True, group="leaf-data", exit_on_error=False)
    def _look_at_data(self, state: LeafState) -> None:
        from labtui.operations.leaf_data import look

        worker, workspace = get_current_worker(), self.app.context.workspace
        if workspace is None:
            return
        for data in look(workspace, state.id, state.sha256, lambda: worker.is_cancelled):
            if not worker.is_cancelled:
                self.post_message(self.DataFound(data))

    @on(DataFound)
    async def _on_data_found(self, event: DataFound) -> None:
        from labtui.widgets.leaf_data_lines import data_note

        event.stop()
        if self.state is None or self.state.id != event.data.leaf:
            return
        self.data = event.data
        self.tabs.note(DATA, data_note(event.data))
        await self.lay_out()

    async def lay_out(self) -> None:
        """Shows the view in front as things stand now."""

    def data_lines(self, state: LeafState, room: int, data: LeafData | None) -> list[Content]:
        """In a thread."""
        from labtui.widgets.leaf_data_lines import data_lines

        begins = [next((field.text for field in seed.fields if field.text), "") for seed in state.fields.seeds]
        return data_lines(data, begins, room)
