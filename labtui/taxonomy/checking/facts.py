"""What else is worth knowing of a leaf once it is parsed: what a list shows, a filter searches, others compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from labtui.taxonomy.layout import KNOWLEDGE

if TYPE_CHECKING:
    from labtui.taxonomy.rules.subject import Pair, Seed, Subject

GROUNDED = "grounded skill"
UNREADABLE = "unreadable"
SEED, FIELD = "\x1e", "\x1f"
LINE = 300
"""Characters of a description that a list keeps."""


class PairSketch(msgspec.Struct, frozen=True, array_like=True):
    """A question and its answer, as far as they are compared."""

    number: int
    """Within its seed, from 1."""
    line: int
    """Of the question, from 1."""
    column: int
    question: bytes
    """The same for the same question put to the same context; empty where it says too little by itself."""
    answer: bytes


class SeedText(NamedTuple):
    """A seed's texts as they are searched and compared: in lower case."""

    context: str
    pairs: tuple[tuple[str, str], ...]


class SeedSketch(msgspec.Struct, frozen=True, array_like=True):
    number: int
    """From 1."""
    line: int
    column: int
    text: bytes
    """The same for the same words in the same order."""
    bands: bytes
    pairs: tuple[PairSketch, ...]


class Facts(msgspec.Struct, frozen=True, array_like=True):
    kind: str = UNREADABLE
    """`knowledge`, `grounded skill`, `freeform skill` or `unreadable`."""
    seeds: int = 0
    description: str = ""
    """The task or the document's outline in one line, shortened."""
    author: str = ""
    text: str = ""
    """Everything people wrote into it, in lower case: what a filter searches beside the id and the rules. Description,
    domain and author come first, then each seed behind a SEED sign, its fields behind FIELD signs."""
    sketches: tuple[SeedSketch, ...] = ()

    def seed_text(self, number: int) -> SeedText:
        """The texts of seed `number`, from 1. Raises IndexError where there is none."""
        context, *rest = self.text.split(SEED)[number].split(FIELD)
        return SeedText(context, tuple(zip(rest[::2], rest[1::2], strict=False)))


def facts_of(subject: Subject) -> Facts:
    """Never raises for what the file holds."""
    from labtui.taxonomy.checking.sketches import bands, digest, words
    from labtui.taxonomy.leaf import as_text, kind_of

    document = subject.document
    if document is None:
        return Facts(text=subject.text.lower())
    kind = kind_of(subject.name, dict(document))
    author, domain = as_text(document.get("created_by")), as_text(document.get("domain"))
    description = as_text(document.get("task_description")) or as_text(document.get("document_outline"))
    compared = [words(" ".join(_texts(seed))) for seed in subject.seeds]
    sketched = bands(compared) if compared else []
    sketches = tuple(
        SeedSketch(
            number=seed.number,
            line=seed.node.start_mark.line + 1,
            column=seed.node.start_mark.column + 1,
            text=digest(found) if found else b"",
            bands=sketch,
            pairs=tuple(
                PairSketch(
                    number=number,
                    line=pair.question_node.start_mark.line + 1,
                    column=pair.question_node.start_mark.column + 1,
                    question=digest(asked) if (asked := question_words(kind, seed, pair)) else b"",
                    answer=digest(words(pair.answer)),
                )
                for number, pair in enumerate(seed.pairs, 1)
                if pair.question_node is not None and pair.answer.strip()
            ),
        )
        for seed, found, sketch in zip(subject.seeds, compared, sketched, strict=True)
    )
    seeds = [FIELD.join(text.replace(SEED, " ").replace(FIELD, " ") for text in _texts(seed)) for seed in subject.seeds]
    searched = SEED.join((f"{description}\n{domain}\n{author}".replace(SEED, " "), *seeds))
    return Facts(
        kind=kind,
        seeds=len(subject.seeds),
        description=" ".join((description or domain)[: 2 * LINE].split())[:LINE],
        author=author[:LINE],
        text=searched.lower(),
        sketches=sketches,
    )


def _texts(seed: Seed) -> Iterator[str]:
    yield seed.context
    for pair in seed.pairs:
        yield pair.question
        yield pair.answer


_NAMED = re.compile(r"\S\s+(?:[\"'“(]?[A-Z]|\S*\d)|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A name, a number, or a script in which names do not show."""
_CONTENTS = re.compile(r"\b(text|passage|document|article|context|paragraph|chapter|section|this|above)\b")


def question_words(kind: str, seed: Seed, pair: Pair) -> list[str]:
    """The words by which this question is the same as another, or none where it says too little by itself.

    With a skill's context the question means what the context makes of it. One about knowledge is taken out of its
    context here, so it must name what it asks about.
    """
    from labtui.taxonomy.checking.sketches import words

    asked = words(pair.question)
    if kind == KNOWLEDGE:
        named = _NAMED.search(pair.question) is not None and _CONTENTS.search(pair.question.lower()) is None
        return asked if named else []
    if seed.context.strip():
        return [*asked, "\n", *words(seed.context)]
    return asked
