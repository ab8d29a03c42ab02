"""What the present model answers to the questions of a leaf's seeds: whether it needs teaching at all.

    asked = ask(folder, leaf, target, made, on_answer=show, cancelled=stop.is_set)
    asked_so_far(folder, leaf)                   # the same from disk: what was answered before, without any model
    verdict(asked).says                          # `1 of 5 answers come near, by their words`

Knowledge is asked without its context, as the model is to know it by itself; a grounded skill with it. The answer is
drawn without chance, so that asking again tells of the model and not of the dice. Every answer is in answers.jsonl as
soon as it is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, ModelAnswer, ModelUsed
from labtui.contribute.similar.nearness import Nearness, nearness
from labtui.serve.client import Client, Completion, Sampling
from labtui.serve.target import Target
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf, read_leaf_file
from labtui.taxonomy.rules.seeds import same_text

SAMPLING = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, max_tokens=256, seed=0)
"""Without chance, and no longer than is needed to see what it knows: a small model may repeat itself for ever."""
POLL_SECONDS = 0.1
ENOUGH = 0.8
"""A model that answers this part of the seeds nearly as they do hardly needs the leaf."""
FEWEST = 3
"""Of fewer answers nothing is concluded."""


class SeedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a leaf with what the model answers to it."""

    seed: int
    """From 1."""
    pair: int
    """Within its seed, from 1."""
    question: str
    context: str = ""
    """What is sent with the question; empty for knowledge."""
    wanted: str = ""
    """The seed's answer."""
    answer: ModelAnswer | None = None
    """None: not asked yet. Foreign text: clean it before showing."""

    @property
    def nearness(self) -> Nearness | None:
        return nearness(self.answer.answer, self.wanted) if self.answer is not None else None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    asked: int = 0
    near: int = 0
    questions: int = 0
    says: str = ""
    """One line; empty where nothing was asked."""
    needless: bool = False
    """The words suggest that the model needs no teaching here. A hint, never a judgement."""


def questions_of(leaf: Leaf) -> list[SeedAnswer]:
    """The questions of a leaf, those without words left out."""
    return [
        SeedAnswer(
            seed=seed.number,
            pair=number,
            question=pair.question.strip(),
            context="" if leaf.kind == KNOWLEDGE else seed.context.strip(),
            wanted=pair.answer,
        )
        for seed in leaf.seeds
        for number, pair in enumerate(seed.pairs, 1)
        if pair.question.strip()
    ]


def asked_so_far(folder: DraftFolder, leaf: ContributedLeaf | str) -> list[SeedAnswer]:
    """The leaf's questions, each with the last answer there is to it. Raises LabError."""
    return with_answers(_read(folder, leaf), folder.answers())


def with_answers(leaf: Leaf, answers: Sequence[ModelAnswer]) -> list[SeedAnswer]:
    """As `asked_so_far`, pure. A question that was changed since it was asked has no answer."""
    # The leaf's id does not count: it may have been moved since.
    known = {_key(answer.context, answer.question): answer for answer in answers}
    return [
        msgspec.structs.replace(one, answer=known.get(_key(one.context, one.question))) for one in questions_of(leaf)
    ]


def verdict(asked: Sequence[SeedAnswer]) -> Verdict:
    """What the answers come to, in one line."""
    compared = [near for one in asked if (near := one.nearness) is not None]
    if not compared:
        return Verdict(questions=len(asked))
    close = sum(near.is_near for near in compared)
    needless = len(compared) >= FEWEST and close >= ENOUGH * len(compared)
    count = f"{close} of {len(compared)} answers"
    if needless:
        says = f"it may need no teaching here: {count} come near, by their words; read them and judge"
    else:
        left = len(asked) - len(compared)
        says = f"{count} come near, by their words{f' ({left} not asked)' if left else ''}"
    return Verdict(asked=len(compared), near=close, questions=len(asked), says=says, needless=needless)


def ask(
    folder: DraftFolder,
    leaf: ContributedLeaf | str,
    target: Target,
    made: ModelUsed,
    *,
    on_answer: Callable[[SeedAnswer], None] = lambda answer: None,
    cancelled: Callable[[], bool] = lambda: False,
    again: bool = False,
) -> list[SeedAnswer]:
    """Asks the model every question of the leaf, those it was asked before only with `again`, and keeps the answers.

    `made` says who answers; `made.system` is sent first. `on_answer` is called in this thread for each answer as it
    comes. Returns all questions with the answers there are by the end, also when it was cancelled. Raises LabError
    where the model cannot be asked; what was answered by then is kept. Blocks: call it from a thread.
    """
    made = msgspec.structs.replace(made, sampling=msgspec.to_builtins(SAMPLING))
    name = leaf if isinstance(leaf, str) else leaf.id
    present = asked_so_far(folder, leaf)
    todo = [one for one in present if again or one.answer is None or not _same_model(one.answer.made, made)]
    if todo:
        asyncio.run(_ask_all(folder, name, todo, target, made, on_answer, cancelled))
    return asked_so_far(folder, leaf)


async def _ask_all(
    folder: DraftFolder,
    leaf: str,
    todo: Sequence[SeedAnswer],
    target: Target,
    made: ModelUsed,
    on_answer: Callable[[SeedAnswer], None],
    cancelled: Callable[[], bool],
) -> None:
    done: dict[tuple[str, str], ModelAnswer] = {}
    async with Client(target) as client:
        for one in todo:
            if cancelled():
                return
            key = _key(one.context, one.question)
            answer = done.get(key)
            if answer is None:
                said = await _answer(client, one, made.system, cancelled)
                if said is None:
                    return
                answer = ModelAnswer(
                    leaf=leaf,
                    question=one.question,
                    context=one.context,
                    answer=said.text.strip(),
                    cut=said.finished.reason == "length",
                    made=made,
                )
                await asyncio.to_thread(folder.add_answer, answer)
                done[key] = answer
            on_answer(msgspec.structs.replace(one, answer=answer))


async def _answer(client: Client, one: SeedAnswer, system: str, cancelled: Callable[[], bool]) -> Completion | None:
    """The model's whole answer; None where it was cancelled meanwhile."""
    messages = [{"role": "system", "content": system}] if system.strip() else []
    asked = f"{one.context}\n\n{one.question}" if one.context else one.question
    task = asyncio.create_task(client.complete([*messages, {"role": "user", "content": asked}], SAMPLING))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=POLL_SECONDS)
            if cancelled():
                return None
        return await task
    finally:
        task.cancel()


def _same_model(one: ModelUsed, other: ModelUsed) -> bool:
    """Whether both are the very same model, asked in the same way."""
    return (one.model, one.model_sha256, one.adapter, one.adapter_sha256, one.system) == (
        other.model,
        other.model_sha256,
        other.adapter,
        other.adapter_sha256,
        other.system,
    )


def _read(folder: DraftFolder, leaf: ContributedLeaf | str) -> Leaf:
    return read_leaf_file(folder.leaf_file(leaf), leaf if isinstance(leaf, str) else leaf.id)


def _key(context: str, question: str) -> tuple[str, str]:
    return same_text(context), same_text(question)
