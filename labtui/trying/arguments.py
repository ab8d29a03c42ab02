"""What a try is asked: the `arguments` of a job of the kind `trying`, frozen when it starts."""

from __future__ import annotations

import msgspec

from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.generate.arguments import GenerateArguments
from labtui.serve.find import ServeArguments
from labtui.train.arguments import TrainArguments
from labtui.train.batches import total_steps

KIND = "trying"
SAMPLES = 12
"""Generated over all leaves: enough to vary the seeds' words, few enough for minutes on a CPU."""
MOST_STEPS = 80
"""Unless somebody asks for more: a contribution of many leaves is tried in minutes too."""
ANSWER_TOKENS = 200
"""Longest answer to a check question."""

BEFORE, GENERATE, TUNE, AFTER = STAGES = ("before", "generate", "tune", "after")
"""The stages, in order, as the job's events name them."""
LOAD_BEFORE, LOAD, LOAD_AFTER = "load before", "load", "load after"
"""What comes before the real work of `before`, `tune` and `after`: measured by itself."""
MEASURED = (LOAD_BEFORE, BEFORE, GENERATE, LOAD, TUNE, LOAD_AFTER, AFTER)
"""Everything that is measured, in order."""


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
    """Its data and out are set by the job; without steps it makes those of its epochs, at most MOST_STEPS."""
    answer_tokens: int = ANSWER_TOKENS
    expected: dict[str, float] = {}
    """What is measured -> seconds it was thought to take."""

    def steps(self, pairs: int) -> int:
        """Optimiser steps on so many pairs."""
        asked = self.train
        return asked.steps or min(MOST_STEPS, total_steps(pairs, asked.batch, steps=0, epochs=asked.epochs))

    @property
    def samples(self) -> int:
        return sum(leaf.samples for leaf in self.leaves)
