"""Loading a GGUF: the same tensors and tokens as transformers' own loader gives, and sentences for the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labtui.errors import LabError
from labtui.train.weights import load_model, load_tokenizer
from tests.train.tiny import write_tiny

PLAIN = "<|im_start|>user\nhi<|im_end|>\n"


def quiet(done: int, total: int) -> None:
    return


def by_transformers(path: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)


def assert_same(path: Path) -> None:
    import torch

    ours, theirs = load_model(path, quiet).state_dict(), by_transformers(path).state_dict()
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert torch.equal(ours[name], weight), name


@pytest.mark.parametrize("kind", ["F32", "F16", "Q8_0", "Q4_1"])
def test_every_tensor_equals_what_transformers_reads(tmp_path: Path, kind: str) -> None:
    assert_same(write_tiny(tmp_path / "m.gguf", kind=kind))


@pytest.mark.model
def test_the_real_model_equals_what_transformers_reads(demo_gguf: Path) -> None:
    assert_same(demo_gguf)


@pytest.mark.model
def test_the_real_tokenizer_cuts_text_as_the_engine_does(demo_gguf: Path) -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    tokenizer = load_tokenizer(demo_gguf)
    engine = llama_cpp.Llama(str(demo_gguf), vocab_only=True, verbose=False)
    for text in ("In 2024, 3 of 17 birds", "it's  two   spaces\n\n\ttabs", "四十雀 🙂 naïve", PLAIN):
        expected = engine.tokenize(text.encode(), add_bos=False, special=True)
        assert tokenizer.encode(text, add_special_tokens=False) == expected, text


def test_the_model_does_not_hang_on_to_the_file(tmp_path: Path) -> None:
    import torch

    path = write_tiny(tmp_path / "m.gguf")
    model = load_model(path, quiet)
    before = model.model.embed_tokens.weight.clone()
    path.write_bytes(bytes(path.stat().st_size))
    assert torch.equal(model.model.embed_tokens.weight, before)


def test_progress_counts_every_tensor(tiny: Path) -> None:
    seen: list[tuple[int, int]] = []
    load_model(tiny, lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, seen[0][1] + 1))


def test_a_tokenizer_is_converted_once(tiny: Path, clean_environment: Path) -> None:
    first = load_tokenizer(tiny, "abc")
    kept = clean_environment / "cache" / "labtui" / "tokenizers" / "abc"
    assert {path.name for path in kept.parent.iterdir()} == {"abc"}
    stamp = (kept / "tokenizer.json").stat().st_mtime_ns
    second = load_tokenizer(tiny, "abc")
    assert (kept / "tokenizer.json").stat().st_mtime_ns == stamp
    assert second.encode("the thing") == first.encode("the thing")
    assert second.eos_token == "<|im_end|>"


def test_another_architecture_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="architecture 'mamba'"):
        load_model(write_tiny(tmp_path / "m.gguf", architecture="mamba"), quiet)


def test_a_missing_header_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"llama\.block_count"):
        load_model(write_tiny(tmp_path / "m.gguf", block_count=None), quiet)


def test_missing_layers_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"model\.layers\.2"):
        load_model(write_tiny(tmp_path / "m.gguf", block_count=3), quiet)


def test_tensors_that_do_not_fit_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError):
        load_model(write_tiny(tmp_path / "m.gguf", feed_forward_length=96), quiet)


def test_no_chat_template_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no chat template"):
        load_tokenizer(write_tiny(tmp_path / "m.gguf", template=""))
