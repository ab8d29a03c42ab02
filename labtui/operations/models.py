"""What models there are, who serves and uses them; adding and removing: for the Models screen and `labtui model`."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from labtui import paths
from labtui import workspace as workspaces
from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.operations import serving
from labtui.records import State
from labtui.serve import find
from labtui.serve.download import Cancelled, Step
from labtui.serve.models import FACTS, ModelInfo, find_model, folder_of, list_models, remove_model
from labtui.workspace import Workspace


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One living serve job."""

    job: str
    model: str
    adapter: str
    state: State
    ready: bool
    url: str = ""
    engine: str = ""
    context: int = 0
    threads: int = 0
    memory: int = 0
    """Bytes of main memory its process holds; 0 where that cannot be seen."""
    idle_seconds: float = 0.0
    idle_minutes: float = 0.0
    """Stops after so long without a request; 0: never."""


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """An addition that broke off: no model, but what has arrived can be built on."""

    name: str
    folder: Path
    size: int
    """Bytes that have arrived."""


class Row(msgspec.Struct, frozen=True):
    """A model and the servers that serve it (an adapter: those that have it on)."""

    info: ModelInfo
    missing: bool
    servers: tuple[Server, ...] = ()


def overview(workspace: Workspace | None, config: Config) -> list[Row]:
    """Every model with who serves it, in the order of `list_models`."""
    running = servers(workspace) if workspace is not None else []
    rows = []
    for info in list_models(workspace, config.settings):
        if info.kind == "adapter":
            mine = tuple(server for server in running if server.adapter == info.name)
        else:
            mine = tuple(server for server in running if server.model == info.name and not server.adapter)
        rows.append(Row(info, info.missing, mine))
    return rows


def servers(workspace: Workspace) -> list[Server]:
    """The living serve jobs of a workspace, newest first."""
    found = []
    for view, target in serving.served(workspace):
        asked = find.arguments(view.folder)
        if asked is None:
            continue
        end = view.endpoint
        found.append(
            Server(
                job=view.folder.id,
                model=asked.model,
                adapter=asked.adapter,
                state=view.state,
                ready=target is not None,
                url=target.url if target else "",
                engine=asked.engine,
                context=end.context if end else asked.context,
                threads=end.threads if end else asked.threads,
                memory=_memory(view.status.worker_pid) if view.status else 0,
                idle_seconds=find.idle_seconds(view.folder) if target else 0.0,
                idle_minutes=asked.idle_minutes,
            )
        )
    return found


def unfinished() -> list[Unfinished]:
    """Additions that broke off and can be continued by the same command."""
    found = []
    with contextlib.suppress(OSError):
        for folder in sorted(paths.models_dir().iterdir()):
            if folder.is_dir() and not folder.name.startswith(".") and not (folder / FACTS).exists():
                size = sum(file.stat().st_size for file in folder.glob("*.part"))
                found.append(Unfinished(name=folder.name, folder=folder, size=size))
    return found


def uses(workspace: Workspace | None, config: Config, info: ModelInfo) -> list[str]:
    """Who needs that model, each as a sentence; empty where nobody does."""
    said = []
    for root in _workspaces(workspace):
        place = "" if workspace is not None and root.root == workspace.root else f" in {root.root}"
        for folder in serving.living(root):
            asked = find.arguments(folder)
            if asked is None:
                continue
            if info.kind == "adapter" and asked.adapter_path == str(info.file):
                said.append(f"It is being served on {asked.model}{place}.")
            elif info.kind == "gguf" and asked.model_path == str(info.file):
                on_top = f" with the adapter {asked.adapter}" if asked.adapter else ""
                said.append(f"It is being served{on_top}{place}.")
        if info.kind == "gguf":
            said += [
                f"It is the base of the adapter {other.name}{place}, which is of no use without it."
                for other in list_models(root, config.settings)
                # An adapter of the user's store is everybody's: it is named once, not for each workspace.
                if other.kind == "adapter"
                and other.base == info.name
                and (not place or other.file.is_relative_to(root.models))
            ]
    return list(dict.fromkeys(said))


def find_for_removal(workspace: Workspace | None, config: Config, name: str) -> ModelInfo | Unfinished:
    """What that name stands for: a model, even one whose file is gone, or an addition that broke off."""
    for info in list_models(workspace, config.settings):
        if info.name == name and info.kind != "remote":
            return info
    for rest in unfinished():
        if rest.name == name:
            return rest
    info = find_model(name, workspace, config.settings)
    if info.kind == "remote":
        raise UsageError(
            f"'{name}' stands in the settings, not in the store.",
            where=f"serve.remotes.{name}",
            hint="Take it out there: labtui config edit",
        )
    raise UsageError("Only models of the store can be removed; a loose file is yours.", where=info.path)


def remove(workspace: Workspace | None, found: ModelInfo | Unfinished) -> None:
    """Removes the model from the store, its servers first. A file that was only referenced stays. Raises LabError."""
    try:
        if isinstance(found, Unfinished):
            shutil.rmtree(found.folder)
            return
        folder = folder_of(found, workspace)
        if folder is None:
            raise UsageError(f"'{found.name}' is not in the store any more.")
        for root in _workspaces(workspace):
            _stop_all(root, found)
        remove_model(folder)
    except OSError as error:
        raise LabError(f"It cannot be removed: {error.strerror}.", where=str(error.filename)) from error


def _stop_all(workspace: Workspace, info: ModelInfo) -> None:
    for folder in serving.living(workspace):
        asked = find.arguments(folder)
        if asked is not None and str(info.file) in (asked.model_path, asked.adapter_path):
            serving.stop_server(workspace, folder.id)


def _workspaces(workspace: Workspace | None) -> list[Workspace]:
    """This workspace and the recent ones: the store is the user's, and any of them may use it."""
    roots = [workspace.root] if workspace is not None else []
    roots += [Path(root) for root in workspaces.remembered().recent]
    return [Workspace(root) for root in dict.fromkeys(roots) if (root / workspaces.MARK).is_file()]


def _memory(pid: int) -> int:
    """Resident bytes of a process; 0 where it is gone or somebody else's."""
    if not pid:
        return 0
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


class Addition:
    """An addition that runs in a thread of its own, to be looked at from wherever one is."""

    def __init__(self, source: str, name: str) -> None:
        self.source = source
        self.name = name
        self.step = Step("find")
        self.error: LabError | None = None
        self.info: ModelInfo | None = None
        self._cancel = threading.Event()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def cancel(self) -> None:
        """Breaks it off; what has arrived is kept and built on next time."""
        self._cancel.set()

    def run(self, on_change: Callable[[Addition], None], **options: object) -> None:
        from labtui.serve.add import add_model

        def on_step(step: Step) -> None:
            self.step = step
            on_change(self)

        try:
            self.info = add_model(
                self.source,
                self.name,
                on_progress=on_step,
                cancelled=self._cancel.is_set,
                **options,  # type: ignore[arg-type]
            )
        except LabError as error:
            self.error = None if isinstance(error, Cancelled) else error
        except Exception as error:
            self.error = LabError(f"{type(error).__name__}: {error}", where=self.source)
        finally:
            self._ended.set()
            on_change(self)


ADDITIONS: dict[str, Addition] = {}
"""What is being added by this process, by name. An addition leaves it when somebody has looked at its end."""


def begin_adding(source: str, name: str, on_change: Callable[[Addition], None], **options: object) -> Addition:
    """Starts an addition in a thread. Raises UsageError where the request itself is wrong."""
    from labtui.serve.add import default_name
    from labtui.serve.models import check_name

    name = check_name(name or default_name(source))
    present = ADDITIONS.get(name)
    if present is not None and not present.ended:
        raise UsageError(f"'{name}' is being added already.")
    addition = ADDITIONS[name] = Addition(source, name)
    # A daemon: leaving the application leaves what has arrived, and the next addition builds on it.
    threading.Thread(target=addition.run, args=(on_change,), kwargs=options, name=f"add {name}", daemon=True).start()
    return addition
