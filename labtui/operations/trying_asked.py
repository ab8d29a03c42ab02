"""What a try is asked: the contribution's leaves with their words, the models, and the settings as they are."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.check_questions import CheckQuestion, confirmed
from labtui.errors import LabError, UsageError
from labtui.generate import leaves as usable_leaves
from labtui.generate import pipeline
from labtui.generate.arguments import GenerateArguments
from labtui.operations import generating, serving, training
from labtui.operations.trying_time import expected_seconds
from labtui.serve.find import ServeArguments
from labtui.serve.models import ModelInfo
from labtui.taxonomy.leaf import Leaf, read_leaf
from labtui.trying import questions as checking
from labtui.trying.arguments import SAMPLES, LeafTried, TryArguments
from labtui.workspace import Workspace

LEAST_SAMPLES = 2
"""Of each leaf, however many there are."""


def tried_leaves(folder: DraftFolder) -> list[Leaf]:
    """The contribution's leaves that can be tried, as they are now. Raises LabError where there is none, saying why."""
    found, why = [], ""
    for leaf in folder.load().leaves:
        if leaf.change == "deleted":
            continue
        try:
            read = read_leaf(folder.taxonomy, leaf.id, tolerant=True)
        except LabError as error:
            why = why or error.what
            continue
        if problem := usable_leaves.why_unusable(read):
            why = why or f"{leaf.id}: {problem}"
        else:
            found.append(read)
    if not found:
        hint = "Write its seeds first."
        raise LabError(f"There is nothing to try yet. {why}".strip(), where=folder.id, hint=hint)
    return found


class Trial(NamedTuple):
    """What a try is asked, and what that was made from."""

    arguments: TryArguments
    info: ModelInfo
    leaves: list[Leaf]


def trial_of(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    questions: Sequence[CheckQuestion],
    model: str,
    teacher: str,
    samples: int | None,
    steps: int | None,
) -> Trial:
    """Raises UsageError for questions that cannot be asked and models that cannot be used, LabError without seeds."""
    if samples is not None and samples < 1:
        raise UsageError("At least one sample is needed.", where="--samples")
    if steps is not None and steps < 1:
        raise UsageError("At least one step is needed.", where="--steps")
    training.require_packages()
    read = tried_leaves(folder)
    checking.require(questions, read)
    asked = confirmed(questions)
    info = training.student(workspace, config, model or _usual_model(workspace, config))
    choice = serving.Choice(info)
    each = max(LEAST_SAMPLES, math.ceil((SAMPLES if samples is None else samples) / len(read)))
    generate = generating.arguments_for(
        workspace, config, read, each, teacher=teacher or config.settings.generate.teacher or info.name
    )
    # The seeds are what is tried: they are always learnt.
    generate = msgspec.structs.replace(generate, include_seeds=True, concurrency=_concurrency(config, generate))
    for leaf in read:
        pipeline.load(generate.pipeline, leaf.kind)
    learn = training.arguments_for(config, info, name="try", data=Path(), out=Path(), steps=steps)
    found = TryArguments(
        draft=str(folder.path.absolute()),
        leaves=tuple(_with_words(leaf, each) for leaf in read),
        questions=asked,
        model=serving.arguments_for(config, choice),
        model_sha256=info.sha256,
        teacher=_own_teacher(workspace, config, generate, info),
        generate=generate,
        train=learn,
    )
    seconds = expected_seconds(workspace, config, info, found, read)
    return Trial(msgspec.structs.replace(found, expected=seconds), info, read)


def _usual_model(workspace: Workspace, config: Config) -> str:
    """The model to try on where none is named; of one that is used with an adapter the model itself."""
    return serving.choose(workspace, config, config.settings.train.model).model.name


def _with_words(leaf: Leaf, samples: int) -> LeafTried:
    """The leaf with its file as it is at this moment, whatever was read before."""
    data = leaf.path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return LeafTried(id=leaf.id, sha256=digest, kind=leaf.kind, text=data.decode("utf-8"), samples=samples)


def _concurrency(config: Config, generate: GenerateArguments) -> int:
    asked = generate.concurrency or config.settings.serve.parallel
    return asked if generate.remote is None else generate.concurrency


def _own_teacher(
    workspace: Workspace, config: Config, generate: GenerateArguments, info: ModelInfo
) -> ServeArguments | None:
    """How the teacher is served, where it is another model of this machine than the one that is tuned."""
    if generate.remote is not None or (generate.teacher_model, generate.teacher_adapter) == (info.name, ""):
        return None
    choice = serving.choose(workspace, config, generate.teacher_model, generate.teacher_adapter)
    return serving.arguments_for(config, choice)
