"""Where a leaf is to stand: its path is typed, completed over the folders there are, and judged as one types."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from labtui import signs
from labtui.errors import UsageError
from labtui.taxonomy.layout import KNOWLEDGE, LEAF_FILE, SKILLS
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.taxonomy.leaf_names import checked
from labtui.text import clean, shorten
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Modal

SHOWN = 8
"""Folders that are offered at once."""
UNFINISHED = "Type a name for it; tab takes a folder from above."
LOOKED_AT = 5_000
"""Entries of a folder that are looked at."""


class Taken(NamedTuple):
    name: str
    """The leaf's id."""
    kind: str
    """KNOWLEDGE, GROUNDED or FREEFORM."""


class PlaceWindow(Modal[Taken | None]):
    BINDINGS = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("enter", "take", "take it"),
        Binding("tab", "complete", "complete", priority=True),
        Binding("up", "choose(-1)", "choose", show=False, priority=True),
        Binding("down", "choose(1)", "choose", show=False, priority=True),
        Binding("ctrl+t", "kind", "grounded or not", priority=True),
    ]
    DEFAULT_CSS = """
    PlaceWindow .folders { height: auto; margin: 1 0 0 0; }
    PlaceWindow .verdict { height: auto; margin: 1 0; }
    """

    class Folders(Message):
        def __init__(self, typed: str, names: list[str]) -> None:
            super().__init__()
            self.typed = typed
            self.names = names

    def __init__(self, root: Path, question: str, value: str, *, new: bool) -> None:
        super().__init__()
        self._root, self._question, self._value, self._new = root, question, clean(value, lines=False), new
        self._names: list[str] = []
        self._chosen = 0
        self._asked_grounded: bool | None = None
        """What ctrl+t asked for; None: a skill has contexts where its folders say so."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide"):
            yield Plain(self._question, classes="what")
            yield Input(self._value, select_on_focus=False)
            yield Plain("", classes="folders")
            yield Plain("", classes="verdict")
            yield HintLine()

    def on_mount(self) -> None:
        self._look(self._value)
        self._judge()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._new and not self._typed.startswith(f"{KNOWLEDGE}/") if action == "kind" else True

    @property
    def _typed(self) -> str:
        return clean(self.query_one(Input).value, lines=False).strip()

    @property
    def _grounded(self) -> bool:
        return "grounded" in self._typed.split("/") if self._asked_grounded is None else self._asked_grounded

    # -- what there is ------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)
        self._judge()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="folders", exit_on_error=False)
    def _look(self, typed: str) -> None:
        self.post_message(self.Folders(typed, completions(self._root, typed.strip())))

    @on(Folders)
    def _on_folders(self, event: Folders) -> None:
        event.stop()
        if event.typed == self.query_one(Input).value:
            self._names, self._chosen = event.names, 0
            self._show()

    def _show(self) -> None:
        lines = []
        start = max(0, min(self._chosen - SHOWN // 2, len(self._names) - SHOWN))
        for number, name in list(enumerate(self._names))[start : start + SHOWN]:
            here = number == self._chosen
            lines.append(
                Content.assemble(("▌" if here else " ", "$accent"), (shorten(name, 90), "bold" if here else ""))
            )
        if len(self._names) > SHOWN:
            lines.append(Content.styled(f"  {len(self._names)} folders", "$quiet"))
        self.query_one(".folders", Plain).show(Content("\n").join(lines))

    # -- what it would be ---------------------------------------------------------------------------------------

    def _judge(self) -> Taken | None:
        """Says what would come of what is typed; None where it cannot be."""
        verdict = self.query_one(".verdict", Plain)
        typed = self._typed
        try:
            name = checked(typed)
            if typed.endswith("/"):
                raise UsageError("A folder, and no name yet.")
            if not self._new and name == self._value:
                raise UsageError("That is its name now.", hint="Type another one.")
            if os.path.lexists(self._root / name / LEAF_FILE):
                raise UsageError("There is a leaf of that name already.", hint="Choose another name.")
            if holds_leaves(self._root / name, self._root / self._value / LEAF_FILE):
                raise UsageError("That folder holds other leaves.", hint=f"Give yours a name in it: {name}/…")
        except UsageError as error:
            unfinished = not typed or typed.endswith("/")
            style = "$quiet" if unfinished else "$error"
            text = UNFINISHED if unfinished else f"{error.what} {error.hint}"
            verdict.show(
                Content.assemble((f"{signs.FAILED} ", f"bold {style}") if not unfinished else "", (clean(text), style))
            )
            return None
        kind = KNOWLEDGE if name.startswith(f"{KNOWLEDGE}/") else GROUNDED if self._grounded else FREEFORM
        what = f"a new {'knowledge leaf' if kind == KNOWLEDGE else kind}: {name}" if self._new else name
        more = "" if kind == KNOWLEDGE or not self._new else "  ctrl+t: seeds with a context, or without"
        what += "  (enter makes it)" if self._new else "  (enter moves it there)"
        verdict.show(Content.assemble((f"{signs.DONE} ", "bold $success"), what, (more, "$quiet")))
        return Taken(name, kind)

    # -- keys ---------------------------------------------------------------------------------------------------

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        if (taken := self._judge()) is not None:
            self.dismiss(taken)
        else:
            self.app.bell()

    def action_complete(self) -> None:
        if self._names:
            field = self.query_one(Input)
            field.value = f"{self._names[self._chosen]}/"
            field.cursor_position = len(field.value)

    def action_choose(self, by: int) -> None:
        if self._names:
            self._chosen = (self._chosen + by) % len(self._names)
            self._show()

    def action_kind(self) -> None:
        self._asked_grounded = not self._grounded
        self._judge()

    def on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text, lines=False)


def holds_leaves(folder: Path, but: Path) -> bool:
    """Whether there are leaves below a folder besides the file `but`; a huge one without is not looked through."""
    seen = 0
    for place, folders, files in os.walk(folder):
        seen += len(folders) + len(files)
        if LEAF_FILE in files and Path(place) / LEAF_FILE != but:
            return True
        if seen > LOOKED_AT:
            break
    return False


def completions(root: Path, typed: str) -> list[str]:
    """The folders that what is typed may become: inside its last whole folder, those that hold the rest."""
    parent, _, rest = typed.lstrip("/").rpartition("/")
    if ".." in parent.split("/"):
        return []
    if not parent:
        return [name for name in (KNOWLEDGE, SKILLS) if rest in name]
    names = []
    try:
        with os.scandir(root / parent) as listing:
            for number, item in enumerate(listing):
                if number > LOOKED_AT:
                    break
                if not item.name.startswith(".") and item.is_dir(follow_symlinks=False):
                    names.append(item.name)
    except (OSError, ValueError):
        return []
    wanted = rest.lower()
    found = [name for name in names if wanted in name.lower()]
    found.sort(key=lambda name: (not name.lower().startswith(wanted), name))
    return [clean(f"{parent}/{name}", lines=False) for name in found]
