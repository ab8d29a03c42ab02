"""Reading one file that may be anything: a folder, a pipe, a gigabyte, bytes that are no text."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import msgspec

MAX_BYTES = 4 * 1024 * 1024
"""A qna.yaml of this size holds some half a million words; nothing larger is read."""


class Unreadable(Exception):
    """A file that cannot be understood, with the rule it breaks and where. `line` and `column` count from 1."""

    def __init__(self, rule: str, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


class Source(msgspec.Struct, frozen=True):
    """The content of a text file: as bytes, and as text with every line end a newline."""

    data: bytes
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read_bytes(path: Path | str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file. Raises Unreadable; never waits for a pipe and never reads beyond `limit`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Unreadable("layout.missing", "The file does not exist.") from error
    except OSError as error:
        raise Unreadable("yaml.unreadable", f"The file cannot be read: {error.strerror}.") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("layout.missing", "This is not a file.", "A leaf is a folder that holds a file qna.yaml.")
        # One byte more than there should be, as the file may grow, and an empty read means its end.
        data = os.read(descriptor, min(found.st_size, limit) + 1)
        while 0 < len(data) <= limit and (more := os.read(descriptor, limit + 1 - len(data))):
            data += more
    except OSError as error:
        raise Unreadable("yaml.unreadable", f"The file cannot be read: {error.strerror}.") from error
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise Unreadable(
            "safety.size",
            f"The file is larger than {limit // 1024:,} kB and is not read.",
            "Split it into several leaves; documents belong into a repository of their own.",
        )
    return data


def decode(data: bytes) -> Source:
    """Raises Unreadable where the bytes are not UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise Unreadable(
            "yaml.encoding",
            f"The file is not UTF-8 text: byte 0x{data[error.start]:02x} does not belong there.",
            "Save it as UTF-8.",
            line,
            column,
        ) from error
    return Source(data, text.replace("\r\n", "\n").replace("\r", "\n"))


def read(path: Path) -> Source:
    """Raises Unreadable."""
    return decode(read_bytes(path))
