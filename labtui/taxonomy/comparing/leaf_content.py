"""What one version of a leaf says, ready to be compared: its fields and its seeds as texts."""

from __future__ import annotations

from typing import Any

import msgspec

from labtui.taxonomy.comparing.matching import Item
from labtui.taxonomy.leaf import as_text, kind_of, read_as
from labtui.taxonomy.parse import parse
from labtui.taxonomy.source import Unreadable, decode

SEEDS = "seed_examples"
PAIRS = "questions_and_answers"
MOST_FIELDS = 200
"""Values of a mapping that are looked at one by one."""


class Value(msgspec.Struct, frozen=True):
    text: str
    read: str = ""
    """What it was read as, where that is no text: `a number`."""


class PairContent(msgspec.Struct, frozen=True):
    parts: dict[str, Value]
    """`question`, `answer` and whatever else stands there."""

    @property
    def question(self) -> str:
        return self.parts["question"].text if "question" in self.parts else ""

    @property
    def item(self) -> Item:
        whole = "\n".join(f"{key}\0{value.read}\0{value.text}" for key, value in self.parts.items())
        return Item(whole, "\n".join(value.text for value in self.parts.values()), self.question)


class SeedContent(msgspec.Struct, frozen=True):
    parts: dict[str, Value]
    """`context` and whatever else stands beside the pairs."""
    pairs: tuple[PairContent, ...]

    @property
    def question(self) -> str:
        return next((pair.question for pair in self.pairs if pair.question), "")

    @property
    def item(self) -> Item:
        items = [PairContent(self.parts).item, *(pair.item for pair in self.pairs)]
        return Item("\n".join(one.whole for one in items), "\n".join(one.said for one in items), self.question)


class Content(msgspec.Struct, frozen=True):
    kind: str
    fields: dict[str, Value]
    seeds: tuple[SeedContent, ...]


def content(data: bytes, name: str) -> Content:
    """Raises Unreadable where the bytes are no leaf: not YAML, not a mapping, out of bounds."""
    document = parse(decode(data).text).value
    if document is None:
        return Content("", {}, ())
    if not isinstance(document, dict):
        raise Unreadable("schema.type", "The file is not a mapping of keys at its top.")
    fields: dict[str, Value] = {}
    listed = document.get(SEEDS)
    for key, item in list(document.items())[:MOST_FIELDS]:
        if key != SEEDS or not isinstance(listed, list):
            _flatten(_key(key), item, fields)
    seeds = tuple(_seed(item) for item in listed) if isinstance(listed, list) else ()
    return Content(kind_of(name, document), fields, seeds)


def _flatten(key: str, item: Any, fields: dict[str, Value]) -> None:
    if isinstance(item, dict) and item and len(item) <= MOST_FIELDS and "." not in key:
        for inner, below in item.items():
            _flatten(f"{key}.{_key(inner)}", below, fields)
    else:
        fields[key] = value(item)


def value(item: Any) -> Value:
    if isinstance(item, str):
        return Value(_sound(item))
    if isinstance(item, list) and item and all(isinstance(entry, str) for entry in item):
        return Value(_sound("\n".join(item)))
    return Value(_sound(as_text(item)), read_as(item))


def _key(item: Any) -> str:
    return _sound(as_text(item))


def _sound(text: str) -> str:
    """Without lone surrogates, which an escape in YAML can make and nothing can write: they are shown as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _seed(item: Any) -> SeedContent:
    if not isinstance(item, dict):
        return SeedContent({"": value(item)}, ())
    pairs = item.get(PAIRS)
    if isinstance(pairs, list):
        parts = {_key(key): value(below) for key, below in item.items() if key != PAIRS}
        return SeedContent(parts, tuple(_pair(pair) for pair in pairs))
    own = {_key(key): value(below) for key, below in item.items()}
    pair: dict[str, Value] = {key: own.pop(key) for key in ("question", "answer") if key in own}
    return SeedContent(own, (PairContent(pair),) if pair else ())


def _pair(item: Any) -> PairContent:
    if not isinstance(item, dict):
        return PairContent({"": value(item)})
    return PairContent({_key(key): value(below) for key, below in item.items()})
