"""Leaves, and teachers that answer by the request alone: what they say never depends on when they are asked."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labtui import paths, workspace
from labtui.generate import pipeline
from labtui.generate.arguments import GenerateArguments, LeafAsked
from labtui.generate.engine import LeafRun, Run
from labtui.generate.journal import Request, Sample
from labtui.generate.plan import LeafPlan
from labtui.generate.teacher import Patient
from labtui.records import JobSpec, now
from labtui.serve.client import Completion, Finished, Messages, Sampling
from labtui.serve.target import Target
from labtui.taxonomy.leaf import Leaf, read_leaf
from labtui.workspace import Workspace
from tests.scripted_server import Answer, ScriptedServer

SKILL = "compositional_skills/words/opposites"
TEXTS = "compositional_skills/texts/shorten"
FACTS = "knowledge/nature/birds"

_SKILL = """\
version: 3
created_by: ann
task_description: Name the opposite of a word.
seed_examples:
""" + "".join(
    f"  - question: What is the opposite of {word}?\n    answer: 'The opposite of {word} is {other}.'\n"
    for word, other in (("hot", "cold"), ("day", "night"), ("up", "down"), ("open", "closed"), ("full", "empty"))
)

_TEXTS = """\
version: 3
created_by: ann
task_description: Shorten a text.
seed_examples:
""" + "".join(
    f"  - context: The {animal} sat on the {place} for a long time.\n    question: Shorten it.\n"
    f"    answer: The {animal} sat.\n"
    for animal, place in (("cat", "mat"), ("dog", "log"), ("hen", "fence"), ("cow", "meadow"), ("owl", "roof"))
)

_FACTS = """\
version: 3
created_by: ann
domain: birds
document_outline: Birds of a garden.
document: {repo: 'https://example.org/birds.git', commit: abc, patterns: ['*.md']}
seed_examples:
""" + "".join(
    f"  - context: The {bird} is a bird that eats {food} and builds its nest in a {place}.\n"
    "    questions_and_answers:\n"
    f"      - {{question: 'What does the {bird} eat?', answer: 'The {bird} eats {food}.'}}\n"
    f"      - {{question: 'Where does the {bird} nest?', answer: 'The {bird} builds its nest in a {place}.'}}\n"
    f"      - {{question: 'What is the {bird}?', answer: 'The {bird} is a bird.'}}\n"
    for bird, food, place in (
        ("blackbird", "worms", "hedge"),
        ("robin", "insects", "hollow"),
        ("sparrow", "seeds", "wall"),
        ("swallow", "midges", "stable"),
        ("magpie", "anything", "treetop"),
    )
)


def make_workspace(root: Path) -> Workspace:
    """A workspace with one leaf of each kind."""
    made = workspace.create(root)
    for name, text in ((SKILL, _SKILL), (TEXTS, _TEXTS), (FACTS, _FACTS)):
        path = made.taxonomy / name / "qna.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return made


def arguments(lab: Workspace, *names: str, samples: int = 6, **others: Any) -> GenerateArguments:
    leaves = [read_leaf(lab.taxonomy, name) for name in names or (SKILL,)]
    return GenerateArguments(
        taxonomy=str(lab.taxonomy),
        leaves=tuple(LeafAsked(id=leaf.id, sha256=leaf.sha256, kind=leaf.kind, samples=samples) for leaf in leaves),
        **{"teacher": "scripted", "teacher_model": "scripted", **others},
    )


def plan_of(lab: Workspace, name: str = SKILL, window: int = 0, **others: Any) -> LeafPlan:
    leaf = read_leaf(lab.taxonomy, name)
    asked = arguments(lab, name, **others)
    return LeafPlan(leaf, pipeline.load(asked.pipeline, leaf.kind), asked, window)


def spec_of(lab: Workspace, asked: GenerateArguments, job: str = "20260101T000000Z-generate-abcde") -> JobSpec:
    import msgspec

    return JobSpec(
        id=job,
        kind="generate",
        title="test",
        created=now(),
        workspace=str(lab.root),
        arguments=msgspec.to_builtins(asked),
    )


def number_of(messages: Messages, seed: int | None) -> int:
    """A number that follows from the request alone."""
    key = json.dumps([messages, seed], sort_keys=True).encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")


def well(messages: Messages, seed: int | None) -> tuple[str, str]:
    """(text, finish): mostly good, with duplicates, cut off ones and empty ones among them."""
    drawn = number_of(messages, seed)
    asked = messages[-1]["content"]
    if drawn % 11 == 0:
        return "and so on " * 20, "length"
    if drawn % 13 == 0:
        return "   ", "stop"
    if asked.startswith("Topic:") and "Shorten" in messages[0]["content"]:
        return f"The {asked.removeprefix('Topic: ')} stood in garden {drawn % 40} all day.", "stop"
    if asked.startswith("Topic:"):
        # Few words, so that some questions come twice.
        return f"What is the opposite of word{drawn % 30}?", "stop"
    if "the text answers" in asked:
        return f"What about the nest number {drawn % 25}?", "stop"
    if "garden" in asked:
        return f"It stood {drawn}.", "stop"
    if "nest number" in asked:
        return "The bird builds its nest.", "stop"
    return f"The opposite of it is word{drawn}.", "stop"


class Teacher:
    """Answers by a function of the request, each after as many turns of the loop as the request's number says."""

    def __init__(self, says: Callable[[Messages, int | None], tuple[str, str]] = well) -> None:
        self.says = says
        self.asked: list[Messages] = []
        self.under_way = 0
        self.most = 0

    async def complete(
        self, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
    ) -> Completion:
        self.asked.append(messages)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(number_of(messages, sampling.seed) % 7):
                await asyncio.sleep(0)
            text, finish = self.says(messages, sampling.seed)
        finally:
            self.under_way -= 1
        return Completion(text=text, reasoning="", finished=Finished(reason=finish, completion_tokens=len(text)))


class Notebook:
    """Keeps what a run notes."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.samples: list[Sample] = []
        self.dry: list[str] = []

    def request(self, request: Request) -> None:
        self.requests.append(request)

    def sample(self, sample: Sample) -> None:
        self.samples.append(sample)

    def dried(self, leaf: LeafRun) -> None:
        self.dry.append(leaf.plan.leaf.id)

    def progress(self, run: Run) -> None:
        pass


def run_of(
    plans: list[LeafPlan],
    teacher: Any,
    notes: Notebook,
    *,
    samples: int = 6,
    tries: float = 4.0,
    target: Target | None = None,
    **others: Any,
) -> Run:
    patient = Patient(teacher, target or Target(url="http://127.0.0.1:9/v1", model="m", name="m"), lambda text: None)
    return Run([LeafRun(plan, samples, tries) for plan in plans], patient, notes, **others)


def plain(samples: list[Sample]) -> list[dict[str, Any]]:
    """Samples without the moment they were written."""
    import msgspec

    found = [msgspec.to_builtins(sample) for sample in samples]
    for sample in found:
        del sample["t"]
    return found


def by_leaf(samples: list[Sample]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for sample in plain(samples):
        found.setdefault(sample["leaf"], []).append(sample)
    return found


def answering(request: dict[str, Any]) -> Answer:
    """`well` as the script of a server."""
    text, finish = well(request["messages"], request.get("seed"))
    return Answer(text, finish=finish)


def leaf(lab: Workspace, name: str = SKILL) -> Leaf:
    return read_leaf(lab.taxonomy, name)


def know(server: ScriptedServer, name: str = "scripted") -> None:
    """Makes the server a model of the user's: a remote of that name, and the one to chat with."""
    path = paths.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"chat: {{model: {name}}}\nserve:\n  remotes:\n    {name}: {{url: '{server.url}', context: {server.context}}}\n"
    )
