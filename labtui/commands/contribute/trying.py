"""`labtui contribute try`: before and after on check questions, with a small adapter tuned on the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.commands.contribute._shared import again, draft_argument, found

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.evidence.check_questions import CheckQuestion
    from labtui.contribute.evidence.tries import Answer, TryResult


@click.command("try")
@draft_argument
@click.option("--question", "typed", multiple=True, metavar="TEXT", help="A check question; kept. Repeatable.")
@click.option(
    "--questions",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Check questions as JSON; kept instead.",
)
@click.option(
    "--forget",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="Take the kept question N away. Repeatable.",
)
@click.option("--propose", type=int, metavar="N", help="Only let a model propose so many questions, and print them.")
@click.option("--leaf", default="", help="The leaf that --question and --propose are about; else any.")
@click.option("--model", default="", help="Who answers and is tuned; else train.model, chat.model.")
@click.option("--teacher", default="", metavar="MODEL", help="Who writes the samples; else generate.teacher, MODEL.")
@click.option("--samples", type=int, help="Samples wanted over all leaves.")
@click.option("--steps", type=int, help="Optimiser steps, instead of train.epochs.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what would happen, and start nothing.")
@click.option("--show", is_flag=True, help="Only show what the last try came to.")
@click.option("--detach", is_flag=True, help="Print the job's id and return at once.")
@json_option
@pass_lab
def command(
    lab: Lab,
    draft: str,
    typed: tuple[str, ...],
    file: Path | None,
    forget: tuple[int, ...],
    propose: int | None,
    leaf: str,
    model: str,
    teacher: str,
    samples: int | None,
    steps: int | None,
    only_plan: bool,
    show: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """See whether the seeds teach anything: check questions answered before and after a small adapter was tuned.

    At least three check questions are asked, which no seed asks: they are never learnt. Runs as a job of minutes: it
    goes on when this command or the terminal ends, and can be stopped and resumed (`labtui jobs`).
    """
    from labtui.commands._follow import follow
    from labtui.contribute.evidence import check_questions
    from labtui.operations import trying

    workspace, config = lab.workspace(), lab.config()
    folder = found(lab, draft)
    if show:
        _tell(folder, as_json, job="")
        return
    known = check_questions.read(folder)
    if propose is not None:
        _propose(lab, folder, known, leaf, propose, teacher or model, as_json)
        return
    questions = _asked(known, typed, file, leaf, forget)
    wanted = {"model": model, "teacher": teacher}
    if only_plan:
        plan = trying.plan_try(workspace, config, folder, questions, **wanted, samples=samples, steps=steps)
        print_json(plan) if as_json else out(
            table([[*fact] for fact in trying.plan_facts(plan)], ["", ""]).lstrip("\n")
        )
        return
    # Kept even where there are too few yet, but never one that cannot be asked.
    wrong = [problem.number for problem in trying.question_problems(folder, questions) if problem.number]
    if questions != known and not wrong:
        check_questions.write(folder, questions)
    if wrong and known[: wrong[0]] == questions[: wrong[0]]:
        note(f"Question {wrong[0]} is one that the contribution keeps. Take it away with: --forget {wrong[0]}")
    job = trying.start_try(workspace, config, folder, questions, **wanted, samples=samples, steps=steps, say=note)
    if detach:
        print_json(_document(folder, None, job=job.id)) if as_json else out(job.id)
        return
    follow(job)
    _tell(folder, as_json, job=job.id)


def _asked(
    known: tuple[CheckQuestion, ...], typed: tuple[str, ...], file: Path | None, leaf: str, forget: tuple[int, ...]
) -> tuple[CheckQuestion, ...]:
    """The questions to be asked: those of the file or the contribution's own, and the typed ones. Raises UsageError."""
    from labtui.contribute.evidence.check_questions import CheckQuestion
    from labtui.errors import UsageError

    if forget and max(forget) > len(known):
        raise UsageError(f"The contribution keeps {len(known)} check questions.", where=f"--forget {max(forget)}")
    kept = tuple(question for number, question in enumerate(known, 1) if number not in forget)
    questions = _from_file(file) if file is not None else kept
    texts = {question.text for question in questions}
    new = [CheckQuestion(question=text, leaf=leaf) for text in dict.fromkeys(typed) if text.strip() not in texts]
    return (*questions, *new)


def _from_file(file: Path) -> tuple[CheckQuestion, ...]:
    import msgspec

    from labtui.contribute.evidence.check_questions import CheckQuestion
    from labtui.errors import UsageError

    try:
        return msgspec.json.decode(file.read_bytes(), type=tuple[CheckQuestion, ...])
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror}).", where=f"--questions {file}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(
            f"holds no check questions: {error}.",
            where=f"--questions {file}",
            hint='It looks like: [{"question": "…", "context": "…"}, …]   (context and leaf may be left out)',
        ) from error


def _propose(
    lab: Lab,
    folder: DraftFolder,
    known: tuple[CheckQuestion, ...],
    leaf: str,
    count: int,
    model: str,
    as_json: bool,
) -> None:
    from labtui.operations.trying_questions import propose_questions

    proposed = propose_questions(
        lab.workspace(), lab.config(), folder, leaf=leaf, count=count, known=known, model=model, say=note
    )
    if as_json:
        print_json(proposed)
        return
    for question in proposed:
        out(question.text)
    note(f'Take those that are good: {again("try", folder)} --question "…" --question "…"')


def _tell(folder: DraftFolder, as_json: bool, *, job: str) -> None:
    """The result of a job, or of the last try."""
    from labtui.contribute.evidence import tries
    from labtui.errors import LabError

    results = [result for result in tries.results(folder) if job in ("", result.job)]
    if as_json:
        print_json(_document(folder, results[-1] if results else None, job=job))
        return
    if not results:
        raise LabError("Nothing was tried yet.", where=folder.id, hint=f"Try it: {again('try', folder)}")
    for line in _lines(folder, results[-1]):
        out(line)


def _document(folder: DraftFolder, result: TryResult | None, *, job: str) -> dict[str, object]:
    from labtui.contribute.evidence import tries

    return {
        "draft": folder.id,
        "job": result.job if result else job,
        "done": result is not None,
        "result": result,
        "verdicts": {str(number): said for number, said in tries.verdicts(folder, result.job).items()}
        if result
        else {},
        "stale": tries.stale(folder, result) if result else [],
    }


def _lines(folder: DraftFolder, result: TryResult) -> Iterator[str]:
    from labtui.contribute.evidence import tries

    for asked in result.asked:
        yield f"{asked.number}. {_indented(asked.question)}"
        if asked.context.strip():
            yield f"   context  {_indented(asked.context, 12)}"
        yield f"   before   {_said(asked.before)}"
        yield f"   after    {_said(asked.after) if asked.changed else 'the same'}"
        yield ""
    yield f"{tries.counts(result, tries.verdicts(folder, result.job))}."
    tuned = result.tuning
    yield (
        f"{result.made.model}, tuned on {tuned.seed_pairs} pairs of the seeds and {tuned.samples} samples by "
        f"{tuned.teacher} in {tuned.steps} steps."
    )
    yield from result.notes
    if changed := tries.stale(folder, result):
        yield f"It was tried before these changed: {', '.join(changed)}. Try it again: {again('try', folder)}"


def _said(answer: Answer) -> str:
    text = _indented(answer.text, 12) or "(nothing)"
    return f"{text} … (cut off)" if answer.cut else text


def _indented(text: str, cells: int = 3) -> str:
    return text.strip().replace("\n", "\n" + " " * cells)
