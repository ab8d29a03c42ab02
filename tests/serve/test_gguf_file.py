from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtui.errors import LabError
from labtui.serve import gguf_file
from tests.serve.tiny import write_gguf


def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "tiny.gguf")
    info = gguf_file.describe(path, name="tiny")
    assert (info.kind, info.architecture, info.context, info.template) == ("gguf", "llama", 2048, True)
    assert (info.parameters, info.quantization, info.licence) == (256, "F32", "apache-2.0")
    assert info.size == path.stat().st_size


def test_a_missing_chat_template_is_seen(tmp_path: Path) -> None:
    assert not gguf_file.describe(write_gguf(tmp_path / "tiny.gguf", template=None), name="tiny").template


def test_an_adapter_is_told_from_a_model(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", general__type="adapter", adapter__type="lora")
    assert gguf_file.describe(path, name="a").kind == "adapter"


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    """Wherever a download breaks off, the file is refused with a sentence."""
    whole = write_gguf(tmp_path / "tiny.gguf").read_bytes()
    short = tmp_path / "short.gguf"
    for length in [*range(0, len(whole) - 1, 97), len(whole) - 1]:
        short.write_bytes(whole[:length])
        with pytest.raises(LabError) as error:
            gguf_file.describe(short, name="short")
        assert error.value.where == str(short)
        if length >= 24:
            assert "cut short" in error.value.what


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.bin", b"\x80\x02ccollections\nOrderedDict\n", "PyTorch"),
        ("model.gguf", b"PK\x03\x04" + bytes(40), "PyTorch file or an archive"),
        ("model.safetensors", struct.pack("<Q", 20) + b'{"a":{}}', "safetensors"),
        ("model.gguf", b"<!DOCTYPE html><html>", "web page"),
        ("model.gguf", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        ("model.gguf", b"", "empty"),
        ("notes.txt", b"hello, this is text", "not GGUF"),
        ("old.gguf", b"GGUF" + struct.pack("<IQQ", 1, 1, 1), "version 1"),
        ("big.gguf", b"GGUF" + struct.pack(">I", 3) + struct.pack("<QQ", 1, 1), "big-endian"),
        ("mad.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60), "damaged"),
        ("mad.gguf", b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", 2**62), "damaged"),
    ],
)
def test_foreign_files_get_a_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LabError, match=said) as error:
        gguf_file.describe(path, name="x")
    assert error.value.hint


def test_parts_and_picture_encoders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="one of 3 parts"):
        gguf_file.describe(write_gguf(tmp_path / "part.gguf", split__count=3), name="x")
    with pytest.raises(LabError, match="picture part"):
        gguf_file.describe(write_gguf(tmp_path / "clip.gguf", architecture="clip"), name="x")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 700), value=st.integers(0, 255))
def test_damage_never_ends_in_anything_but_facts_or_a_sentence(tmp_path: Path, place: int, value: int) -> None:
    path = tmp_path / "tiny.gguf"
    whole = bytearray((path if path.exists() else write_gguf(path)).read_bytes())
    before = bytes(whole)
    whole[place % len(whole)] = value
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(whole)
    try:
        gguf_file.describe(damaged, name="x")
    except LabError as error:
        assert error.what
    assert path.read_bytes() == before
