"""Asks, journals, decides: many requests under way, verdicts in the order of the plan.

Arrival never counts. An answer is journalled when it comes; a try is decided when all tries before it are. What a
resumed job finds in the journal is not asked again, and since every verdict follows from the plan and the answers
alone, it ends with the samples an unbroken run would have made.
"""

from __future__ import annotations

import asyncio
import collections
import math
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from labtui.generate import filters
from labtui.generate.arguments import limit_of
from labtui.generate.journal import Request, Sample
from labtui.generate.parse import parse
from labtui.generate.pipeline import schema
from labtui.generate.plan import LeafPlan, Try, content_hash
from labtui.generate.teacher import Patient

DRY_TRIES = 50
DRY_YIELD = 0.05
"""A leaf that accepts fewer than this share of its last DRY_TRIES tries has dried up."""
POLL_SECONDS = 0.2


class Notes(Protocol):
    """Where a run writes: the job's journals and events, or a test's lists."""

    def request(self, request: Request) -> None: ...

    def sample(self, sample: Sample) -> None: ...

    def dried(self, leaf: LeafRun) -> None: ...

    def progress(self, run: Run) -> None: ...


class Outcome(msgspec.Struct, kw_only=True):
    """What the requests of one try came to."""

    parts: dict[str, str] = {}
    reason: str = ""
    detail: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    compared: int = 0
    """Steps it took until `unlike` was known; 0 while it is not."""
    spent: list[tuple[int, int]] = []
    """Prompt and completion tokens a step."""


class LeafRun:
    """How far one leaf is."""

    def __init__(self, plan: LeafPlan, samples: int, tries: float) -> None:
        self.plan = plan
        self.samples = samples
        self.limit = limit_of(tries, samples)
        self.started = 0
        self.decided = 0
        self.accepted: list[Sample] = []
        self.reasons: collections.Counter[str] = collections.Counter()
        self.details: dict[str, str] = {}
        self.dry = False
        self.seen = filters.Seen(plan.seed_likenesses())
        self._waiting: dict[int, Outcome] = {}
        self._latest: collections.deque[bool] = collections.deque(maxlen=DRY_TRIES)

    @property
    def ended(self) -> bool:
        return len(self.accepted) >= self.samples or self.dry or self.decided >= self.limit

    @property
    def ending(self) -> str:
        """How it ended, short; empty while it goes on."""
        if len(self.accepted) >= self.samples:
            return "enough"
        if self.dry:
            return "dried up"
        return "tries used up" if self.decided >= self.limit else ""

    def wants_more(self) -> bool:
        """Whether another try should start now: not many more than will probably be needed."""
        if self.ended or self.started >= self.limit:
            return False
        hope = max(0.25, (len(self.accepted) + 1) / (self.decided + 1))
        return self.started - self.decided < math.ceil((self.samples - len(self.accepted)) / hope)

    def start(self) -> Try:
        self.started += 1
        return self.plan.attempt(self.started)

    def finish(self, attempt: Try, outcome: Outcome) -> Iterable[Sample]:
        """Notes an outcome and yields every sample that can now be decided."""
        self._waiting[attempt.number] = outcome
        while not self.ended and (following := self._waiting.pop(self.decided + 1, None)) is not None:
            yield self._decide(self.plan.attempt(self.decided + 1), following)

    def _decide(self, attempt: Try, outcome: Outcome) -> Sample:
        self.decided += 1
        parts, reason, detail, spent = outcome.parts, outcome.reason, outcome.detail, outcome.spent
        if outcome.compared:
            likeness = self.plan.likeness(parts)
            same, how = self.seen.reason(likeness)
            if same:
                # Whether the rest was asked for at all depended on what had arrived by then: it does not count.
                reason, detail, spent = same, how, spent[: outcome.compared]
                made = {name for step in self.plan.pipeline.steps[: outcome.compared] for name in step.makes}
                parts = {name: text for name, text in parts.items() if name in made}
            elif not reason:
                self.seen.add(likeness, attempt.number)
        sample = self._sample(attempt, parts, reason, detail, spent)
        self._latest.append(sample.accepted)
        if sample.accepted:
            self.accepted.append(sample)
        else:
            self.reasons[reason] += 1
            self.details.setdefault(reason, detail)
        full = len(self._latest) == DRY_TRIES
        self.dry = full and sum(self._latest) < DRY_YIELD * DRY_TRIES and not self.ended
        return sample

    def _sample(
        self, attempt: Try, parts: dict[str, str], reason: str, detail: str, spent: list[tuple[int, int]]
    ) -> Sample:
        plan, asked = self.plan, self.plan.arguments
        given = {"context": attempt.context} if attempt.context else {}
        parts = {**given, **attempt.drawn, **parts}
        return Sample(
            id=attempt.id,
            leaf=plan.leaf.id,
            leaf_sha256=plan.leaf.sha256,
            kind=plan.leaf.kind,
            number=attempt.number,
            accepted=not reason,
            reason=reason,
            detail=detail,
            parts=parts,
            content="" if reason else content_hash(plan.training(attempt, parts)),
            seeds=attempt.seeds,
            topic=attempt.topic,
            pipeline=plan.pipeline.id,
            pipeline_sha256=plan.pipeline.sha256,
            teacher=asked.teacher,
            teacher_sha256=asked.teacher_sha256,
            temperature=asked.temperature,
            min_p=asked.min_p,
            max_tokens=asked.max_tokens,
            sampling_seeds=tuple(sampling.seed or 0 for sampling in attempt.sampling),
            prompt_tokens=sum(prompt for prompt, _ in spent),
            completion_tokens=sum(completion for _, completion in spent),
        )


class Run:
    """One attempt of a generation job, over all its leaves."""

    def __init__(
        self,
        leaves: list[LeafRun],
        teacher: Patient,
        notes: Notes,
        *,
        attempt: int = 1,
        concurrency: int = 1,
        stopping: Callable[[], bool] = lambda: False,
        answered: Iterable[Request] = (),
        decided: Iterable[str] = (),
    ) -> None:
        self.leaves = leaves
        self.asked = 0
        """Requests of this attempt."""
        self.completion_tokens = 0
        """Of this attempt."""
        self.began = time.monotonic()
        self._teacher = teacher
        self._notes = notes
        self._attempt = attempt
        self._concurrency = max(1, concurrency)
        self._stopping = stopping
        self._answered = {(request.sample, request.step): request for request in answered}
        self._decided = set(decided)

    @property
    def accepted(self) -> int:
        return sum(len(leaf.accepted) for leaf in self.leaves)

    @property
    def decided(self) -> int:
        return sum(leaf.decided for leaf in self.leaves)

    async def go(self) -> None:
        """Works until every leaf has ended or the job is to stop. Raises what a request raised; the others end."""
        under_way: dict[asyncio.Task[Outcome], tuple[LeafRun, Try]] = {}
        try:
            while not self._stopping():
                while len(under_way) < self._concurrency and (leaf := self._next()) is not None:
                    attempt = leaf.start()
                    under_way[asyncio.create_task(self._make(leaf, attempt))] = (leaf, attempt)
                if not under_way:
                    return
                done, _ = await asyncio.wait(under_way, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._finish(*under_way.pop(task), task.result())
                # After a wait without an end as well: of samples that came together only the first was told at once.
                self._notes.progress(self)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _next(self) -> LeafRun | None:
        # Leaf by leaf, the following one filling what the first leaves free: requests that begin alike stay together.
        return next((leaf for leaf in self.leaves if leaf.wants_more()), None)

    def _finish(self, leaf: LeafRun, attempt: Try, outcome: Outcome) -> None:
        for sample in leaf.finish(attempt, outcome):
            if sample.id not in self._decided:
                self._notes.sample(sample)
            if leaf.dry:
                self._notes.dried(leaf)

    async def _make(self, leaf: LeafRun, attempt: Try) -> Outcome:
        """Step after step, until one fails or the question turns out to be no new one."""
        outcome = Outcome(parts={}, spent=[])
        steps = leaf.plan.pipeline.steps
        for index, step in enumerate(steps):
            request = await self._request(leaf, attempt, index, outcome.parts)
            outcome.spent.append((request.prompt_tokens, request.completion_tokens))
            if request.finish == filters.TOO_LONG:
                outcome.reason = filters.TOO_LONG
                outcome.detail = "the prompt does not fit the teacher's window"
                return outcome
            parsed = parse(step, request.text)
            outcome.parts |= parsed.parts
            if request.finish == "length":
                outcome.reason = filters.CUT_OFF
                outcome.detail = f"longer than {attempt.sampling[index].max_tokens} tokens"
            elif parsed.reason:
                outcome.reason, outcome.detail = parsed.reason, parsed.detail
            elif any(filters.repeats(parsed.parts[name]) for name in step.makes):
                outcome.reason = filters.REPEATS
            else:
                missed = [missed for name in step.makes if (missed := leaf.plan.misses_form(name, parsed.parts[name]))]
                if missed:
                    outcome.reason, outcome.detail = filters.OFF_FORM, missed[0]
                elif leaf.plan.copies(outcome.parts):
                    outcome.reason, outcome.detail = filters.COPY, "its answer"
                elif strayed := leaf.plan.strays(attempt, outcome.parts):
                    outcome.reason, outcome.detail = filters.NOT_FROM_TEXT, strayed
            if not outcome.compared and not outcome.reason and self._comparable(leaf, outcome.parts):
                outcome.compared = index + 1
            if outcome.reason:
                return outcome
            if outcome.compared and leaf.seen.reason(leaf.plan.likeness(outcome.parts))[0]:
                return outcome
        return outcome

    def _comparable(self, leaf: LeafRun, parts: dict[str, str]) -> bool:
        return all(parts.get(name) for name in leaf.plan.pipeline.unlike)

    async def _request(self, leaf: LeafRun, attempt: Try, index: int, made: dict[str, str]) -> Request:
        known = self._answered.get((attempt.id, index))
        if known is not None:
            return known
        step, sampling = leaf.plan.pipeline.steps[index], attempt.sampling[index]
        messages = leaf.plan.messages(attempt, index, made)
        began = time.monotonic()
        answer = await self._teacher.ask(messages, sampling, schema(step))
        self.asked += 1
        request = Request(
            attempt=self._attempt,
            sample=attempt.id,
            step=index,
            seed=sampling.seed or 0,
            text=answer.text if answer else "",
            reasoning=answer.reasoning if answer else "",
            finish=answer.finished.reason if answer else filters.TOO_LONG,
            prompt_tokens=answer.finished.prompt_tokens if answer else 0,
            completion_tokens=answer.finished.completion_tokens if answer else 0,
            seconds=round(time.monotonic() - began, 3),
        )
        self.completion_tokens += request.completion_tokens
        self._notes.request(request)
        return request
