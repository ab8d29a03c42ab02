"""The models screen: which models there are, who serves them, bringing new ones."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.timer import Timer

from labtui.actions import bindings_for
from labtui.errors import LabError
from labtui.operations import models
from labtui.operations.models import ADDITIONS, Addition, Row, Server, Unfinished
from labtui.screens.base import LabScreen, Panel
from labtui.serve.models import ModelInfo
from labtui.text import clean, shorten
from labtui.widgets import model_words
from labtui.widgets.header import short_path
from labtui.widgets.job_words import duration
from labtui.widgets.model_table import Line, ModelTable, lines
from labtui.widgets.plain import Plain

TICK_SECONDS = 0.25
READ_TICKS = 4
"""The store and the servers are read every so many ticks; an addition's progress is drawn at each."""


class ModelsScreen(LabScreen):
    NAME = "models"
    TITLE = "models"
    BINDINGS = bindings_for("models")
    AUTO_FOCUS = "ModelTable"
    HELP = """\
A **model** is one GGUF file in a store of your own, shared by all workspaces. An **adapter** was trained in this
workspace and is laid over its base, below which it stands here. A **remote** is an endpoint named in the settings.

`a` adds a model: a file (linked, not copied), an address, `hf:ORG/NAME` on the hub, or `demo`. An addition goes on
while you look at something else; a broken download is continued when the same is added again.

A model that is **served** answers on this machine, on a port and with a key of its own. The chat serves what it
needs by itself; what was started that way stops after a while without a question. What is served here, with `s`,
stays until `x` stops it.
"""

    class Read(Message):
        def __init__(self, rows: list[Row], rests: list[Unfinished]) -> None:
            super().__init__()
            self.rows = rows
            self.rests = rests

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] | None = None
        self._rests: list[Unfinished] = []
        self._timer: Timer | None = None
        self._ticks = 0
        self._wanted = ""

    def body(self) -> ComposeResult:
        with Panel(title="models", id="all"):
            yield ModelTable(id="table")
        with Panel(title="", id="near"):
            yield Plain("", id="facts")

    def receive(self, model: str = "", add: str = "") -> None:
        """`model`: the name of one to go to; `add`: a source to begin an addition with."""
        self._wanted = model
        if add:
            self._ask_source(add)

    def on_mount(self) -> None:
        super().on_mount()
        self._timer = self.set_interval(TICK_SECONDS, self._tick)
        self._read()

    def on_screen_suspend(self) -> None:
        if self._timer is not None:
            self._timer.pause()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._timer is not None:
            self._timer.resume()
            self._read()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks % READ_TICKS == 0:
            self._read()
        elif ADDITIONS:
            self._show()

    @work(thread=True, exclusive=True, group="models-read", exit_on_error=False)
    def _read(self) -> None:
        context = self.app.context
        with contextlib.suppress(OSError, LabError):
            self.post_message(self.Read(models.overview(context.workspace, context.config), models.unfinished()))

    def on_models_screen_read(self, event: Read) -> None:
        self._rows, self._rests = event.rows, event.rests
        self._show()
        if self._wanted and self.query_one(ModelTable).choose(self._wanted):
            self._wanted = ""

    def _show(self) -> None:
        if self._rows is None:
            return
        table = self.query_one(ModelTable)
        table.show(lines(self._rows, list(ADDITIONS.values()), self._rests))
        sizes = {row.info.sha256 or row.info.path: row.info.size for row in self._rows}
        total = f"models  {len(self._rows)} · {model_words.amount(sum(sizes.values()))}" if self._rows else "models"
        self.query_one("#all", Panel).title_it(total)

    @on(ModelTable.Chosen)
    def _chosen(self) -> None:
        line = self.query_one(ModelTable).line
        panel = self.query_one("#near", Panel)
        panel.display = line is not None
        self.refresh_bindings()
        if line is None:
            return
        panel.title_it(line.name)
        self.query_one("#facts", Plain).show(_facts(line, max(20, self.size.width - 6)))

    def on_resize(self) -> None:
        if self._rows is not None:
            self.call_after_refresh(self._chosen)

    @property
    def line(self) -> Line | None:
        return self.query_one(ModelTable).line

    # -- actions ------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted or action not in {"chat", "compare", "serve", "stop", "remove", "copy"}:
            return True
        line = self.line
        row = line.row if line is not None else None
        usable = row is not None and not row.missing
        workspace = self.app.context.workspace is not None
        here = row is not None and row.info.kind != "remote"
        possible = {
            "chat": usable,
            "compare": usable and row is not None and row.info.kind == "adapter" and bool(row.info.base),
            "serve": usable and here and workspace and row is not None and not row.servers,
            "stop": row is not None and bool(row.servers),
            "remove": line is not None and (here or row is None),
            "copy": row is not None,
        }
        # What cannot be done now is greyed, not hidden.
        return True if possible[action] else None

    @on(ModelTable.Opened)
    def _opened(self) -> None:
        self.action_chat()

    def action_chat(self) -> None:
        if (row := self._row()) is None or row.missing:
            return
        if row.info.kind == "adapter":
            self.app.open("chat", model=row.info.base, adapter=row.info.name)
        else:
            self.app.open("chat", model=row.info.name)

    def action_compare(self) -> None:
        if (row := self._row()) is not None and row.info.kind == "adapter" and row.info.base:
            self.app.open("chat", model=row.info.base, adapter=row.info.name, compare=True)

    def action_add(self) -> None:
        self._ask_source()

    def _ask_source(self, source: str = "") -> None:
        from labtui.screens.models_add import AddWindow

        def answered(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self._begin(*answer)

        have_demo = any(row.info.source == "demo" for row in self._rows or ())
        self.app.push_screen(AddWindow(source or ("" if have_demo or self._rows else "demo")), answered)

    def _begin(self, source: str, name: str) -> None:
        app = self.app

        def changed(addition: Addition) -> None:
            if addition.ended:
                # The application may be gone by then; what has arrived is kept in any case.
                with contextlib.suppress(Exception):
                    app.call_from_thread(self._added, addition)

        try:
            addition = models.begin_adding(source, name, changed)
        except LabError as error:
            self.app.fail(error)
            return
        self._show()
        self.query_one(ModelTable).choose(addition.name)

    def _added(self, addition: Addition) -> None:
        """An addition has ended, wherever one is by now."""
        ADDITIONS.pop(addition.name, None)
        if addition.info is not None:
            self.app.say(f"{addition.name} is added.")
            if not addition.info.template and addition.info.kind == "gguf":
                self.app.say(f"{addition.name} has no chat template; ChatML is assumed.", "warning")
            self._wanted = addition.name
        elif addition.error is not None:
            if self.app.screen is self:
                self.app.fail(addition.error)
            else:
                self.app.say(f"{addition.name} is not added: {addition.error.what}", "error")
        self.app.look_again()
        if self.is_mounted:
            self._read()

    def action_serve(self) -> None:
        workspace = self.app.context.workspace
        if (row := self._row()) is None or workspace is None:
            return
        config, info = self.app.context.config, row.info

        def start() -> str:
            from labtui.operations import serving

            adapter = info.name if info.kind == "adapter" else ""
            serving.start_server(workspace, config, info.base if adapter else info.name, adapter, idle_minutes=0)
            return f"{info.name} is loading. It stays until you stop it."

        self._do(start)

    def action_stop(self) -> None:
        workspace = self.app.context.workspace
        if (row := self._row()) is None or not row.servers or workspace is None:
            return
        job = row.servers[0].job

        def stop() -> str:
            from labtui.operations import serving

            serving.stop_server(workspace, job)
            return f"{row.info.name} is not served any more."

        if any(server.idle_seconds < 10 and server.ready for server in row.servers):
            self.app.ask(
                f"Stop serving {row.info.name}?",
                "It was asked something just now. Conversations are kept; an answer under way breaks off.",
                yes="Stop it",
                then=lambda: self._do(stop),
            )
        else:
            self._do(stop)

    def action_remove(self) -> None:
        line = self.line
        if line is None:
            return
        if line.addition is not None:
            addition = line.addition
            self.app.ask(
                f"Break off adding {line.name}?",
                "What has arrived is kept: adding the same again goes on from there.",
                yes="Break it off",
                then=addition.cancel,
            )
        elif line.unfinished is not None:
            self._ask_removal(line.unfinished, f"Remove what has arrived of {line.name}?", [])
        elif line.row is not None and line.row.info.kind != "remote":
            self._weigh_removal(line.row)

    @work(thread=True, exclusive=True, group="models-uses", exit_on_error=False)
    def _weigh_removal(self, row: Row) -> None:
        context = self.app.context
        uses = models.uses(context.workspace, context.config, row.info)
        self.app.call_from_thread(self._ask_removal, row.info, f"Remove {row.info.name}?", [*uses, _loss(row)])

    def _ask_removal(self, found: ModelInfo | Unfinished, question: str, said: list[str]) -> None:
        workspace = self.app.context.workspace

        def remove() -> str:
            models.remove(workspace, found)
            return f"{found.name} is removed."

        self.app.ask(question, "\n".join(said), yes="Remove it", then=lambda: self._do(remove))

    def action_copy(self) -> None:
        if (row := self._row()) is None:
            return
        ready = [server.url for server in row.servers if server.ready]
        self.app.copy_text(ready[0] if ready else row.info.path)

    def _row(self) -> Row | None:
        line = self.line
        return line.row if line is not None else None

    @work(thread=True, group="models-do", exit_on_error=False)
    def _do(self, action: Callable[[], str]) -> None:
        """Runs something that blocks and says how it went."""
        try:
            said = action()
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
        else:
            self.app.call_from_thread(self.app.say, said)
        self.app.call_from_thread(self.app.look_again)
        self.app.call_from_thread(self._read)


def _loss(row: Row) -> str:
    """What is gone afterwards, and what stays."""
    info = row.info
    if info.kind == "adapter":
        return "It was trained and cannot be fetched again."
    if info.stored in ("linked", "referenced"):
        return f"The file it came from stays: {info.source}"
    return f"It can be added again from {info.source}."


def _facts(line: Line, room: int) -> Content:
    """The chosen line from near."""
    if line.addition is not None:
        said = [("from", line.addition.source), ("now", model_words.step(line.addition.step))]
        said.append(("", "It goes on in the background; d breaks it off and keeps what came."))
    elif line.unfinished is not None:
        said = [("folder", str(line.unfinished.folder)), ("arrived", model_words.amount(line.unfinished.size))]
        said.append(("", "It is no model yet. Adding the same again goes on; d removes it."))
    else:
        said = _of_model(line.row) if line.row is not None else []
    shown = [
        Content.assemble((f"{name:<9}", "$quiet"), shorten(clean(value, lines=False), room - 9)) for name, value in said
    ]
    return Content("\n").join(shown)


def _of_model(row: Row) -> list[tuple[str, str]]:
    info = row.info
    what = [model_words.kind(info), model_words.format_of(info)]
    what += [f"{info.parameters:,} parameters"] if info.parameters else []
    what += [f"{info.size:,} bytes"] if info.size else []
    said = [("what", " · ".join(part for part in what if part))]
    if row.missing:
        said.append(("missing", "Its file is gone. Bring it back, or remove the model with d."))
    if info.kind == "gguf":
        context = f"context {info.context:,} tokens · " if info.context else ""
        own = "chat template of its own" if info.template else "no chat template: ChatML is assumed"
        said.append(("", f"{context}{own}" + (f" · {info.licence}" if info.licence else "")))
    for server in row.servers:
        said.append(("served", _server(server)))
    if info.kind == "remote":
        said.append(("address", info.path))
        return said
    if info.base:
        said.append(("base", info.base))
    stored = {"linked": " (linked, no second copy)", "referenced": " (stays there)"}.get(info.stored, "")
    said.append(("file", short_path(Path(info.file)) + stored))
    said.append(("source", f"{info.source} · added {info.added:%Y-%m-%d %H:%M} UTC"))
    if info.sha256:
        said.append(("sha256", info.sha256))
    return said


def _server(server: Server) -> str:
    if not server.ready:
        return f"loading with {server.engine} · job {server.job}"
    ends = f"stops after {duration(server.idle_minutes * 60)}" if server.idle_minutes else "until stopped"
    threads = f"{server.threads} thread{'s' if server.threads != 1 else ''}"
    parts = [server.url, model_words.memory(server), model_words.idle(server), ends, f"{server.engine}, {threads}"]
    return " · ".join(part for part in parts if part)
