"""How far a try is, stage by stage, from what its job said: for screens and commands. Light."""

from __future__ import annotations

from typing import Literal

import msgspec

from labtui.jobs import JobView
from labtui.records import State
from labtui.trying.arguments import AFTER, BEFORE, GENERATE, STAGES, TUNE, TryArguments

WORDS = {
    BEFORE: "answers before",
    GENERATE: "samples from the seeds",
    TUNE: "a small adapter",
    AFTER: "answers after",
}


class StageStanding(msgspec.Struct, frozen=True, kw_only=True):
    stage: str
    words: str
    state: Literal["todo", "now", "done"]
    done: int = 0
    total: int = 0
    """0: not known yet."""
    unit: str = ""


def stages(view: JobView) -> list[StageStanding]:
    """The four stages in order. For a job of another kind, none."""
    try:
        asked = msgspec.convert(view.spec.arguments, TryArguments)
    except msgspec.ValidationError:
        return []
    said = view.metrics
    questions = len(asked.questions)
    counts = {
        BEFORE: (said.get("answered_before", 0), questions, "answers"),
        GENERATE: (said.get("samples", 0), asked.samples, "samples"),
        TUNE: (said.get("tune_steps", 0), said.get("tune_steps_in_all", 0), "steps"),
        AFTER: (said.get("answered_after", 0), questions, "answers"),
    }
    # A resumed job that left stages out is where its last words are.
    reached = [number for number, stage in enumerate(STAGES) if counts[stage][0] or stage == view.stage]
    present = max(reached, default=-1)
    found = []
    for number, stage in enumerate(STAGES):
        done, total, unit = counts[stage]
        state: Literal["todo", "now", "done"] = "todo"
        if view.state is State.DONE or number < present:
            state = "done"
        elif number == present:
            state = "now"
        found.append(
            StageStanding(stage=stage, words=WORDS[stage], state=state, done=int(done), total=int(total), unit=unit)
        )
    return found
