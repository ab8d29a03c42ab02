"""What is done to a leaf as a whole: a new one, another name, putting right, a newer version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual import work

from labtui.errors import LabError
from labtui.operations.leaf_editing import LeafSession, author_of
from labtui.operations.taxonomy_fixing import Change
from labtui.screens.taxonomy.doing import Doing
from labtui.screens.threads import in_thread
from labtui.widgets.place_window import PlaceWindow, Taken


class WholeLeaves(Doing):
    @property
    def root(self) -> Path | None:
        workspace = self.app.context.workspace
        return workspace.taxonomy if workspace is not None else None

    # -- new and moved ------------------------------------------------------------------------------------------

    @work(exclusive=True, group="leaf-doing", exit_on_error=False)
    async def new(self) -> None:
        """Asks where, makes the leaf, and opens its first empty field."""
        from labtui.taxonomy.editing.skeleton import make_leaf

        root = self.root
        if root is None or not root.is_dir():
            self.app.say("There is no taxonomy to make a leaf in.", "warning")
            return
        await self.settle()
        # Beside the leaf one is at.
        start = f"{self.leaf.id.rpartition('/')[0]}/" if self.leaf is not None else ""
        taken: Taken | None = await self.app.push_screen_wait(PlaceWindow(root, "A new leaf: where?", start, new=True))
        if taken is None:
            return
        try:
            by = await in_thread(lambda: author_of(root))
            made = await in_thread(lambda: make_leaf(root, taken.name, taken.kind, created_by=by))
        except LabError as error:
            self.app.fail(error)
            return
        self._wanted = (made.id, True)
        self.forget_differences()
        self.post_message(self.Made(made.id))
        self.app.look_again()

    @work(exclusive=True, group="leaf-doing", exit_on_error=False)
    async def move_leaf(self) -> None:
        """Asks for another name, and moves the leaf with all that is in its folder, unsaved edits too."""
        from labtui.taxonomy.moving import move_leaf

        root, leaf = self.root, self.leaf
        if root is None or leaf is None:
            return
        await self.settle()
        taken: Taken | None = await self.app.push_screen_wait(
            PlaceWindow(root, f"Another name or place for {leaf.id}", leaf.id, new=False)
        )
        if taken is None:
            return
        old = leaf.id
        try:
            moved = await self.at_desk(lambda: move_leaf(root, old, taken.name))
        except LabError as error:
            self.app.fail(error)
            return
        session = self._unsaved.pop(old, None)
        if session is not None:
            session.moved(moved.new, moved.path)
            self._unsaved[moved.new] = session
        self.session = None
        self.forget_differences()
        self.tell_unsaved()
        self.app.say(f"It is {moved.new} now{'; git knows of the move' if moved.tracked else ''}.")
        self.post_message(self.Renamed(old, moved.new))
        self.app.look_again()

    # -- put right and brought up to date -----------------------------------------------------------------------

    @work(exclusive=True, group="leaf-doing", exit_on_error=False)
    async def fix(self) -> None:
        await self._changed_by(LeafSession.fixed, "put right", "Nothing in it can be put right by a machine.")

    @work(exclusive=True, group="leaf-doing", exit_on_error=False)
    async def upgrade(self) -> None:
        await self._changed_by(LeafSession.upgraded, "bring up to date", "It is in the newest version already.")

    async def _changed_by(self, work: Callable[[LeafSession], Change], title: str, otherwise: str) -> None:
        """Shows what would change; taken over it is an edit like any other, to be undone or saved."""
        from labtui.widgets.change_window import ChangeWindow

        await self.settle()
        session = self.session
        if session is None or self._undecided():
            return
        if session.trouble:
            self.app.say(session.trouble, "warning")
            return
        try:
            change = await self.at_desk(lambda: work(session))
        except LabError as error:
            self.app.fail(error)
            return
        if change.after == change.before:
            self.app.say(otherwise)
            return
        yes = await self.app.push_screen_wait(ChangeWindow(change, title))
        if yes:
            await self.do(lambda session: session.editor.replace_data(change.after))
            if self.state is not None:
                self.yaml.renew(self.state.text)
            await self.lay_out()
            self.app.say("Changed as shown; ctrl+s saves it, ctrl+z takes it back.")
