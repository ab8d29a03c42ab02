"""Adding a key that is missing, where a reader would look for it."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node, ScalarNode

from labtui.taxonomy.editing.document import Document, Path, Target
from labtui.taxonomy.editing.quoting import Spot
from labtui.taxonomy.editing.scalars import ways
from labtui.taxonomy.editing.spans import (
    CannotEdit,
    column_of,
    content_stop,
    inside,
    line_start,
    line_stop,
    next_line,
    remark_at,
    start_of,
    stop_of,
)
from labtui.taxonomy.editing.writing import Value, entry_source, source
from labtui.taxonomy.fixing.fields import ORDER

_INNER = ("context", "questions_and_answers", "question", "answer", "repo", "commit", "patterns")
"""The order within a seed, a pair and the document."""


def nested(rest: Path, value: Value) -> Value:
    """`value` below the keys of `rest`."""
    for step in reversed(rest):
        if isinstance(step, int):
            if step:
                raise CannotEdit("The list is shorter than that.")
            value = [value]
        else:
            value = {step: value}
    return value


def add(document: Document, target: Target, value: Value) -> str:
    """The whole text with `value` at the end of the steps in `target.rest`. The text ends with a newline, or is empty.

    Raises CannotEdit where there is no good place.
    """
    node, rest = target.node, target.rest
    if isinstance(node, MappingNode) and isinstance(rest[0], str):
        return _into_mapping(document, node, rest[0], nested(rest[1:], value), target.flow)
    if target.parent is None:
        return _first_key(document, nested(rest, value))
    if isinstance(node, ScalarNode):
        return _below(document, target, node, nested(rest, value))
    raise CannotEdit("The list is shorter than that.")


def _into_mapping(document: Document, mapping: MappingNode, key: str, value: Value, flow: bool) -> str:
    text = document.text
    own = [(name, inner) for name, inner in mapping.value if inside(name, mapping)]
    if flow or mapping.flow_style:
        return _into_braces(text, mapping, own, key, value)
    column = column_of(own[0][0]) if own else column_of(mapping)
    if text[start_of(mapping) : start_of(mapping) + 1] == "?":
        raise CannotEdit("The keys of this mapping are written with ?.", hint="Add it in the YAML view.")
    before, after = _neighbours(own, key, document.root is mapping)
    if after is not None and before is None:
        at = start_of(after)
        return f"{text[:at]}{entry_source(key, value, column, document.habits, last=True)}\n{' ' * column}{text[at:]}"
    name, inner = before if before is not None else own[-1]
    reached = content_stop(text, inner) if inside(inner, mapping) else stop_of(name)
    at = next_line(text, max(reached, stop_of(name)))
    # As at the end of the file: no text that keeps the empty lines behind it.
    return f"{text[:at]}{' ' * column}{entry_source(key, value, column, document.habits, last=True)}\n{text[at:]}"


def _neighbours(own: list[tuple[Node, Node]], key: str, top: bool) -> tuple[tuple[Node, Node] | None, Node | None]:
    """The entry a new key stands behind, and the key it must stand before if there is none."""
    order = ORDER if top else _INNER
    names = [str(name.value) for name, _ in own]
    if key not in order:
        return (own[-1] if own else None), None
    rank = order.index(key)
    earlier = [index for index, name in enumerate(names) if name in order and order.index(name) < rank]
    if earlier:
        return own[max(earlier)], None
    later = [index for index, name in enumerate(names) if name in order]
    return None, own[min(later)][0] if later else None


def _into_braces(text: str, mapping: MappingNode, own: list[tuple[Node, Node]], key: str, value: Value) -> str:
    if not isinstance(value, str | int):
        raise CannotEdit("This part of the file stands in braces.", hint="Write its keys on lines of their own.")
    spot = Spot(column=0, parent=0, indent=2, flow=True)
    words = f"{key}: {next(ways(value, spot)) if isinstance(value, str) else value}"
    if not own:
        at = text.index("{", start_of(mapping)) + 1
        return f"{text[:at]}{words}{text[at:]}"
    at = max(stop_of(own[-1][0]), content_stop(text, own[-1][1]))
    return f"{text[:at]}, {words}{text[at:]}"


def _first_key(document: Document, value: Value) -> str:
    """The first key of a file that holds nothing, or remarks only."""
    text = document.text
    if text.strip() and isinstance(document.root, ScalarNode) and start_of(document.root) != stop_of(document.root):
        at, stop = start_of(document.root), stop_of(document.root)
        return text[:at] + source(value, 0, document.habits, last=True) + text[stop:]
    kept = text.rstrip("\n")
    start = f"{kept}\n" if kept else ""
    return f"{start}{source(value, 0, document.habits, last=True)}\n"


def _below(document: Document, target: Target, node: ScalarNode, value: Value) -> str:
    """A mapping or a list in the place of a value that says nothing."""
    text, habits = document.text, document.habits
    begin, stop = start_of(node), stop_of(node)
    if target.flow or line_start(text, begin) != line_start(text, stop):
        raise CannotEdit("This part of the file stands in braces.", hint="Write its keys on lines of their own.")
    if isinstance(value, str | int):
        raise CannotEdit("There is a value already.")
    end = line_stop(text, stop)
    remark = remark_at(text, stop)
    head = text[:begin].rstrip(" ")
    if target.key is None:
        column = target.parent_column
        return f"{head} {source(value, column + 2, habits, last=True)}{text[end:]}"
    column = column_of(target.key)
    deeper = column + (habits.lists if isinstance(value, list) else habits.step)
    return f"{head}{remark}\n{' ' * deeper}{source(value, deeper, habits, last=True)}{text[end:]}"


def without(document: Document, target: Target) -> str:
    """The whole text without the key at `target`, its value and what stands on its lines."""
    text, key, node, mapping = document.text, target.key, target.node, target.parent
    assert key is not None and node is not None  # noqa: S101
    if not isinstance(mapping, MappingNode) or target.flow:
        raise CannotEdit("This part of the file stands in braces.", hint="Remove it in the YAML view.")
    later = [name for name, _ in mapping.value if inside(name, mapping) and start_of(name) > start_of(key)]
    begin = line_start(text, start_of(key))
    if text[begin : start_of(key)].strip(" "):
        # It stands behind the hyphen: the next key takes its place.
        if not later:
            raise CannotEdit("It is the only key there.", hint="Remove it in the YAML view.")
        return text[: start_of(key)] + text[min(map(start_of, later)) :]
    if not later and len(mapping.value) == 1:
        raise CannotEdit("It is the only key there.", hint="Remove it in the YAML view.")
    stop = next_line(text, max(stop_of(key), content_stop(text, node)))
    return text[:begin] + text[stop:]
