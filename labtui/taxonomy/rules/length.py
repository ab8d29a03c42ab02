"""quality.long-*: texts beyond the lengths the taxonomy's guides name. The schema sets none."""

from __future__ import annotations

from collections.abc import Iterator

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.lengths import CONTEXT_WORDS, LEAF_WORDS, PAIR_WORDS, SEED_WORDS, words
from labtui.taxonomy.places import entry
from labtui.taxonomy.rules.subject import Pair, Seed, Subject

SHORT_CONTEXT = 8
"""Words below which a knowledge leaf's context is a heading and no passage."""


def check(subject: Subject) -> Iterator[Finding]:
    total = 0
    for seed in subject.seeds:
        counts = [(pair, words(pair.question), words(pair.answer)) for pair in seed.pairs]
        context, pairs = words(seed.context), sum(question + answer for _, question, answer in counts)
        total += pairs
        if subject.kind == KNOWLEDGE:
            yield from _knowledge(subject, seed, context, counts)
        told = subject.kind == KNOWLEDGE and context > CONTEXT_WORDS
        if context and context + pairs > SEED_WORDS and not told:
            yield subject.finding(
                "quality.long-seed",
                seed.node,
                f"Context and pairs of seed {seed.number} have {context + pairs:,} words together; "
                f"{SEED_WORDS} are meant, so that a request fits the teacher's window.",
                "Shorten the context to what its questions need.",
            )
    found = entry(subject.root, "seed_examples")
    if total > LEAF_WORDS and found is not None:
        yield subject.finding(
            "quality.long-leaf",
            found[0],
            f"The questions and answers have {total:,} words together; about {LEAF_WORDS:,} are meant.",
            "Keep the seeds that differ most, or split the leaf.",
        )


def _knowledge(subject: Subject, seed: Seed, context: int, counts: list[tuple[Pair, int, int]]) -> Iterator[Finding]:
    if context > CONTEXT_WORDS:
        yield subject.finding(
            "quality.long-context",
            seed.context_node,
            f"The context of seed {seed.number} has {context:,} words; {CONTEXT_WORDS} are the most.",
            "Keep the passage the questions are about.",
        )
    elif 0 < context < SHORT_CONTEXT and subject.version > 2:
        yield subject.finding(
            "quality.short-context",
            seed.context_node,
            f"The context of seed {seed.number} has {context} {'word' if context == 1 else 'words'}: "
            "a heading, from which no question can be answered.",
            "Copy the passage of the document that answers the questions.",
        )
    for pair, question, answer in counts:
        for name, count, node in (("question", question, pair.question_node), ("answer", answer, pair.answer_node)):
            if count > PAIR_WORDS:
                yield subject.finding(
                    "quality.long-pair",
                    node,
                    f"This {name} has {count:,} words; {PAIR_WORDS} are the most in a knowledge leaf.",
                    "Say it shorter, or ask two questions.",
                )
