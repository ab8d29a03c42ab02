from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from labtui.errors import LabError
from labtui.serve import download
from labtui.serve.download import Cancelled, Step, fetch
from tests.serve.file_server import FileServer

CONTENT = bytes(range(256)) * 12_000
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.0)


def test_a_file_comes_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    steps: list[Step] = []
    with FileServer(CONTENT) as server:
        assert fetch(server.url, tmp_path / "m.gguf", on_step=steps.append) == HASH
    assert (tmp_path / "m.gguf").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["m.gguf"]
    assert {step.stage for step in steps} == {"download", "check"}
    assert all(step.total == len(CONTENT) for step in steps)


def test_a_connection_that_breaks_is_taken_up_again(tmp_path: Path) -> None:
    with FileServer(CONTENT, cut_after=1_000_000) as server:
        assert fetch(server.url, tmp_path / "m.gguf") == HASH
    assert server.requests[1][1]["range"] == "bytes=1000000-"
    assert server.requests[1][1]["if-range"] == '"v1"'


def test_a_cancelled_download_is_continued_by_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    seen: list[int] = []
    with FileServer(CONTENT) as server:
        with pytest.raises(Cancelled):
            fetch(server.url, file, on_step=lambda step: seen.append(step.done), cancelled=lambda: bool(seen))
        arrived = (tmp_path / "m.gguf.part").stat().st_size
        assert 0 < arrived < len(CONTENT)
        assert not file.exists()
        assert fetch(server.url, file) == HASH
    assert server.requests[1][1]["range"] == f"bytes={arrived}-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    with FileServer(CONTENT) as server:
        with pytest.raises(Cancelled):
            fetch(server.url, file, cancelled=lambda: True)
        server.content, server.etag = CONTENT[::-1], '"v2"'
        fetch(server.url, file)
    assert file.read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_gives_the_whole_again(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    with FileServer(CONTENT, ranges=False, cut_after=500_000) as server:
        assert fetch(server.url, file) == HASH


def test_without_a_mark_of_the_version_nothing_is_pieced_together(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    with FileServer(CONTENT, etag="", cut_after=500_000) as server:
        fetch(server.url, file)
    assert "range" not in server.requests[1][1]
    assert file.read_bytes() == CONTENT


def test_a_wrong_hash_removes_what_came(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server, pytest.raises(LabError, match="not what was asked for") as error:
        fetch(server.url, tmp_path / "m.gguf", sha256="0" * 64)
    assert HASH in error.value.what
    assert list(tmp_path.iterdir()) == []


def test_a_length_other_than_announced_is_refused(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server, pytest.raises(LabError, match="another length"):
        fetch(server.url, tmp_path / "m.gguf", size=len(CONTENT) + 1)


def test_a_server_that_always_breaks_off_ends_in_a_sentence_and_keeps_the_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaking(FileServer):
        def answer(self, handler: object) -> None:
            self.cut_after = 1000
            super().answer(handler)  # type: ignore[arg-type]

    with Breaking(CONTENT) as server, pytest.raises(LabError, match="broke off") as error:
        fetch(server.url, tmp_path / "m.gguf")
    assert "continues" in error.value.hint
    assert (tmp_path / "m.gguf.part").stat().st_size == 1000 * download.TRIES


@pytest.mark.parametrize(("status", "hint"), [(404, "Check the address"), (403, "licence"), (500, "later")])
def test_refusals_say_what_to_do(tmp_path: Path, status: int, hint: str) -> None:
    with FileServer(CONTENT, status=status) as server, pytest.raises(LabError, match=str(status)) as error:
        fetch(server.url, tmp_path / "m.gguf")
    assert hint in error.value.hint


def test_nobody_there(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        url = server.url
    with pytest.raises(LabError, match="no connection"):
        fetch(url, tmp_path / "m.gguf")


def test_a_full_disk_is_seen_before_anything_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with FileServer(CONTENT) as server, pytest.raises(LabError, match="There is no room"):
        fetch(server.url, tmp_path / "m.gguf")


def test_login_and_signature_of_an_address_are_kept_nowhere(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        url = server.url.replace("http://", "http://me:geheim@") + "?signature=geheim"
        with pytest.raises(Cancelled):
            fetch(url, tmp_path / "m.gguf", cancelled=lambda: True)
    assert "geheim" not in (tmp_path / "m.gguf.part.json").read_text()
