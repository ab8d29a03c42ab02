"""Whatever happens to the cache's file, what is asked of it is right or not known."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from labtui import paths
from labtui.taxonomy.checking import cache as module
from labtui.taxonomy.checking.cache import Cache, cache_file

VALUES = {bytes([number]) * 32: f"value {number} ".encode() * 50 for number in range(100)}


def filled(file: Path) -> Path:
    with Cache(file) as cache:
        cache.put_many(VALUES)
    return file


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    with Cache(filled(tmp_path / "deep" / "er" / "c")) as cache:
        assert cache.get_many([*VALUES, b"unknown"]) == VALUES
        assert cache.get(b"unknown") is None
        cache.put_many({b"k": b"new"})
        cache.put_many({b"k": b"newer"})
        assert cache.get(b"k") == b"newer"


def test_it_lies_in_the_users_cache_and_is_nobody_elses() -> None:
    with Cache() as cache:
        cache.put_many({b"k": b"v"})
    assert cache_file().is_relative_to(paths.cache_dir())
    assert cache_file().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"no database", b"SQLite format 3\0" + bytes(200), random.Random(7).randbytes(5000)],
    ids=["empty", "text", "a header alone", "noise"],
)
def test_another_file_in_its_place_is_begun_anew(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "c"
    file.write_bytes(data)
    with Cache(file) as cache:
        assert cache.get(b"k") is None
        cache.put_many({b"k": b"v"})
    with Cache(file) as cache:
        assert cache.get(b"k") == b"v"


def test_damage_anywhere_never_gives_a_wrong_value(tmp_path: Path) -> None:
    whole = filled(tmp_path / "c").read_bytes()
    dice = random.Random(1)
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 20, 2000])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        file = tmp_path / f"damaged{number}"
        file.write_bytes(damaged[: dice.choice([len(damaged), len(damaged), dice.randrange(len(damaged))])])
        with Cache(file) as cache:
            found = cache.get_many(VALUES)
            assert found.items() <= VALUES.items()
            cache.put_many({b"k": b"v"})
        with Cache(file) as cache:
            assert cache.get(b"k") in (b"v", None)


def test_a_table_of_another_shape_is_no_trouble(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "c") as database:
        database.execute("CREATE TABLE found (something TEXT)")
    with Cache(tmp_path / "c") as cache:
        cache.put_many({b"k": b"v"})
        assert cache.get(b"k") in (b"v", None)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    with Cache(tmp_path / "c") as cache:
        cache.put_many(VALUES)
        assert cache.get_many(VALUES) == {}


def test_a_cache_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled(tmp_path / "c")
    real = os.open

    def refuse(path: object, flags: int, *rest: object, **more: object) -> int:
        if os.fspath(path) == os.fspath(file) and flags & os.O_RDWR:  # type: ignore[call-overload]
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    with Cache(file) as cache:
        assert not cache.writable
        cache.put_many({b"k": b"v"})
        assert cache.get_many([*VALUES, b"k"]) == VALUES


def test_another_process_that_writes_is_waited_for_a_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    file = filled(tmp_path / "c")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Cache(file) as cache:
        cache.put_many({b"k": b"v"})
        assert cache.get(b"k") is None
        other.execute("ROLLBACK")
        other.close()
        assert cache.get_many(VALUES).items() <= VALUES.items()
    with Cache(file) as cache:
        cache.put_many({b"k": b"v"})
        assert cache.get(b"k") == b"v"


def test_two_processes_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from labtui.taxonomy.checking.cache import Cache\n"
        "with Cache(Path(sys.argv[1])) as cache:\n"
        "    for number in range(50):\n"
        "        cache.put_many({f'{sys.argv[2]} {number}'.encode(): b'x' * 1000})\n"
    )
    commands = [[sys.executable, "-c", script, str(tmp_path / "c"), name] for name in "ab"]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
    assert [process.communicate()[1] for process in started] == [b"", b""]
    keys = [f"{name} {number}".encode() for name in "ab" for number in range(50)]
    with Cache(tmp_path / "c") as cache:
        assert set(cache.get_many(keys).values()) == {b"x" * 1000}
        assert len(cache.get_many(keys)) == 100


def test_a_full_disk(tmp_path: Path) -> None:
    """A bound on the size of files stands for the disk's end."""
    script = (
        "import os, sys; from pathlib import Path; from labtui.taxonomy.checking.cache import Cache\n"
        "with Cache(Path(sys.argv[1])) as cache:\n"
        "    for number in range(20):\n"
        "        cache.put_many({bytes([number]): os.urandom(20_000)})\n"
        "    print(cache.writable, len(cache.get_many(bytes([number]) for number in range(20))))\n"
    )

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "c")],
        preexec_fn=bound,
        capture_output=True,
        text=True,
        check=False,
    )
    writable, kept = done.stdout.split()
    assert (done.returncode, done.stderr, writable) == (0, "", "False")
    assert 0 < int(kept) < 20


def test_a_cache_grown_too_large_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled(tmp_path / "c")
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with Cache(file) as cache:
        assert cache.get_many(VALUES) == {}


def test_what_is_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled(tmp_path / "c")
    today = module._today()
    monkeypatch.setattr(module, "_today", lambda: today + module.KEPT_DAYS + 1)
    monkeypatch.setattr(module, "_seldom", lambda: True)
    with Cache(file) as cache:
        cache.put_many({b"k": b"v"})
        assert cache.get_many([*VALUES, b"k"]) == {b"k": b"v"}
