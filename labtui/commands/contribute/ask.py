"""`labtui contribute ask`: what the present model answers to the questions of a contribution's seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared
from labtui.errors import UsageError

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.evidence.asking_model import SeedAnswer

INDENT = "     "


@click.command("ask", short_help="Ask the model what the seeds ask: does it need teaching?")
@shared.draft_argument
@click.option("-l", "--leaf", multiple=True, metavar="LEAF", help="This leaf of the contribution only; more than once.")
@click.option("-m", "--model", default="", help="Who answers (else chat.model, the served one, the only one).")
@click.option("-a", "--adapter", default="", help="An adapter on it, made by training.")
@click.option("--again", is_flag=True, help="Ask also what this model was asked before.")
@json_option
@pass_lab
def command(lab: Lab, draft: str, leaf: tuple[str, ...], model: str, adapter: str, again: bool, as_json: bool) -> None:
    """Ask the model the questions of a contribution's seeds, and compare what it answers with what the seeds answer.

    What it answered stays with the contribution. How near an answer is, is told by its words alone: read them
    yourself. The model is started if it is not served; a question it was asked before is not asked twice.
    """
    from labtui.contribute.evidence.asking_model import verdict
    from labtui.operations.contributing.asking import ask_seeds

    folder = shared.found(lab, draft)
    names = _leaves(folder, leaf)
    asked: dict[str, list[SeedAnswer]] = {}
    for name in names:
        asked[name] = ask_seeds(
            lab.workspace(),
            lab.config(),
            folder,
            name,
            model=model,
            adapter=adapter,
            say=note,
            on_answer=lambda answer: note(f"{answer.seed}. {answer.question}"),
            again=again,
        )
    if as_json:
        print_json({"id": folder.id, "leaves": [_document(name, answers) for name, answers in asked.items()]})
        return
    for name, answers in asked.items():
        if len(names) > 1:
            out(name)
        _tell(answers)
        if said := verdict(answers).says:
            out(f"{said[0].upper()}{said[1:]}.")


def _leaves(folder: DraftFolder, wanted: tuple[str, ...]) -> list[str]:
    """The leaves to ask about. Raises UsageError where there are none of that name, or none at all."""
    there = [leaf.id for leaf in folder.load().leaves if leaf.change != "deleted"]
    for name in wanted:
        if name not in there:
            folder.leaf(name)
            raise UsageError(f"'{name}' is deleted in this contribution.", where=folder.id)
    if not there:
        raise UsageError("The contribution holds no leaf to ask about.", where=folder.id)
    return list(dict.fromkeys(wanted)) or there


def _tell(answers: list[SeedAnswer]) -> None:
    if not answers:
        out("There is no question in its seeds yet.")
    for one in answers:
        near = one.nearness
        out(f"{f'{one.seed}.':<4} {one.question}")
        if one.answer is not None and near is not None:
            out(f"{INDENT}the model: {_indented(one.answer.answer)}{' …' if one.answer.cut else ''}")
            out(f"{INDENT}the seed:  {_indented(one.wanted)}")
            out(f"{INDENT}{near.says}")


def _indented(text: str) -> str:
    return f"\n{INDENT}           ".join(text.strip().splitlines()) or "(nothing)"


def _document(leaf: str, answers: list[SeedAnswer]) -> dict[str, Any]:
    from labtui.contribute.evidence.asking_model import verdict

    return {
        "leaf": leaf,
        "verdict": verdict(answers),
        "questions": [
            {
                "seed": one.seed,
                "pair": one.pair,
                "question": one.question,
                "context": one.context,
                "wanted": one.wanted,
                "answer": one.answer,
                "nearness": one.nearness,
            }
            for one in answers
        ],
    }
