"""An adapter written as GGUF does in the engines what PEFT does: the same next-token distribution."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from labtui.errors import LabError
from labtui.train import adapter_gguf, architectures
from labtui.train.arguments import TrainArguments
from labtui.train.loop import add_adapter
from labtui.train.weights import load_model, load_tokenizer
from tests.train.tiny import HEADS, KV_HEADS

PROMPT = "<|im_start|>user\nthe thing in the water<|im_end|>\n<|im_start|>assistant\n"


def adapted(path: Path, folder: Path, *, heads: int = HEADS, kv_heads: int = KV_HEADS, alpha: float = 12.0) -> Any:
    """A model with a random adapter that matters, saved as GGUF in `folder`."""
    import torch
    from peft import get_peft_model_state_dict

    arguments = TrainArguments(data="", model="m", model_path=str(path), name="a", out="", rank=4, alpha=alpha)
    model = add_adapter(load_model(path, lambda done, total: None), arguments).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=0.08)
    tensors = {name: weight.numpy() for name, weight in get_peft_model_state_dict(model).items()}
    adapter_gguf.write(
        folder / "adapter.gguf",
        tensors,
        architectures.LLAMA,
        alpha=alpha,
        heads=heads,
        kv_heads=kv_heads,
        name="a",
    )
    return model


def by_peft(model: Any, tokens: list[int]) -> Any:
    import torch

    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0, -1].double().log_softmax(-1)


def by_llama(path: Path, tokens: list[int], adapter: Path | None = None, scale: float = 1.0) -> Any:
    import torch

    llama_cpp = pytest.importorskip("llama_cpp")
    lora = {"lora_path": str(adapter), "lora_scale": scale} if adapter else {}
    engine = llama_cpp.Llama(str(path), n_ctx=256, logits_all=True, verbose=False, n_threads=2, **lora)
    engine.eval(tokens)
    return torch.tensor(engine.scores[len(tokens) - 1]).double().log_softmax(-1)


def divergence(of: Any, other: Any) -> float:
    return float((of.exp() * (of - other)).sum())


def test_the_engine_agrees_with_peft_on_the_tiny_model(tiny: Path, tmp_path: Path) -> None:
    model = adapted(tiny, tmp_path)
    tokens = load_tokenizer(tiny).encode(PROMPT, add_special_tokens=False)
    expected = by_peft(model, tokens)
    with model.disable_adapter():
        base = by_peft(model, tokens)
    served = by_llama(tiny, tokens, tmp_path / "adapter.gguf")
    # The engine rounds activations to half precision in places; the adapter moves far more than that.
    assert divergence(base, expected) > 0.05
    assert divergence(expected, served) < 0.002
    assert divergence(base, by_llama(tiny, tokens)) < 0.002


def test_at_scale_zero_the_engine_gives_the_base(tiny: Path, tmp_path: Path) -> None:
    adapted(tiny, tmp_path)
    tokens = load_tokenizer(tiny).encode(PROMPT, add_special_tokens=False)
    silent = by_llama(tiny, tokens, tmp_path / "adapter.gguf", scale=0.0)
    assert float((silent - by_llama(tiny, tokens)).abs().max()) < 1e-5


def test_the_row_order_of_queries_and_keys_matters_and_is_right(tiny: Path, tmp_path: Path) -> None:
    """Unpermuted rows are a valid file that says something else: the comparison above would notice."""
    model = adapted(tiny, tmp_path, heads=1, kv_heads=1)
    tokens = load_tokenizer(tiny).encode(PROMPT, add_special_tokens=False)
    assert divergence(by_peft(model, tokens), by_llama(tiny, tokens, tmp_path / "adapter.gguf")) > 0.01


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_the_row_orders_are_inverse(heads: int) -> None:
    import numpy

    rows = numpy.arange(16 * 3).reshape(16, 3)
    there = architectures.to_gguf_rows(rows, heads)
    assert (architectures.from_gguf_rows(there, heads) == rows).all()
    assert sorted(there[:, 0]) == sorted(rows[:, 0])


def test_what_a_gguf_adapter_cannot_hold_is_refused(tmp_path: Path) -> None:
    import numpy

    tensors = {"base_model.model.model.embed_tokens.lora_embedding_A": numpy.zeros((2, 2), dtype=numpy.float32)}
    with pytest.raises(LabError, match="embed_tokens"):
        adapter_gguf.write(
            tmp_path / "adapter.gguf", tensors, architectures.LLAMA, alpha=1, heads=1, kv_heads=1, name="a"
        )
    assert not (tmp_path / "adapter.gguf").exists()


@pytest.mark.model
def test_both_engines_agree_with_peft_on_the_real_quantised_model(demo_gguf: Path, tmp_path: Path) -> None:
    model = adapted(demo_gguf, tmp_path, heads=9, kv_heads=3, alpha=12.0)
    tokens = load_tokenizer(demo_gguf).encode(PROMPT, add_special_tokens=False)
    expected = by_peft(model, tokens)
    with model.disable_adapter():
        base = by_peft(model, tokens)
    assert divergence(base, expected) > 0.1
    assert divergence(expected, by_llama(demo_gguf, tokens, tmp_path / "adapter.gguf")) < 0.05
    likeliest = by_xllamacpp(demo_gguf, tmp_path / "adapter.gguf")
    for token, logprob in likeliest.items():
        assert math.exp(logprob) == pytest.approx(math.exp(float(expected[token])), abs=0.05)


def by_xllamacpp(path: Path, adapter: Path) -> dict[int, float]:
    """The five likeliest next tokens with their log probabilities."""
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 256
    params.cpuparams.n_threads = 2
    params.warmup = False
    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path, lora.scale = str(adapter), 1.0
    params.lora_adapters = [lora]
    server = xllamacpp.Server(params)
    asked = {"prompt": PROMPT, "max_tokens": 1, "logprobs": 5, "temperature": 1.0, "cache_prompt": False}
    answer = server.handle_completions(asked)
    if isinstance(answer, str | bytes):
        answer = json.loads(answer)
    first = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    return {entry["id"]: entry["logprob"] for entry in first}
