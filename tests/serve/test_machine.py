from __future__ import annotations

import socket
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from labtui.serve import machine
from labtui.serve.gguf_file import Header, cache_bytes, read_header
from labtui.serve.machine import port_taken, slots_for, threads_for

Memory = namedtuple("Memory", "total")
MB, GB = 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("cores", "size", "single"),
    [(1, 98 * MB, 1), (2, 98 * MB, 1), (16, 98 * MB, 3), (2, 1 * GB, 2), (8, 4 * GB, 8), (4, 1, 1)],
)
def test_a_small_model_answers_with_few_threads(
    cores: int, size: int, single: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "physical_cores", lambda: cores)
    assert threads_for(size) == (single, cores)


def test_cores_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= machine.physical_cores() <= (psutil.cpu_count() or 1)
    monkeypatch.setattr(machine, "_quota", lambda: 1)
    assert machine.physical_cores() == 1


@pytest.mark.parametrize(("window", "slots"), [(0, 4), (100 * MB, 4), (150 * MB, 3), (5 * GB, 1)])
def test_every_conversation_has_a_whole_window(window: int, slots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(8 * GB))
    assert slots_for(4, window) == slots


def test_what_a_token_of_a_window_takes() -> None:
    fields = {
        "general.architecture": "llama",
        "llama.block_count": 30,
        "llama.embedding_length": 576,
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
    }
    assert cache_bytes(Header(fields, [], 0)) == 30 * 3 * (64 + 64) * 2
    assert cache_bytes(Header({}, [], 0)) == 0


@pytest.mark.model
def test_what_a_token_of_the_demos_window_takes(demo_gguf: Path) -> None:
    assert cache_bytes(read_header(demo_gguf)) == 23_040


def test_a_port_somebody_holds() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        assert port_taken("127.0.0.1", holder.getsockname()[1])
    assert port_taken("127.0.0.1", 0) == ""
