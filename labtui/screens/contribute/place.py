"""The second step: where the leaf belongs in the taxonomy, and which leaves there are about the same already."""

from __future__ import annotations

from pathlib import Path

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui import signs
from labtui.actions import bindings_for
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Step, StepStanding
from labtui.contribute.similar.wanted import SimilarLeaf
from labtui.errors import LabError, UsageError
from labtui.screens.contribute.labelled import Labelled, Line
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.threads import in_thread
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS
from labtui.text import clean, shorten
from labtui.widgets.place_window import completions, holds_leaves
from labtui.widgets.plain import Plain

REST_SECONDS = 0.15
"""Of rest in the typing after which folders and similar leaves are looked for."""
FOLDERS_SHOWN = 300
MUCH = 0.5
"""From this likeness on a leaf is said to be about the same."""


class Looked(msgspec.Struct, frozen=True):
    """What there is for what is typed."""

    typed: str
    name: str = ""
    """The leaf's id it would be; empty where it cannot be."""
    wrong: str = ""
    hint: str = ""
    folders: tuple[tuple[str, bool], ...] = ()
    """Folders one may go on into, each with whether a leaf stands there."""
    similar: tuple[SimilarLeaf, ...] = ()


class PathLine(Line):
    BINDINGS = bindings_for("contribute.path")

    def action_folders(self) -> None:
        self.screen.query_one(Folders).focus()

    def action_complete(self) -> None:
        self.screen.query_one(PlacePane).complete()


class Folders(OptionList):
    BINDINGS = bindings_for("contribute.folders")

    class Asked(Message):
        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def action_into(self) -> None:
        self.post_message(self.Asked("into"))

    def action_out(self) -> None:
        self.post_message(self.Asked("out"))

    def action_extend(self) -> None:
        self.post_message(self.Asked("extend"))

    def action_cursor_up(self) -> None:
        if not self.highlighted:
            self.screen.query_one(PathLine).focus()
        else:
            super().action_cursor_up()


class Similar(OptionList):
    BINDINGS = bindings_for("contribute.similar")

    class Asked(Message):
        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def action_extend(self) -> None:
        self.post_message(self.Asked("extend"))

    def action_beside(self) -> None:
        self.post_message(self.Asked("beside"))


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
        folders.set_options([Option(_folder(name, is_leaf)) for name, is_leaf in looked.folders])
        folders.border_title = f"folders there are{' here' if looked.folders else ' here: none'}"
        if looked.folders:
            folders.highlighted = 0
        self.refresh_bindings()

    def _take_similar(self, similar: tuple[SimilarLeaf, ...]) -> None:
        self._looked = msgspec.structs.replace(self._looked, similar=similar)
        shown = self.similar
        room = max(20, (shown.content_size.width or 50) - 2)
        shown.set_options([Option(_similar(one, room)) for one in similar])
        shown.border_title = _how_alike(similar)
        if similar:
            shown.highlighted = 0
        self.refresh_bindings()

    def _say_verdict(self) -> None:
        looked, verdict = self._looked, self.query_one("#place-verdict", Plain)
        if looked.name:
            said = "it stands here" if looked.name == self._placed else "it moves to" if self._was else "a new leaf"
            verdict.show(Content.assemble((f"{signs.DONE} ", "bold $success"), f"{said}: {looked.name}"))
        elif self._unfinished:
            verdict.show(Content.styled("Go on to a folder, and give the leaf a name of its own in it.", "$quiet"))
        else:
            verdict.show(
                Content.assemble(
                    (f"{signs.FAILED} ", "bold $error"),
                    (clean(looked.wrong, lines=False), "$error"),
                    (f" {clean(looked.hint, lines=False)}", "$quiet"),
                )
            )

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


def look(folder: DraftFolder, leaf: str, typed: str, root: Path) -> Looked:
    """What is typed, judged, and the folders there are for it. In a thread. Raises LabError."""
    from labtui.contribute.leaves.leaf_files import leaf_in
    from labtui.contribute.leaves.placing import checked_place

    folders = tuple((name, (root / name / LEAF_FILE).is_file()) for name in completions(root, typed)[:FOLDERS_SHOWN])
    draft = folder.load()
    try:
        if typed.endswith("/"):
            raise UsageError("A folder, and no name yet.")
        one = leaf_in(draft, leaf)
        name = checked_place(folder, draft, one, typed)
        if holds_leaves(root / name, root / (one.was or name) / LEAF_FILE):
            raise UsageError("That folder holds other leaves.", hint=f"Give yours a name in it: {name}/…")
    except UsageError as error:
        return Looked(typed, wrong=error.what, hint=error.hint, folders=folders)
    return Looked(typed, name=name, folders=folders)


def alike(folder: DraftFolder, leaf: str, typed: str, root: Path) -> tuple[SimilarLeaf, ...]:
    """Leaves of the taxonomy about the same as what is written so far. In a thread."""
    from labtui.contribute.similar.finding import similar_leaves, wanted_of
    from labtui.taxonomy.leaf import read_leaf_file

    draft = folder.load()
    own = [name for one in draft.leaves for name in (one.id, one.was) if name]
    read = read_leaf_file(folder.leaf_file(leaf), leaf)
    # The name says what it is about; the folders it stands in, every neighbour shares.
    folders, _, name = typed.rpartition("/")
    words = (name or folders.partition("/")[2].replace("/", " ")).replace("_", " ")
    wanted = msgspec.structs.replace(wanted_of(read, words=words, title=draft.title), path="")
    return tuple(similar_leaves(root, wanted, skip=own))


def _folder(name: str, is_leaf: bool) -> Content:
    last = clean(name.rpartition("/")[2], lines=False)
    return Content.assemble((last, "bold"), ("  a leaf: enter or e extends it" if is_leaf else "/", "$quiet"))


def _how_alike(similar: tuple[SimilarLeaf, ...]) -> str:
    if not similar:
        return "no leaf is about the same"
    what = "about the same" if similar[0].score >= MUCH else "a little alike"
    one = len(similar) == 1
    return f"{len(similar)} {'leaf' if one else 'leaves'} {what}; e extends {'it' if one else 'one'}"


def _similar(one: SimilarLeaf, room: int) -> Content:
    return Content.assemble(
        (shorten(one.id, room), "bold"),
        (f"\n  {shorten(' · '.join(part for part in (one.why, one.about) if part), room - 2)}", "$quiet"),
    )
