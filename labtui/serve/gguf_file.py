"""What a GGUF file says about itself, read from its header alone and checked against the file's length.

The header is walked here and not by the gguf package's reader: a damaged or hostile file then costs bounded
memory and ends in a sentence, and a vocabulary of 150,000 tokens costs milliseconds. The package still says
how large each quantised type is.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import IO, Any

import msgspec

from labtui.errors import LabError, MissingExtra
from labtui.serve.models import ModelInfo

MAGIC = b"GGUF"
MOST_ENTRIES = 1_000_000
LONGEST_TEXT = 16 * 1024 * 1024
LONGEST_ARRAY = 64_000_000
_SIMPLE = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9

NO_TEMPLATE = (
    "has no chat template: it was probably not made for conversation. ChatML is assumed.\n"
    "Prefer the model's instruct (-it, -chat) variant."
)


class Header(msgspec.Struct, frozen=True):
    """A GGUF's metadata (arrays left out) and tensors as (name, shape, type, offset into the data)."""

    fields: dict[str, Any]
    tensors: list[tuple[str, tuple[int, ...], int, int]]
    data_start: int


def read_header(path: Path) -> Header:
    """Raises LabError where the file cannot be read, is no GGUF, or ends inside its header."""
    try:
        with open(path, "rb") as stream:
            return _walk(stream, path)
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(path)) from error


def describe(path: Path, *, name: str, source: str = "") -> ModelInfo:
    """The facts of a model or adapter file; its hash is left to the caller. Raises LabError."""
    header = read_header(path)
    size = path.stat().st_size
    parameters, needed, largest = _measure(header, path)
    if size < needed:
        raise LabError(
            f"The file is cut short: it holds {size:,} of {needed:,} bytes.",
            where=str(path),
            hint="Fetch it again; an interrupted download is continued by the same command.",
        )
    fields = header.fields
    architecture = str(fields.get("general.architecture", ""))
    adapter = fields.get("general.type") == "adapter"
    if architecture == "clip" or fields.get("general.type") == "mmproj":
        raise LabError(
            "The file is the picture part of a model, not a language model.",
            where=str(path),
            hint="Add the model's other GGUF file.",
        )
    if _number(fields.get("split.count")) > 1:
        raise LabError(
            f"The file is one of {fields['split.count']} parts of a model.",
            where=str(path),
            hint="Join the parts first: llama-gguf-split --merge FIRST-PART.gguf WHOLE.gguf",
        )
    if not architecture or (not adapter and not header.tensors):
        raise LabError(
            "The file is GGUF, but holds no language model.", where=str(path), hint="Choose another file of it."
        )
    return ModelInfo(
        name=name,
        kind="adapter" if adapter else "gguf",
        path=str(path),
        size=size,
        architecture=architecture,
        parameters=parameters,
        quantization=_quantization(fields, largest),
        context=_number(fields.get(f"{architecture}.context_length")),
        template=bool(fields.get("tokenizer.chat_template")),
        source=source or str(path),
        licence=str(fields.get("general.license", "")),
        base=str(fields.get("general.base_model.0.name", "")) if adapter else "",
    )


def cache_bytes(header: Header) -> int:
    """Bytes of memory that one token of a conversation takes while it is in the window (keys and values as F16).

    An estimate where the file gives a number a layer; 0 where it says too little.
    """
    fields = header.fields
    architecture = str(fields.get("general.architecture", ""))

    def number(name: str) -> int:
        return _number(fields.get(f"{architecture}.{name}"))

    heads = number("attention.head_count")
    head = number("embedding_length") // heads if heads else 0
    key = number("attention.key_length") or head
    value = number("attention.value_length") or head
    return number("block_count") * (number("attention.head_count_kv") or heads) * (key + value) * 2


def _walk(stream: IO[bytes], path: Path) -> Header:
    length = os.fstat(stream.fileno()).st_size
    head = stream.read(24)
    if head[:4] != MAGIC:
        raise _foreign(head, length, path)
    reader = _Reader(stream, length, path)
    if len(head) < 24:
        raise reader.short()
    version, tensor_count, field_count = struct.unpack("<IQQ", head[4:])
    if version not in (2, 3):
        swapped = version > 0xFFFF
        what = "is written for big-endian machines" if swapped else f"has GGUF version {version}; 2 and 3 are known"
        raise LabError(f"The file {what}.", where=str(path), hint="Fetch the model again in a current format.")
    if tensor_count > MOST_ENTRIES or field_count > MOST_ENTRIES:
        raise reader.damaged()
    fields: dict[str, Any] = {}
    for _ in range(field_count):
        key = reader.text()
        fields[key] = reader.value(reader.number("<I"))
    tensors = []
    for _ in range(tensor_count):
        name = reader.text()
        dimensions = reader.number("<I")
        if dimensions > 8:
            raise reader.damaged()
        shape = tuple(reader.number("<Q") for _ in range(dimensions))
        tensors.append((name, shape, reader.number("<I"), reader.number("<Q")))
    alignment = _number(fields.get("general.alignment")) or 32
    start = stream.tell()
    return Header(fields, tensors, start + -start % alignment)


class _Reader:
    def __init__(self, stream: IO[bytes], length: int, path: Path) -> None:
        self.stream = stream
        self.length = length
        self.path = path

    def short(self) -> LabError:
        return LabError(
            f"The file is cut short: it ends inside its header, after {self.length:,} bytes.",
            where=str(self.path),
            hint="Fetch it again; an interrupted download is continued by the same command.",
        )

    def damaged(self) -> LabError:
        return LabError("The file is damaged: its header makes no sense.", where=str(self.path), hint="Fetch it again.")

    def take(self, count: int) -> bytes:
        block = self.stream.read(count)
        if len(block) < count:
            raise self.short()
        return block

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def text(self) -> str:
        length = self.number("<Q")
        if length > LONGEST_TEXT:
            raise self.damaged()
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind in _SIMPLE:
            return struct.unpack(_SIMPLE[kind], self.take(struct.calcsize(_SIMPLE[kind])))[0]
        if kind == _TEXT:
            return self.text()
        if kind != _ARRAY:
            raise self.damaged()
        inner, count = self.number("<I"), self.number("<Q")
        if count > LONGEST_ARRAY or inner == _ARRAY:
            raise self.damaged()
        if inner in _SIMPLE:
            self.skip(count * struct.calcsize(_SIMPLE[inner]))
        elif inner == _TEXT:
            for _ in range(count):
                self.skip(self.number("<Q"))
        else:
            raise self.damaged()
        return None

    def skip(self, count: int) -> None:
        # A seek beyond the end does not fail by itself.
        if self.stream.tell() + count > self.length:
            raise self.short()
        self.stream.seek(count, os.SEEK_CUR)


def _foreign(head: bytes, length: int, path: Path) -> LabError:
    if length == 0:
        return LabError("The file is empty.", where=str(path), hint="Fetch it again.")
    if head[:2] == b"PK" or head[:1] == b"\x80" or path.suffix in (".bin", ".pt", ".pth", ".pkl", ".ckpt"):
        return LabError(
            "The file is a PyTorch file or an archive, not GGUF: such files can run programs when they are opened.",
            where=str(path),
            hint="Use the model's GGUF file (for training and serving alike).",
        )
    if path.suffix == ".safetensors" or (head[8:9] == b"{" and head[4:8] == b"\0\0\0\0"):
        return LabError(
            "The file is safetensors; models are added as GGUF.",
            where=str(path),
            hint="Most models are offered as GGUF too: labtui model add hf:ORG/NAME-GGUF",
        )
    if head.lstrip()[:1] == b"<" or head.startswith(b"version https://git-lfs"):
        kind = "a Git LFS pointer" if head.startswith(b"version") else "a web page"
        return LabError(f"The file is {kind}, not the model itself.", where=str(path), hint="Fetch the file itself.")
    return LabError(
        "The file is not GGUF: it does not begin with 'GGUF'.",
        where=str(path),
        hint="Models are added as GGUF files.",
    )


def _measure(header: Header, path: Path) -> tuple[int, int, int]:
    """(parameters, bytes the file must have, type that holds most of the weights)."""
    try:
        from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
    except ImportError as error:
        raise MissingExtra("Reading a model file", "local") from error
    parameters, needed = 0, header.data_start
    by_type: dict[int, int] = {}
    for name, shape, kind, offset in header.tensors:
        count = 1
        for dimension in shape:
            count *= dimension
        try:
            block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        except (ValueError, KeyError):
            raise LabError(
                f"The file holds numbers of a kind that is not known (type {kind}, tensor {name}).",
                where=str(path),
                hint="Update the gguf package, or fetch the model in another quantisation.",
            ) from None
        parameters += count
        by_type[kind] = by_type.get(kind, 0) + count
        needed = max(needed, header.data_start + offset + count // block * block_bytes)
    return parameters, needed, max(by_type, key=lambda kind: by_type[kind], default=-1)


def _quantization(fields: dict[str, Any], largest: int) -> str:
    """As people name it: the file type's name (Q4_K_M), else the type of most weights."""
    from gguf.constants import GGMLQuantizationType, LlamaFileType

    try:
        named: str = LlamaFileType(fields["general.file_type"]).name
        return named.removeprefix("MOSTLY_").removeprefix("ALL_")
    except (KeyError, ValueError):
        return str(GGMLQuantizationType(largest).name) if largest >= 0 else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
