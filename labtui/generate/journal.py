"""What a generation job leaves in its folder besides events: every finished request, and every decided sample.

`requests.jsonl` gets a line when an answer arrives, in the order of arrival: a resume repeats none of them.
`samples.jsonl` gets a line when a try is decided, for each leaf in the order of its plan: the journal that
screens follow and reviews refer to.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from labtui.journal import JobFolder
from labtui.records import now

FORMAT = 1
SAMPLES = "samples.jsonl"
REQUESTS = "requests.jsonl"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One finished request: what the teacher said, as it said it."""

    v: int = FORMAT
    t: datetime = msgspec.field(default_factory=now)
    attempt: int
    sample: str
    """Id of the try it belongs to."""
    step: int
    """From 0."""
    seed: int
    """Of the sampling."""
    text: str
    reasoning: str = ""
    finish: str = "stop"
    """`stop`, `length`, or `too long` where the prompt does not fit the teacher's window."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One decided try, accepted or not, with all that made it."""

    v: int = FORMAT
    t: datetime = msgspec.field(default_factory=now)
    id: str
    """Hash of everything that went in: leaf, seeds, topic, pipeline, teacher, settings, number."""
    leaf: str
    leaf_sha256: str
    kind: str
    number: int
    """Of the try within its leaf, from 1."""
    accepted: bool
    reason: str = ""
    """Why it was rejected, short: `duplicate`, `cut off`."""
    detail: str = ""
    """More about the reason, where there is more to say."""
    parts: dict[str, str] = {}
    """What the steps made: question, answer, context."""
    content: str = ""
    """sha256 of the messages a model would be trained on; empty where there are none."""
    seeds: tuple[int, ...]
    """Numbers (from 1) of the seeds shown to the teacher."""
    topic: str = ""
    pipeline: str
    pipeline_sha256: str
    teacher: str
    teacher_sha256: str = ""
    temperature: float
    min_p: float
    max_tokens: int
    sampling_seeds: tuple[int, ...]
    """One a step."""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def question(self) -> str:
        return self.parts.get("question", "")

    @property
    def answer(self) -> str:
        return self.parts.get("answer", "")


def samples_file(folder: JobFolder) -> Path:
    return folder.path / SAMPLES


def requests_file(folder: JobFolder) -> Path:
    return folder.path / REQUESTS
