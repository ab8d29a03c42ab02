"""What a try is asked: the `arguments` of a job of the kind `trying`, frozen when it starts."""

from __future__ import annotations

import msgspec

from labtui.contribute.check_questions import CheckQuestion
from labtui.generate.arguments import GenerateArguments
from labtui.serve.find import ServeArguments
from labtui.train.arguments import TrainArguments

KIND = "trying"
SAMPLES = 12
"""Generated over all leaves: enough to vary the seeds' words, few enough for minutes on a CPU."""
STEPS = 40
ANSWER_TOKENS = 200
"""Longest answer to a check question."""

BEFORE, GENERATE, TUNE, AFTER = STAGES = ("before", "generate", "tune", "after")
"""The stages, in order, as the job's events name them."""
LOAD = "load"
"""The beginning of `tune`, which is measured by itself."""


class LeafTried(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf with its words, so that the contribution may be edited on while the job waits and works."""

    id: str
    sha256: str
    """Of `text` as UTF-8."""
    kind: str
    text: str
    """Of its qna.yaml."""
    samples: int
    """To be generated from it."""


class TryArguments(msgspec.Struct, frozen=True, kw_only=True):
    draft: str
    """The contribution's folder, absolute."""
    leaves: tuple[LeafTried, ...]
    questions: tuple[CheckQuestion, ...]
    model: ServeArguments
    """How the model is served that answers and is tuned."""
    model_sha256: str = ""
    teacher: ServeArguments | None = None
    """Where another model of this machine writes the samples."""
    generate: GenerateArguments
    """Its leaves, taxonomy and out are set by the job: everything lies in its own folder."""
    train: TrainArguments
    """Its data and out are set by the job."""
    answer_tokens: int = ANSWER_TOKENS
    expected: dict[str, float] = {}
    """Stage (and LOAD, before TUNE) -> seconds it was thought to take, in the order of the stages."""

    @property
    def samples(self) -> int:
        return sum(leaf.samples for leaf in self.leaves)
