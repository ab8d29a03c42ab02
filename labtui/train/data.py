"""Reads a data set in the messages format: one JSON object a line with `id`, `messages`, `metadata`, `unmask`.

Light: the start form counts with it. A line that is not of that shape stops everything, with its number; a sample
that is well-formed but cannot be trained on is a matter of the tokens (`labtui.train.tokens`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from labtui.errors import LabError, UsageError

FILE = "messages.jsonl"
SHOWN = 5


class Message(msgspec.Struct, frozen=True):
    role: str
    content: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[Message]
    id: str | int = ""
    metadata: Any = None
    unmask: bool = False


class TrainSample(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """The sample's own, or `line N`."""
    messages: list[Message]
    unmask: bool
    """True trains every turn but the system's; False the assistant's alone."""


class DataSet(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    sha256: str
    samples: list[TrainSample]


def locate(data: Path) -> Path:
    """The messages file that `data` names: the file itself, or the one inside a data set's folder."""
    path = data.expanduser().absolute()
    if path.is_dir():
        path = path / FILE
        if not path.is_file():
            raise UsageError(f"is not a data set: it holds no {FILE}.", where=str(data), hint=_MAKE)
    elif not path.is_file():
        raise UsageError("There is no such data set.", where=str(data), hint=_MAKE)
    return path


_MAKE = "Make one with: labtui generate LEAF   (the workspace's data sets lie in its data/ folder)"


def read(data: Path) -> DataSet:
    """All samples of a file or data set folder. Raises LabError that names the lines that are wrong."""
    path = locate(data)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(path)) from error
    return parse(raw, path)


def parse(raw: bytes, path: Path) -> DataSet:
    """All samples of a file's bytes. Raises LabError that names the lines that are wrong."""
    decoder = msgspec.json.Decoder(_Line)
    samples: list[TrainSample] = []
    wrong: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            sample = _sample(decoder.decode(line), number)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            wrong.append((number, _reason(error)))
            continue
        if sample.id in seen:
            wrong.append((number, f"The id '{sample.id}' was used on line {seen[sample.id]} already."))
        seen[sample.id] = number
        samples.append(sample)
    if wrong:
        raise _broken(path, wrong)
    if not samples:
        raise LabError("The data set is empty.", where=str(path), hint=_MAKE)
    return DataSet(path=path, sha256=hashlib.sha256(raw).hexdigest(), samples=samples)


def _sample(line: _Line, number: int) -> TrainSample:
    return TrainSample(
        id=str(line.id) if line.id != "" else f"line {number}", messages=line.messages, unmask=line.unmask
    )


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "It is not UTF-8 text."
    if isinstance(error, msgspec.ValidationError):
        return f"It is not a sample in the messages format: {error}."
    return f"It is not JSON: {error}."


def _broken(path: Path, wrong: list[tuple[int, str]]) -> LabError:
    number, reason = wrong[0]
    others = [f"line {number}: {reason}" for number, reason in wrong[1:SHOWN]]
    if len(wrong) > SHOWN:
        others.append(f"and {len(wrong) - SHOWN} lines more")
    shape = '{"id": "…", "messages": [{"role": "user", "content": "…"}, …], "unmask": false}'
    return LabError(reason, where=f"{path}:{number}", hint="\n".join([*others, f"A line looks like this: {shape}"]))
