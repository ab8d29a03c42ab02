"""What a generation job is asked (spec.arguments) and what it found out at its start (plan.json)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.generate.pipeline import Training
from labtui.generate.remote import RemoteTeacher
from labtui.workspace import Workspace

FORMAT = 1
KIND = "generate"


class LeafAsked(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    sha256: str
    """Of the qna.yaml as it was when the job was asked."""
    kind: str
    samples: int
    """Accepted samples wanted."""


class GenerateArguments(msgspec.Struct, frozen=True, kw_only=True):
    taxonomy: str
    """Root of the taxonomy the leaves are read from."""
    leaves: tuple[LeafAsked, ...]
    teacher: str
    """As it was named: a model, an adapter, or a file."""
    teacher_model: str
    teacher_adapter: str = ""
    teacher_sha256: str = ""
    """Of the model file, where there is one; an adapter's behind a plus."""
    remote: RemoteTeacher | None = None
    """Where the teacher answers, if somebody else serves it."""
    out: str = ""
    """Folder of the finished data set; empty: data/JOB in the workspace."""
    pipeline: str = "simple"
    temperature: float = 0.9
    min_p: float = 0.08
    max_tokens: int = 256
    concurrency: int = 0
    """Requests under way at once; 0: what the server takes."""
    tries: float = 4.0
    """At most so many tries for each sample wanted."""
    seed: int = 0
    """Another one draws other samples from the same leaves."""
    include_seeds: bool = True
    """Whether the leaf's own pairs stand in the data set too, marked as such."""

    def folder(self, workspace: Workspace, job: str) -> Path:
        """Where the data set goes."""
        return Path(self.out) if self.out else workspace.data / job

    @property
    def wanted(self) -> int:
        return sum(leaf.samples for leaf in self.leaves)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """plan.json: what the first attempt found, and every later one keeps to, so that their requests are the same."""

    v: int = FORMAT
    engine: str
    served_as: str
    window: int
    """Tokens one request may take, prompt and answer together; 0 where the server does not say."""
    pipelines: dict[str, str]
    """Kind of leaf -> sha256 of its pipeline's file."""
    training: dict[str, Training] = {}
    """Kind of leaf -> how the parts of a sample become what is trained: a review composes an edited sample by it."""


def limit_of(tries: float, samples: int) -> int:
    """The most tries a leaf gets."""
    return max(samples, round(tries * samples))
