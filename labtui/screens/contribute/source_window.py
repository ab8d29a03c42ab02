"""A file or folder of this machine is chosen: its path typed, completed over what is there, and judged as one types."""

from __future__ import annotations

import os
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from labtui import signs
from labtui.contribute.documents.local_documents import Found, look
from labtui.errors import LabError
from labtui.text import clean, shorten
from labtui.widgets.hints import HintLine
from labtui.widgets.log_lines import size_words
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

SHOWN = 6
LOOKED_AT = 5_000
"""Entries of a folder that are looked at."""
KINDS = (".md", ".markdown", ".txt", ".text", ".pdf")


def whole_path(typed: str) -> str:
    """What is meant where a whole path was typed or pasted behind the folder that stands in the field already."""
    start = max(typed.rfind("//") + 1, typed.rfind("/~/") + 1)
    return typed[start:]


class SourceWindow(Modal[Found | None]):
    """Gives what was found there and will be taken, or None where the user went back."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("enter", "take", "take it"),
        Binding("tab", "complete", "complete", priority=True),
        Binding("up", "choose(-1)", "choose", show=False, priority=True),
        Binding("down", "choose(1)", "choose", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    SourceWindow .entries { height: auto; margin: 1 0 0 0; }
    SourceWindow .verdict { height: auto; margin: 1 0; }
    """

    class Looked(Message):
        def __init__(self, typed: str, names: list[str], found: Found | None, problem: LabError | None) -> None:
            super().__init__()
            self.typed, self.names, self.found, self.problem = typed, names, found, problem

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self._value = value or f"{Path.home()}/"
        self._names: list[str] = []
        self._chosen = -1
        """Which of the names; -1: none, what is typed counts."""
        self._found: Found | None = None
        self._problem: LabError | None = None
        self._looked_at = ""
        self._wanted = ""
        """What is taken as soon as it was looked at."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide"):
            yield Plain(
                "Which file or folder? Markdown, text or PDF; it is copied, and stays as it is.", classes="what"
            )
            yield Input(self._value, select_on_focus=False)
            yield Plain("", classes="entries")
            yield Plain("", classes="verdict")
            yield HintLine()

    def on_mount(self) -> None:
        self._look(self._value)

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        meant = whole_path(event.value)
        if meant != event.value:
            # Changes the field, so this is called again.
            event.input.value = meant
            event.input.cursor_position = len(meant)
            return
        self._look(meant)

    @work(thread=True, exclusive=True, group="source", exit_on_error=False)
    def _look(self, typed: str) -> None:
        names = entries(typed)
        found, problem = None, None
        if typed.strip():
            try:
                found = look(Path(typed.strip()))
            except LabError as error:
                problem = error
        self.post_message(self.Looked(typed, names, found, problem))

    @on(Looked)
    def _on_looked(self, event: Looked) -> None:
        event.stop()
        if event.typed != self.query_one(Input).value:
            return
        self._looked_at, self._names, self._chosen = event.typed, event.names, -1
        self._found, self._problem = event.found, event.problem
        self._show()
        wanted, self._wanted = self._wanted, ""
        if wanted == event.typed and self._found is not None:
            self.dismiss(self._found)

    def _show(self) -> None:
        lines = []
        start = max(0, min(self._chosen - SHOWN // 2, len(self._names) - SHOWN))
        for number, name in list(enumerate(self._names))[start : start + SHOWN]:
            here = number == self._chosen
            shown = shorten(os.path.basename(name.rstrip("/")) + ("/" if name.endswith("/") else ""), 88)
            lines.append(Content.assemble(("▌" if here else " ", "$accent"), (shown, "bold" if here else "")))
        if len(self._names) > SHOWN:
            lines.append(Content.styled(f"  {len(self._names)} there: ↑ ↓ choose, tab goes into it", "$quiet"))
        self.query_one(".entries", Plain).show(Content("\n").join(lines))
        self.query_one(".verdict", Plain).show(self._verdict())

    def _verdict(self) -> Content:
        if self._found is not None:
            return found_lines(self._found)
        if self._problem is None:
            return Content("")
        if self._names and self._looked_at.strip() not in self._names:
            return Content.styled("↑ ↓ choose one of these, tab takes it over.", "$quiet")
        text = f"{self._problem.what} {self._problem.hint}"
        return Content.styled(clean(text, lines=False), "$error")

    # -- keys ---------------------------------------------------------------------------------------------------

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        field = self.query_one(Input)
        if self._chosen >= 0:
            self.action_complete()
            # A file that was chosen is taken at once; into a folder one goes first.
            self._wanted = "" if field.value.endswith("/") else field.value
        elif self._looked_at != field.value:
            self._wanted = field.value
        elif self._found is not None:
            self.dismiss(self._found)
        else:
            self.app.bell()

    def action_complete(self) -> None:
        if self._names:
            field = self.query_one(Input)
            field.value = self._names[max(0, self._chosen)]
            field.cursor_position = len(field.value)

    def action_choose(self, by: int) -> None:
        if self._names:
            last = len(self._names) - 1
            self._chosen = max(0, min(last, self._chosen + by)) if self._chosen >= 0 else 0 if by > 0 else last
            self._show()

    def on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text, lines=False).strip()


def entries(typed: str) -> list[str]:
    """The paths that what is typed may become: folders, which end in a slash, and files that may be documents."""
    folder, _, rest = typed.strip().rpartition("/")
    top = os.path.expanduser(f"{folder}/")
    found: list[tuple[bool, str]] = []
    try:
        with os.scandir(top) as listing:
            for number, item in enumerate(listing):
                if number > LOOKED_AT:
                    break
                if item.name.startswith(".") and not rest.startswith("."):
                    continue
                is_folder = item.is_dir()
                if rest.lower() in item.name.lower() and (is_folder or item.name.lower().endswith(KINDS)):
                    starts = item.name.lower().startswith(rest.lower())
                    found.append((not starts, f"{folder}/{item.name}{'/' if is_folder else ''}"))
    except (OSError, ValueError):
        return []
    return [name for _, name in sorted(found)]


def found_lines(found: Found) -> Content:
    """What would be taken, and what not."""
    count = len(found.files)
    what = found.files[0].path.name if count == 1 else f"{count} documents"
    lines = [
        Content.assemble(
            (f"{signs.DONE} ", "bold $success"),
            (shorten(what, 60), "bold"),
            (
                f", {size_words(found.bytes)}  (enter takes it)"
                if count == 1
                else f", {size_words(found.bytes)}  (enter takes them)",
                "$quiet",
            ),
        )
    ]
    for note in dict.fromkeys(file.note for file in found.files if file.note):
        lines.append(Content.styled(f"  {note}", "$quiet"))
    for file in found.left_out[:2]:
        said = f"{signs.WARNING} not {file.path.name}: {file.problem} {file.hint}"
        lines.append(Content.styled(shorten(said, 200), "$warning"))
    if len(found.left_out) > 2:
        lines.append(Content.styled(f"  and {len(found.left_out) - 2} more are left out", "$warning"))
    return Content("\n").join(lines)
