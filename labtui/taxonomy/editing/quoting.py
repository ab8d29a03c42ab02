"""A text as one YAML value without a block: plain where it is read as that text, else in quotes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import msgspec

PLAIN, SINGLE, DOUBLE = "", "'", '"'

NOT_ITSELF = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
"""Characters that can only be written as escapes in double quotes."""
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')
_NUMBER = re.compile(r"[-+]?(0o[0-7]+|0x[0-9a-fA-F]+|(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?)")
"""What newer readers of YAML take for a number, whatever PyYAML does."""
_NAMED = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    '"': '"', "\\": "\\", "\x85": "N", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value is to stand. Columns count from 0."""

    column: int
    """Of the value's first character."""
    parent: int
    """Of the key or hyphen it belongs to: what an indentation indicator counts from."""
    indent: int
    """Of the lines of a block."""
    flow: bool = False
    """Within braces or brackets."""
    last: bool = False
    """Nothing follows in the file, or empty lines do: the value cannot be one that keeps those."""
    wide: bool = False
    """Its line was long before: no reason to break it now."""


def inline(text: str, spot: Spot, style: str | None) -> Iterator[str]:
    """The ways on one line, the best one first; outside of brackets double quotes may take several."""
    single = f"'{text.replace(chr(39), chr(39) * 2)}'" if NOT_ITSELF.search(text) is None else None
    if single is not None and ("\n" in text or "\t" in text):
        single = None
    double = double_quoted(text, spot)
    if style in (PLAIN, None) and is_plain(text, spot.flow):
        yield text
    if style == DOUBLE or (style != SINGLE and "'" in text and not set('"\\') & set(text)):
        yield double
    if single is not None:
        yield single
    yield double


@functools.cache
def _yaml() -> tuple[Any, Any]:
    import io

    import yaml

    return yaml.emitter.Emitter(io.StringIO(), allow_unicode=True), yaml.resolver.Resolver()


def is_plain(text: str, flow: bool = False) -> bool:
    """Whether `text` can stand without quotes on one line and is read as text."""
    import yaml

    if not text or _NUMBER.fullmatch(text):
        return False
    emitter, resolver = _yaml()
    found = emitter.analyze_scalar(text)
    if found.multiline or not (found.allow_flow_plain if flow else found.allow_block_plain):
        return False
    return bool(resolver.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str")


def double_quoted(text: str, spot: Spot) -> str:
    """In double quotes: on one line, or outside of braces and brackets with a line of its own for each of the text."""
    lines = [_ESCAPED.sub(_escape, line) for line in text.split("\n")]
    if spot.flow or len(lines) == 1:
        return '"' + "\\n".join(lines) + '"'
    endings = len(text) - len(text.rstrip("\n"))
    if endings:
        lines = lines[: len(lines) - endings] or [""]
        lines[-1] += "\\n" * endings
    # White space at the beginning of a line is skipped, unless a backslash stands before it.
    lines[1:] = [f"\\{line}" if line.startswith(" ") else line for line in lines[1:]]
    return '"' + ("\\n\\\n" + " " * spot.indent).join(lines) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _NAMED:
        return "\\" + _NAMED[character]
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"
