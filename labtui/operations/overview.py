"""How a workspace stands, in a few numbers: what Home, the header and the palette show.

Reads files and git; never the network. The readers are cheap enough to be asked every second, but block:
the application calls them from a thread.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from labtui.errors import LabError
from labtui.records import State
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.jobs import Board, JobView
    from labtui.settings import Settings

MESSAGES = "messages.jsonl"
"""The file of a data set that training reads (labtui.train.data)."""


class Served(msgspec.Struct, frozen=True):
    """A model that answers now."""

    name: str
    adapter: str
    memory: int
    """Bytes of the server's processes that lie in memory; 0 where it cannot be told."""
    job: str

    @property
    def label(self) -> str:
        return f"{self.name} + {self.adapter}" if self.adapter else self.name


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in the workspace's folders."""

    chats: int = 0
    drafts: int = 0
    """Contributions that are not submitted."""
    requests: int = 0
    """Contributions whose request was open when its forge was asked last."""
    requests_asking: int = 0
    """Those of them that wait for the contributor: a check fails, changes are asked for, or something conflicts."""
    data_sets: int = 0
    samples: int = 0
    models: int = 0
    """Models and remotes one can talk to, adapters not counted."""
    adapters: int = 0
    newest_adapter: str = ""
    leaves: int = 0


class Contributed(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of one contribution."""

    submitted: bool = False
    open: bool = False
    asking: bool = False


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """What git says of the taxonomy."""

    branch: str = ""
    """Empty where the taxonomy is no git repository or HEAD is detached."""
    git: bool = False
    ahead: int = 0
    behind: int = 0
    changed: int = 0
    problem: str = ""
    """Why git could not be asked, in one sentence."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at once. A part that was not read yet is None."""

    jobs: list[JobView] | None = None
    served: tuple[Served, ...] = ()
    counts: Counts | None = None
    tree: Tree | None = None

    @property
    def running(self) -> list[JobView]:
        """Jobs under way or waiting, servers left out."""
        return [
            view
            for view in self.jobs or ()
            if view.state in (State.RUNNING, State.WAITING) and view.spec.kind != "serve"
        ]


class Reader:
    """Reads an overview again and again and keeps what cannot have changed."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.workspace = workspace
        self.settings = settings
        self._board: Board | None = None
        self._lines: dict[str, tuple[tuple[int, int], int]] = {}
        self._drafts: dict[str, tuple[tuple[int, int], Contributed]] = {}

    def jobs(self) -> list[JobView]:
        """Newest first. Raises LabError where the folder of jobs cannot be read."""
        if self._board is None:
            from labtui.jobs import Board

            self._board = Board(self.workspace)
        return self._board.poll()

    def served(self, views: list[JobView]) -> tuple[Served, ...]:
        found = []
        for view in views:
            if view.spec.kind == "serve" and view.state == State.RUNNING and view.endpoint is not None:
                pid = view.status.worker_pid if view.status else 0
                started = view.status.worker_started if view.status else 0.0
                memory = _memory(pid, started)
                found.append(Served(view.endpoint.model, view.endpoint.adapter, memory, view.folder.id))
        return tuple(found)

    def counts(self) -> Counts:
        from labtui.serve.models import list_models
        from labtui.taxonomy.layout import leaf_files

        data_sets, samples = self._data()
        contributed = self._contributed()
        models = list_models(self.workspace, self.settings)
        adapters = [model for model in models if model.kind == "adapter"]
        newest = max(adapters, key=lambda model: model.added).name if adapters else ""
        return Counts(
            leaves=sum(1 for _ in leaf_files(self.workspace.taxonomy)) if self.workspace.taxonomy.is_dir() else 0,
            chats=_files(self.workspace.chats, ".json"),
            drafts=sum(not one.submitted for one in contributed),
            requests=sum(one.open for one in contributed),
            requests_asking=sum(one.asking for one in contributed),
            data_sets=data_sets,
            samples=samples,
            models=len(models) - len(adapters),
            adapters=len(adapters),
            newest_adapter=newest,
        )

    def tree(self) -> Tree:
        taxonomy = self.workspace.taxonomy
        if not _in_git(taxonomy):
            return Tree()
        from labtui import git

        if not git.available():
            return Tree(problem="git is not installed")
        try:
            status = git.status(taxonomy)
        except LabError as error:
            return Tree(problem=error.what)
        return Tree(
            git=True,
            branch=status.branch,
            ahead=status.ahead,
            behind=status.behind,
            changed=len(status.changed),
        )

    def _contributed(self) -> list[Contributed]:
        """What is so of each contribution; a draft.json is read again only when it changed."""
        try:
            names = [entry.name for entry in os.scandir(self.workspace.drafts) if not entry.name.startswith(".")]
        except OSError:
            return []
        found = {}
        for name in names:
            path = self.workspace.drafts / name / "draft.json"
            try:
                stat = path.stat()
                stamp = (stat.st_mtime_ns, stat.st_size)
                known = self._drafts.get(name)
                found[name] = known if known is not None and known[0] == stamp else (stamp, _contribution(path))
            except FileNotFoundError:
                continue
            except OSError:
                found[name] = ((0, 0), Contributed())
        self._drafts = found
        return [one for _, one in found.values()]

    def _data(self) -> tuple[int, int]:
        """(data sets, samples in them)."""
        found = _data_files(self.workspace.data)
        return len(found), sum(self._count_lines(path) for path in found)

    def _count_lines(self, path: Path) -> int:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._lines.get(str(path))
            if known is not None and known[0] == stamp:
                return known[1]
            with open(path, "rb") as stream:
                lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
        except OSError:
            return 0
        self._lines[str(path)] = (stamp, lines)
        return lines


def _contribution(path: Path) -> Contributed:
    """One that cannot be read counts as a draft: the screen says what is wrong with it."""
    from labtui.contribute.records import Draft

    try:
        draft = msgspec.json.decode(path.read_bytes(), type=Draft)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Contributed()
    request = draft.request
    if request is None or request.state != "open":
        return Contributed(submitted=bool(draft.commit) or request is not None)
    failing = any(check.state == "failed" for check in request.checks)
    return Contributed(
        submitted=True,
        open=True,
        asking=failing or request.changes_requested or request.mergeable is False,
    )


def _in_git(folder: Path) -> bool:
    """Whether the folder lies in a working tree, told from its files alone."""
    return any((path / ".git").exists() for path in (folder, *folder.resolve().parents)) if folder.is_dir() else False


def _data_files(folder: Path) -> list[Path]:
    """The messages file of every data set in the workspace's data folder."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    found = []
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and (path / MESSAGES).is_file():
            found.append(path / MESSAGES)
        elif entry.name.endswith(".jsonl"):
            found.append(path)
    return found


def _files(folder: Path, suffix: str) -> int:
    try:
        return sum(
            1
            for entry in os.scandir(folder)
            if entry.name.endswith(suffix) and not entry.name.startswith((".", "trash"))
        )
    except OSError:
        return 0


def _memory(pid: int, started: float) -> int:
    """Bytes in memory of a process and its children; 0 where it is gone or is another one by now."""
    if not pid:
        return 0
    import psutil

    try:
        process = psutil.Process(pid)
        if started and abs(process.create_time() - started) > 1:
            return 0
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
    except psutil.Error:
        return 0
