"""The workspace in the pictures: the demo, with what `record.py` kept of real runs, at a moment that does not pass.

Whatever a picture could owe to the machine it is taken on is fixed here: place, time, zone, name, load, memory,
cores, graphics. The place cannot be pytest's own, as paths are shown: it is one folder, which tests take in turns.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import msgspec
import pytest

from labtui import config, jobs, paths, records
from labtui.app import Context, LabApp
from labtui.jobs import locks, machine
from labtui.journal import JobFolder, atomic_write, dump, read_events
from labtui.operations import meters, models, overview, training
from labtui.operations.init import init_workspace
from labtui.operations.meters import Meter
from labtui.records import State
from labtui.serve import find
from labtui.serve.models import list_models
from labtui.settings import Settings
from labtui.train import device
from labtui.workspace import Workspace
from tests.snapshots.record import ADAPTER, HOME_MARK, HOST, RECORDED

HOME = Path("/tmp/labtui-pictures")
BOOT = "00000000-0000-4000-8000-000000000000"
UNTIL_STEP = 36
"""Where the training under way in the pictures stands."""

METERS = (Meter("CPU", 0.74, "74 %", "74%"), Meter("MEM", 0.41, "6.6/16 GB", "41%"))
SERVER_BYTES = 231 << 20
FREE_BYTES = 9_400_000_000
IDLE_SECONDS = 95.0
SHAPE = {
    "block_count": 30,
    "context_length": 8192,
    "embedding_length": 576,
    "feed_forward_length": 1536,
    "attention.head_count": 9,
    "attention.head_count_kv": 3,
    "vocab_size": 49152,
}
"""SmolLM2-135M's, for the plan of a training."""


@dataclass
class Pictured:
    workspace: Workspace
    generated: str
    """Ids of jobs."""
    trained: str
    failed: str
    conversation: str

    def app(self, *overrides: str) -> LabApp:
        return LabApp(Context(config=config.load(self.workspace, overrides), workspace=self.workspace))


@contextmanager
def laid_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictured]:
    """The workspace at its place, to oneself: two models are served, nothing else is under way."""
    with _own_turn():
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(mode=0o700)
        _live_there(monkeypatch)
        _stop_the_clock(monkeypatch, (RECORDED / "moment").read_text(encoding="ascii"))
        _fix_the_machine(monkeypatch)
        workspace = init_workspace(HOME / "lab", demo=True)
        _lay_out(workspace)
        servers = [locks.take(folder.lock_file) for folder in _ids(workspace, "serve", State.RUNNING)]
        try:
            yield Pictured(
                workspace=workspace,
                generated=_ids(workspace, "generate", State.DONE)[0].id,
                trained=_ids(workspace, "train", State.DONE)[0].id,
                failed=_ids(workspace, "train", State.FAILED)[0].id,
                conversation=next(workspace.chats.glob("*.json")).stem,
            )
        finally:
            for descriptor in filter(None, servers):
                os.close(descriptor)
            shutil.rmtree(HOME, ignore_errors=True)


@contextmanager
def train_under_way(lab: Pictured) -> Iterator[str]:
    """A second training, half done: the journal of the first up to there, ending a moment ago. Gives its id."""
    done = JobFolder(lab.workspace.jobs / lab.trained)
    events = read_events(done)
    last = next(place for place, event in enumerate(events) if getattr(event, "step", 0) == UNTIL_STEP) + 1
    later = records.now() - events[last].t
    started = events[0].t + later
    folder = JobFolder(lab.workspace.jobs / f"{started:%Y%m%dT%H%M%SZ}-train-k7m2q")
    folder.path.mkdir()
    spec, status = done.spec(), done.status()
    assert status is not None
    name = f"{ADAPTER}-v2"
    asked = spec.arguments | {"name": name, "out": spec.arguments["out"].replace(ADAPTER, name)}
    title = spec.title.replace(ADAPTER, name)
    atomic_write(
        folder.spec_file,
        dump(msgspec.structs.replace(spec, id=folder.id, title=title, created=started, arguments=asked)),
    )
    running = msgspec.structs.replace(
        status, state=State.RUNNING, boot=BOOT, submitted=started, started=started, ended=None, exit_code=None
    )
    atomic_write(folder.status_file, dump(running))
    kept = [msgspec.structs.replace(event, t=event.t + later) for event in events[: last + 1]]
    atomic_write(folder.events_file, b"".join(msgspec.json.encode(event) + b"\n" for event in kept))
    folder.log_file.touch()
    descriptor = locks.take(folder.lock_file)
    assert descriptor is not None
    try:
        yield folder.id
    finally:
        os.close(descriptor)


@contextmanager
def _own_turn() -> Iterator[None]:
    """Waits until no other test uses the place."""
    path = HOME.with_suffix(".lock")
    # Another user's lock file can be opened for reading, not for writing, and flock asks for no more.
    descriptor = os.open(path, os.O_RDONLY if path.exists() else os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _live_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(HOME))
    for name in ("config", "data", "state", "cache"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(HOME / name))


def _stop_the_clock(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    # The function keeps its identity and gets another body: who has imported it already, and who will import it
    # while a picture is taken, reads the same clock, and nobody keeps a stopped one afterwards.
    scope: dict[str, FunctionType] = {}
    exec(f"def now(): return datetime.fromisoformat({moment!r})", scope)  # type: ignore[arg-type]  # noqa: S102
    monkeypatch.setattr(records.now, "__code__", scope["now"].__code__)
    time.tzset()


def _fix_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: HOST)
    monkeypatch.setattr(machine, "host", lambda: HOST)
    monkeypatch.setattr(machine, "boot", lambda: BOOT)
    monkeypatch.setattr(meters.Machine, "read", lambda self: METERS)
    monkeypatch.setattr(overview, "_memory", lambda pid, started: SERVER_BYTES)
    monkeypatch.setattr(models, "_memory", lambda pid: SERVER_BYTES)
    monkeypatch.setattr(find, "idle_seconds", lambda folder: IDLE_SECONDS)
    monkeypatch.setattr(training, "free_memory", lambda: FREE_BYTES)
    monkeypatch.setattr(training, "on_gpu", lambda config: False)
    recorded = msgspec.json.decode((RECORDED / "models" / ADAPTER / "recipe.json").read_bytes())
    monkeypatch.setattr(device, "processor", lambda: recorded["machine"])
    monkeypatch.setattr(device, "default_threads", lambda: recorded["threads"])


def _lay_out(workspace: Workspace) -> None:
    for name in ("jobs", "data", "models", "chats"):
        shutil.copytree(RECORDED / name, workspace.root / name, dirs_exist_ok=True)
    shutil.copytree(RECORDED / "store", paths.models_dir())
    for folder in (workspace.root / "jobs", workspace.data, workspace.models, workspace.chats, paths.models_dir()):
        for file in (path for path in folder.rglob("*") if path.is_file()):
            file.write_bytes(file.read_bytes().replace(HOME_MARK.encode(), os.fsencode(HOME)))
    for info in list_models(workspace, Settings()):
        if info.kind == "gguf":
            _write_header(info.file)
        # As long as it should be, with nothing behind the header.
        with open(info.file, "ab") as stream:
            stream.truncate(info.size)
    for job in jobs.folders(workspace):
        _date(workspace, job)


def _date(workspace: Workspace, job: JobFolder) -> None:
    """Gives files the times they had, and those that live on the present one's boot."""
    status = job.status()
    assert status is not None
    if status.state is State.RUNNING:
        atomic_write(job.status_file, dump(msgspec.structs.replace(status, boot=BOOT)))
        atomic_write(job.key_file, b"key", mode=0o600)
    elif status.ended is not None:
        for file in (workspace.data / job.id).glob("*"):
            os.utime(file, (status.ended.timestamp(),) * 2)


def _write_header(path: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    for key, value in SHAPE.items():
        writer.add_uint32(f"llama.{key}", value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _ids(workspace: Workspace, kind: str, state: State) -> list[JobFolder]:
    """The recorded jobs of that kind and state, newest first."""
    found = []
    for folder in jobs.folders(workspace):
        status = folder.status()
        if folder.spec().kind == kind and status is not None and status.state is state:
            found.append(folder)
    return found
