"""From what a teacher said to the parts a step makes, or the reason why not. Nothing here raises."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from labtui.generate.pipeline import Step

NOT_PARSED = "not parsed"
EMPTY = "empty"

_FENCE = re.compile(r"\A```\w*\s*\n(.*?)\n?```\s*\Z", re.S)
_LABEL = re.compile(r"\A\s*(?:\*\*)?(?:question|answer|q|a|text|context)(?:\*\*)?\s*:\s*(?:\*\*)?\s*", re.I)
_STRING = r'"((?:[^"\\]|\\.)*)"'


class Parsed(msgspec.Struct, frozen=True):
    parts: dict[str, str]
    reason: str = ""
    """Why not, short; empty where every part is there."""
    detail: str = ""


def parse(step: Step, text: str) -> Parsed:
    """The parts in one answer."""
    parsed = _object(step, text) if step.answers == "json" else Parsed({step.makes[0]: _plain(text)})
    if not parsed.reason and not all(parsed.parts.get(name) for name in step.makes):
        missing = ", ".join(name for name in step.makes if not parsed.parts.get(name))
        return Parsed(parsed.parts, EMPTY, f"no {missing}")
    return parsed


def _plain(text: str) -> str:
    """The answer without what teachers wrap around it: a fence, a label, quotation marks around the whole."""
    text = text.strip()
    if fenced := _FENCE.match(text):
        text = fenced.group(1).strip()
    text = _LABEL.sub("", text, count=1).strip()
    for opening, closing in ('""', "“”", "«»", "「」"):
        inner = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing and opening not in inner:
            return inner.strip()
    return text


def _object(step: Step, text: str) -> Parsed:
    text = text.strip()
    if fenced := _FENCE.match(text):
        text = fenced.group(1)
    start = text.find("{")
    if start < 0:
        return Parsed({}, NOT_PARSED, "the answer has no JSON")
    end = text.rfind("}")
    for candidate in (text[start:], text[start : end + 1]):
        found = _decode(candidate)
        if isinstance(found, dict):
            return _named(step, found)
    return _salvage(step, text[start:])


def _decode(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        pass
    try:
        # Raw newlines inside strings, which some engines let through, are only wrong to a strict reader.
        import json

        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _named(step: Step, found: dict[Any, Any]) -> Parsed:
    lowered = {str(key).strip().lower(): value for key, value in found.items()}
    parts: dict[str, str] = {}
    for name in step.makes:
        value = lowered.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = "\n".join(value)
        if isinstance(value, str):
            parts[name] = value.strip()
        elif isinstance(value, bool | int | float):
            parts[name] = str(value)
    missing = [name for name in step.makes if name not in parts]
    if missing:
        return Parsed(parts, NOT_PARSED, f"the JSON has no {' and no '.join(missing)}")
    return Parsed(parts)


def _salvage(step: Step, text: str) -> Parsed:
    """The named strings of an object that is no valid JSON, if every one of them is whole."""
    parts = {}
    for name in step.makes:
        if found := re.search(rf'"{name}"\s*:\s*{_STRING}', text, re.I | re.S):
            value = _decode(f'"{found.group(1)}"')
            parts[name] = value.strip() if isinstance(value, str) else found.group(1).strip()
    if len(parts) < len(step.makes):
        return Parsed(parts, NOT_PARSED, "the JSON is broken")
    return Parsed(parts)
