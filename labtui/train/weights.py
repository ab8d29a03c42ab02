"""Loads a GGUF as a transformers model in fp32, its weights dequantised.

transformers can do that too (gguf_file=), at 19 s for the 135M model; reading the file once and handing the
tensors over takes a quarter of it and gives the same tensors, bit by bit (tests/train/test_weights.py). The
tokenizer is converted by transformers and then kept in the cache, two megabytes a model.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labtui import paths
from labtui.errors import LabError
from labtui.serve.gguf_file import Header, read_header
from labtui.train import architectures
from labtui.train.architectures import Architecture

Say = Callable[[int, int], None]
"""(tensors done, tensors in all)"""

_LAYER = re.compile(r"blk\.(\d+)\.(\w+)\.weight")


def load_model(path: Path, say: Say) -> Any:
    """The model in evaluation mode, on CPU. Raises LabError for a file that is not a model we can train."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    header = read_header(path)
    architecture = architectures.find(str(header.fields.get("general.architecture", "")), str(path))
    settings = _settings(header, architecture, path)
    tensors, ropes = _tensors(header, architecture, settings, path, say)
    settings["tie_word_embeddings"] = "lm_head.weight" not in tensors
    config = LlamaConfig(**settings, use_cache=False, dtype="float32", attn_implementation="sdpa")
    try:
        model, report = LlamaForCausalLM.from_pretrained(
            None, config=config, state_dict=tensors, dtype=torch.float32, output_loading_info=True
        )
    except RuntimeError as error:
        raise LabError(f"Its tensors do not fit together: {error}.", where=str(path)) from error
    missing = [name for name in report["missing_keys"] if name != "lm_head.weight"]
    if missing or report["unexpected_keys"]:
        odd = ", ".join([*missing, *report["unexpected_keys"]][:3])
        raise LabError(f"Its tensors are not those of a llama model: {odd}.", where=str(path))
    if ropes is not None:
        # Llama 3.1 and later write their long-context scaling as one factor a frequency.
        model.model.rotary_emb.inv_freq /= ropes
    return model.eval()


def _settings(header: Header, architecture: Architecture, path: Path) -> dict[str, Any]:
    """The arguments of LlamaConfig."""

    def of(key: str, default: Any = None) -> Any:
        value = header.fields.get(f"{architecture.name}.{key}", default)
        if value is None:
            raise LabError(f"The model file does not say its {architecture.name}.{key}.", where=str(path))
        return value

    shapes = {name: shape for name, shape, _, _ in header.tensors}
    if "token_embd.weight" not in shapes:
        raise LabError("The model file has no token embeddings.", where=str(path))
    heads, hidden = int(of("attention.head_count")), int(of("embedding_length"))
    return {
        "vocab_size": shapes["token_embd.weight"][1],
        "hidden_size": hidden,
        "intermediate_size": int(of("feed_forward_length")),
        "num_hidden_layers": int(of("block_count")),
        "num_attention_heads": heads,
        "num_key_value_heads": int(of("attention.head_count_kv", heads)),
        "head_dim": int(of("attention.key_length", hidden // heads)),
        "rms_norm_eps": float(of("attention.layer_norm_rms_epsilon")),
        "rope_parameters": {"rope_type": "default", "rope_theta": float(of("rope.freq_base", 10000.0))},
        "max_position_embeddings": int(of("context_length")),
        "bos_token_id": header.fields.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": header.fields.get("tokenizer.ggml.eos_token_id"),
    }


def _tensors(
    header: Header, architecture: Architecture, settings: dict[str, Any], path: Path, say: Say
) -> tuple[dict[str, Any], Any]:
    """Dequantised tensors by their Hugging Face names, and the rope factors where the file has them."""
    import numpy
    import torch

    heads = {"attn_q": settings["num_attention_heads"], "attn_k": settings["num_key_value_heads"]}
    data = numpy.memmap(path, dtype=numpy.uint8, mode="r")
    found: dict[str, Any] = {}
    ropes = None
    for count, (tensor, shape, kind, offset) in enumerate(header.tensors, 1):
        values = _dequantise(data, header.data_start + offset, shape, kind, f"{path}: {tensor}")
        if tensor == "rope_freqs.weight":
            ropes = torch.from_numpy(values)
            continue
        layer = _LAYER.fullmatch(tensor)
        part = layer[2] if layer else tensor.removesuffix(".weight")
        table = architecture.layers if layer else architecture.outside
        if part not in table:
            raise LabError(f"Its tensor {tensor} is not one of a llama model.", where=str(path))
        if part in architecture.interleaved:
            values = architectures.from_gguf_rows(values, heads[part])
        name = f"model.layers.{layer[1]}.{table[part]}.weight" if layer else f"{table[part]}.weight"
        found[name] = torch.from_numpy(values)
        say(count, len(header.tensors))
    return found, ropes


def _dequantise(data: Any, start: int, shape: tuple[int, ...], kind: int, where: str) -> Any:
    """One tensor as fp32, rows first, in memory of its own. Raises LabError."""
    import numpy
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
    from gguf.quants import dequantize

    try:
        block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        rows = math.prod(shape[1:])
        raw = data[start : start + rows * shape[0] // block * block_bytes].reshape(rows, -1)
        quantisation = GGMLQuantizationType(kind)
        plain = {GGMLQuantizationType.F32: numpy.float32, GGMLQuantizationType.F16: numpy.float16}
        values = raw.view(plain[quantisation]) if quantisation in plain else dequantize(raw, quantisation)
    except (NotImplementedError, KeyError, ValueError) as error:
        raise LabError(
            f"The tensor cannot be read: {error}.",
            where=where,
            hint="Take a GGUF of the same model as F16, Q8_0, Q4_1 or Q4_K_M, or add this one again.",
        ) from error
    # A copy, also of what lies in the file as it is: the model must not change with the file.
    return numpy.array(values, dtype=numpy.float32).reshape(shape[::-1])


def load_tokenizer(path: Path, sha256: str = "") -> Any:
    """The tokenizer with its chat template. Raises LabError for a model without one."""
    from transformers import AutoTokenizer

    digest = sha256 or _digest(path)
    kept = paths.cache_dir() / "tokenizers" / digest
    if not (kept / "tokenizer_config.json").is_file():
        _convert(path, kept)
    tokenizer = AutoTokenizer.from_pretrained(kept, local_files_only=True, trust_remote_code=False)
    if not tokenizer.chat_template:
        raise LabError(
            "The model has no chat template, so conversations cannot be put to it.",
            where=str(path),
            hint="Train an instruct or chat model.",
        )
    return tokenizer


def _convert(path: Path, folder: Path) -> None:
    """Writes the tokenizer in a GGUF as a folder, whole or not at all."""
    from transformers import AutoTokenizer

    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".tokenizer.", dir=folder.parent))
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            path.parent, gguf_file=path.name, local_files_only=True, trust_remote_code=False
        )
        tokenizer.save_pretrained(temporary)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(temporary, folder)
    except (ValueError, KeyError, NotImplementedError) as error:
        raise LabError(f"The tokenizer in the model file cannot be read: {error}.", where=str(path)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
