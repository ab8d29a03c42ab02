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
from labtui.taxonomy.check_worker import LENGTH, Answer, Request, gave_up, took_too_long

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
    """Use as a context manager. `gently`: the processes give way to everything else on the machine."""

    def __init__(self, processes: int, *, gently: bool = False) -> None:
        self._gently = gently
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._wanted = max(1, processes)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, requests: Iterable[Request], cancelled: Callable[[], bool] = lambda: False) -> Iterator[Answer]:
        """The answers as they come, one to each request, in any order. Ends early when `cancelled` says so.

        Raises LabError where no process can be started.
        """
        waiting = _Waiting(requests)
        suspects: set[int] = set()
        while not cancelled():
            while len(self._workers) < self._wanted and waiting.more():
                self._start()
            for worker in self._workers:
                worker.feed(waiting)
            if not any(worker.outstanding for worker in self._workers):
                return
            for worker, answers in self._listen():
                yield from answers
                if worker.dead and (answer := self._bury(worker, suspects, waiting)) is not None:
                    yield answer

    def close(self) -> None:
        """Ends every process, now."""
        self._selector.close()
        for worker in self._workers:
            worker.end()
            worker.forget()
        self._workers.clear()
        self._selector = selectors.DefaultSelector()

    # -- one by one ---------------------------------------------------------------------------------------------

    def _start(self) -> None:
        worker = _Worker(self._gently)
        self._workers.append(worker)
        self._selector.register(worker.descriptor, selectors.EVENT_READ, worker)

    def _listen(self) -> Iterator[tuple[_Worker, list[Answer]]]:
        ready = [key.data for key, _ in self._selector.select(POLL_SECONDS)]
        for worker in ready:
            yield worker, worker.read()
        for worker in self._workers[:]:
            # One that was heard just now is not late, however long we ourselves were stopped.
            if worker not in ready and worker.late():
                worker.end()
                yield worker, []

    def _bury(self, worker: _Worker, suspects: set[int], waiting: _Waiting) -> Answer | None:
        """Takes a dead process out. The file it died at is tried once more; after that it has its finding."""
        self._selector.unregister(worker.descriptor)
        self._workers.remove(worker)
        worker.end()
        last_words = worker.last_words()
        worker.forget()
        if not worker.greeted:
            raise LabError("The process that checks files cannot be started.", hint=last_words)
        if not worker.outstanding:
            return None
        at = worker.outstanding.popleft()
        waiting.back(worker.outstanding)
        if worker.timed_out:
            return Answer(at.number, found=(took_too_long(f"{WALL_SECONDS:.0f} seconds"),))
        if at.number in suspects:
            return Answer(at.number, found=(gave_up(f"the process ended with {worker.exit_code()}"),))
        suspects.add(at.number)
        waiting.back([at])
        return None


class _Waiting:
    """Requests still to be handed out; the iterator behind is asked for one at a time."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self._requests = iter(requests)
        self._returned: deque[Request] = deque()

    def back(self, requests: Iterable[Request]) -> None:
        self._returned.extend(requests)

    def more(self) -> bool:
        if not self._returned and (request := next(self._requests, None)) is not None:
            self._returned.append(request)
        return bool(self._returned)

    def take(self) -> Request:
        return self._returned.popleft()


class _Worker:
    def __init__(self, gently: bool) -> None:
        self.outstanding: deque[Request] = deque()
        self.greeted = False
        self.dead = False
        self.timed_out = False
        self._unread = b""
        self._heard = time.monotonic()
        self._sizes: deque[int] = deque()
        self._errors: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  closed in end()
        command = [sys.executable, "-P", "-m", "labtui.taxonomy.check_worker", *(["--gently"] if gently else [])]
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

    def feed(self, waiting: _Waiting) -> None:
        while not self.dead and len(self.outstanding) < AHEAD and sum(self._sizes) < AHEAD_BYTES and waiting.more():
            request = waiting.take()
            if not self.outstanding:
                self._heard = time.monotonic()
            message = self._encode(request)
            self.outstanding.append(request)
            self._sizes.append(len(message))
            try:
                self._input.write(len(message).to_bytes(LENGTH, "big") + message)
            except BrokenPipeError:
                return  # it is dead; reading from it says so

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
        if self.outstanding and time.monotonic() - self._heard > patience:
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
