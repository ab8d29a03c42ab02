"""The answers collected to be taught, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui import signs
from labtui.contribute.teaching import destinations
from labtui.contribute.teaching import making_seeds as teaching
from labtui.contribute.teaching.lessons import Basket, Destination, Lesson, typed
from labtui.errors import LabError
from labtui.screens.chat.destination_window import DestinationWindow
from labtui.screens.chat.threads import in_thread
from labtui.text import clean, shorten
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal
from labtui.workspace import Workspace


class Wanted(NamedTuple):
    """What the reader wants next: to correct one more, or to write all there are."""

    lesson: Lesson | None
    lessons: Sequence[Lesson]
    destination: Destination = Destination()


class Lessons(OptionList):
    BINDINGS = [Binding("enter", "select", "correct", tooltip="Go on with the answer under the cursor")]


class BasketWindow(Modal[Wanted | None]):
    BINDINGS = [
        Binding("w", "write", "write them", tooltip="Make seeds of them in the contribution"),
        Binding("o", "where", "where to", tooltip="Choose the leaf they go to"),
        Binding("e", "extend", "extend", tooltip="Take the leaf that is much alike"),
        Binding("d,delete", "drop", "drop", tooltip="Put the one under the cursor aside"),
        Binding("u", "undrop", "bring back", tooltip="Bring the one dropped last back"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def __init__(self, workspace: Workspace, lessons: list[Lesson], dropped: list[Lesson], said: str = "") -> None:
        """`said`: what became of the last try to write them."""
        super().__init__()
        self._said = said
        self._workspace, self._lessons, self._dropped = workspace, lessons, dropped
        self._basket = Basket(workspace)
        self._destination: Destination | None = None
        self._near: Destination | None = None
        """A leaf these most likely belong to."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide") as window:
            window.border_title = "to be taught"
            yield Plain("", id="none")
            yield Lessons()
            yield Plain("", id="goes")
            yield Plain("", id="near")
            if self._said:
                yield Plain(f"{signs.WARNING} {self._said}", id="said")
            yield HintLine()

    def on_mount(self) -> None:
        self._show(0)
        self._find_destination()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _show(self, place: int) -> None:
        options = self.query_one(Lessons)
        options.clear_options()
        room = max(20, min(92, self.app.size.width - 12))
        options.add_options([Option(self._line(lesson, room)) for lesson in self._lessons])
        if self._lessons:
            options.highlighted = min(place, len(self._lessons) - 1)
            options.focus()
        options.display = bool(self._lessons)
        nothing = self.query_one("#none", Plain)
        nothing.display = not self._lessons
        nothing.show("Nothing is collected. In the chat, teach an answer that is wrong: it lands here.")
        self.refresh_bindings()

    def _line(self, lesson: Lesson, room: int) -> Content:
        trouble = teaching.trouble(lesson, self._lessons)
        sign = (f"{signs.WARNING} ", "bold $warning") if trouble else (f"{signs.DONE} ", "bold $success")
        below = (trouble, "$warning") if trouble else (shorten(typed(lesson.corrected), room), "$quiet")
        return Content.assemble(sign, (shorten(typed(lesson.question), room), "bold"), "\n  ", below)

    @work(exclusive=True, group="destination", exit_on_error=False)
    async def _find_destination(self) -> None:
        workspace, lessons = self._workspace, self._lessons
        usual = await in_thread(lambda: destinations.usual(workspace, lessons))
        if self._destination is None and lessons:
            await self._go_to(usual)
        if usual.where == "new" and lessons:
            near = await in_thread(lambda: destinations.nearest_leaf(workspace, lessons))
            if near is not None and self.is_mounted and self._destination == usual:
                self._near = near.destination
                self.query_one("#near", Plain).add_class("-known")
                self.query_one("#near", Plain).show(
                    Content.assemble(("much alike  ", "$quiet"), (clean(near.name, lines=False), "bold"))
                )
                self.refresh_bindings()

    async def _go_to(self, destination: Destination) -> None:
        self._destination = destination
        workspace = self._workspace
        said = await in_thread(lambda: destinations.says(workspace, destination))
        if self.is_mounted:
            self.query_one("#goes", Plain).show(
                Content.assemble(("they go to  ", "$quiet"), (clean(said, lines=False), "bold"))
            )

    # -- keys ---------------------------------------------------------------------------------------------------

    @property
    def _current(self) -> Lesson | None:
        place = self.query_one(Lessons).highlighted
        return self._lessons[place] if place is not None and place < len(self._lessons) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("write", "where", "drop"):
            return bool(self._lessons)
        if action == "extend":
            return self._near is not None
        return bool(self._dropped) if action == "undrop" else True

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(Wanted(self._lessons[event.option_index], self._lessons))

    async def action_write(self) -> None:
        workspace, lessons = self._workspace, self._lessons
        # Pressed before it was found where they go.
        destination = self._destination
        if destination is None:
            destination = await in_thread(lambda: destinations.usual(workspace, lessons))
        self.dismiss(Wanted(None, lessons, destination))

    # An action here ends when it is done: the next key belongs to what stands then.

    async def action_where(self) -> None:
        def closed(chosen: Destination | None) -> None:
            if chosen is not None:
                self._destination = chosen
                self.run_worker(self._take(chosen), group="destination", exclusive=True)

        await self.app.push_screen(DestinationWindow(self._workspace, self._lessons), closed)

    async def action_extend(self) -> None:
        if self._near is not None:
            await self._take(self._near)

    async def _take(self, chosen: Destination) -> None:
        self._near = None
        self.query_one("#near", Plain).remove_class("-known")
        await self._go_to(chosen)
        lessons, basket = self._lessons, self._basket

        def remember() -> None:
            for lesson in lessons:
                lesson.destination = chosen
                basket.keep(lesson)

        try:
            await in_thread(remember)
        except LabError as error:
            self.app.fail(error)  # type: ignore[attr-defined]

    async def action_drop(self) -> None:
        lesson, basket = self._current, self._basket
        if lesson is None:
            return
        try:
            await in_thread(lambda: basket.drop(lesson))
        except LabError as error:
            self.app.fail(error)  # type: ignore[attr-defined]
            return
        place = self._lessons.index(lesson)
        self._lessons.remove(lesson)
        self._dropped.append(lesson)
        self._show(place)

    async def action_undrop(self) -> None:
        if not self._dropped:
            return
        lesson, basket = self._dropped.pop(), self._basket
        try:
            await in_thread(lambda: basket.undrop(lesson))
        except LabError as error:
            self.app.fail(error)  # type: ignore[attr-defined]
            return
        self._lessons.append(lesson)
        self._lessons.sort(key=lambda one: (one.at, one.id))
        self._show(self._lessons.index(lesson))
