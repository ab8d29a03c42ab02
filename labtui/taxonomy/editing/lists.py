"""Entries of a list added, doubled, moved and removed, each with the remarks and empty lines that belong to it."""

from __future__ import annotations

import re

from yaml.nodes import Node, SequenceNode

from labtui.taxonomy.editing.document import Document, Target
from labtui.taxonomy.editing.items import Item, items_of
from labtui.taxonomy.editing.quoting import Spot
from labtui.taxonomy.editing.scalars import ways
from labtui.taxonomy.editing.spans import (
    CannotEdit,
    column_of,
    content_stop,
    line_start,
    start_of,
    stop_of,
)
from labtui.taxonomy.editing.writing import Value, item_source, source


def insert(document: Document, target: Target, at: int, value: Value) -> str:
    """The whole text with `value` as entry `at` of the list. The text ends with a newline."""
    text, node = document.text, _list(target)
    if not node.value:
        return _first(document, target, node, value)
    items, column = _items(document, target, node)
    # As the last in the file it ends as it could anywhere: no text that keeps the empty lines behind it.
    words = f"{' ' * column}{item_source(value, column, document.habits, last=True)}\n"
    return _place(text, items, at, words)


def copy(document: Document, target: Target, number: int) -> str:
    """The whole text with entry `number` a second time, right behind itself."""
    items, _ = _items(document, target, _list(target))
    item = items[number]
    return _place(document.text, items, number + 1, document.text[item.start : item.stop], item)


def remove(document: Document, target: Target, number: int) -> str:
    """The whole text without entry `number`."""
    text, node = document.text, _list(target)
    items, _ = _items(document, target, node)
    item = items[number]
    if len(items) == 1:
        return _emptied(text, target, node, item)
    if number + 1 < len(items):
        between = text[item.stop : items[number + 1].start]
        return text[: item.start] + _without_blanks(between) + text[items[number + 1].start :]
    between = text[items[number - 1].stop : item.start]
    return text[: items[number - 1].stop] + _without_blanks(between) + text[item.stop :]


def move(document: Document, target: Target, number: int, to: int) -> str:
    """The whole text with entry `number` as entry `to`; what stands between the entries stays where it is."""
    text = document.text
    items, _ = _items(document, target, _list(target))
    order = list(range(len(items)))
    order.insert(to, order.pop(number))
    pieces = [text[: items[0].start]]
    for place, which in enumerate(order):
        following = items[place + 1].start if place + 1 < len(items) else len(text)
        between = text[items[place].stop : following]
        pieces += text[items[which].start : items[which].stop], _behind(items[which], between)
    return "".join(pieces)


def _list(target: Target) -> SequenceNode:
    if not isinstance(target.node, SequenceNode):
        raise CannotEdit("This is no list.", hint="Change it in the YAML view.")
    return target.node


def _items(document: Document, target: Target, node: SequenceNode) -> tuple[list[Item], int]:
    if node.flow_style or target.flow:
        raise CannotEdit("The list stands in brackets.", hint="Write its entries on lines of their own, each with -.")
    items = items_of(document.text, node)
    return items, items[0].dash - line_start(document.text, items[0].dash)


def _place(text: str, items: list[Item], at: int, words: str, new: Item | None = None) -> str:
    """Between entries stand as many empty lines as between those that are there."""
    gap = ""
    if len(items) > 1:
        one = min(max(at - 1, 0), len(items) - 2)
        gap = "\n" * len(re.findall(r"^[ \t]*\n", text[items[one].stop : items[one + 1].start], re.MULTILINE))
    if at >= len(items):
        stop = items[-1].stop
        return f"{text[:stop]}{_behind(items[-1], gap)}{words}{_behind(new, text[stop:])}"
    start = items[at].start
    return f"{text[:start]}{words}{_behind(new, gap)}{text[start:]}"


def _behind(item: Item | None, between: str) -> str:
    """What stands behind an entry; empty lines would lengthen a text that keeps them."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", between) if item is not None and item.keeps else between


def _without_blanks(between: str) -> str:
    return between if between.strip() else ""


def _first(document: Document, target: Target, node: SequenceNode, value: Value) -> str:
    """The first entry of a list that was `[]`."""
    text, key = document.text, target.key
    if key is None or target.flow:
        raise CannotEdit("The list stands in brackets.", hint="Write its entries on lines of their own, each with -.")
    stop = stop_of(node)
    line = text.find("\n", stop)
    line = len(text) if line < 0 else line
    column = column_of(key) + document.habits.lists
    head = text[: start_of(node)].rstrip(" ")
    words = source([value], column, document.habits, last=True)
    return f"{head}{text[stop:line].rstrip()}\n{' ' * column}{words}{text[line:]}"


def _emptied(text: str, target: Target, node: Node, item: Item) -> str:
    if target.key is None:
        raise CannotEdit("The last entry cannot be removed.", hint="Remove it in the YAML view.")
    colon = text.find(":", stop_of(target.key))
    if colon < 0 or text[stop_of(target.key) : colon].strip():
        raise CannotEdit("The last entry cannot be removed.", hint="Remove it in the YAML view.")
    return f"{text[: colon + 1]} []{text[colon + 1 : item.start]}{text[item.stop :]}"


def brackets(document: Document, target: Target, values: list[str]) -> str:
    """The whole text with a list in brackets that holds `values`, in the place of one in brackets."""
    node = _list(target)
    spot = Spot(column=0, parent=0, indent=2, flow=True)
    words = "[" + ", ".join(next(ways(value, spot)) for value in values) + "]"
    begin, stop = start_of(node), content_stop(document.text, node)
    return document.text[:begin] + words + document.text[stop:]
