"""YAML into values and nodes with positions, as the reference reads it (PyYAML, YAML 1.1), within bounds.

The fast parser (libyaml) reads what is sound. What it refuses is read again by the one in Python, whose verdict
and words are the reference's. Nesting, aliases and loops are bounded before anything recursive happens.
"""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.source import Unreadable

MAX_DEPTH = 100
MAX_EXPANDED = 200_000
"""Nodes a document may stand for once its aliases are written out."""
SLOW_LIMIT = 512 * 1024
"""Characters beyond which the slow parser is not asked for a second opinion."""


def _loader(base: Any) -> Any:
    """A loader that reads values as PyYAML alone does: the linter teaches all others to take 0o7 for a number."""
    resolvers = {
        first: [(tag, pattern) for tag, pattern in known if not pattern.match("0o7")]
        for first, known in base.yaml_implicit_resolvers.items()
    }
    return type(base.__name__, (base,), {"yaml_implicit_resolvers": resolvers})


SLOW: Any = _loader(yaml.SafeLoader)
FAST: Any = _loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader))


_READ_DIFFERENTLY = re.compile(
    r"\ufeff|(?:^|[\s\[\]{},:?-])!|[|>][-+0-9]*#|^[ ]*(?:- +)*(?:\S.*: +)?[\[{].*\?[\s\]},]", re.MULTILINE
)
"""Where the two parsers may disagree (found by feeding both random texts): byte-order marks, tags, a remark right
behind a block's sign, question marks in brackets, and tabs outside of quotes and blocks. Such a text is left to the
reference's."""


class Parsed(NamedTuple):
    """The value of a document, and its node tree (None for an empty document)."""

    value: Any
    root: Node | None


def parse(text: str) -> Parsed:
    """Reads one YAML document. Raises Unreadable with the rule, the position and what to do."""
    if _may_be_deep(text):
        _bound_depth(text)
    affordable = len(text) <= SLOW_LIMIT
    if not affordable or _READ_DIFFERENTLY.search(text) is None:
        try:
            found = _load(text, FAST)
            if not affordable or "\t" not in text or _tabs_are_text(text, found.root):
                return found
        except Unreadable:
            raise
        except Exception as error:
            if not affordable:
                raise _unreadable(text, error) from error
    try:
        return _load(text, SLOW)
    except Unreadable:
        raise
    except Exception as error:
        raise _unreadable(text, error) from error


def read_with_tabs(text: str) -> Parsed:
    """What the fast parser reads, which allows tabs between words as newer YAML does. Raises Unreadable.

    Only where tabs are all in which the two parsers may differ.
    """
    if _may_be_deep(text):
        _bound_depth(text)
    if len(text) > SLOW_LIMIT or _READ_DIFFERENTLY.search(text) is not None:
        raise Unreadable("yaml.syntax", "It is not sure what this says.")
    try:
        return _load(text, FAST)
    except Unreadable:
        raise
    except Exception as error:
        raise _unreadable(text, error) from error


def _tabs_are_text(text: str, root: Node | None) -> bool:
    """Whether every tab stands in quotes or in the lines of a block: there both parsers read the same."""
    tabs = text.count("\t")
    stack = [root] if root is not None else []
    seen: set[int] = set()
    while stack and tabs:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.extend(_children(node))
        if isinstance(node, ScalarNode) and node.style:
            start: Any = node.start_mark
            end: Any = node.end_mark
            begin = text.find("\n", start.index, end.index) if node.style in ("|", ">") else start.index
            tabs -= text.count("\t", begin, end.index) if begin >= 0 else 0
    return tabs == 0


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """A large file makes some 100,000 objects at once and no garbage; looking for some takes most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load(text: str, loader_type: Any) -> Parsed:
    with _without_collection():
        return _read(text, loader_type)


def _read(text: str, loader_type: Any) -> Parsed:
    loader = loader_type(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Parsed(None, None)
        if "&" in text:
            _bound_aliases(root)
        return Parsed(loader.construct_document(root), root)
    finally:
        loader.dispose()


_COMPACT = re.compile(r"(?:[-?:][ \t]+){40}")
_INDENTED = re.compile(r"^ {80}", re.MULTILINE)


def _may_be_deep(text: str) -> bool:
    """Whether nesting beyond the bound is possible at all; cheap, and almost always False."""
    return (
        text.count("[") + text.count("{") >= MAX_DEPTH
        or _COMPACT.search(text) is not None
        or _INDENTED.search(text) is not None
    )


def _bound_depth(text: str) -> None:
    depth = 0
    try:
        # Events come one by one from a state machine; composing nodes recurses.
        for event in yaml.parse(text, Loader=FAST):
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    raise Unreadable(
                        "yaml.depth",
                        f"The file nests more than {MAX_DEPTH} levels deep.",
                        "A qna.yaml needs four levels.",
                        mark.line + 1,
                        mark.column + 1,
                    )
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
    except yaml.YAMLError:
        return  # the parser proper says what is wrong, and where


def _bound_aliases(root: Node) -> None:
    """Raises Unreadable where aliases loop, or stand for far more than is written."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        key = id(node)
        if done:
            open_.discard(key)
            sizes[key] = 1 + sum(sizes.get(id(child), 1) for child in _children(node))
            if sizes[key] > MAX_EXPANDED:
                raise _at(node, "safety.aliases", "The aliases in here stand for a gigantic document.")
            continue
        if key in sizes:
            continue
        if key in open_:
            raise _at(node, "yaml.loop", "An alias in here contains itself.")
        open_.add(key)
        stack.append((node, True))
        stack.extend((child, False) for child in _children(node) if not isinstance(child, ScalarNode))


def _at(node: Node, rule: str, message: str) -> Unreadable:
    mark: Any = node.start_mark
    return Unreadable(rule, message, "Write the text out instead of using & and *.", mark.line + 1, mark.column + 1)


def _children(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return []


def _unreadable(text: str, error: Exception) -> Unreadable:
    if isinstance(error, yaml.reader.ReaderError):
        return _reader_error(text, error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", None) or error or type(error).__name__)
    context = getattr(error, "context", None)
    rule = "yaml.value" if isinstance(error, (yaml.constructor.ConstructorError, ValueError)) else "yaml.syntax"
    if isinstance(error, (RecursionError, MemoryError)):
        problem, rule = "it is too deeply nested or too large", "yaml.depth"
    words = f"{context}: {problem}" if context else problem
    return Unreadable(rule, f"Not valid YAML: {words}.", _advice(problem), line, column)


def _reader_error(text: str, error: yaml.reader.ReaderError) -> Unreadable:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found is None:
        return Unreadable("yaml.character", f"Not valid YAML: {error.reason}.")
    before = text[: found.start()]
    return Unreadable(
        "yaml.character",
        f"The character U+{ord(found.group()):04X} is not allowed in YAML.",
        "Remove it; most editors do not show it.",
        before.count("\n") + 1,
        len(before.rpartition("\n")[2]) + 1,
    )


_ADVICE = (
    (
        "mapping values are not allowed",
        "A colon followed by a space needs quotes around the whole value, or a | block.",
    ),
    ("could not find expected ':'", "A line of a block of text is not indented enough, or a colon is missing."),
    ("cannot start any token", "A value cannot begin with this character: put it in quotes. Tabs cannot indent."),
    ("expected <block end>", "The indentation of this line does not fit the lines before it, or a quote is missing."),
    ("expected a single document", "Remove the line --- in the middle: one file holds one document."),
    ("undefined alias", "A value that begins with * needs quotes."),
    ("unknown escape", "Use single quotes, or double the backslash."),
    ("found unexpected end of stream", "A quote is opened and never closed."),
    ("unhashable key", "A key must be plain text."),
    ("could not determine a constructor", "A value that begins with ! needs quotes."),
    ("out of range", "A date or time that does not exist needs quotes to be a text."),
)

_OTHERWISE = "Compare the line with those around it; a text with odd signs in it is safest in quotes."


def _advice(problem: str) -> str:
    return next((advice for words, advice in _ADVICE if words in problem), _OTHERWISE)
