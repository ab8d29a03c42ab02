"""A licence is typed or chosen: what fits stands below, the accepted ones first, of the others why not."""

from __future__ import annotations

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from labtui import signs
from labtui.contribute.attribution.licence_list import Licence, search
from labtui.screens.contribute.labelled import Entered, Line
from labtui.text import clean, pad, shorten, width
from labtui.widgets.plain import Plain


class LicenceInput(Line):
    def __init__(self, *, id: str) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id, placeholder="type to search: wikipedia, apache, own …")
        self.entered = self._take

    async def _take(self, _: Widget) -> None:
        await self.query_ancestor(LicenceLine).take()

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            self.query_ancestor(LicenceLine).choose(-1 if event.key == "up" else 1)


class LicenceLine(Vertical):
    """Posts `Input.Changed` of its own line at every change; `entered` is called with that line when enter took one."""

    DEFAULT_CSS = """
    LicenceLine { height: auto; }
    LicenceLine > .licences { height: auto; display: none; }
    LicenceLine:focus-within > .licences { display: block; }
    """

    class Listed(Message):
        def __init__(self, typed: str, found: list[Licence]) -> None:
            super().__init__()
            self.typed = typed
            self.found = found

    def __init__(self, *, id: str, shown: int = 6) -> None:  # noqa: A002 - the name Textual gives it
        """`shown`: how many licences are in sight at once."""
        super().__init__()
        self._shown = shown
        self.line = LicenceInput(id=id)
        self.entered: Entered | None = None
        self._found: list[Licence] = []
        self._chosen = -1
        """Which of them; -1: none yet, what is typed counts."""
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield self.line
        yield Plain("", classes="licences")

    @property
    def value(self) -> str:
        return self.line.value

    @property
    def is_accepted(self) -> bool:
        """Whether what stands there now may be used."""
        from labtui.taxonomy.licences import assess

        return bool(self.value.strip()) and not assess(self.value).rule

    def fill(self, text: str, *, anew: bool = False) -> None:
        self.line.fill(text, anew=anew)

    def on_mount(self) -> None:
        self._search("")

    def on_descendant_focus(self) -> None:
        # A licence that stands there is no search: the whole list is offered beside it.
        self._search(self.line.value if self._chosen >= 0 or not _known(self.line.value) else "")

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        # It goes on to the pane, which keeps it.
        self._chosen = -1
        self._search(event.value)

    @work(thread=True, exclusive=True, group="licences", exit_on_error=False)
    def _search(self, typed: str) -> None:
        self.post_message(self.Listed(typed, search(typed)))

    @on(Listed)
    def _on_listed(self, event: Listed) -> None:
        event.stop()
        self._typed, self._found = event.typed, event.found
        self._show()

    def choose(self, by: int) -> None:
        if self._found:
            last = len(self._found) - 1
            self._chosen = max(0, min(last, self._chosen + by)) if self._chosen >= 0 else 0 if by > 0 else last
            self._show()

    def _show(self) -> None:
        room = max(30, self.size.width - 2)
        start = max(0, min(self._chosen - self._shown // 2, len(self._found) - self._shown))
        names = min(24, max((width(one.name) for one in self._found), default=0) + 1)
        lines = [
            _line(one, number == self._chosen, names, room)
            for number, one in list(enumerate(self._found))[start : start + self._shown]
        ]
        if not self._found:
            lines.append(
                Content.styled("no licence is called so; name it as SPDX does, or search by other words", "$quiet")
            )
        elif len(self._found) > self._shown:
            lines.append(
                Content.styled(f"  {len(self._found)} licences, the accepted ones first: ↑ ↓ choose", "$quiet")
            )
        self.query_one(".licences", Plain).show(Content("\n").join(lines))

    async def take(self) -> None:
        """Takes the chosen licence, else the one that is typed or meant. Of several the first is chosen, to be seen."""
        typed = clean(self.line.value, lines=False).strip()
        # What stands there may be newer than what was searched for.
        self._found = search(typed) if typed and self._typed != self.line.value else self._found
        named = next((one.name for one in self._found if one.name.lower() == typed.lower()), "")
        may_be = [one for one in self._found if one.accepted]
        if self._chosen >= 0:
            self.line.value = self._found[self._chosen].name
        elif named:
            self.line.value = named
        elif typed and len(may_be) == 1:
            self.line.value = may_be[0].name
        elif typed and may_be and not _known(typed):
            self.choose(1)
            return
        if self.entered is not None:
            await self.entered(self.line)


def _known(text: str) -> bool:
    from labtui.taxonomy.licences import assess

    return bool(text.strip()) and assess(text).rule != "legal.licence-unknown"


def _line(licence: Licence, chosen: bool, names: int, room: int) -> Content:
    sign, style = (signs.DONE, "$success") if licence.accepted else (signs.FAILED, "$error")
    means = shorten(licence.means, max(8, room - names - 4))
    return Content.assemble(
        ("▌" if chosen else " ", "bold $accent"),
        (f"{sign} ", f"bold {style}"),
        (pad(licence.name, names), "bold" if chosen else ""),
        (means, "$quiet"),
    )
