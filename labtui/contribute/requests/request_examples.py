"""What a model was asked before and after, gathered from a draft for the text of its request.

Three sources: the wrong answers it began with (evidence), the answers of the present model to the seeds, and the check
questions of "try it". The first two have an answer before, the last one also an answer after.
"""

from __future__ import annotations

import contextlib

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import tries
from labtui.contribute.records import ModelUsed
from labtui.contribute.requests.markdown import code
from labtui.errors import LabError

EVIDENCE = 3
CHECKED = 5
ANSWERS = 3
"""How many of each source are shown."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One question, and what was answered to it. Foreign text."""

    number: int = 0
    """From 1; 0 where it is the only one."""
    question: str
    context: str = ""
    before: str
    wanted: str = ""
    """What the contributor says it should have been."""
    after: str = ""
    """Of the model with the adapter; empty where it was not tried."""
    model: str = ""

    def label(self, field: str) -> str:
        """What stands above the block of code that holds one of its texts; empty where nothing need be said."""
        by = f"by {code(self.model)}" if field == "before" and self.model else ""
        if not self.number:
            return f"By {code(self.model)}:" if by else ""
        words = {"question": "Question", "before": "Answer", "wanted": "Answer", "after": "Answer"}[field]
        added = {"before": f", {by}" if by else "", "wanted": " as it should be", "after": " after tuning"}
        return f"{words} {self.number}{added.get(field, '')}:"


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of "try it"."""

    how: str
    """One sentence."""
    counts: str
    notes: tuple[str, ...] = ()
    stale: bool = False
    """Whether the seeds were changed after it."""


def examples(folder: DraftFolder) -> list[Example]:
    """The questions worth showing, those that were tried first; numbered where there are several."""
    found: list[Example] = []
    result = _latest(folder)
    if result is not None:
        found += [
            Example(
                question=asked.question,
                context=asked.context,
                before=asked.before.text,
                after=asked.after.text,
                model=_name(result.made),
            )
            for asked in result.asked[:CHECKED]
        ]
    with contextlib.suppress(LabError):
        # Of a wrong answer that was corrected several times the last correction counts.
        corrected = {evidence.question: evidence for evidence in folder.evidence()}
        found += [
            Example(
                question=evidence.question,
                context=evidence.context,
                before=evidence.answer,
                wanted=evidence.corrected,
                model=_name(evidence.made),
            )
            for evidence in list(corrected.values())[:EVIDENCE]
        ]
    if not found:
        with contextlib.suppress(LabError):
            latest = {(answer.leaf, answer.question): answer for answer in folder.answers()}
            found += [
                Example(
                    question=answer.question, context=answer.context, before=answer.answer, model=_name(answer.made)
                )
                for answer in list(latest.values())[:ANSWERS]
            ]
    if len(found) < 2:
        return found
    return [msgspec.structs.replace(example, number=number) for number, example in enumerate(found, 1)]


def tried(folder: DraftFolder) -> Tried | None:
    """How the latest try went; None where there was none."""
    result = _latest(folder)
    if result is None:
        return None
    tuning = result.tuning
    left = f" ({tuning.left_out} more were too near to a check question and left out)" if tuning.left_out else ""
    how = (
        f"A small adapter on {code(_name(result.made))}: {tuning.samples} samples generated from the seeds{left}, "
        f"{tuning.seed_pairs} pairs of the seeds themselves, {tuning.steps} steps. "
        "The check questions are neither in the seeds nor in the training data."
    )
    stale, judged = False, {}
    with contextlib.suppress(LabError):
        stale = bool(tries.stale(folder, result))
    with contextlib.suppress(LabError):
        judged = tries.verdicts(folder, result.job)
    return Tried(how=how, counts=f"{tries.counts(result, judged)}.", notes=result.notes, stale=stale)


def _latest(folder: DraftFolder) -> tries.TryResult | None:
    try:
        return tries.latest(folder)
    except LabError:
        return None


def _name(made: ModelUsed | None) -> str:
    if made is None:
        return ""
    return f"{made.model} with {made.adapter}" if made.adapter else made.model
