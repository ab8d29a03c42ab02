"""A real terminal for tests: a program on a pseudo-terminal, its screen kept by pyte, its raw bytes kept whole.

    with Terminal([sys.executable, "-m", "labtui"], columns=80, rows=24) as terminal:
        terminal.wait_for("the loop")
        terminal.press("down", "enter")
        assert "chat" in terminal.text

Waiting polls with a deadline; nothing here sleeps for a fixed time and hopes.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import ptyprocess
import pyte

PATIENCE = 60.0
"""Seconds a wait lasts at most before the test fails, showing the screen. Generous: CI has two slow cores."""

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "esc": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f12": "\x1b[24~",
    "ctrl+up": "\x1b[1;5A",
    "ctrl+down": "\x1b[1;5B",
}


def key_bytes(key: str) -> str:
    """What a terminal sends for a key named as Textual names it: `enter`, `ctrl+p`, `j`."""
    if key in KEYS:
        return KEYS[key]
    if key.startswith("ctrl+") and len(key) == 6:
        return chr(ord(key[5]) & 0x1F)
    # Anything longer would arrive as the letters of its name.
    assert len(key) == 1, f"the tests' terminal has no key {key!r}"
    return key


class Terminal:
    """One program on a pseudo-terminal of its own, as a person would have it before them."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self.raw = bytearray()
        """Every byte the program wrote, for tests that search them."""
        self.process = ptyprocess.PtyProcess.spawn(
            list(command),
            dimensions=(rows, columns),
            env={**os.environ, "TERM": "xterm-256color", **(environment or {})},
            cwd=str(folder) if folder else None,
        )
        self._hung_up = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    @property
    def alive(self) -> bool:
        return bool(self.process.isalive())

    @property
    def lines(self) -> list[str]:
        with self._lock:
            return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def press(self, *keys: str) -> None:
        """Sends keys one by one, each as its own write, as a keyboard does."""
        for key in keys:
            self.process.write(key_bytes(key).encode())
            # An escape directly followed by another byte would read as alt+key.
            time.sleep(0.15 if key == "esc" else 0.02)

    def type(self, text: str) -> None:
        self.process.write(text.encode())

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def wait_for(self, wanted: str | Callable[[str], bool], patience: float = PATIENCE) -> str:
        """Waits until the screen shows a text (or satisfies a predicate) and returns the screen."""
        deadline = time.monotonic() + patience
        while True:
            text = self.text
            if wanted in text if isinstance(wanted, str) else wanted(text):
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience:.0f} s for {wanted!r}; the screen shows:\n{text}")
            if not self.alive and not self._reader.is_alive():
                raise AssertionError(f"the program ended while waiting for {wanted!r}; the screen shows:\n{self.text}")
            time.sleep(0.05)

    def wait_until_gone(self, unwanted: str, patience: float = PATIENCE) -> str:
        return self.wait_for(lambda text: unwanted not in text, patience)

    def wait_for_exit(self, patience: float = PATIENCE) -> int:
        """Waits for the program's own end and returns its exit code (negative: the signal that ended it)."""
        deadline = time.monotonic() + patience
        while self.alive:
            if time.monotonic() > deadline:
                raise AssertionError(f"the program did not end; the screen shows:\n{self.text}")
            time.sleep(0.05)
        self._reader.join(timeout=5)
        status = self.process.exitstatus
        return int(status) if status is not None else -int(self.process.signalstatus)

    def kill(self) -> None:
        """SIGKILL: what a crash or the out-of-memory killer does."""
        with contextlib.suppress(ProcessLookupError):
            if self.alive:
                os.kill(self.pid, signal.SIGKILL)
        self.hang_up()

    def hang_up(self) -> None:
        """Closes the terminal under the program, as a dropped SSH line does."""
        # A reader inside a read would keep the terminal open, and the closing would wait for it.
        self._hung_up.set()
        self._reader.join()
        with contextlib.suppress(OSError, ptyprocess.PtyProcessError):
            self.process.close(force=True)

    def _read(self) -> None:
        while not self._hung_up.is_set():
            try:
                if not select.select([self.process.fd], [], [], 0.05)[0]:
                    continue
                block = self.process.read(65536)
            except (EOFError, OSError, ValueError):
                return
            with self._lock:
                self.raw += block
                self._stream.feed(block)


def labtui_command(*arguments: str) -> list[str]:
    """The installed program, run by the interpreter the tests run under."""
    return [sys.executable, "-m", "labtui", *arguments]


def labtui(*arguments: str, patience: float = 300, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs one command line to its end, capturing both outputs."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        labtui_command(*arguments), capture_output=True, text=True, timeout=patience, **options
    )
