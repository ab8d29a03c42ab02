"""`labtui contribute teach`: a wrong answer corrected, as a seed of a contribution."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared
from labtui.errors import UsageError

if TYPE_CHECKING:
    from labtui.contribute.teaching.lessons import Destination, Lesson

KINDS = ("knowledge", "grounded", "freeform")
NEED = "Give it as an argument or on standard input: labtui contribute teach 'A chickadee eats seeds and insects.'"


@click.command("teach", short_help="Correct an answer of a chat; it becomes a seed.")
@click.argument("corrected", nargs=-1)
@click.option("--chat", default="last", metavar="CHAT", help="The conversation whose last answer it is; else the last.")
@click.option("--question", default="", help="What was asked, where it is to be put in other words.")
@click.option("--context", default="", help="The text the question is about.")
@click.option("--into", default="", metavar="ID", help="The contribution it goes into; else a new one.")
@click.option("-l", "--leaf", default="", metavar="LEAF", help="A leaf of that contribution, or of the taxonomy.")
@click.option("--kind", type=click.Choice(KINDS), help="The kind of a new leaf.")
@json_option
@pass_lab
def command(
    lab: Lab,
    corrected: tuple[str, ...],
    chat: str,
    question: str,
    context: str,
    into: str,
    leaf: str,
    kind: str | None,
    as_json: bool,
) -> None:
    """Correct the last answer of a chat: CORRECTED is what the model should have said.

    Question and CORRECTED become a seed; the model's own answer, and what made it, stay with the contribution as
    evidence. CORRECTED also comes from standard input. The application collects several before it writes them
    (ctrl+t in the chat).
    """
    from labtui.contribute.teaching import making_seeds as teaching
    from labtui.contribute.teaching.lessons import Basket

    text = " ".join(corrected).strip()
    if not text and not sys.stdin.isatty():
        text = sys.stdin.buffer.read().decode("utf-8", "replace").strip()
    if not text:
        raise UsageError("There is no answer to teach.", hint=NEED)
    basket = Basket(lab.workspace())
    lesson = _lesson(lab, chat)
    collected = basket.of_turn(lesson.conversation, lesson.turn)
    lesson.corrected, lesson.context = text, context
    lesson.question = question or lesson.question
    if remark := teaching.remark(lesson):
        note(remark)
    written = teaching.write(lab.workspace(), [lesson], _destination(lab, into, leaf, kind))
    if written.left:
        # What the application collected of this answer stays as it is there.
        basket.keep(collected) if collected is not None else basket.drop(lesson)
        raise UsageError(written.left[0])
    if as_json:
        print_json({"id": written.draft, "leaf": written.leaf, "seeds": written.seeds})
        return
    out(written.draft)
    note(f"{'Written to' if written.seeds else 'It stands already in'} {written.leaf}.")
    note(f"Go on with: labtui contribute resume {written.draft.rpartition('-')[2]}")


def _lesson(lab: Lab, chat: str) -> Lesson:
    """The last answer of that conversation. Raises UsageError where there is none."""
    from labtui.chat.conversations import branch
    from labtui.chat.store import ChatStore
    from labtui.contribute.teaching.lessons import Basket
    from labtui.operations.contributing.teaching import last_answer, lesson_of

    store = ChatStore(lab.workspace().chats)
    talk = store.latest() if chat == "last" else store.load(chat)
    answer = last_answer(branch(talk, talk.panes[0].leaf)) if talk is not None else None
    if talk is None or answer is None:
        raise UsageError(
            "There is no answer to correct.", where=f"--chat {chat}", hint="Ask a model something first: labtui chat"
        )
    return lesson_of(Basket(lab.workspace()), talk, answer)


def _destination(lab: Lab, into: str, leaf: str, kind: str | None) -> Destination:
    """Raises UsageError for a contribution or a leaf there is none of."""
    from labtui.contribute.teaching.lessons import Destination
    from labtui.taxonomy.layout import KNOWLEDGE
    from labtui.taxonomy.leaf import FREEFORM, GROUNDED

    if not into:
        if leaf and kind:
            raise UsageError("A leaf that exists has its kind already.", where=f"--kind {kind}")
        kinds = {"knowledge": KNOWLEDGE, "grounded": GROUNDED, "freeform": FREEFORM}
        return Destination(where="leaf", leaf=leaf) if leaf else Destination(kind=kinds[kind] if kind else "")
    folder = shared.found(lab, into)
    there = [one.id for one in folder.load().leaves if one.change != "deleted"]
    if leaf and leaf not in there:
        return Destination(where="leaf", leaf=leaf, draft=folder.id)
    if not leaf and len(there) != 1:
        raise UsageError(
            f"The contribution holds {len(there)} leaves.",
            where=folder.id,
            hint=f"Name one with --leaf: {', '.join(there[:6])}" if there else "Add one in the application first.",
        )
    return Destination(where="draft", draft=folder.id, leaf=leaf or there[0])
