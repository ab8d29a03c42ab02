"""What was found out about contents before, kept by their hash under the user's cache folder.

Everything in here may be lost at any time. Whatever is wrong with the file (damaged, of another version, on a full
or read-only disk, held by another process) costs the time to find out again and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from labtui import paths

FILE = "checks.sqlite3"
MAX_BYTES = 512 * 1024 * 1024
"""A file larger than this is begun anew."""
KEPT_DAYS = 60
BUSY_SECONDS = 2.0
"""How long another process is waited for; beyond that the cache is done without."""
AT_ONCE = 500

WRONG = (sqlite3.Error, ValueError, OverflowError)
"""What the database raises; ValueError where even its words about damage cannot be decoded."""

_TABLE = "CREATE TABLE IF NOT EXISTS found (key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL)"


def cache_file() -> Path:
    return paths.cache_dir() / FILE


class Cache:
    """Values by key, both bytes. Usable from any thread; no method raises for what the disk does."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or cache_file()
        self.writable = True
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._open()

    # -- asking and keeping -------------------------------------------------------------------------------------

    def get(self, key: bytes) -> bytes | None:
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are known and whole."""
        wanted = list(keys)
        found: dict[bytes, bytes] = {}
        with self._lock:
            for at in range(0, len(wanted), AT_ONCE):
                part = wanted[at : at + AT_ONCE]
                marks = ",".join("?" * len(part))
                for key, value in self._rows(f"SELECT key, value FROM found WHERE key IN ({marks})", part):  # noqa: S608
                    if (plain := _unpacked(key, value)) is not None:
                        found[key] = plain
        return found

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Keeps these values, all or none."""
        if not values:
            return
        today = _today()
        packed = [(key, _packed(key, value), today) for key, value in values.items()]
        with self._lock:
            self._write(packed)

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the file -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            self._connect()
        except OSError:
            self._open_to_read()
        except WRONG as error:
            if _is_the_disk(error):
                self._open_to_read()
            else:
                self._begin_anew()

    def _connect(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.file.exists() and self.file.stat().st_size > MAX_BYTES:
            self._remove()
        # What a finding quotes is as private as the file it comes from.
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            # Nothing in here is worth waiting for the disk.
            database.execute("PRAGMA synchronous = OFF")
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'found'").fetchone():
                database.execute(_TABLE)
        except BaseException:
            database.close()
            raise
        self._database = database

    def _open_to_read(self) -> None:
        self.writable = False
        try:
            name = self.file.absolute().as_uri()
            self._database = sqlite3.connect(f"{name}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
        except WRONG:
            self._database = None

    def _begin_anew(self) -> None:
        self._let_go()
        try:
            self._remove()
            self._connect()
        except (*WRONG, OSError):
            self.writable = False
            self._let_go()

    def _let_go(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _remove(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)

    def _rows(self, question: str, values: list[bytes]) -> list[tuple[bytes, bytes]]:
        if self._database is None:
            return []
        try:
            return self._database.execute(question, values).fetchall()
        except WRONG as error:
            if not _is_the_disk(error):
                self._begin_anew()
            return []

    def _write(self, packed: list[tuple[bytes, bytes, int]]) -> None:
        database = self._database
        if database is None or not self.writable:
            return
        try:
            with database:
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", packed)
                database.execute("DELETE FROM found WHERE day < ?", (_today() - KEPT_DAYS,)) if _seldom() else None
        except WRONG as error:
            if not _is_the_disk(error):
                self._begin_anew()
            else:
                # Another process writes: next time. A full or read-only disk: not again in this run.
                self.writable = "locked" in str(error)


def _is_the_disk(error: Exception) -> bool:
    """Whether the surroundings are the trouble, not what stands in the file."""
    words = ("locked", "readonly", "full", "unable to open", "disk i/o", "busy")
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error).lower() for word in words)


def _packed(key: bytes, value: bytes) -> bytes:
    """Compressed; the checksum in it tells what is damaged, and the key in it where a damaged index leads astray."""
    return zlib.compress(key + value, 1)


def _unpacked(key: bytes, packed: object) -> bytes | None:
    try:
        plain = zlib.decompress(packed) if isinstance(packed, bytes) else b""
    except zlib.error:
        return None
    return plain[len(key) :] if plain.startswith(key) else None


def _today() -> int:
    import time

    return int(time.time() // 86400)


def _seldom() -> bool:
    return os.urandom(1)[0] < 8
