"""Writes a LoRA adapter as GGUF, the form llama.cpp's engines load."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from labtui.errors import LabError
from labtui.train import architectures
from labtui.train.architectures import Architecture

_NAME = re.compile(r"base_model\.model\.model\.layers\.(\d+)\.([\w.]+)\.lora_([AB])\.weight")


def write(
    path: Path,
    tensors: dict[str, Any],
    architecture: Architecture,
    *,
    alpha: float,
    heads: int,
    kv_heads: int,
    name: str,
) -> None:
    """Writes `tensors` (numpy, by PEFT's names) to `path`, whole or not at all.

    Raises LabError for a tensor that a GGUF adapter cannot hold, such as one on the embeddings.
    """
    import gguf
    import numpy

    temporary = path.with_name(f".{path.name}.partial")
    writer = gguf.GGUFWriter(temporary, architecture.name)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_name(name)
    parts = {module: part for part, module in architecture.layers.items()}
    for key, values in sorted(tensors.items()):
        match = _NAME.fullmatch(key)
        if match is None or match[2] not in parts:
            raise LabError(f"The adapter changes {key}, which a GGUF adapter cannot hold.", where=str(path))
        part = parts[match[2]]
        rows = numpy.asarray(values, dtype=numpy.float32)
        if match[3] == "B" and part in architecture.interleaved:
            rows = architectures.to_gguf_rows(rows, heads if part == "attn_q" else kv_heads)
        writer.add_tensor(f"blk.{match[1]}.{part}.weight.lora_{match[3].lower()}", numpy.ascontiguousarray(rows))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(temporary, path)
