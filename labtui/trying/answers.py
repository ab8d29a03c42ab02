"""Putting the check questions to a model, one after the other, each answer journalled when it is there.

Greedy and alone on the server, so that nothing but the adapter tells the answers after from those before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import Answer
from labtui.errors import LabError
from labtui.generate.teacher import Patient
from labtui.journal import JobFolder, JsonLines, read_lines
from labtui.serve.client import Client, Completion, Messages, Sampling
from labtui.serve.target import Target
from labtui.worker import Job

FILE = "answers.jsonl"
POLL_SECONDS = 0.2
ENDING_SECONDS = 1.0
"""A server that goes away may do so because the whole job is being stopped: that is heard within so long."""


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the job's answers.jsonl."""

    v: int = 1
    stage: str
    """BEFORE or AFTER."""
    number: int
    """Of the question, from 1."""
    answer: Answer


def sampling_of(tokens: int) -> Sampling:
    return Sampling(temperature=0.0, top_p=1.0, min_p=0.0, max_tokens=tokens, seed=0)


def read(folder: JobFolder, stage: str) -> dict[int, Answer]:
    """Number of the question -> its answer, of those that are there."""
    return {line.number: line.answer for line in read_lines(_file(folder), AnswerLine) if line.stage == stage}


def ask(
    job: Job, target: Target, stage: str, questions: Sequence[CheckQuestion], tokens: int, told: Callable[[int], object]
) -> None:
    """Asks what has no answer yet; `told` hears after each how many there are. Returns early when asked to stop."""
    lines = JsonLines(_file(job.folder))
    try:
        asyncio.run(_ask(job, target, stage, questions, tokens, told, lines))
    except LabError:
        if not job.wait(ENDING_SECONDS):
            raise
    finally:
        lines.sync()
        lines.close()


async def _ask(
    job: Job,
    target: Target,
    stage: str,
    questions: Sequence[CheckQuestion],
    tokens: int,
    told: Callable[[int], object],
    lines: JsonLines,
) -> None:
    have = read(job.folder, stage)
    async with Client(target) as client:
        model = Patient(client, target, job.report.warning)
        for number, question in enumerate(questions, 1):
            if number in have:
                continue
            began = time.monotonic()
            messages: Messages = [{"role": "user", "content": question.text}]
            said = await _stoppable(job, model, messages, sampling_of(tokens))
            if said is None:
                return
            answer = Answer(
                text=said.text.strip("\n"),
                cut=said.finished.reason == "length",
                tokens=said.finished.completion_tokens,
                seconds=round(time.monotonic() - began, 2),
            )
            lines.append(AnswerLine(stage=stage, number=number, answer=answer))
            have[number] = answer
            told(len(have))


async def _stoppable(job: Job, model: Patient, messages: Messages, sampling: Sampling) -> Completion | None:
    """The answer; None where the job is asked to stop first. Raises LabError."""
    task = asyncio.create_task(model.ask(messages, sampling, None))
    try:
        while not (await asyncio.wait({task}, timeout=POLL_SECONDS))[0]:
            if job.stopping:
                return None
        said = task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    if said is None:
        raise LabError(
            "A check question does not fit the model's window.",
            where=messages[0]["content"][:60],
            hint="Ask it with a shorter context.",
        )
    return said


def _file(folder: JobFolder) -> Path:
    return folder.path / FILE
