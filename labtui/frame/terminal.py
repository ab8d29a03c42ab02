"""What the terminal sends: bytes that are no UTF-8, and pasted text that looks like keys, do no harm.

Textual's own driver ends the application at the first byte it cannot decode (Latin-1 text pasted, a terminal that
marks alt with the eighth bit), and takes an escape sign inside of pasted text for the end of it: what follows would
be obeyed as keys.
"""

from __future__ import annotations

import codecs
import os
import selectors

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around pasted text (bracketed paste)."""
LOOK_SECONDS = 0.1


class Typed:
    """The bytes of a terminal as text, in whatever pieces they come."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._pasting = False
        self._tail = ""
        """Outside of a paste: the last characters, of which the next may be the beginning of one."""
        self._held = ""
        """Inside: what may be the beginning of its end."""

    def take(self, data: bytes) -> str:
        """The text of `data`, escape signs inside of pastes left out. Bytes that are no UTF-8 become U+FFFD."""
        text, done = self._decoder.decode(data), ""
        while text:
            step, text = self._inside(text) if self._pasting else self._outside(text)
            done += step
        return done

    def _outside(self, text: str) -> tuple[str, str]:
        """Nothing is held back: a lone escape sign is a key."""
        at = (self._tail + text).find(BEGIN)
        if at < 0:
            self._tail = (self._tail + text)[1 - len(BEGIN) :]
            return text, ""
        end = at + len(BEGIN) - len(self._tail)
        self._pasting, self._tail = True, ""
        return text[:end], text[end:]

    def _inside(self, text: str) -> tuple[str, str]:
        text, self._held = self._held + text, ""
        pasted, end, rest = text.partition(END)
        if end:
            self._pasting = False
        else:
            size = next((size for size in range(len(END) - 1, 0, -1) if pasted.endswith(END[:size])), 0)
            pasted, self._held = pasted[: len(pasted) - size], END[:size]
        return pasted.replace("\x1b", "") + end, rest


class LabDriver(LinuxDriver):
    def run_input_thread(self) -> None:
        """As in the base class, but for `Typed`."""
        parser, typed = XTermParser(self._debug), Typed()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                self._hand_on(parser, typed, bool(selector.select(LOOK_SECONDS)))
        try:
            for _ in parser.feed(""):
                pass
        except (EOFError, ParseError):
            pass

    def _hand_on(self, parser: XTermParser, typed: Typed, ready: bool) -> None:
        text = typed.take(os.read(self.fileno, 4096)) if ready else ""
        if text:
            for event in parser.feed(text):
                self.process_message(event)
        for event in parser.tick():
            self.process_message(event)
