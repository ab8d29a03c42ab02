"""The second step: where the leaf belongs in the taxonomy, and which leaves there are about the same already."""

from __future__ import annotations

from pathlib import Path

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.similar.wanted import SimilarLeaf
from labtui.errors import LabError
from labtui.screens.contribute.labelled import Labelled
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.contribute.place_looking import Looked, alike, look
from labtui.screens.contribute.place_parts import (
    Folders,
    PathLine,
    Similar,
    folder_line,
    how_alike,
    similar_lines,
    verdict_line,
)
from labtui.screens.threads import in_thread
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.text import clean
from labtui.widgets.plain import Plain

REST_SECONDS = 0.15
"""Of rest in the typing after which folders and similar leaves are looked for."""


class PlacePane(StepPane):
    STEP = Step.PLACE
    SAYS_ALL = True

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self._looked = Looked("")
        self._look_timer: Timer | None = None
        self._shown_leaf: str | None = None
        self._put_at = ""
        """Where the leaf was put by this pane: known before the contribution is read anew."""

    def compose(self) -> ComposeResult:
        yield Labelled("Where it belongs", "folders; the last one names the leaf", PathLine(id="place"))
        yield Plain("", id="place-verdict")
        folders = Folders(id="place-folders", compact=True)
        folders.border_title = "folders there are"
        yield folders
        similar = Similar(id="similar", compact=True)
        similar.border_title = "leaves about the same"
        yield similar

    def on_mount(self) -> None:
        self.line.entered = self._entered
        self.line.completed = self.complete

    @property
    def line(self) -> PathLine:
        return self.query_one(PathLine)

    @property
    def folders(self) -> Folders:
        return self.query_one(Folders)

    @property
    def similar(self) -> Similar:
        return self.query_one(Similar)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._look()

    async def ready(self) -> None:
        from labtui.contribute.drafts.unfinished import typed

        folder, leaf = self.folder, self.leaf
        if leaf == self._shown_leaf:
            return
        self._shown_leaf = leaf
        waiting = await in_thread(lambda: typed(folder, f"place {leaf}"))
        with self.prevent(Input.Changed):
            self.line.value = waiting or self._placed or self._top
        self.line.cursor_position = len(self.line.value)
        self._look()

    @property
    def _placed(self) -> str:
        """Where it stands; empty as long as it has no place."""
        if self._put_at == self.leaf:
            return self.leaf
        leaves = self.draft.leaves if self.draft else []
        return next((leaf.id for leaf in leaves if leaf.id == self.leaf and leaf.placed), "")

    @property
    def _was(self) -> str:
        """What it is called in the taxonomy; empty for a new one."""
        return next((leaf.was for leaf in self.draft.leaves if leaf.id == self.leaf), "") if self.draft else ""

    @property
    def _top(self) -> str:
        return f"{KNOWLEDGE}/" if self.leaf.startswith(f"{KNOWLEDGE}/") else f"{SKILLS}/"

    @property
    def typed(self) -> str:
        return clean(self.line.value, lines=False).strip()

    @property
    def _root(self) -> Path | None:
        return Path(self.draft.taxonomy) if self.draft and self.draft.taxonomy else None

    # -- looking ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        folder, leaf, text = self.folder, self.leaf, self.typed
        waits = "" if text in (self._placed, self._top) else text

        def keep() -> None:
            from labtui.contribute.drafts.unfinished import keep_typed

            keep_typed(folder, f"place {leaf}", waits)

        self.keep(f"typed place {leaf}", keep)
        if self._look_timer is not None:
            self._look_timer.stop()
        self._look_timer = self.set_timer(REST_SECONDS, self._look)

    @work(exclusive=True, group="place-look", exit_on_error=False)
    async def _look(self) -> None:
        folder, leaf, typed, root = self.folder, self.leaf, self.typed, self._root
        if not leaf or root is None:
            return
        try:
            looked = await in_thread(lambda: look(folder, leaf, typed, root))
        except LabError as error:
            looked = Looked(typed, wrong=error.what, hint=error.hint)
        if typed != self.typed or leaf != self.leaf:
            return
        self._take(looked)
        similar = await in_thread(lambda: alike(folder, leaf, typed, root))
        if typed == self.typed and leaf == self.leaf:
            self._take_similar(similar)

    def _take(self, looked: Looked) -> None:
        self._looked = msgspec.structs.replace(looked, similar=self._looked.similar)
        self._say_verdict()
        folders = self.folders
        folders.set_options([Option(folder_line(name, is_leaf)) for name, is_leaf in looked.folders])
        folders.border_title = f"folders there are{' here' if looked.folders else ' here: none'}"
        if looked.folders:
            folders.highlighted = 0
        self.refresh_bindings()

    def _take_similar(self, similar: tuple[SimilarLeaf, ...]) -> None:
        self._looked = msgspec.structs.replace(self._looked, similar=similar)
        shown = self.similar
        room = max(20, (shown.content_size.width or 50) - 2)
        shown.set_options([Option(similar_lines(one, room)) for one in similar])
        shown.border_title = how_alike(similar)
        if similar:
            shown.highlighted = 0
        self.refresh_bindings()

    def _say_verdict(self) -> None:
        looked = self._looked
        said = verdict_line(
            looked, stands=looked.name == self._placed, moves=bool(self._was), unfinished=self._unfinished
        )
        self.query_one("#place-verdict", Plain).show(said)

    @property
    def _unfinished(self) -> bool:
        typed = self.typed
        return not typed or typed.endswith("/") or typed in (KNOWLEDGE, SKILLS)

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        """What is wrong with the place is said as it is typed, by the same rules."""

    # -- keys ---------------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        self.line.focus()

    def go_to_field(self, field: Field) -> None:
        self.line.focus()

    def back_once(self) -> bool:
        if self.screen.focused is self.line:
            return False
        self.line.focus()
        return True

    def enter_says(self) -> str:
        focused = self.screen.focused
        if focused is self.folders:
            return "go into the folder"
        if focused is self.similar:
            return "put it beside this one"
        if self._looked.name and self._looked.typed == self.typed:
            return "go on" if self._looked.name == self._placed else "put it there and go on"
        return "choose a folder"

    async def _entered(self, field: Widget) -> None:
        looked = self._looked
        if looked.typed != self.typed:
            # Typed and entered faster than one can look.
            folder, leaf, typed, root = self.folder, self.leaf, self.typed, self._root
            if root is None or not leaf:
                return
            looked = await in_thread(lambda: look(folder, leaf, typed, root))
            self._take(looked)
        if looked.name:
            # The frame has everything put on disk first, the place too.
            await self.go_on()
        elif self._unfinished and looked.folders:
            self.folders.focus()
        else:
            self.app.bell()

    def grab(self) -> None:
        """A place that may be is taken by leaving the step too."""
        looked = self._looked
        if looked.name and looked.typed == self.typed and looked.name != self._placed:
            self._put(looked.name)

    def _put(self, name: str) -> None:
        leaf = self.leaf
        if not leaf or name == self._placed:
            return

        def put() -> None:
            from labtui.contribute.drafts.unfinished import keep_typed
            from labtui.contribute.leaves.placing import place

            placed = place(self.folder, leaf, name)
            keep_typed(self.folder, f"place {leaf}", "")
            self.leaf = self._shown_leaf = self._put_at = placed.id

        self.keep("place", put)

    def complete(self) -> None:
        """Takes the first folder that begins so."""
        if self._looked.folders and self._looked.typed == self.typed:
            self._go_into(self._looked.folders[0][0])

    def _go_into(self, name: str) -> None:
        self.line.value = f"{name}/"
        self.line.cursor_position = len(self.line.value)

    @on(Folders.Asked)
    @on(OptionList.OptionSelected, "#place-folders")
    def _on_folder(self, event: Folders.Asked | OptionList.OptionSelected) -> None:
        event.stop()
        what = event.what if isinstance(event, Folders.Asked) else "into"
        at = self.folders.highlighted
        here = self._looked.folders[at] if at is not None and at < len(self._looked.folders) else None
        if what == "out":
            parent = self.typed.rstrip("/").rpartition("/")[0]
            self.line.value = f"{parent}/" if parent else self._top
        elif here is None:
            self.line.focus()
        elif what == "extend" or here[1]:
            if here[1]:
                self._extend(here[0])
            else:
                self.app.say("That is a folder; a leaf stands where the list says so.")
        else:
            self._go_into(here[0])

    @on(Similar.Asked)
    @on(OptionList.OptionSelected, "#similar")
    def _on_similar(self, event: Similar.Asked | OptionList.OptionSelected) -> None:
        event.stop()
        at = self.similar.highlighted
        if at is None or at >= len(self._looked.similar):
            return
        name = self._looked.similar[at].id
        if isinstance(event, Similar.Asked) and event.what == "extend":
            self._extend(name)
        else:
            self.line.value = f"{name.rpartition('/')[0]}/"
            self.line.cursor_position = len(self.line.value)
            self.line.focus()

    @work(exclusive=True, group="place-extend", exit_on_error=False)
    async def _extend(self, name: str) -> None:
        """Takes the leaf that is there into the contribution, in place of the one begun."""
        from labtui.screens.contribute.extending import extend_instead

        workspace = self.app.context.workspace
        if workspace is None:
            return
        await self.flush()
        try:
            leaf = await extend_instead(self.app, self.folder, workspace, self.leaf, name)
        except LabError as error:
            self.app.fail(error)
            return
        if leaf:
            self.leaf = leaf
            self.post_message(self.Changed())
            self.post_message(self.GoTo(Step.SEEDS, leaf))

    def on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text, lines=False)
