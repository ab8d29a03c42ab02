"""From a conversation to tokens and to which of them are trained, through the model's own chat template.

Which tokens belong to the answer is never guessed from marker strings: the template is rendered up to each turn,
and what a rendering adds to the one before belongs to that turn. Where a template does not build up like that
(it rewrites or drops earlier turns) the sample is left out rather than masked wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from labtui.train.data import Message, TrainSample

SYSTEM = "system"
ASSISTANT = "assistant"


class Unfit(Exception):
    """Why a sample cannot be trained on; a short phrase that follows "because"."""


class Encoded(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    tokens: list[int]
    trained: list[bool]
    """As long as `tokens`: whether the model is taught to say this token."""

    @property
    def trained_count(self) -> int:
        return sum(self.trained)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    reason: str


def encode_all(tokenizer: Any, samples: Iterable[TrainSample], max_tokens: int) -> tuple[list[Encoded], list[LeftOut]]:
    """Every sample either encoded or left out with its reason."""
    fit: list[Encoded] = []
    left: list[LeftOut] = []
    for sample in samples:
        try:
            encoded = encode(tokenizer, sample)
            if len(encoded.tokens) > max_tokens:
                raise Unfit(f"it has {len(encoded.tokens)} tokens, over the limit of {max_tokens}")
            fit.append(encoded)
        except Unfit as error:
            left.append(LeftOut(id=sample.id, reason=str(error)))
    return fit, left


def encode(tokenizer: Any, sample: TrainSample) -> Encoded:
    """Tokens of a whole conversation and which are trained. Raises Unfit."""
    messages = sample.messages
    _check(messages)
    writer = _Writer(tokenizer)
    for index, message in enumerate(messages):
        if message.role == ASSISTANT:
            writer.reach(_render(tokenizer, messages[:index], prompt=True), teach=False)
            writer.reach(_render(tokenizer, messages[: index + 1]), teach=True)
        elif sample.unmask and message.role != SYSTEM:
            turn = _render(tokenizer, messages[: index + 1])
            writer.reach(_until_content(turn, len(writer.text), message.content), teach=False)
            writer.reach(turn, teach=True)
    writer.reach(_render(tokenizer, messages), teach=False)
    tokens, trained = writer.finish()
    # The first token has nothing before it to be predicted from.
    trained[0] = False
    if not any(trained):
        raise Unfit("none of its tokens would be trained")
    return Encoded(id=sample.id, tokens=tokens, trained=trained)


def _check(messages: list[Message]) -> None:
    if not messages:
        raise Unfit("it has no messages")
    if messages[0].role == ASSISTANT:
        raise Unfit("it begins with an answer")
    if not any(message.role == ASSISTANT and message.content.strip() for message in messages):
        raise Unfit("no turn of the assistant says anything")


class _Writer:
    """Grows a rendered conversation piece by piece, cut where a server cuts between prompt and answer."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.text = ""
        self._pending = ""
        self._tokens: list[int] = []
        self._trained: list[bool] = []

    def reach(self, text: str, *, teach: bool) -> None:
        """Appends what `text` has beyond the text so far."""
        if not text.startswith(self.text):
            raise Unfit("the chat template rewrites what came before")
        piece, self.text = text[len(self.text) :], text
        if not teach:
            self._pending += piece
            return
        self._flush()
        tokens = self.tokenizer.encode(piece, add_special_tokens=False)
        # A template's line break after the end-of-turn token is never sampled: the server has stopped by then.
        ends = [place for place, token in enumerate(tokens) if token == self.tokenizer.eos_token_id]
        last = ends[-1] if ends else len(tokens) - 1
        self._tokens += tokens
        self._trained += [place <= last for place in range(len(tokens))]

    def _flush(self) -> None:
        tokens = self.tokenizer.encode(self._pending, add_special_tokens=False) if self._pending else []
        self._tokens += tokens
        self._trained += [False] * len(tokens)
        self._pending = ""

    def finish(self) -> tuple[list[int], list[bool]]:
        self._flush()
        whole = self.tokenizer.encode(self.text, add_special_tokens=False)
        if self._tokens != whole and self.tokenizer.decode(self._tokens) != self.text:
            raise Unfit("its tokens change where the prompt ends and the answer begins")
        return self._tokens, self._trained


def _until_content(text: str, start: int, content: str) -> str:
    """`text` up to where a turn's own words begin; `start` is where the turn may begin."""
    said = content.strip()
    at = text.rfind(said)
    if not said or at < start:
        raise Unfit("the chat template does not show a turn as it was written")
    return text[:at]


def _render(tokenizer: Any, messages: list[Message], *, prompt: bool = False) -> str:
    import jinja2

    turns = [{"role": message.role, "content": message.content} for message in messages]
    try:
        text: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=prompt)
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, IndexError) as error:
        raise Unfit(f"the chat template cannot render it: {error}") from error
    return text
