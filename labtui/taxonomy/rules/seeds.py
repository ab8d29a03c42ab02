"""quality.*: what the seeds of a leaf say, taken together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from yaml.nodes import Node

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import FOUNDATIONAL, KNOWLEDGE, SKILLS
from labtui.taxonomy.lengths import SEEDS, USED_PAIRS
from labtui.taxonomy.places import entry, value
from labtui.taxonomy.rules.subject import Pair, Seed, Subject

_LAST_SIGNS = ".?!\u3002\uff1f\uff01 "
_WRITTEN = frozenset(("question", "answer", "context", "task_description", "document_outline"))
_REMARK = re.compile(r"[ \t]+#")


def check(subject: Subject) -> Iterator[Finding]:
    yield from _mixed(subject)
    yield from _repeated(subject)
    yield from _surplus_pairs(subject)
    yield from _too_few(subject)


def _mixed(subject: Subject) -> Iterator[Finding]:
    seeds = [seed for seed in subject.seeds if seed.pairs]
    if subject.kind != SKILLS or len(seeds) < 2:
        return
    first = bool(seeds[0].context.strip())
    others = [seed for seed in seeds if bool(seed.context.strip()) != first]
    if others:
        numbers = _listed([seed.number for seed in others])
        one = len(others) == 1
        yield subject.finding(
            "quality.mixed-grounding",
            others[0].node,
            f"Seed {seeds[0].number} has {'a' if first else 'no'} context, "
            f"{'seed' if one else 'seeds'} {numbers} {'has' if one else 'have'} {'none' if first else 'one'}: "
            "generation takes the whole leaf for what its first seed is.",
            "Give every seed a context, or none; split the leaf in two where both are meant.",
        )


def _listed(numbers: list[int]) -> str:
    shown = [str(number) for number in numbers[:8]]
    if len(numbers) > 8:
        return ", ".join(shown) + f" and {len(numbers) - 8} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def same_text(text: str) -> str:
    """What two texts must share to be the same to a reader: case, spacing and the last sign set aside."""
    return " ".join(text.casefold().split()).rstrip(_LAST_SIGNS)


class _Asked(NamedTuple):
    seed: Seed
    pair: Pair


def _repeated(subject: Subject) -> Iterator[Finding]:
    contexts: dict[str, Seed] = {}
    asked: dict[tuple[str, str], list[_Asked]] = {}
    reported = _unique_by_schema(subject)
    for seed in subject.seeds:
        context = same_text(seed.context)
        before = contexts.setdefault(context, seed) if context else seed
        again = subject.kind == KNOWLEDGE and before is not seed
        if again and not reported(before.node, seed.node):
            yield subject.finding(
                "quality.context-repeated",
                seed.context_node,
                f"Seed {seed.number} has the same context as seed {before.number}: the teacher sees it twice and the "
                "rest of the document less.",
                f"Take another passage of the document, or add its questions to seed {before.number}.",
            )
        for pair in seed.pairs:
            question = same_text(pair.question)
            if not question:
                continue
            group = asked.setdefault((context, question), [])
            first = group[0] if group else None
            if first is None or not (
                (again and first.seed is not seed)  # told of with the context
                or reported(first.pair.node, pair.node)
                or reported(first.seed.node, seed.node)
            ):
                group.append(_Asked(seed, pair))
    for group in asked.values():
        if len(group) > 1:
            yield _asked_again(subject, group)


def _asked_again(subject: Subject, group: list[_Asked]) -> Finding:
    """One finding a question, where it is asked for the second time."""
    first, second = group[0], group[1]
    numbers = list(dict.fromkeys(each.seed.number for each in group[1:]))
    if numbers == [first.seed.number]:
        times = f"{len(group)} times" if len(group) > 2 else "twice"
        where = f"This question is asked {times} in the same context"
    elif len(group) > 2:
        where = f"This question of seed {first.seed.number} is asked again in seeds {_listed(numbers)}"
    else:
        where = f"This question is asked in seed {first.seed.number} already"
    answers = {_bare(each.pair.answer) for each in group}
    differs = len(answers) > 1
    # A skill may well be shown by several answers; what is known has one.
    mild = differs and len(answers) == len(group) and subject.kind == SKILLS
    return subject.finding(
        "quality.question-repeated",
        second.pair.question_node,
        f"{where}, first in line {subject.place_of(first.pair.question_node).line}, with "
        + ("another answer." if differs else "the same answer."),
        "Ask something else: what differs between the seeds is what the teacher learns from.",
        level=Level.INFO if mild else None,
    )


def _bare(answer: str) -> str:
    """An answer without a number at its end, which makes two of them differ for the schema alone."""
    return same_text(answer).rstrip("0123456789 .")


def _unique_by_schema(subject: Subject) -> _Reported:
    return _Reported(subject.version > 1)


class _Reported:
    """Whether the schema has already said that two entries are the same, word for word."""

    def __init__(self, tells: bool) -> None:
        self._tells = tells

    def __call__(self, one: Node, other: Node) -> bool:
        from labtui.taxonomy.fixing.fields import alike

        return self._tells and one is not other and alike(one, other)


def _surplus_pairs(subject: Subject) -> Iterator[Finding]:
    for seed in subject.seeds:
        if len(seed.pairs) > USED_PAIRS and value(seed.node, "questions_and_answers") is not None:
            surplus = len(seed.pairs) - USED_PAIRS
            yield subject.finding(
                "quality.unused-pairs",
                seed.pairs[USED_PAIRS].node,
                f"Generation uses the first {USED_PAIRS} pairs of a context; "
                f"{'this one is' if surplus == 1 else f'these {surplus} are'} never read.",
                "Put the best three first, or give the others a context of their own.",
            )


def _too_few(subject: Subject) -> Iterator[Finding]:
    found = entry(subject.root, "seed_examples")
    # From version 2 on the schema itself counts them; old knowledge is to be rewritten in any case.
    if subject.version > 1 or subject.kind != SKILLS or found is None or not 0 < len(subject.seeds) < SEEDS:
        return
    if subject.name.startswith(FOUNDATIONAL + "/"):
        return  # nobody contributes those, and those there are have three seeds
    missing = SEEDS - len(subject.seeds)
    yield subject.finding(
        "quality.few-seeds",
        found[0],
        f"There {'is' if len(subject.seeds) == 1 else 'are'} {len(subject.seeds)} of the {SEEDS} seeds a leaf needs.",
        f"Add {missing} more; a teacher shown few examples repeats them.",
    )


def cut_texts(subject: Subject) -> Iterator[Finding]:
    """Texts without quotes that a # cuts off: the rest of the line is a remark nobody reads."""
    if " #" not in subject.text:
        return
    for scalar in subject.scalars:
        if scalar.node.style or scalar.field not in _WRITTEN:
            continue
        end = scalar.node.end_mark.index
        rest = subject.text[end : subject.text.find("\n", end) if "\n" in subject.text[end:] else None]
        if _REMARK.match(rest):
            yield subject.finding(
                "quality.cut-off",
                subject.place_at(end + len(rest) - len(rest.lstrip())),
                f"Everything from here to the end of the line is a remark and no part of '{scalar.field}'.",
                "Put the text in quotes or into a block that begins with |.",
            )
