"""Small GGUF files for tests, written with the gguf package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np


def write_gguf(path: Path, *, template: str | None = "{{ messages }}", **fields: Any) -> Path:
    """A file with every part of a model's header and one tensor of 64 x 4 numbers. No engine can run it."""
    writer = gguf.GGUFWriter(path, fields.pop("architecture", "llama"))
    writer.add_context_length(2048)
    writer.add_license("apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_token_list([f"token{number}" for number in range(100)])
    if template is not None:
        writer.add_chat_template(template)
    for name, value in fields.items():
        key = name.replace("__", ".")
        if isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, value)
    writer.add_tensor("token_embd.weight", np.zeros((4, 64), dtype=np.float32))
    return _write(writer, path)


def write_adapter(path: Path, base: Path, *, scale: float = 0.0, rank: int = 4) -> Path:
    """A LoRA for all of a model's attention outputs; with scale 0 it changes nothing, with more it does."""
    reader = gguf.GGUFReader(base)
    shapes = {tensor.name: tensor.shape for tensor in reader.tensors}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    random = np.random.default_rng(7)
    for name, shape in shapes.items():
        if name.endswith("attn_output.weight"):
            wide, high = int(shape[0]), int(shape[1])
            writer.add_tensor(f"{name}.lora_a", random.normal(size=(rank, wide)).astype(np.float32))
            writer.add_tensor(f"{name}.lora_b", scale * random.normal(size=(high, rank)).astype(np.float32))
    return _write(writer, path)


def _write(writer: gguf.GGUFWriter, path: Path) -> Path:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
