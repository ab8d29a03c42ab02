"""One leaf as the rules see it: read and parsed once, for all of them."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.fixing.fixable import FIXABLE
from labtui.taxonomy.places import Place, items, place, value
from labtui.taxonomy.profiles import Profile


class Pair(NamedTuple):
    """One question with its answer; empty texts where they are missing or no text. Nodes are None where missing."""

    question: str
    answer: str
    question_node: Node | None
    answer_node: Node | None
    node: Node


class Seed(NamedTuple):
    """One entry of `seed_examples`."""

    number: int
    """From 1."""
    context: str
    context_node: Node | None
    pairs: tuple[Pair, ...]
    node: Node


class Scalar(NamedTuple):
    """A text of the file: the key it stands under, empty in a list, and what it says."""

    field: str
    text: str
    node: ScalarNode


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A qna.yaml. `document` and `root` are None where it cannot be parsed or is no mapping."""

    path: str
    text: str
    """With every line end a newline."""
    data: bytes = b""
    """As the file has it."""
    name: str = ""
    """The leaf's id, or empty where the file stands in no taxonomy."""
    kind: str = ""
    """KNOWLEDGE or SKILLS, also where only the content tells."""
    version: int = 1
    linted: bool = False
    """Whether the linter had a look: it says some things that the rules say otherwise."""
    profile: Profile = Profile.STRICT
    document: Mapping[Any, Any] | None = None
    root: Node | None = None

    @functools.cached_property
    def seeds(self) -> tuple[Seed, ...]:
        return tuple(_seed(number, node) for number, node in enumerate(items(value(self.root, "seed_examples")), 1))

    @functools.cached_property
    def scalars(self) -> tuple[Scalar, ...]:
        """Every text, keys left out. A list or mapping behind an alias is gone through once, where it is written."""
        return tuple(_scalars(self.root))

    @functools.cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def finding(
        self,
        rule: str,
        at: Place | Node | None,
        message: str,
        hint: str = "",
        *,
        path: str = "",
        level: Level | None = None,
    ) -> Finding:
        """A finding of one of our rules, as grave as the profile has it unless `level` says otherwise."""
        from labtui.taxonomy.rules.registry import RULES

        spot = at if isinstance(at, Place) else self.place_of(at)
        return Finding(
            path=path or self.path,
            line=spot.line,
            column=spot.column,
            level=RULES[rule].level(self.profile) if level is None else level,
            rule=rule,
            message=message,
            hint=hint,
            fixable=rule in FIXABLE,
        )

    def place_of(self, node: Node | None) -> Place:
        """Where a node begins. YAML ends lines at signs no editor ends one at; lines are counted as editors do."""
        if node is None or self._breaks_as_usual:
            return place(node)
        return self.place_at(node.start_mark.index)

    @functools.cached_property
    def _breaks_as_usual(self) -> bool:
        return self.text.isascii() or not any(sign in self.text for sign in "\x85\u2028\u2029")

    def place_at(self, offset: int) -> Place:
        """The line and column of a character of `text`."""
        line = bisect.bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1)


def _seed(number: int, node: Node) -> Seed:
    context = value(node, "context")
    listed = value(node, "questions_and_answers")
    if listed is not None:
        pairs = tuple(_pair(item) for item in items(listed))
    else:
        pair = _pair(node)
        pairs = (pair,) if pair.question_node is not None or pair.answer_node is not None else ()
    return Seed(number, text_of(context), context, pairs, node)


def _pair(node: Node) -> Pair:
    question, answer = value(node, "question"), value(node, "answer")
    return Pair(text_of(question), text_of(answer), question, answer, node)


def text_of(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""


def _scalars(root: Node | None) -> Iterator[Scalar]:
    seen: set[int] = set()  # an alias is a node that is met again
    stack: list[tuple[str, Node]] = [("", root)] if root is not None else []
    while stack:
        field, node = stack.pop()
        if isinstance(node, ScalarNode):
            yield Scalar(field, node.value, node)
        elif id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, SequenceNode):
                stack.extend(("", child) for child in reversed(node.value))
            elif isinstance(node, MappingNode):
                stack.extend((text_of(key), child) for key, child in reversed(node.value))
