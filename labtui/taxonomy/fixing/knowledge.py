"""Old knowledge (versions 1 and 2) in the shape of version 3: what was written stays, what is missing is asked for.

A seed was one question with its answer; now it is a passage of the document with three pairs or more. Each old pair
becomes the first pair of a seed of its own, whose context is left open: only a person knows the passage it is from.
What has no place any more is kept as a remark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.fixing.shifting import end_of, lines_of, shift
from labtui.taxonomy.fixing.text import Edit, FileText
from labtui.taxonomy.places import items, value

OLD_OUTLINE = "task_description"
OUTLINE = "document_outline"
TOP = ("version", "created_by", "domain", OUTLINE, "document", "seed_examples")
DOCUMENT = ("repo", "commit", "patterns")

ASKS = {
    "created_by": "your name on GitHub",
    "domain": "the field of knowledge, such as astronomy",
    OUTLINE: "what the document is about, in a sentence",
    "repo": "the address of the git repository that holds the document",
    "commit": "the commit of that repository, all 40 characters",
    "patterns": "the Markdown files in it, as a list",
    "context": "the passage of the document that this is about",
    "questions_and_answers": "three pairs or more",
}


def new_value(document: dict[Any, Any]) -> dict[Any, Any]:
    """What the file must say after `edits`, but for the version."""
    renamed = OLD_OUTLINE in document and OUTLINE not in document
    new = {key: item for key, item in document.items() if key in TOP}
    if renamed:
        new[OUTLINE] = document[OLD_OUTLINE]
    for key in TOP[1:4]:
        new.setdefault(key, None)
    pointer = document.get("document")
    new["document"] = {
        **({key: item for key, item in pointer.items() if key in DOCUMENT} if isinstance(pointer, dict) else {}),
    }
    for key in DOCUMENT:
        new["document"].setdefault(key, None)
    seeds = document.get("seed_examples")
    new["seed_examples"] = [_new_seed(seed) for seed in seeds] if isinstance(seeds, list) else seeds
    return new


def _new_seed(seed: Any) -> Any:
    if not is_old(seed):
        return seed
    pair = {key: item for key, item in seed.items() if key != "context"}
    return {"context": seed.get("context"), "questions_and_answers": [pair]}


def is_old(seed: Any) -> bool:
    """Whether a seed is a question with its answer."""
    return isinstance(seed, dict) and "questions_and_answers" not in seed and bool({"question", "answer"} & seed.keys())


def edits(file: FileText, root: MappingNode, document: dict[Any, Any]) -> Iterator[Edit]:
    """Everything but the version. The file must be written in blocks, as all old ones are."""
    renamed = OLD_OUTLINE in document and OUTLINE not in document
    for key, inner in root.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name == OLD_OUTLINE and renamed:
            yield Edit(key.start_mark.index, key.end_mark.index, OUTLINE)
        elif name not in TOP or (name == "document" and not isinstance(inner, MappingNode)):
            yield from _as_remark(file, key, inner)
    indent = " " * root.start_mark.column
    lines = [_open(indent, key) for key in TOP[1:4] if key not in document and not (key == OUTLINE and renamed)]
    pointer = value(root, "document")
    if isinstance(pointer, MappingNode):
        yield from _document(file, pointer)
    else:
        lines += [f"{indent}document:\n", *(_open(f"{indent}  ", key) for key in DOCUMENT)]
    if lines:
        yield Edit(len(file.text), len(file.text), ("" if file.text.endswith("\n") else "\n") + "".join(lines))
    seeds = value(root, "seed_examples")
    if isinstance(seeds, SequenceNode):
        step = max(0, seeds.start_mark.column - root.start_mark.column)
        old = document.get("seed_examples")
        for seed, node in zip(old if isinstance(old, list) else [], items(seeds), strict=False):
            if is_old(seed) and isinstance(node, MappingNode):
                yield from _seed(file, node, step)


def _open(indent: str, key: str) -> str:
    return f"{indent}{key}:  # add: {ASKS[key]}\n"


def _document(file: FileText, pointer: MappingNode) -> Iterator[Edit]:
    there = set()
    for key, inner in pointer.value:
        there.add(key.value if isinstance(key, ScalarNode) else "")
        if key.value not in DOCUMENT:
            yield from _as_remark(file, key, inner)
    missing = [key for key in DOCUMENT if key not in there]
    if missing and pointer.value:
        at = file.line_start(pointer.value[0][0].start_mark.line + 1)
        indent = " " * pointer.value[0][0].start_mark.column
        yield Edit(at, at, "".join(_open(indent, key) for key in missing))


def _as_remark(file: FileText, key: Node, inner: Node) -> Iterator[Edit]:
    for line in lines_of(file, key.start_mark.index, end_of(inner)):
        at = file.line_start(line)
        text = file.line(line)
        indent = min(key.start_mark.column, len(text) - len(text.lstrip(" ")))
        yield Edit(at + indent, at + indent, "# " if text.strip() else "#")


def _seed(file: FileText, node: MappingNode, step: int) -> Iterator[Edit]:
    """Puts a context before the pair, and the pair as the only entry of a list: its lines move to the right."""
    column, start = node.start_mark.column, node.start_mark.index
    indent = " " * column
    context = next(((key, inner) for key, inner in node.value if key.value == "context"), None)
    head = f"context:  # add: {ASKS['context']}\n{indent}"
    skipped: set[int] = set()
    if context is not None:
        lines = lines_of(file, context[0].start_mark.index, end_of(context[1]))
        text = file.text[context[0].start_mark.index : file.line_end(lines[-1])]
        head = f"{text}\n{indent}"
        skipped = set(lines)
        following = file.line_start(lines[-1] + 1)
        first = context[0].start_mark.index == start
        # The entry is cut out where it stands; as the first one it makes room for the next one behind the hyphen.
        begin = start if first else file.line_start(lines[0])
        gap = len(file.text[following:]) - len(file.text[following:].lstrip(" ")) if first else 0
        yield Edit(begin, following + gap, "" if not first else _pair_head(head, indent, step))
        if first:
            skipped.add(lines[-1] + 1)
            yield from _moved(file, node, step, skipped)
            return
    yield Edit(start, start, _pair_head(head, indent, step))
    yield from _moved(file, node, step, skipped)


def _pair_head(head: str, indent: str, step: int) -> str:
    ask = f"  # add: {ASKS['questions_and_answers']}"
    return f"{head}questions_and_answers:{ask}\n{indent}{' ' * step}- "


def _moved(file: FileText, node: MappingNode, step: int, skipped: set[int]) -> Iterator[Edit]:
    for line in lines_of(file, node.start_mark.index, end_of(node))[1:]:
        if line not in skipped:
            yield from shift(file, range(line, line + 1), step + 2, node.start_mark.column, node)
