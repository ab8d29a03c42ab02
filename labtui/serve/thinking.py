"""Tells an answer from the reasoning before it, in a stream whose pieces may cut a tag anywhere."""

from __future__ import annotations

import msgspec

OPEN = "<think>"
CLOSE = "</think>"


class Part(msgspec.Struct, frozen=True):
    """A piece of what the model said."""

    text: str
    reasoning: bool = False
    recast: bool = False
    """All text parts before this one were reasoning after all: a `</think>` came whose opening the model's
    template had already written. The part's own text is empty."""


class Splitter:
    """Splits streamed content into answer and reasoning.

    Only a `<think>` at the very beginning of the answer (or right after an earlier reasoning part) opens
    reasoning, and only a `</think>` on a line of its own closes reasoning that was never opened: an answer that
    speaks about the tags stays an answer.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._answered = False
        """Some text of the answer went out already."""
        self._closed = False
        """A reasoning part has ended."""
        self._line_start = True

    def feed(self, chunk: str) -> list[Part]:
        """The parts that are certain now; what may be the start of a tag is held back."""
        self._held += chunk
        parts: list[Part] = []
        while self._held and self._step(parts):
            pass
        return parts

    def flush(self) -> list[Part]:
        """What was held back when the stream ended."""
        text, self._held = self._held, ""
        return [Part(text, self._thinking)] if text else []

    def _step(self, parts: list[Part]) -> bool:
        """Takes one decision; False when the next one needs more text."""
        if self._thinking:
            return self._reason(parts)
        if not self._answered:
            start = self._held.lstrip()
            if start.startswith(OPEN):
                self._held = start[len(OPEN) :]
                self._thinking = True
                return True
            if OPEN.startswith(start):
                return False
            if self._closed:
                self._held = start
        if self._closed:
            return self._say(parts, len(self._held))
        return self._answer(parts)

    def _reason(self, parts: list[Part]) -> bool:
        before, found, after = self._held.partition(CLOSE)
        if found:
            if before:
                parts.append(Part(before, True))
            self._held = after
            self._thinking = False
            self._closed = True
            return True
        ready = len(self._held) - _tail(self._held)
        if ready:
            parts.append(Part(self._held[:ready], True))
        self._held = self._held[ready:]
        return False

    def _answer(self, parts: list[Part]) -> bool:
        """Before any reasoning was seen: a closing tag may still turn what came so far into reasoning."""
        place = self._held.find(CLOSE)
        if place < 0:
            return self._say(parts, len(self._held) - _tail(self._held))
        own_line = self._held[place - 1] == "\n" if place else self._line_start
        if not own_line:
            return self._say(parts, place + len(CLOSE))
        if place:
            parts.append(Part(self._held[:place]))
        parts.append(Part("", reasoning=True, recast=True))
        self._closed = True
        self._answered = False
        self._held = self._held[place + len(CLOSE) :]
        return True

    def _say(self, parts: list[Part], length: int) -> bool:
        text, self._held = self._held[:length], self._held[length:]
        if text:
            parts.append(Part(text))
            self._answered = True
            self._line_start = text.endswith("\n")
        return bool(text) and bool(self._held)


def _tail(text: str) -> int:
    """How many characters at the end of the text may be the beginning of a closing tag."""
    for length in range(min(len(text), len(CLOSE) - 1), 0, -1):
        if CLOSE.startswith(text[-length:]):
            return length
    return 0
