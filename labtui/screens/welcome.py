"""Where one begins: without a workspace, or to open or make another one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from labtui import paths
from labtui import workspace as workspaces
from labtui.actions import bindings_for
from labtui.errors import LabError, UsageError
from labtui.screens.base import LabScreen, Panel
from labtui.text import shorten
from labtui.widgets.check import Check
from labtui.widgets.plain import Plain, content
from labtui.workspace import MARK, Workspace

DEMO, INSTRUCTLAB, TAXONOMY, OPEN = "demo", "instructlab", "taxonomy", "open"
BAR_CELLS = 30

ABOUT = {
    DEMO: "A small taxonomy about an island that does not exist: two leaves of knowledge, four of skills.",
    INSTRUCTLAB: "The taxonomy stays where it is; the workspace holds a link to it and what is made from it.",
    TAXONOMY: "An address is cloned. A folder stays where it is, and the workspace holds a link to it.",
    OPEN: f"A workspace is a folder with a {MARK}.",
}


@dataclass(frozen=True)
class Found:
    """What there is on this machine to begin with."""

    taxonomy: Path | None = None
    """InstructLab's own."""
    models: tuple[Path, ...] = ()
    """InstructLab's GGUF files."""
    recent: tuple[Path, ...] = ()
    demo_model: bool = False
    """The demo's model is in the store already."""


class WelcomeScreen(LabScreen):
    NAME = "welcome"
    TITLE = "welcome"
    HELP = """\
A **workspace** is a folder with a taxonomy and all that is made from it: jobs, data, models, chats.

Choose how to begin, fill in the fields, press enter. What goes wrong stands beside the field it speaks of. A
taxonomy in a folder is never copied: what you edit here is that taxonomy itself.
"""
    BINDINGS = bindings_for("welcome")
    AUTO_FOCUS = "#choices"

    class Looked(Message):
        def __init__(self, found: Found) -> None:
            super().__init__()
            self.found = found

    class Said(Message):
        def __init__(self, text: str, share: float | None = None) -> None:
            super().__init__()
            self.text = text
            self.share = share

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, WelcomeScreen.Said)

    class Ready(Message):
        def __init__(self, workspace: Workspace, troubles: list[str]) -> None:
            super().__init__()
            self.workspace = workspace
            self.troubles = troubles

    class Failed(Message):
        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self.found = Found()
        self._choice = DEMO
        self._typed: dict[tuple[str, str], str] = {}
        """What was typed, by choice and field, so that looking at another choice loses nothing."""
        self._stop: threading.Event | None = None

    def body(self) -> ComposeResult:
        with Vertical(id="column"):
            yield Plain("Develop a language model like open source.", id="greeting")
            yield Plain("Teach it with a few examples, let a teacher write more, train, compare.", id="greeting-more")
            with Panel(title="how to begin", id="how"):
                yield OptionList(id="choices")
            with Panel(title="", id="form"):
                yield Plain("", id="about")
                yield Plain("Taxonomy", id="taxonomy-label", classes="label")
                yield Input(placeholder="https://… or a folder", id="taxonomy", compact=True)
                yield Plain("", id="taxonomy-error", classes="bad")
                yield Plain("Folder", id="folder-label", classes="label")
                yield Input(id="folder", compact=True)
                yield Plain("", id="folder-error", classes="bad")
                yield Check("", id="models", value=True)
                yield Plain("", id="next")

    def on_mount(self) -> None:
        super().on_mount()
        self._fill_choices()

    def on_screen_resume(self) -> None:
        self._look()

    # -- what there is to begin with ----------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="welcome-look", exit_on_error=False)
    def _look(self) -> None:
        from labtui.operations.init import instructlab_models, instructlab_taxonomy

        remembered = workspaces.remembered()
        recent = [Path(text) for text in dict.fromkeys([remembered.workspace, *remembered.recent]) if text]
        current = self.app.context.workspace
        self.post_message(
            self.Looked(
                Found(
                    instructlab_taxonomy(),
                    tuple(instructlab_models()),
                    tuple(
                        path for path in recent if (path / MARK).is_file() and (current is None or path != current.root)
                    ),
                    _has_demo_model(),
                )
            )
        )

    @on(Looked)
    def _on_looked(self, event: Looked) -> None:
        self.found = event.found
        self._fill_choices()
        self._show_form()

    def _fill_choices(self) -> None:
        choices = self.query_one("#choices", OptionList)
        here = self._choice
        rows = [(DEMO, "Try the demo", "no taxonomy and no model needed")]
        if self.found.taxonomy is not None:
            rows.append((INSTRUCTLAB, "Use InstructLab's taxonomy", _short(self.found.taxonomy)))
        rows.append((TAXONOMY, "Clone or open a taxonomy", "an address, or a folder"))
        rows += [(str(path), f"Open {_short(path)}", "a workspace you had open") for path in self.found.recent[:4]]
        rows.append((OPEN, "Open a workspace", "a folder that is one already"))
        choices.clear_options()
        wide = max(len(name) for _, name, _ in rows) + 3
        for key, name, note in rows:
            prompt = Content.assemble((shorten(name, 48).ljust(min(wide, 50)), "bold"), content(note, "$quiet"))
            choices.add_option(Option(prompt, id=key))
        keys = [key for key, _, _ in rows]
        choices.highlighted = keys.index(here) if here in keys else 0

    @on(OptionList.OptionHighlighted, "#choices")
    def _on_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id and event.option_id != self._choice and self._stop is None:
            self._choice = event.option_id
            self._show_form()

    @on(OptionList.OptionSelected, "#choices")
    def _on_selected(self) -> None:
        self.action_go_on()

    # -- the form -----------------------------------------------------------------------------------------------

    @property
    def _fields(self) -> tuple[str, ...]:
        """The fields the present choice asks for, in order."""
        return {DEMO: ("folder",), INSTRUCTLAB: ("folder",), TAXONOMY: ("taxonomy", "folder"), OPEN: ("folder",)}.get(
            self._choice, ()
        )

    def _show_form(self) -> None:
        choice = self._choice
        titles = {DEMO: "the demo", INSTRUCTLAB: "InstructLab's taxonomy", TAXONOMY: "a taxonomy"}
        self.query_one("#form", Panel).title_it(titles.get(choice, "a workspace"))
        self.query_one("#about", Plain).show(ABOUT.get(choice, f"The workspace {choice}"))
        for name in ("taxonomy", "folder"):
            wanted = name in self._fields
            box = self.query_one(f"#{name}", Input)
            with box.prevent(Input.Changed):
                box.value = self._typed.get((choice, name), self._proposal(name))
            for selector in (f"#{name}", f"#{name}-label"):
                self.query_one(selector).display = wanted
            self._complain(name, "")
        self.query_one("#folder-label", Plain).show("Folder" if choice == OPEN else "Workspace (a new folder)")
        offer = self._offer()
        models = self.query_one(Check)
        models.name_it(offer)
        models.display = bool(offer)
        self._show_next()

    def _proposal(self, name: str) -> str:
        if name != "folder" or self._choice == OPEN:
            return ""
        return _short(_unused(paths.home() / ("labtui-demo" if self._choice == DEMO else "lab")))

    def _offer(self) -> str:
        if self._choice == DEMO:
            return "" if self.found.demo_model else "Fetch its model too (SmolLM2 135M, 98 MB)"
        if self._choice in (INSTRUCTLAB, TAXONOMY) and self.found.models:
            count = len(self.found.models)
            names = shorten(", ".join(path.stem for path in self.found.models), 40)
            return f"Use InstructLab's {'model' if count == 1 else f'{count} models'} as well: {names}"
        return ""

    def _show_next(self) -> None:
        if self._stop is not None:
            return
        verb = "opens it" if self._choice not in (DEMO, INSTRUCTLAB, TAXONOMY) else "makes and opens the workspace"
        self.query_one("#next", Plain).show(Content.assemble(("enter ", "bold $accent"), (verb, "$quiet")))

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        name = event.input.id or ""
        self._typed[self._choice, name] = event.value
        self._complain(name, "")

    def _complain(self, name: str, text: str) -> None:
        line = self.query_one(f"#{name}-error", Plain)
        line.show(f"✖ {text}" if text else "")
        line.display = bool(text)

    @on(Input.Submitted)
    def _on_submitted(self) -> None:
        self.action_go_on()

    def action_go_on(self) -> None:
        """The next field that is empty; where all are filled in, the work itself."""
        if self._stop is not None:
            return
        boxes = [self.query_one(f"#{name}", Input) for name in self._fields]
        at = next((number for number, box in enumerate(boxes) if box.has_focus), -1)
        empty = next((box for box in boxes[at + 1 :] if not box.value.strip()), None)
        if empty is not None:
            empty.focus()
        elif 0 <= at < len(boxes) - 1:
            boxes[at + 1].focus()
        else:
            self._begin()

    def action_back_once(self) -> bool:
        if self._stop is not None:
            self._stop.set()
            self.query_one("#next", Plain).show("Stopping …")
            return True
        choices = self.query_one("#choices", OptionList)
        if not choices.has_focus:
            choices.focus()
            return True
        return False

    # -- doing it -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        values = {name: self.query_one(f"#{name}", Input).value.strip() for name in self._fields}
        for name, value in values.items():
            if not value:
                words = "Give an address or a folder." if name == "taxonomy" else "Name a folder."
                self._complain(name, words)
                self.query_one(f"#{name}", Input).focus()
                return
            self._complain(name, "")
        box = self.query_one(Check)
        self._stop = threading.Event()
        self.add_class("-busy")
        self._work(self._choice, values, bool(box.display and box.value), self._stop)

    @work(thread=True, exclusive=True, group="welcome-work", exit_on_error=False)
    def _work(self, choice: str, values: dict[str, str], models: bool, stop: threading.Event) -> None:
        from labtui.git import Step
        from labtui.operations.init import init_workspace

        def said(text: str) -> None:
            self.post_message(self.Said(text))

        def stepped(step: Step) -> None:
            share = step.done / step.total if step.total else None
            self.post_message(self.Said(f"{step.stage.capitalize()} {step.detail}".strip(), share))

        try:
            if choice not in (DEMO, INSTRUCTLAB, TAXONOMY):
                folder = Path(values.get("folder", choice)).expanduser()
                workspace = workspaces.find(folder)
                assert workspace is not None  # noqa: S101 - a named one is found or raises
                self.post_message(self.Ready(workspace, []))
                return
            source = str(self.found.taxonomy) if choice == INSTRUCTLAB else values.get("taxonomy")
            folder = Path(values["folder"]).expanduser()
            workspace = init_workspace(folder, choice == DEMO, source, said, stepped, stop)
            wanted = ["demo"] if choice == DEMO else [str(path) for path in self.found.models]
            troubles = self._add_models(wanted, stop) if models else []
            self.post_message(self.Ready(workspace, troubles))
        except Exception as error:
            self.post_message(self.Failed(error))

    def _add_models(self, sources: list[str], stop: threading.Event) -> list[str]:
        """Adds models to the store; what does not work is told and keeps nobody from beginning."""
        from labtui.serve.add import add_model

        troubles = []
        for source in sources:
            if stop.is_set():
                break
            name = "the demo's model" if source == "demo" else Path(source).name
            try:
                add_model(source, on_progress=self._model_step(name), cancelled=stop.is_set)
            except LabError as error:
                troubles.append(f"{name}: {error}")
        return troubles

    def _model_step(self, name: str) -> Callable[[object], None]:
        def stepped(step: object) -> None:
            total, done = getattr(step, "total", 0), getattr(step, "done", 0)
            stage = str(getattr(step, "stage", "")).capitalize()
            self.post_message(self.Said(f"{stage} {name}", done / total if total else None))

        return stepped

    @on(Said)
    def _on_said(self, event: Said) -> None:
        if self._stop is None or self._stop.is_set():
            return
        parts: list[Content | tuple[str, str] | str] = []
        if event.share is not None:
            full = round(min(1.0, event.share) * BAR_CELLS)
            parts = [("█" * full, "$primary"), ("─" * (BAR_CELLS - full), "$edge"), f" {event.share:4.0%}  "]
        self.query_one("#next", Plain).show(Content.assemble(*parts, content(event.text), ("   esc stops", "$quiet")))

    @on(Ready)
    def _on_ready(self, event: Ready) -> None:
        self._idle()
        try:
            self.app.enter(event.workspace)
        except LabError as error:
            self._on_failed(self.Failed(error))
            return
        for trouble in event.troubles:
            self.app.say(trouble, "warning", title="A model could not be added")

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        stopped = self._stop is not None and self._stop.is_set()
        self._idle()
        error = event.error
        if stopped:
            self.query_one("#next", Plain).show("Stopped. Nothing was left behind.")
            return
        if not isinstance(error, LabError):
            self.app.fail(error)
            return
        name = self._field_of(error)
        if name is None:
            self.app.fail(error)
            return
        what = f"{error.where} {error.what}" if error.where and error.what[:1].islower() else error.what
        hint = error.hint.replace("\n", "  ")
        self._complain(name, f"{what}  {_for_here(hint)}".strip())
        self.query_one(f"#{name}", Input).focus()

    def _field_of(self, error: LabError) -> str | None:
        """The field an error speaks of."""
        if not self._fields:
            return None
        if "taxonomy" in self._fields:
            typed = self.query_one("#taxonomy", Input).value.strip()
            about_source = isinstance(error, UsageError) and error.where == typed
            if about_source or "cloned" in error.what or "git" in error.what.lower():
                return "taxonomy"
        return "folder"

    def _idle(self) -> None:
        self._stop = None
        self.remove_class("-busy")
        self._show_next()


def _for_here(hint: str) -> str:
    """A hint without the command lines that belong to a shell."""
    return "" if "labtui init" in hint else hint


def _has_demo_model() -> bool:
    from labtui.serve.add import default_name

    return (paths.models_dir() / default_name("demo") / "model.json").is_file()


def _short(path: Path) -> str:
    from labtui.widgets.header import short_path

    return short_path(path)


def _unused(folder: Path) -> Path:
    """The folder, or one beside it with a number, such that nothing stands there yet."""
    number, candidate = 1, folder
    while candidate.exists() and number < 100:
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate
