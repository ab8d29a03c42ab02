"""Check questions and what models answered to them, as finished lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from labtui import signs
from labtui.contribute.evidence.check_questions import LEAST, CheckQuestion
from labtui.contribute.evidence.tries import Asked, TryResult, Verdict, counts
from labtui.text import clean, shorten
from labtui.trying.questions import QuestionProblem
from labtui.widgets.item_sheet import Block
from labtui.widgets.job_words import clock, duration
from labtui.widgets.leaf_text import wrapped

if TYPE_CHECKING:
    from labtui.jobs import JobView

VERDICTS = {"better": (signs.DONE, "$success"), "same": ("=", "$quiet"), "worse": (signs.FAILED, "$error")}
WIDE = 84
"""Cells from which on both answers stand beside each other."""


class QuestionAt(NamedTuple):
    """A check question under the cursor, by its place."""

    place: int


class AnswerAt(NamedTuple):
    """An answered check question under the cursor, by its number."""

    number: int


def question_blocks(
    questions: Sequence[CheckQuestion], problems: Sequence[QuestionProblem], room: int, *, leaves: int = 1
) -> list[Block]:
    """The questions with what is wrong with each beside it."""
    room = max(20, room)
    blocks = [Block(_intro(questions, room))]
    by_number: dict[int, list[QuestionProblem]] = {}
    for problem in problems:
        by_number.setdefault(problem.number, []).append(problem)
    for place, question in enumerate(questions):
        lines = _question(place + 1, question, room, leaves)
        for problem in by_number.get(place + 1, []):
            lines += _signed(signs.FAILED, "$error", f"{problem.message} {problem.hint}".strip(), room)
        blocks.append(Block([*lines, Content("")], QuestionAt(place)))
    if questions:
        rest = [line for one in by_number.get(0, []) for line in _signed(signs.NONE, "$warning", one.message, room)]
        blocks.append(Block(rest))
    return blocks


def _intro(questions: Sequence[CheckQuestion], room: int) -> list[Content]:
    if questions:
        words = "Asked before and after a small model learned your seeds; never trained on."
    else:
        words = (
            "This step is optional. A small model learns your seeds for some minutes, and you see what it answers "
            f"before and after. Write at least {LEAST} questions it should answer then, in other words than the seeds: "
            "they are only asked, never trained on and never sent."
        )
    return [*wrapped(words, room, "$quiet"), Content("")]


def _question(number: int, question: CheckQuestion, room: int, leaves: int) -> list[Content]:
    label = f"{number:>2}  "
    style = "bold" if question.confirmed else "$quiet"
    rows = wrapped(question.question.strip() or "(empty)", max(10, room - 4), style)
    lines = [Content.assemble((label if n == 0 else "    ", "bold $primary"), row) for n, row in enumerate(rows)]
    if question.context.strip():
        text = shorten(clean(question.context.strip(), lines=False), max(10, room - 14))
        lines.append(Content.assemble(("    context  ", "$quiet"), (text, "$quiet")))
    if leaves > 1 and question.leaf:
        lines.append(Content.styled(shorten(f"    {clean(question.leaf, lines=False)}", room), "$quiet"))
    if not question.confirmed:
        words = "Proposed by the model: enter takes it, d drops it."
        lines += [Content.assemble("    ", row) for row in wrapped(words, max(10, room - 4), "$warning")]
    return lines


def result_blocks(result: TryResult, judged: Mapping[int, Verdict], stale: Sequence[str], room: int) -> list[Block]:
    """Both answers to each question, one by one, and what the contributor thinks of them."""
    room = max(20, room)
    head: list[Content] = []
    if stale:
        words = "The seeds were changed since: this is what they were before."
        head += _signed(signs.WARNING, "$warning", words, room)
    head += wrapped(f"{counts(result, dict(judged))}.", room, "bold")
    head += wrapped(_how(result), room, "$quiet")
    for note in result.notes:
        head += _signed(signs.WARNING, "$warning", note, room)
    blocks = [Block([*head, Content("")])]
    for asked in result.asked:
        blocks.append(Block([*_asked(asked, judged.get(asked.number), room), Content("")], AnswerAt(asked.number)))
    return blocks


def _how(result: TryResult) -> str:
    tuning = result.tuning
    samples = f" and {tuning.samples} generated from them" if tuning.samples else ""
    took = duration(sum(result.seconds.values())) if result.seconds else ""
    words = f"{result.made.model}, {tuning.steps} steps on {tuning.seed_pairs} of your questions{samples}"
    return f"{words}{f', {took}' if took else ''}, {clock(result.at)}."


def _asked(asked: Asked, verdict: Verdict | None, room: int) -> list[Content]:
    rows = wrapped(asked.question.strip(), max(10, room - 4), "bold")
    lines = [
        Content.assemble((f"{asked.number:>2}  " if n == 0 else "    ", "bold $primary"), row)
        for n, row in enumerate(rows)
    ]
    if room >= WIDE:
        lines += _beside(asked, room)
    else:
        lines += _answer("before", asked.before.text, asked.before.cut, room, "$quiet")
        lines += _answer("after ", asked.after.text, asked.after.cut, room, "")
    if not asked.changed:
        lines.append(Content.styled("    Both answers are the same.", "$quiet"))
    if verdict is not None:
        sign, style = VERDICTS[verdict]
        lines.append(Content.assemble("    ", (f"{sign} ", f"bold {style}"), (f"{verdict}, you say", style)))
    return lines


def _answer(name: str, text: str, cut: bool, room: int, style: str) -> list[Content]:
    shown = text.strip() or "(no answer)"
    rows = wrapped(f"{shown}{' …' if cut else ''}", max(10, room - 12), style)
    return [
        Content.assemble((f"    {name if n == 0 else '      '}  ", "bold $secondary"), row)
        for n, row in enumerate(rows)
    ]


def _beside(asked: Asked, room: int) -> list[Content]:
    half = (room - 4 - 3) // 2
    sides = []
    for answer, style in ((asked.before, "$quiet"), (asked.after, "")):
        text = f"{answer.text.strip() or '(no answer)'}{' …' if answer.cut else ''}"
        sides.append(wrapped(text, half, style))
    head = Content.assemble("    ", (f"{'before':<{half}}", "bold $secondary"), " │ ", ("after", "bold $secondary"))
    lines = [head]
    for n in range(max(len(side) for side in sides)):
        left, right = (side[n] if n < len(side) else Content("") for side in sides)
        gap = " " * (half - left.cell_length)
        lines.append(Content.assemble("    ", left, gap, (" │ ", "$edge"), right))
    return lines


def stage_lines(view: JobView) -> list[Content]:
    """The stages of a try, one a line, with how far each is."""
    from labtui.operations.trying_progress import stages

    shown = {"done": (signs.DONE, "$success"), "now": (signs.RUNNING, "$primary"), "todo": (signs.NONE, "$quiet")}
    lines = []
    for stage in stages(view):
        sign, style = shown[stage.state]
        count = f"  {stage.done}/{stage.total} {stage.unit}" if stage.total and stage.done else ""
        words = (stage.words, "" if stage.state == "done" else "bold" if stage.state == "now" else "$quiet")
        lines.append(Content.assemble((f"{sign} ", f"bold {style}"), words, (count, "$quiet")))
    return lines


def _signed(sign: str, style: str, text: str, room: int) -> list[Content]:
    rows = wrapped(text, max(10, room - 2))
    return [Content.assemble((f"{sign} " if n == 0 else "  ", f"bold {style}"), row) for n, row in enumerate(rows)]
