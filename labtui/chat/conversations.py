"""A conversation as plain data: a tree of turns, and the branches of it that are on show.

Nothing is ever taken out of the tree. Editing an earlier question adds a sibling question with a branch of its
own; asking again adds a sibling answer. A pane shows one branch, named by its last turn; two panes side by side
are two branches of the same conversation, answered by two models.

Finished turns do not change, and their ids are unique everywhere: two applications that hold the same
conversation can be merged by uniting their turns (see `labtui.chat.store`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from labtui.records import now
from labtui.serve.client import Sampling

FORMAT = 1
TITLE_LENGTH = 60

Role = Literal["user", "assistant"]
End = Literal["writing", "done", "cut", "stopped", "failed"]
"""How an answer stands: being written; ended by itself; at the longest answer or the window's end; by the
reader; by an error (`reason` says which)."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer arrived. Counts are the server's own, or 0 where it did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_token_seconds: float = 0.0
    tokens_per_second: float = 0.0
    seconds: float = 0.0
    """From the request to the end."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What made an answer: enough to ask the same again, and to say later what the model was before."""

    model: str
    adapter: str = ""
    model_sha256: str = ""
    adapter_sha256: str = ""
    engine: str = ""
    context: int = 0
    """The server's context window in tokens; 0 where it is not known."""
    system: str = ""
    sampling: Sampling = msgspec.field(default_factory=Sampling)
    left_out: tuple[str, ...] = ()
    """Ids of earlier turns of the branch that were not sent."""


class Turn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One question or one answer."""

    id: str
    parent: str = ""
    """The turn before it; empty for a first question."""
    role: Role
    text: str = ""
    """As it was typed, or as the model wrote it: clean it before showing."""
    reasoning: str = ""
    """The model's thinking aloud. Never part of the answer and never sent back."""
    created: datetime
    end: End = "done"
    reason: str = ""
    made: Made | None = None
    speed: Speed | None = None


class Pane(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One branch on show, and who answers in it."""

    model: str = ""
    adapter: str = ""
    leaf: str = ""
    """The last turn of the branch; empty before the first question."""


class Conversation(msgspec.Struct, kw_only=True, omit_defaults=True):
    v: int = FORMAT
    id: str
    title: str = ""
    """Empty: the first question's first line serves."""
    titled: datetime | None = None
    created: datetime
    changed: datetime
    system: str = ""
    sampling: Sampling = msgspec.field(default_factory=Sampling)
    panes: list[Pane] = msgspec.field(default_factory=lambda: [Pane()])
    turns: list[Turn] = []
    left_out: list[str] = []
    """Turns the user chose not to send any more, because the context window is full."""
    drop_oldest: bool = False
    """The user chose to leave out the oldest turns of this conversation whenever the window is full."""
    draft: str = ""
    """What stands in the prompt and was not sent yet."""

    def turn(self, turn_id: str) -> Turn:
        """Raises KeyError where there is none."""
        for turn in reversed(self.turns):
            if turn.id == turn_id:
                return turn
        raise KeyError(turn_id)

    @property
    def heading(self) -> str:
        """The title, or what serves as one."""
        if self.title:
            return self.title
        first = next((turn.text for turn in self.turns if turn.role == "user"), self.draft)
        return title_from(first)


def title_from(question: str) -> str:
    line = next((line.strip() for line in question.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def new(
    model: str = "",
    adapter: str = "",
    *,
    system: str = "",
    sampling: Sampling | None = None,
) -> Conversation:
    moment = now()
    return Conversation(
        id=f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        created=moment,
        changed=moment,
        system=system,
        sampling=sampling or Sampling(),
        panes=[Pane(model=model, adapter=adapter)],
    )


def branch(conversation: Conversation, leaf: str) -> list[Turn]:
    """The turns from the first question to `leaf`, in order; empty for an empty leaf."""
    by_id = {turn.id: turn for turn in conversation.turns}
    turns: list[Turn] = []
    while leaf and leaf in by_id and len(turns) <= len(by_id):
        turns.append(by_id[leaf])
        leaf = by_id[leaf].parent
    turns.reverse()
    return turns


def siblings(conversation: Conversation, turn: Turn) -> list[Turn]:
    """The turn and its alternatives, oldest first."""
    return [other for other in conversation.turns if other.parent == turn.parent and other.role == turn.role]


def last_below(conversation: Conversation, turn_id: str) -> str:
    """The end of the branch that continues `turn_id`, taking the newest way at every fork."""
    while True:
        children = [turn.id for turn in conversation.turns if turn.parent == turn_id]
        if not children:
            return turn_id
        turn_id = children[-1]


def ask(conversation: Conversation, pane: Pane, text: str) -> Turn:
    """Adds a question at the end of the pane's branch. Where two panes ask the same at the same place, they
    share the question."""
    return _question(conversation, pane, pane.leaf, text)


def edit(conversation: Conversation, pane: Pane, question: Turn, text: str) -> Turn:
    """Adds `text` as an alternative to an earlier question; the pane shows the new branch."""
    return _question(conversation, pane, question.parent, text)


def _question(conversation: Conversation, pane: Pane, parent: str, text: str) -> Turn:
    shared = {other.leaf for other in conversation.panes if other is not pane}
    for turn in conversation.turns:
        if turn.id in shared and turn.parent == parent and turn.role == "user" and turn.text == text:
            pane.leaf = turn.id
            return turn
    turn = Turn(id=_turn_id(), parent=parent, role="user", text=text, created=now())
    _append(conversation, pane, turn)
    return turn


def begin_answer(conversation: Conversation, pane: Pane, question: Turn, made: Made) -> Turn:
    """Adds an answer to `question`, still empty. A second one is an alternative to the first."""
    turn = Turn(id=_turn_id(), parent=question.id, role="assistant", created=now(), end="writing", made=made)
    _append(conversation, pane, turn)
    return turn


def show(conversation: Conversation, pane: Pane, turn: Turn) -> None:
    """The pane shows the branch through `turn`."""
    pane.leaf = last_below(conversation, turn.id)


def step(conversation: Conversation, pane: Pane, turn: Turn, by: int) -> Turn:
    """Shows the next (`by` 1) or previous (-1) alternative of a turn on show, round and round."""
    others = siblings(conversation, turn)
    index = next(place for place, other in enumerate(others) if other.id == turn.id)
    chosen = others[(index + by) % len(others)]
    show(conversation, pane, chosen)
    return chosen


def question_of(conversation: Conversation, pane: Pane) -> Turn | None:
    """The last question of the pane's branch."""
    return next((turn for turn in reversed(branch(conversation, pane.leaf)) if turn.role == "user"), None)


def rename(conversation: Conversation, title: str) -> None:
    conversation.title = " ".join(title.split())
    conversation.titled = conversation.changed = now()


def merge(ours: Conversation, theirs: Conversation) -> None:
    """Takes into `ours` what another holder of the same conversation added. Nothing of either is lost."""
    known = {turn.id: turn for turn in ours.turns}
    for turn in theirs.turns:
        mine = known.get(turn.id)
        if mine is None:
            ours.turns.append(turn)
        elif mine.end == "writing" and turn.end != "writing" and len(turn.text) >= len(mine.text):
            ours.turns[ours.turns.index(mine)] = turn
    ours.turns.sort(key=lambda turn: turn.created)
    ours.left_out = list(dict.fromkeys([*ours.left_out, *theirs.left_out]))
    if theirs.titled and (ours.titled is None or theirs.titled > ours.titled):
        ours.title, ours.titled = theirs.title, theirs.titled


def prompts(conversations: Iterable[Conversation]) -> list[str]:
    """Every question asked, oldest first, each once at its latest place."""
    turns = [turn for conversation in conversations for turn in conversation.turns if turn.role == "user"]
    turns.sort(key=lambda turn: turn.created)
    return list(dict.fromkeys(turn.text for turn in reversed(turns)))[::-1]


def _append(conversation: Conversation, pane: Pane, turn: Turn) -> None:
    conversation.turns.append(turn)
    conversation.changed = turn.created
    pane.leaf = turn.id


def _turn_id() -> str:
    return secrets.token_hex(5)
