"""A conversation for elsewhere: Markdown to read, or messages as JSON to feed to something."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from labtui.chat.context import messages
from labtui.chat.conversations import Conversation, Made, Pane, Turn, branch
from labtui.errors import LabError
from labtui.journal import atomic_write, dump
from labtui.text import clean


def markdown(conversation: Conversation) -> str:
    """The branches on show as one document. Foreign text is cleaned: somebody may print the file."""
    parts = [f"# {clean(conversation.heading, lines=False)}", f"{conversation.created:%Y-%m-%d %H:%M} UTC"]
    if conversation.system.strip():
        parts.append("\n".join(f"> {line}" for line in clean(conversation.system).splitlines()))
    for pane in conversation.panes:
        if len(conversation.panes) > 1:
            parts.append(f"## {clean(name(pane.model, pane.adapter), lines=False)}")
        parts += [_turn(turn) for turn in branch(conversation, pane.leaf)]
    return "\n\n".join(parts) + "\n"


def json_messages(conversation: Conversation) -> bytes:
    """The branches on show in the messages format; a list of one entry a pane."""
    return dump([_branch(conversation, pane) for pane in conversation.panes])


def write(conversation: Conversation, form: str, path: Path) -> Path:
    """Writes the export and returns where; a file that is there already is left alone and a number added.

    Raises LabError.
    """
    data = markdown(conversation).encode(errors="replace") if form == "markdown" else json_messages(conversation)
    target = path.expanduser()
    number = 2
    while target.exists():
        target = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    try:
        atomic_write(target, data)
    except OSError as error:
        raise LabError(
            f"The conversation cannot be written: {error.strerror}.",
            where=str(target),
            hint="Name another folder.",
        ) from error
    return target


def file_name(conversation: Conversation, form: str) -> str:
    """A name made of the heading, with nothing in it that a file system or a shell would mind."""
    stem = re.sub(r"[^\w]+", "-", conversation.heading).strip("-_")[:40].strip("-") or conversation.id
    return f"{stem}.{'md' if form == 'markdown' else 'json'}"


def name(model: str, adapter: str = "") -> str:
    """What a person calls who answers: the model, or the model with its adapter."""
    return f"{model} + {adapter}" if adapter else model


def _turn(turn: Turn) -> str:
    if turn.role == "user":
        return f"**You**\n\n{clean(turn.text).strip()}"
    who = clean(name(turn.made.model, turn.made.adapter), lines=False) if turn.made else "Answer"
    ends = {"stopped": " (stopped)", "failed": " (broken off)", "writing": " (broken off)", "cut": " (cut)"}
    return f"**{who}**{ends.get(turn.end, '')}\n\n{clean(turn.text).strip()}"


class _Branch(msgspec.Struct, kw_only=True, omit_defaults=True):
    messages: list[dict[str, str]]
    model: str = ""
    adapter: str = ""
    made: Made | None = None


def _branch(conversation: Conversation, pane: Pane) -> _Branch:
    turns = branch(conversation, pane.leaf)
    made = next((turn.made for turn in reversed(turns) if turn.made), None)
    return _Branch(
        messages=messages(turns, conversation.system),
        model=pane.model,
        adapter=pane.adapter,
        made=made,
    )
