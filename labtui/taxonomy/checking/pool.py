"""Processes that check files for us, watched: one that hangs or dies is replaced, and its file becomes a finding.

No process outlives the pool: each ends with its input, is ended by `close`, and starts nothing itself.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import msgspec

from labtui.errors import LabError
from labtui.taxonomy.checking.worker import LENGTH, SECONDS, Answer, Request, gave_up, took_too_long

WALL_SECONDS = 60.0
"""After so long without an answer a process is ended. Files are bounded by processor time before; this is for what
cannot be interrupted."""
START_SECONDS = 60.0
AHEAD = 6
"""Requests a process has at hand, so that it never waits for the next one."""
AHEAD_BYTES = 8 * 1024
"""As much fits into any pipe: writing never waits for a process that itself waits to be read."""
POLL_SECONDS = 0.1


class Pool:
    """Use as a context manager. `gently`: the processes give way to everything else on the machine. `seconds`: how much
    processor time a file may take.

    Either `run` over requests, or `give` requests while there is `room` and `listen` for answers now and then.
    """

    def __init__(self, processes: int, *, gently: bool = False, seconds: float = SECONDS) -> None:
        self._options = [str(seconds), *(["--gently"] if gently else [])]
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._wanted = max(1, processes)
        self._waiting: deque[Request] = deque()
        """What no process has at hand, or one that died had."""
        self._suspects: set[int] = set()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, requests: Iterable[Request], cancelled: Callable[[], bool] = lambda: False) -> Iterator[Answer]:
        """The answers as they come, one to each request, in any order. Ends early when `cancelled` says so.

        Raises LabError where no process can be started.
        """
        waiting = iter(requests)
        more = True
        while (more or self.busy) and not cancelled():
            while more and self.room:
                request = next(waiting, None)
                if request is None:
                    more = False
                else:
                    self.give(request)
            yield from self.listen()

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._waiting) or any(worker.outstanding for worker in self._workers)

    @property
    def room(self) -> bool:
        """Whether a request would be begun soon."""
        if any(worker.greeted for worker in self._workers):
            return not self._waiting and bool(self._ready())
        return len(self._waiting) < AHEAD

    def give(self, request: Request) -> None:
        """Takes a request; those given first are begun first. Raises LabError where no process can be started."""
        self._waiting.append(request)
        if len(self._workers) < self._wanted and not any(worker.idle for worker in self._workers):
            self._start()
        self._hand_out()

    def listen(self, seconds: float = POLL_SECONDS) -> list[Answer]:
        """The answers that are there, or come within so long. Raises LabError where no process can be started."""
        if self._waiting and not self._workers:
            self._start()
        answers: list[Answer] = []
        heard = [key.data for key, _ in self._selector.select(seconds)]
        for worker in heard:
            answers += worker.read()
        for worker in self._workers[:]:
            # One that was heard just now is not late, however long we ourselves were stopped.
            if worker.dead or (worker not in heard and worker.late()):
                answers += self._bury(worker)
        self._hand_out()
        return answers

    def _hand_out(self) -> None:
        while self._waiting and (ready := self._ready()):
            min(ready, key=lambda worker: len(worker.outstanding)).give(self._waiting.popleft())

    def _ready(self) -> list[_Worker]:
        """Those that could take another one. What is not there yet is handed nothing: who knows how long it takes."""
        return [worker for worker in self._workers if worker.greeted and worker.room]

    def close(self) -> None:
        """Ends every process, now."""
        self._selector.close()
        for worker in self._workers:
            worker.end()
            worker.forget()
        self._workers.clear()

    def _start(self) -> None:
        worker = _Worker(self._options)
        self._workers.append(worker)
        self._selector.register(worker.descriptor, selectors.EVENT_READ, worker)

    def _bury(self, worker: _Worker) -> list[Answer]:
        """Takes a process out. The file it died at is tried once more; after that it has its finding."""
        self._selector.unregister(worker.descriptor)
        self._workers.remove(worker)
        worker.end()
        last_words = worker.last_words()
        worker.forget()
        if not worker.greeted:
            raise LabError("The process that checks files cannot be started.", hint=last_words)
        if not worker.outstanding:
            return []
        at, *rest = worker.outstanding
        self._waiting.extendleft(reversed(rest))
        if worker.timed_out:
            return [Answer(at.number, found=(took_too_long(f"{WALL_SECONDS:.0f} seconds"),))]
        if at.number in self._suspects:
            return [Answer(at.number, found=(gave_up(f"the process ended with {worker.exit_code()}"),))]
        self._suspects.add(at.number)
        self._waiting.appendleft(at)
        return []


class _Worker:
    def __init__(self, options: list[str]) -> None:
        self.outstanding: deque[Request] = deque()
        self.greeted = False
        self.dead = False
        self.timed_out = False
        self._unread = b""
        self._heard = time.monotonic()
        self._sizes: deque[int] = deque()
        self._errors: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  closed in end()
        command = [sys.executable, "-P", "-m", "labtui.taxonomy.checking.worker", *options]
        try:
            # A session of its own: ctrl+c reaches us, and we end it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            self._errors.close()
            raise LabError(f"The process that checks files cannot be started: {error.strerror}.") from error
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101
        self._input, self.descriptor = self._process.stdin, self._process.stdout.fileno()
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Answer).decode

    @property
    def idle(self) -> bool:
        return self.greeted and not self.outstanding

    @property
    def room(self) -> bool:
        return not self.dead and len(self.outstanding) < AHEAD and sum(self._sizes) < AHEAD_BYTES

    def give(self, request: Request) -> None:
        if not self.outstanding:
            self._heard = time.monotonic()
        message = self._encode(request)
        self.outstanding.append(request)
        self._sizes.append(len(message))
        # Where it is dead already, reading from it says so.
        with contextlib.suppress(BrokenPipeError):
            self._input.write(len(message).to_bytes(LENGTH, "big") + message)

    def read(self) -> list[Answer]:
        try:
            chunk = os.read(self.descriptor, 1 << 20)
        except OSError:
            chunk = b""
        self.dead = not chunk
        self._heard = time.monotonic()
        self._unread += chunk
        answers = []
        while len(self._unread) >= LENGTH:
            end = LENGTH + int.from_bytes(self._unread[:LENGTH], "big")
            if len(self._unread) < end:
                break
            answer = self._decode(self._unread[LENGTH:end])
            self._unread = self._unread[end:]
            if answer.number < 0:
                self.greeted = True
                continue
            self.outstanding.popleft()
            self._sizes.popleft()
            answers.append(answer)
        return answers

    def late(self) -> bool:
        patience = WALL_SECONDS if self.greeted else START_SECONDS
        if (self.outstanding or not self.greeted) and time.monotonic() - self._heard > patience:
            self.timed_out = self.dead = True
        return self.timed_out

    def end(self) -> None:
        """Ends the process. What it said last can be read until `forget`."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def forget(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()

    def exit_code(self) -> str:
        code = self._process.returncode
        return f"signal {-code}" if code < 0 else f"code {code}"

    def last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "It ended without a word."
