"""A llama model of random weights and a few kilobytes, as GGUF: real for every engine, and quick."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CHATML = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are tiny.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""As SmolLM2's: it adds a system turn of its own."""
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LAYERS, HIDDEN, INNER, HEADS, KV_HEADS, CONTEXT = 2, 64, 128, 4, 2, 256


def write_tiny(path: Path, *, seed: int = 1, template: str = CHATML, kind: str = "F32", **changes: Any) -> Path:
    """Writes the model. `kind` is the type of its matrices; `changes` replace header fields (None leaves one out)."""
    import gguf
    import numpy

    random = numpy.random.default_rng(seed)
    quantisation = gguf.GGMLQuantizationType[kind]
    tokens, types, merges = _vocabulary()
    writer = gguf.GGUFWriter(path, changes.pop("architecture", "llama"))
    fields: dict[str, Any] = {
        "block_count": LAYERS,
        "context_length": CONTEXT,
        "embedding_length": HIDDEN,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": KV_HEADS,
        "rope.dimension_count": HIDDEN // HEADS,
        "vocab_size": len(tokens),
        **changes,
    }
    for key, value in fields.items():
        if value is not None:
            writer.add_uint32(f"llama.{key}", value)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_float32("llama.rope.freq_base", 10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    for name, place in (("bos", 1), ("eos", 2), ("unk", 0), ("pad", 2)):
        getattr(writer, f"add_{name}_token_id")(len(tokens) - len(SPECIAL) + place)
    writer.add_bool("tokenizer.ggml.add_bos_token", False)
    if template:
        writer.add_chat_template(template)

    def add(name: str, rows: int, columns: int) -> None:
        values = (random.standard_normal((rows, columns)) * 0.15).astype(numpy.float32)
        writer.add_tensor(name, gguf.quants.quantize(values, quantisation), raw_dtype=quantisation)

    add("token_embd.weight", len(tokens), HIDDEN)
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            values = 1 + 0.1 * random.standard_normal(HIDDEN)
            writer.add_tensor(f"blk.{layer}.{norm}.weight", values.astype(numpy.float32))
        add(f"blk.{layer}.attn_q.weight", HIDDEN, HIDDEN)
        add(f"blk.{layer}.attn_k.weight", HIDDEN * KV_HEADS // HEADS, HIDDEN)
        add(f"blk.{layer}.attn_v.weight", HIDDEN * KV_HEADS // HEADS, HIDDEN)
        add(f"blk.{layer}.attn_output.weight", HIDDEN, HIDDEN)
        add(f"blk.{layer}.ffn_gate.weight", INNER, HIDDEN)
        add(f"blk.{layer}.ffn_up.weight", INNER, HIDDEN)
        add(f"blk.{layer}.ffn_down.weight", HIDDEN, INNER)
    writer.add_tensor("output_norm.weight", numpy.ones(HIDDEN, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> tuple[list[str], list[int], list[str]]:
    """Every byte as GPT-2 writes it, a few merged pairs, and the special tokens."""
    shown = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(byte) if byte in shown else chr(0x100 + place) for place, byte in enumerate(_hidden_first(shown))]
    merges = ["t h", "th e", "Ġ t", "Ġ a", "i n", "e r", "o n", "Ġ s", "s t", "Ġ w"]
    tokens = [*letters, *(merge.replace(" ", "") for merge in merges), *SPECIAL]
    normal, control = 1, 3
    return tokens, [normal] * (len(tokens) - len(SPECIAL)) + [control] * len(SPECIAL), merges


def _hidden_first(shown: list[int]) -> list[int]:
    """All bytes, those GPT-2 cannot show first: their stand-ins are numbered in this order."""
    return [*(byte for byte in range(256) if byte not in shown), *shown]


def sample(number: int, question: str = "", answer: str = "", **more: Any) -> dict[str, Any]:
    messages = [
        {"role": "user", "content": question or f"What is the {number} thing?"},
        {"role": "assistant", "content": answer or f"It is in the answer {number * 7}."},
    ]
    return {"id": f"s{number}", "messages": messages, "metadata": "{}", "unmask": False, **more}


def write_data(path: Path, samples: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in samples), encoding="utf-8")
    return path
