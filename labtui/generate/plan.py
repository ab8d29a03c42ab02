"""The tries of a leaf, numbered and fixed before anything is asked: same inputs, same requests, for ever."""

from __future__ import annotations

import collections
import hashlib
import importlib.resources
import re
from collections.abc import Mapping
from functools import cache

import msgspec

from labtui.generate.arguments import GenerateArguments
from labtui.generate.dice import Dice
from labtui.generate.filters import normal, share_from
from labtui.generate.form import LEAST, common_form, room
from labtui.generate.pipeline import Pipeline, Step, as_messages, fill
from labtui.serve.client import Messages, Sampling, estimate_tokens
from labtui.taxonomy.leaf import Leaf, Pair, Seed

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LATIN_SHARE = 0.8
"""Of the letters in a leaf's seeds, for everyday English words to be of use as topics."""
MARGIN = 32
"""Tokens kept free in the teacher's window, where the prompt's length is an estimate."""
BLOCK = 6
"""Tries in a row that show the same seeds: engines that keep prefixes read them once (half the work, measured)."""
CONTEXT_BLOCK = 3
"""As BLOCK, where a try speaks of one seed's context; fewer, so that every context gets its share."""
PATIENCE = 1.25
"""An estimate may be short by this factor."""


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a sample: everything its requests hold but the teacher's own earlier answers."""

    id: str
    number: int
    """From 1."""
    seeds: tuple[int, ...]
    """Numbers of the seeds its examples come from."""
    topic: str
    context: str
    """The text it speaks of; empty where there is none or the teacher is to write it."""
    drawn: dict[str, str]
    """Parts taken over from one of those seeds."""
    sampling: tuple[Sampling, ...]
    """One a step."""


class LeafPlan:
    """All tries of one leaf under one pipeline, teacher and settings."""

    def __init__(self, leaf: Leaf, pipeline: Pipeline, arguments: GenerateArguments, window: int = 0) -> None:
        self.leaf = leaf
        self.pipeline = pipeline
        self.arguments = arguments
        self.window = window
        self.given = {"task": leaf.description.strip(), "outline": leaf.outline.strip(), "domain": leaf.domain.strip()}
        self._by_number = {seed.number: seed for seed in usable(leaf)}
        self._topics = _topics(pipeline, leaf)
        self._words = _spread(leaf)
        own = [_parts(seed, pair) for seed in self._by_number.values() for pair in seed.pairs]
        self._texts = {name: [parts[name] for parts in own] for name in ("context", "question", "answer")}
        # Answers from a text are prose; only their questions have a form worth asking for.
        free = leaf.kind != "knowledge"
        answers = [normal(text) for text in self._texts["answer"]]
        # Where the seeds themselves answer alike (yes or no, a class), an answer of theirs is no copy.
        distinct = free and len(answers) >= LEAST and len(set(answers)) == len(answers)
        self._answers = frozenset(answers) if distinct else frozenset()
        # Never more than the seeds themselves keep to.
        kept = [self._share(parts) for parts in own]
        self._least = min([pipeline.from_text, *kept]) if pipeline.from_text else 0.0
        self._forms = {name: common_form(texts, lines_only=not free) for name, texts in self._texts.items()}

    def attempt(self, number: int) -> Try:
        """The try of that number, from 1."""
        dice = Dice(self.arguments.seed, self.leaf.id, self.leaf.sha256, self.pipeline.sha256, number)
        seeds = list(self._by_number.values())
        shown = max(step.examples for step in self.pipeline.steps)
        context, topic = "", ""
        if any(step.examples_from == "seed" for step in self.pipeline.steps):
            picked = [seeds[(number - 1) // CONTEXT_BLOCK % len(seeds)]]
            context = picked[0].context.strip()
        else:
            picked = self._block(seeds, shown, number)
        if self.pipeline.topics == "context" and context:
            topic = _topic_within(context, picked[0], dice)
        elif self._topics:
            topic = dice.pick(self._topics)
        own = _parts(picked[0], dice.pick(picked[0].pairs))
        drawn = {name: own[name] for name in self.pipeline.draw}
        numbers = tuple(seed.number for seed in picked)
        sampling = tuple(self._sampling(step, dice.number()) for step in self.pipeline.steps)
        return Try(
            id=self._id(number, numbers, topic, drawn, sampling),
            number=number,
            seeds=numbers,
            topic=topic,
            context=context,
            drawn=drawn,
            sampling=sampling,
        )

    def _block(self, seeds: list[Seed], shown: int, number: int) -> list[Seed]:
        """The seeds that try shows."""
        block = (number - 1) // BLOCK
        return Dice(self.arguments.seed, self.leaf.id, self.leaf.sha256, "seeds", block).sample(seeds, shown)

    def messages(self, attempt: Try, index: int, made: dict[str, str]) -> Messages:
        """The conversation step `index` of that try sends, with as many examples as fit the teacher's window."""
        step = self.pipeline.steps[index]
        pairs = self._examples(step, attempt)
        while True:
            messages = self._conversation(step, attempt, made, pairs)
            room = self.window - attempt.sampling[index].max_tokens - MARGIN
            if not pairs or self.window <= 0 or estimate_tokens(messages) * PATIENCE <= room:
                return messages
            pairs = pairs[:-1]

    def training(self, attempt: Try, made: dict[str, str]) -> list[dict[str, str]]:
        """The record's messages: what a model is trained to answer."""
        values = {**self.given, "topic": attempt.topic, "context": attempt.context, **attempt.drawn, **made}
        return as_messages(self.pipeline.training, values)

    def seed_records(self) -> list[tuple[Seed, list[dict[str, str]]]]:
        """The leaf's own pairs in the same form as the samples."""
        return [
            (seed, as_messages(self.pipeline.training, {**self.given, **_parts(seed, pair)}))
            for seed in self._by_number.values()
            for pair in seed.pairs
        ]

    def misses_form(self, name: str, text: str) -> str:
        """What a part lacks of the form all seeds share, in a few words; empty where it lacks nothing."""
        form = self._forms.get(name)
        return form.misses(text) if form else ""

    def copies(self, parts: dict[str, str]) -> bool:
        """Whether a sample gives the answer of a seed to a question of its own."""
        return bool(self._answers) and normal(parts.get("answer", "")) in self._answers

    def strays(self, attempt: Try, parts: dict[str, str]) -> str:
        """How far an answer strays from the text it is to come from, in a few words; empty where it does not."""
        share = self._share({"context": attempt.context, **parts}) if self._least and "answer" in parts else 1.0
        return f"{share:.0%} of its words stand there" if share < self._least else ""

    def _share(self, parts: dict[str, str]) -> float:
        return share_from(parts.get("answer", ""), f"{parts['context']} {parts.get('question', '')}", common_words())

    def likeness(self, made: dict[str, str]) -> str:
        """What two samples may not have in common, as text."""
        return "\n\n".join(made.get(name, "") for name in self.pipeline.unlike)

    def seed_likenesses(self) -> list[str]:
        return [self.likeness(_parts(seed, pair)) for seed in self._by_number.values() for pair in seed.pairs]

    def _examples(self, step: Step, attempt: Try) -> list[tuple[Seed, Pair]]:
        seeds = [self._by_number[number] for number in attempt.seeds]
        dice = Dice(attempt.id, step.makes)
        if step.examples_from == "seed":
            return [(seeds[0], pair) for pair in seeds[0].pairs[: step.examples]]
        return [(seed, dice.pick(seed.pairs)) for seed in seeds[: step.examples]]

    def _conversation(self, step: Step, attempt: Try, made: dict[str, str], pairs: list[tuple[Seed, Pair]]) -> Messages:
        values = {**self.given, "topic": attempt.topic, "context": attempt.context, **attempt.drawn, **made}
        messages: Messages = []
        if system := fill(step.system, values):
            messages.append({"role": "system", "content": system})
        for index, (seed, pair) in enumerate(pairs):
            shown = {**values, **_parts(seed, pair), "topic": self._topic_of(seed, pair)}
            template = step.example.again if index and step.example.again else step.example.user
            messages.append({"role": "user", "content": fill(template, shown)})
            messages.append({"role": "assistant", "content": _shown_answer(step, shown)})
        ask = step.ask if pairs or not step.alone else step.alone
        messages.append({"role": "user", "content": fill(ask, values)})
        return messages

    def _topic_of(self, seed: Seed, pair: Pair) -> str:
        return topic_of(seed, pair, self._words, grounded=self.leaf.kind == "grounded skill")

    def _sampling(self, step: Step, seed: int) -> Sampling:
        asked = self.arguments
        longest = min(step.max_tokens, asked.max_tokens) if step.max_tokens else asked.max_tokens
        if step.answers == "text":
            longest = room(self._texts.get(step.makes[0], ()), longest)
        return Sampling(
            temperature=round(asked.temperature * step.heat, 4),
            top_p=1.0,
            min_p=asked.min_p,
            max_tokens=longest,
            seed=seed,
        )

    def _id(
        self, number: int, seeds: tuple[int, ...], topic: str, drawn: dict[str, str], sampling: tuple[Sampling, ...]
    ) -> str:
        parts = (
            self.leaf.id,
            self.leaf.sha256,
            self.pipeline.sha256,
            self.arguments.teacher,
            self.arguments.teacher_sha256,
            self.window,
            number,
            seeds,
            topic,
            drawn,
            sampling,
        )
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def content_hash(messages: list[dict[str, str]]) -> str:
    """sha256 of a record's messages: what a review decision or a data set refers to."""
    return hashlib.sha256(msgspec.json.encode(messages)).hexdigest()


def usable(leaf: Leaf) -> list[Seed]:
    """The seeds generation can show to a teacher: those with a question and an answer."""
    found = []
    for seed in leaf.seeds:
        pairs = tuple(pair for pair in seed.pairs if pair.question.strip() and pair.answer.strip())
        if pairs and (seed.context.strip() or leaf.kind == "freeform skill"):
            found.append(msgspec.structs.replace(seed, pairs=pairs))
    return found


def topic_of(seed: Seed, pair: Pair, spread: Mapping[str, int], *, grounded: bool) -> str:
    """The word that tells this seed from the leaf's others: what a teacher is shown as its topic."""
    own = _words(seed.context if grounded else pair.question) or _words(seed.context)

    def shared(word: str) -> int:
        """How little it tells: in how many pairs it stands, more for words that stand everywhere."""
        return spread.get(word, 0) * (3 if len(word) < 3 or word in common_words() else 1)

    return min(own, key=lambda word: (shared(word), -len(word))) if own else "anything"


def _spread(leaf: Leaf) -> collections.Counter[str]:
    """In how many of the leaf's pairs each word stands."""
    return collections.Counter(
        word for seed in leaf.seeds for pair in seed.pairs for word in set(_words(f"{seed.context} {pair.question}"))
    )


def _topic_within(context: str, seed: Seed, dice: Dice) -> str:
    """A word of the context that its seed questions did not ask about yet."""
    asked = {word for pair in seed.pairs for word in _words(pair.question)}
    words = [word for word in dict.fromkeys(_words(context)) if len(word) > 4 and word not in common_words()]
    fresh = [word for word in words if word not in asked]
    return dice.pick(fresh or words) if words else ""


def _topics(pipeline: Pipeline, leaf: Leaf) -> tuple[str, ...]:
    if pipeline.topics != "words":
        return ()
    letters = [char for seed in leaf.seeds for pair in seed.pairs for char in pair.question if char.isalpha()]
    latin = sum(char.isascii() for char in letters)
    if latin >= LATIN_SHARE * len(letters):
        return everyday_words()
    # Words in another language would draw the teacher away from the leaf's own.
    own = dict.fromkeys(word for seed in leaf.seeds for pair in seed.pairs for word in _words(pair.question))
    return tuple(own) or ("1",)


def _parts(seed: Seed, pair: Pair) -> dict[str, str]:
    return {"context": seed.context.strip(), "question": pair.question.strip(), "answer": pair.answer.strip()}


def _shown_answer(step: Step, values: dict[str, str]) -> str:
    if step.answers == "json":
        return msgspec.json.encode({name: values.get(name, "") for name in step.makes}).decode()
    return fill(step.example.assistant, values)


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


@cache
def everyday_words() -> tuple[str, ...]:
    """The words a try draws its topic from."""
    return _lines("topics.txt")


@cache
def common_words() -> frozenset[str]:
    return frozenset(_lines("common.txt"))


def _lines(name: str) -> tuple[str, ...]:
    text = importlib.resources.files("labtui.generate").joinpath("prompts", name).read_text(encoding="utf-8")
    return tuple(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
