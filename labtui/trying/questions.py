"""Which check questions may be asked: they must not stand among the seeds, nor in what the model is trained on.

Judged by the words alone: a question that says the same in quite other words is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from labtui.contribute.evidence.check_questions import LEAST, MOST, CheckQuestion
from labtui.errors import UsageError
from labtui.generate.plan import common_words
from labtui.taxonomy.checking.sketches import ALIKE, likeness, shingles, words
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf

LONGEST = 4000
"""Characters of a question with its context."""
_TURNING = (
    "how where when who whose why many much first last next few more most less least large small long short great good "
    "little old new early late high low left right up down in out over under before after never always not no true "
    "false"
)
TURNING = frozenset(_TURNING.split())
"""Everyday words that make another question of the same words: how old, how large."""
_SHORTENED = re.compile(r"['’](?:s|t|re|ve|ll|d|m)\b", re.I)


class QuestionProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a check question cannot be asked."""

    number: int
    """Of the question, from 1; 0 where it is about all of them."""
    message: str
    hint: str = ""


def problems(questions: Sequence[CheckQuestion], leaves: Sequence[Leaf]) -> list[QuestionProblem]:
    """Everything that keeps these questions from being asked, in their order. Quick enough to be asked at every key."""
    found = []
    seeds = [(leaf, number, _Words(text)) for leaf in leaves for number, text in seed_texts(leaf)]
    earlier: list[_Words] = []
    known = {leaf.id for leaf in leaves}
    for number, question in enumerate(questions, 1):
        asked = _Words(question.text)
        message, hint = _problem(question, asked, seeds, earlier, known)
        if message:
            found.append(QuestionProblem(number=number, message=message, hint=hint))
        earlier.append(asked)
    asked_for = sum(bool(question.question.strip()) and question.confirmed for question in questions)
    if asked_for < LEAST:
        more = f"{LEAST - asked_for} more" if asked_for else str(LEAST)
        message = f"At least {LEAST} check questions are needed: {more} to go."
        found.append(
            QuestionProblem(number=0, message=message, hint="Ask what the seeds should teach, in other words.")
        )
    if len(questions) > MOST:
        found.append(QuestionProblem(number=0, message=f"At most {MOST} check questions are asked."))
    return found


def require(questions: Sequence[CheckQuestion], leaves: Sequence[Leaf]) -> None:
    """Raises UsageError with the first problem, and the others as its hint."""
    if found := problems(questions, leaves):
        first, *rest = found
        hints = [hint for hint in (first.hint, *(_sentence(other) for other in rest[:3])) if hint]
        raise UsageError(first.message, where=f"question {first.number}" if first.number else "", hint="\n".join(hints))


def near(question: CheckQuestion, texts: Iterable[str]) -> bool:
    """Whether one of the texts asks the same as the question, by its words."""
    asked = _Words(question.text)
    return any(asked.near(_Words(text)) for text in texts)


def seed_texts(leaf: Leaf) -> Iterator[tuple[int, str]]:
    """(number of the seed, what it asks), in the form a check question has: with the context where it belongs."""
    for seed in leaf.seeds:
        for pair in seed.pairs:
            context = "" if leaf.kind == KNOWLEDGE else seed.context.strip()
            yield seed.number, f"{context}\n\n{pair.question.strip()}".strip()


class _Words:
    """A text, ready to be compared."""

    def __init__(self, text: str) -> None:
        self.all = words(_SHORTENED.sub("", text))
        self._shingles = shingles(self.all)
        self._telling = frozenset(_stem(word) for word in self.all if word not in common_words() or word in TURNING)

    def near(self, other: _Words) -> bool:
        """Whether both ask the same.

        "Where does the robin nest?" and "Where does the wren nest?" have nearly all words in common and ask about
        different things: where each has a telling word that the other lacks, they are not the same question.
        """
        if not self.all or not other.all:
            return False
        if self.all == other.all or (self._telling and self._telling == other._telling):
            return True
        if self._telling - other._telling and other._telling - self._telling:
            return False
        return likeness(self._shingles, other._shingles) >= ALIKE


def _problem(
    question: CheckQuestion,
    asked: _Words,
    seeds: Sequence[tuple[Leaf, int, _Words]],
    earlier: Sequence[_Words],
    known: set[str],
) -> tuple[str, str]:
    """(what is wrong, what to do); two empty texts where nothing is."""
    if not question.question.strip():
        return ("It is empty.", "Write a question, or take it away.") if question.confirmed else ("", "")
    if not asked.all:
        return "It holds no word.", "Write a question in words."
    if len(question.text) > LONGEST:
        return f"It has {len(question.text):,} characters; at most {LONGEST:,} are asked.", "Shorten it."
    if question.leaf and question.leaf not in known:
        return f"The contribution holds no leaf '{question.leaf}'.", "Name one of: " + ", ".join(sorted(known))
    for leaf, number, seed in seeds:
        if asked.near(seed):
            place = f"seed {number}" + (f" of {leaf.id}" if len(known) > 1 else "")
            return f"It asks the same as {place}.", "What the seeds say already shows nothing new: ask something else."
    for number, other in enumerate(earlier, 1):
        if asked.near(other):
            return f"It asks the same as check question {number}.", "Ask something else."
    return "", ""


def _sentence(problem: QuestionProblem) -> str:
    return f"Question {problem.number}: {problem.message}" if problem.number else problem.message


def _stem(word: str) -> str:
    """One word for singular and plural, as far as a letter tells them apart."""
    return word[:-1] if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith("ss") else word
