"""What stands in one leaf, as generation and the screens need it.

Values are what PyYAML resolves them to, as in the reference: an unquoted `yes` is a truth value there. Where a
text was expected and something else was read, the text shown is how YAML would write that value, and `odd` names
the place.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode

from labtui.errors import LabError
from labtui.taxonomy.find import find_leaf, leaf_id
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.parse import parse
from labtui.taxonomy.places import items, place, value
from labtui.taxonomy.source import Unreadable, decode, read_bytes
from labtui.taxonomy.verdict import version_of

FREEFORM = "freeform skill"
GROUNDED = "grounded skill"
UNREADABLE = "unreadable"
ATTRIBUTION = "attribution.txt"
ATTRIBUTION_LIMIT = 64 * 1024


class Pair(msgspec.Struct, frozen=True):
    question: str
    answer: str
    line: int = 1


class Seed(msgspec.Struct, frozen=True):
    """One seed: a context with its pairs (knowledge), or a single pair with or without a context (skills)."""

    number: int
    """From 1."""
    context: str
    pairs: tuple[Pair, ...]
    line: int = 1
    """Where it begins and ends in the file, from 1."""
    last_line: int = 1


class Document(msgspec.Struct, frozen=True):
    """What a knowledge leaf points to."""

    repo: str
    commit: str
    patterns: tuple[str, ...]
    line: int = 1


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    path: Path
    """Of the qna.yaml."""
    kind: str
    """`knowledge`, `grounded skill`, `freeform skill` or `unreadable`."""
    version: int = 1
    created_by: str = ""
    domain: str = ""
    description: str = ""
    """`task_description` of a skill."""
    outline: str = ""
    """`document_outline` of a knowledge leaf."""
    seeds: tuple[Seed, ...] = ()
    document: Document | None = None
    attribution: str = ""
    sha256: str = ""
    """Of the bytes of qna.yaml."""
    raw: str = ""
    """The file's text with every line end a newline."""
    lines: dict[str, int] = {}
    """Where each top-level key stands."""
    odd: dict[str, str] = {}
    """Top-level keys whose value was read as something else than text, and as what."""
    problem: str = ""
    """Why it is unreadable."""


def read_leaf(root: Path, name: str, *, tolerant: bool = False) -> Leaf:
    """The leaf `name` (its folder's path from the root) of the taxonomy in `root`.

    Raises UsageError that names the nearest leaf where there is none. A file that cannot be understood raises
    LabError with the position, or with `tolerant` gives a Leaf whose kind is `unreadable`.
    """
    path = find_leaf(root, name)
    leaf = read_leaf_file(path, leaf_id(root, path))
    if leaf.problem and not tolerant:
        raise LabError(
            leaf.problem, where=str(path), hint=f"See everything wrong with it: labtui taxonomy check {path}"
        )
    return leaf


def read_leaf_file(path: Path, name: str) -> Leaf:
    """As `read_leaf` with `tolerant`, for a file that was found already."""
    data = b""
    try:
        data = read_bytes(path)
        source = decode(data)
    except Unreadable as trouble:
        raw = data.decode("utf-8", "backslashreplace")
        return Leaf(id=name, path=path, kind=UNREADABLE, raw=raw, problem=_where(trouble))
    try:
        read: tuple[Any, Node | None] | Unreadable = parse(source.text)
    except Unreadable as trouble:
        read = trouble
    return leaf_of(name, path, data, source.text, read, _attribution(path))


def leaf_of(
    name: str, path: Path, data: bytes, text: str, read: tuple[Any, Node | None] | Unreadable, attribution: str = ""
) -> Leaf:
    """A leaf from what was read already: its bytes, its text, and its value and nodes or why there are none."""
    known: dict[str, Any] = {
        "id": name,
        "path": path,
        "sha256": hashlib.sha256(data).hexdigest(),
        "raw": text,
        "attribution": attribution,
    }
    if isinstance(read, Unreadable):
        return Leaf(kind=UNREADABLE, problem=_where(read), **known)
    document, tree = read
    if not isinstance(document, dict):
        what = "The file is not a mapping of keys at its top." if document else "The file is empty."
        return Leaf(kind=UNREADABLE, problem=what, **known)
    return _leaf(document, tree, known)


def _leaf(document: dict[Any, Any], tree: Node | None, known: dict[str, Any]) -> Leaf:
    seeds = tuple(
        _seed(number, seed, node)
        for number, (seed, node) in enumerate(_paired(document.get("seed_examples"), value(tree, "seed_examples")), 1)
    )
    texts = {
        key: as_text(document.get(key)) for key in ("created_by", "domain", "task_description", "document_outline")
    }
    return Leaf(
        kind=kind_of(known["id"], document),
        version=version_of(document),
        created_by=texts["created_by"],
        domain=texts["domain"],
        description=texts["task_description"],
        outline=texts["document_outline"],
        seeds=seeds,
        document=_document(document.get("document"), value(tree, "document")),
        lines=_key_lines(tree),
        odd={key: read_as(document[key]) for key in texts if key in document and not isinstance(document[key], str)},
        **known,
    )


def _key_lines(tree: Node | None) -> dict[str, int]:
    """In one pass: a file may have ten thousand keys. Of a key written twice the last one counts."""
    pairs = tree.value if isinstance(tree, MappingNode) else []
    return {key.value: place(key).line for key, _ in pairs if isinstance(key, ScalarNode)}


def kind_of(name: str, document: dict[Any, Any]) -> str:
    """By the leaf's place in the taxonomy, else by what it holds; a skill is grounded where its first seed is."""
    folder = next((part for part in reversed(name.split("/")) if part in (KNOWLEDGE, SKILLS)), "")
    if folder == KNOWLEDGE or (not folder and "document" in document):
        return KNOWLEDGE
    seeds = document.get("seed_examples")
    first = seeds[0] if isinstance(seeds, list) and seeds else None
    return GROUNDED if isinstance(first, dict) and first.get("context") else FREEFORM


def _paired(values: Any, node: Node | None) -> list[tuple[Any, Node | None]]:
    if not isinstance(values, list):
        return []
    nodes: list[Node | None] = [*items(node)]
    return [(item, nodes[index] if index < len(nodes) else None) for index, item in enumerate(values)]


def _seed(number: int, seed: Any, node: Node | None) -> Seed:
    first = place(node).line
    # The end of a block is where the next thing begins, so its last line is the one before.
    last = node.end_mark.line if node is not None and node.end_mark else first
    if not isinstance(seed, dict):
        return Seed(number, "", (Pair(as_text(seed), "", first),) if seed is not None else (), first, max(first, last))
    pairs = seed.get("questions_and_answers")
    if isinstance(pairs, list):
        found = tuple(
            _pair(pair, place(pair_node).line)
            for pair, pair_node in _paired(pairs, value(node, "questions_and_answers"))
        )
    else:
        found = (_pair(seed, first),) if "question" in seed or "answer" in seed else ()
    return Seed(number, as_text(seed.get("context")), found, first, max(first, last))


def _pair(pair: Any, line: int) -> Pair:
    if not isinstance(pair, dict):
        return Pair(as_text(pair), "", line)
    return Pair(as_text(pair.get("question")), as_text(pair.get("answer")), line)


def _document(document: Any, node: Node | None) -> Document | None:
    if not isinstance(document, dict):
        return None
    patterns = document.get("patterns")
    listed = tuple(as_text(item) for item in patterns) if isinstance(patterns, list) else ()
    return Document(as_text(document.get("repo")), as_text(document.get("commit")), listed, place(node).line)


def as_text(item: Any) -> str:
    """A value as text: text itself, nothing as nothing, anything else as YAML writes it."""
    match item:
        case str():
            return item
        case None:
            return ""
        case bool():
            return "true" if item else "false"
        case list() | dict():
            import yaml

            return yaml.safe_dump(item, allow_unicode=True, default_flow_style=True, width=10**6).strip()
    try:
        return str(item)
    except ValueError:  # a number of thousands of digits, which Python refuses to print
        return hex(item)


def read_as(item: Any) -> str:
    match item:
        case None:
            return "nothing"
        case bool():
            return "yes or no"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a mapping"
    return type(item).__name__


def _attribution(path: Path) -> str:
    try:
        data = read_bytes(path.with_name(ATTRIBUTION), ATTRIBUTION_LIMIT)
    except Unreadable:
        return ""
    return data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")


def _where(trouble: Unreadable) -> str:
    if (trouble.line, trouble.column) == (1, 1):
        return trouble.message
    return f"Line {trouble.line}, column {trouble.column}: {trouble.message}"
