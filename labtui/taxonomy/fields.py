"""The fields of a leaf in reading order, those that are still missing too, and where each stands in the file.

A field is named by its path into the values: `("domain",)`, `("document", "commit")`,
`("seed_examples", 2, "questions_and_answers", 0, "answer")`. A form shows them, and every problem finds the field
it speaks of by its position.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from yaml.nodes import Node, ScalarNode

from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import as_text, read_as
from labtui.taxonomy.lengths import CONTEXT_WORDS, PAIR_WORDS
from labtui.taxonomy.places import entry, items

Path = tuple[str | int, ...]
At = tuple[int, int]
"""A line and a column, both from 1."""

NOWHERE: At = (0, 0)
SEEDS = "seed_examples"
PAIRS = "questions_and_answers"


class Field(msgspec.Struct, frozen=True):
    path: Path
    label: str
    text: str = ""
    """As it is read; of a list one entry a line; empty where the file says nothing."""
    start: At = NOWHERE
    """From its key to where the next thing begins; NOWHERE for a field that is not in the file."""
    end: At = NOWHERE
    odd: str = ""
    """What it was read as, where that is no text: `a number`."""
    limit: int = 0
    """Words it may have; 0 where nothing says."""
    listed: bool = False
    """A list of short texts."""
    fixed: bool = False
    """It cannot be written in one place: a mapping where a text was expected."""

    @property
    def there(self) -> bool:
        return self.start != NOWHERE


class PairFields(msgspec.Struct, frozen=True):
    path: Path
    question: Field
    answer: Field
    start: At = NOWHERE
    end: At = NOWHERE


class SeedFields(msgspec.Struct, frozen=True):
    number: int
    """From 1."""
    path: Path
    context: Field | None
    """None for a skill whose leaf has no contexts."""
    pairs: tuple[PairFields, ...]
    start: At = NOWHERE
    end: At = NOWHERE

    @property
    def fields(self) -> Iterator[Field]:
        if self.context is not None:
            yield self.context
        for pair in self.pairs:
            yield pair.question
            yield pair.answer


class LeafFields(msgspec.Struct, frozen=True):
    kind: str
    """KNOWLEDGE or SKILLS."""
    top: tuple[Field, ...]
    seeds: tuple[SeedFields, ...]
    start: At = NOWHERE
    """Where the seeds begin and end; NOWHERE where there are none."""
    end: At = NOWHERE

    @property
    def all(self) -> Iterator[Field]:
        yield from self.top
        for seed in self.seeds:
            yield from seed.fields

    def find(self, path: Path) -> Field | None:
        return next((field for field in self.all if field.path == path), None)


_TOP = {
    True: (("domain", "domain"), ("document_outline", "outline")),
    False: (("task_description", "task"),),
}
_DOCUMENT = (("repo", "repository"), ("commit", "commit"), ("patterns", "patterns"))


def fields_of(document: Any, root: Node | None, kind: str) -> LeafFields:
    """The fields of a parsed leaf; `kind` is KNOWLEDGE or SKILLS."""
    values = document if isinstance(document, dict) else {}
    knowledge = kind == KNOWLEDGE
    top = [_field((key,), label, values, root) for key, label in _TOP[knowledge]]
    top += [_field((key,), label, values, root) for key, label in _TOP[not knowledge] if key in values]
    if knowledge:
        inner = values.get("document")
        held = entry(root, "document")
        if isinstance(inner, dict) or inner is None:
            top += [
                _field(("document", key), label, inner or {}, held[1] if held else None, listed=key == "patterns")
                for key, label in _DOCUMENT
            ]
        else:
            top.append(_field(("document",), "document", values, root))
    top.append(_field(("created_by",), "by", values, root))
    found = entry(root, SEEDS)
    listed = values.get(SEEDS)
    seeds = listed if isinstance(listed, list) else []
    nodes = items(found[1]) if found else []
    context = knowledge or any(isinstance(seed, dict) and seed.get("context") is not None for seed in seeds)
    return LeafFields(
        kind=kind,
        top=tuple(top),
        seeds=tuple(
            _seed(number, seed, nodes[number] if number < len(nodes) else None, knowledge, context)
            for number, seed in enumerate(seeds)
        ),
        start=_from(found[0]) if found else NOWHERE,
        end=_to(found[1]) if found else NOWHERE,
    )


def _seed(number: int, seed: Any, node: Node | None, knowledge: bool, with_context: bool) -> SeedFields:
    path: Path = (SEEDS, number)
    values = seed if isinstance(seed, dict) else {}
    start, end = (_from(node), _to(node)) if node is not None else (NOWHERE, NOWHERE)
    if seed is not None and not isinstance(seed, dict):
        whole = Field(path, "", as_text(seed), start, end, read_as(seed), fixed=True)
        return SeedFields(number + 1, path, whole, (), start, end)
    context = None
    if with_context or "context" in values:
        limit = CONTEXT_WORDS if knowledge else 0
        context = _field((*path, "context"), "context", values, node, limit=limit)
    pairs = values.get(PAIRS)
    if isinstance(pairs, list):
        found = entry(node, PAIRS)
        nodes = items(found[1]) if found else []
        paired = tuple(
            _pair((*path, PAIRS, place), pair, nodes[place] if place < len(nodes) else None, knowledge)
            for place, pair in enumerate(pairs)
        )
    elif knowledge and not ("question" in values or "answer" in values):
        paired = ()
    else:
        paired = (_pair(path, values, node, knowledge),)
    return SeedFields(number + 1, path, context, paired, start, end)


def _pair(path: Path, pair: Any, node: Node | None, knowledge: bool) -> PairFields:
    start, end = (_from(node), _to(node)) if node is not None else (NOWHERE, NOWHERE)
    if pair is not None and not isinstance(pair, dict):
        question = Field(path, "question", as_text(pair), start, end, read_as(pair), fixed=True)
        return PairFields(path, question, Field((*path, "answer"), "answer", fixed=True), start, end)
    values = pair or {}
    limit = PAIR_WORDS if knowledge else 0
    question, answer = (_field((*path, key), key, values, node, limit=limit) for key in ("question", "answer"))
    return PairFields(path, question, answer, start, end)


def _field(
    path: Path, label: str, values: dict[Any, Any], parent: Node | None, *, limit: int = 0, listed: bool = False
) -> Field:
    key = path[-1]
    if key not in values:
        return Field(path, label, limit=limit, listed=listed)
    item = values[key]
    found = entry(parent, key)
    start, end = (_from(found[0]), _to(found[1])) if found else ((1, 1), (1, 1))
    if listed and isinstance(item, list):
        text, odd, fixed = "\n".join(as_text(part) for part in item), "", False
    else:
        fixed = isinstance(item, (dict, list))
        odd = "" if isinstance(item, str) or item is None else read_as(item)
        # What was read as something else is shown as it is written: `yes`, not `true`.
        written = found[1].value if odd and found and isinstance(found[1], ScalarNode) else None
        text = as_text(item) if written is None else written
    return Field(path, label, text, start, end, odd, limit, listed, fixed)


def _from(node: Node) -> At:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _to(node: Node) -> At:
    return node.end_mark.line + 1, node.end_mark.column + 1


def in_words(path: Path) -> str:
    """`seed 3, pair 2, answer`: a place in a leaf as a person would say it."""
    said = {SEEDS: "seed", PAIRS: "pair"}
    steps: list[str] = []
    for step in path:
        if isinstance(step, str):
            steps.append(said.get(step, step))
        else:
            steps[-1:] = [f"{steps[-1] if steps else 'entry'} {step + 1}"]
    return ", ".join(steps) or "the file"
