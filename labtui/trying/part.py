"""A stage of a try as its own worker sees it: a job in a folder of its own, whose words reach the whole job changed.

So the workers of generation and training do here exactly what they do alone, journals and checkpoints included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labtui.journal import JobFolder, Reporter
from labtui.records import AnyEvent
from labtui.worker import Job
from labtui.workspace import Workspace

Hear = Callable[[AnyEvent], object]


class Part(Job):
    """One stage, in the folder `name` of the whole job's. It stops when the whole does."""

    def __init__(self, whole: Job, name: str, arguments: msgspec.Struct, hear: Hear) -> None:
        folder = JobFolder(whole.folder.path / name)
        folder.path.mkdir(exist_ok=True)
        # The job's own inputs are the draft's; the slots say on which device it may work.
        spec = msgspec.structs.replace(whole.spec, arguments=msgspec.to_builtins(arguments), inputs={}, commit="")
        super().__init__(folder, spec, Relay(whole.report, hear))
        self._whole = whole

    @property
    def workspace(self) -> Workspace:
        return self._whole.workspace

    @property
    def stopping(self) -> bool:
        return self._whole.stopping

    def wait(self, seconds: float) -> bool:
        return self._whole.wait(seconds)


class Relay(Reporter):
    """A pen without a journal: every event goes to `hear`, which decides what the whole job says of it."""

    def __init__(self, whole: Reporter, hear: Hear) -> None:
        self.attempt = whole.attempt
        self._hear = hear

    def send(self, event: Any) -> None:
        self._hear(event)

    def close(self) -> None:
        return
