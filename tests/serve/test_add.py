from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from pathlib import Path

import pytest

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.serve import add
from labtui.serve.add import add_model, default_name
from labtui.serve.download import Cancelled
from labtui.serve.models import list_models
from labtui.settings import Settings
from tests.serve.file_server import FileServer
from tests.serve.tiny import write_gguf


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "Tiny Model.Q4.gguf")


def names() -> list[str]:
    return [info.name for info in list_models(None, Settings())]


def folders() -> list[str]:
    return sorted(path.name for path in paths.models_dir().glob("[!.]*"))


def test_a_file_is_linked_and_not_copied(tiny: Path) -> None:
    info = add_model(str(tiny))
    assert info.name == "tiny-model.q4"
    assert info.stored == "linked"
    assert os.path.samefile(info.path, tiny)
    assert info.sha256 == hashlib.sha256(tiny.read_bytes()).hexdigest()
    assert names() == ["tiny-model.q4"]


def test_a_linked_model_outlives_its_file(tiny: Path) -> None:
    info = add_model(str(tiny))
    tiny.unlink()
    assert not info.missing


def test_a_file_that_cannot_be_linked_stays_where_it_is(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    info = add_model(str(tiny))
    assert (info.stored, info.path) == ("referenced", str(tiny))
    tiny.unlink()
    assert list_models(None, Settings())[0].missing


def test_a_copy_is_a_file_of_its_own(tiny: Path) -> None:
    info = add_model(str(tiny), copy=True)
    assert info.stored == "own"
    assert not os.path.samefile(info.path, tiny)
    assert Path(info.path).read_bytes() == tiny.read_bytes()


def test_a_folder_with_one_model_is_that_model(tiny: Path) -> None:
    assert add_model(str(tiny.parent), "x").name == "x"
    write_gguf(tiny.parent / "other.gguf")
    with pytest.raises(UsageError, match="2 GGUF files"):
        add_model(str(tiny.parent), "y")


@pytest.mark.parametrize("source", ["", "nowhere.gguf", "ftp://host/x.gguf", "hf:no-slash", "http:///x"])
def test_sources_that_are_none_leave_nothing(source: str) -> None:
    with pytest.raises(UsageError):
        add_model(source)
    assert folders() == []


def test_a_broken_file_leaves_nothing(tmp_path: Path, tiny: Path) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(tiny.read_bytes()[:-1])
    with pytest.raises(LabError, match="cut short"):
        add_model(str(short))
    assert (folders(), names()) == ([], [])


def test_a_wrong_hash_leaves_nothing(tiny: Path) -> None:
    with pytest.raises(LabError, match="wanted was"):
        add_model(str(tiny), sha256="0" * 64)
    with pytest.raises(UsageError, match="64 hexadecimal"):
        add_model(str(tiny), sha256="abc")
    assert folders() == []


def test_the_same_again_is_the_same_and_another_needs_a_name(tiny: Path, tmp_path: Path) -> None:
    first = add_model(str(tiny), "tiny")
    assert add_model(str(tiny), "tiny") == first
    other = write_gguf(tmp_path / "other.gguf", template=None)
    with pytest.raises(UsageError, match="already") as error:
        add_model(str(other), "tiny")
    assert "--name" in error.value.hint


@pytest.mark.parametrize("name", ["../up", ".hidden", "a/b", "", "x" * 100, "a\x1b[2J"])
def test_names_that_are_no_folder_names(tiny: Path, name: str) -> None:
    if not name:
        assert add_model(str(tiny), name).name == "tiny-model.q4"
        return
    with pytest.raises(UsageError, match="cannot be a model's name"):
        add_model(str(tiny), name)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("demo", "smollm2-135m"),
        ("/a/b/Qwen 3-0.6B.Q8_0.GGUF", "qwen-3-0.6b.q8_0"),
        ("https://host/x%20y.gguf?sig=1", "x-y"),
        ("hf:org/Name-GGUF:Q4_K_M", "name"),
        ("hf:org/name_gguf@main", "name"),
        ("https://host/", "model"),
        ("日本.gguf", "model"),
    ],
)
def test_names_by_default(source: str, name: str) -> None:
    assert default_name(source) == name


def test_an_address(tiny: Path) -> None:
    with FileServer(tiny.read_bytes()) as server:
        info = add_model(server.url, "web")
    assert (info.stored, info.source) == ("own", server.url)
    assert folders() == ["web"]
    assert [path.name for path in (paths.models_dir() / "web").iterdir() if "part" in path.name] == []


def test_an_address_that_gives_something_else(tmp_path: Path) -> None:
    with FileServer(b"<html>login</html>") as server, pytest.raises(LabError, match="web page"):
        add_model(server.url, "web")
    assert folders() == []


def test_an_addition_broken_off_is_no_model_and_is_continued(tiny: Path) -> None:
    content = tiny.read_bytes() + bytes(3_000_000)
    with FileServer(content) as server:
        with pytest.raises(Cancelled):
            add_model(server.url, "web", cancelled=lambda: True)
        assert (folders(), names()) == (["web"], [])
        add_model(server.url, "web")
    assert "range" in server.requests[1][1]
    assert names() == ["web"]


def test_two_additions_of_one_name_do_not_meet(tiny: Path) -> None:
    paths.models_dir().joinpath(".adding").mkdir(parents=True)
    with open(paths.models_dir() / ".adding" / "x", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(LabError, match="being added already"):
            add_model(str(tiny), "x")


def test_an_adapter_keeps_its_base(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", general__type="adapter")
    info = add_model(str(path), "tuned", base="smollm2-135m")
    assert (info.kind, info.base) == ("adapter", "smollm2-135m")
    assert info.file.is_file()


def test_a_store_that_cannot_be_written(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = paths.data_dir()
    blocker.parent.mkdir(parents=True, exist_ok=True)
    blocker.write_text("a file where the store should be")
    with pytest.raises(LabError, match="cannot be stored"):
        add_model(str(tiny))


HUB = {"id": "org/tiny", "sha": "c" * 40}


def entry(name: str, content: bytes) -> dict[str, object]:
    size = len(content)
    lfs = {"sha256": hashlib.sha256(content).hexdigest(), "size": size, "pointerSize": 100}
    return {"rfilename": name, "size": size, "blobId": "b", "lfs": lfs}


def test_a_model_from_the_hub(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tiny.read_bytes()
    siblings = [entry("tiny.Q8_0.gguf", content), entry("tiny.Q4_K_M.gguf", content), {"rfilename": "README.md"}]
    with FileServer(content, cut_after=900, hub={**HUB, "siblings": siblings}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.root)
        info = add_model("hf:org/tiny-GGUF")
    asked, first, second = server.requests[:3]
    assert asked[0].startswith("/api/models/org/tiny-GGUF")
    # The smaller of the two, fixed to the commit the hub named, and continued after the cut.
    assert first[0] == f"/org/tiny-GGUF/resolve/{'c' * 40}/tiny.Q4_K_M.gguf"
    assert second[1]["range"] == "bytes=900-"
    assert (info.name, info.source) == ("tiny", "hf:org/tiny-GGUF")


def test_a_file_of_the_hub_with_another_hash_is_removed(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tiny.read_bytes()
    other = content[:-1] + b"?"
    with FileServer(other, hub={**HUB, "siblings": [entry("tiny.gguf", content)]}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.root)
        with pytest.raises(LabError, match="not what was asked for"):
            add_model("hf:org/tiny:tiny.gguf", "x")
    assert (folders(), names()) == ([], [])


def test_a_file_of_the_hub_cut_short_for_good(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tiny.read_bytes()
    with FileServer(content[:1000], hub={**HUB, "siblings": [entry("tiny.gguf", content)]}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.root)
        with pytest.raises(LabError, match="another length"):
            add_model("hf:org/tiny", "x")
    assert names() == []


@pytest.mark.parametrize(
    ("source", "siblings", "said"),
    [
        ("hf:org/tiny", [], "no GGUF file"),
        ("hf:org/tiny:Q5", ["a.Q4_0.gguf", "a.Q8_0.gguf"], "names no file"),
        ("hf:org/tiny:a", ["a.Q4_0.gguf", "a.Q8_0.gguf"], "fits 2 files"),
        ("hf:org/tiny", ["one.gguf", "two.gguf"], "2 GGUF files"),
    ],
)
def test_the_hub_has_not_quite_that(
    source: str, siblings: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileServer(b"", hub={**HUB, "siblings": [entry(name, b"x") for name in siblings]}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.root)
        with pytest.raises(UsageError, match=said) as error:
            add_model(source)
    assert error.value.hint
    assert folders() == []


def test_the_hub_does_not_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with FileServer(b"") as server:
        monkeypatch.setenv("HF_ENDPOINT", server.root)
        with pytest.raises(LabError, match="no such model"):
            add_model("hf:org/nothing")


def test_the_hub_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with FileServer(b"") as server:
        root = server.root
    monkeypatch.setenv("HF_ENDPOINT", root)
    with pytest.raises(LabError, match="cannot be reached"):
        add_model("hf:org/nothing")


def test_a_progress_that_is_watched_from_another_thread(tiny: Path) -> None:
    from labtui.operations import models

    ended = threading.Event()
    addition = models.begin_adding(str(tiny), "seen", lambda one: ended.set() if one.ended else None)
    assert ended.wait(30)
    assert addition.info is not None
    assert addition.info.name == "seen"
    assert add.default_name(str(tiny)) == "tiny-model.q4"
    models.ADDITIONS.clear()
