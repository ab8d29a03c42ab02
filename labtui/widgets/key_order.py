"""Keys that arrive together are handled one after the other, each only when the one before it is done.

Textual hands a key to the widget that has the focus now and handles its binding later, when the key has come back
up through every parent. Keys that arrive in one burst (a slow line, a paste of keystrokes, a quick typist) would
so reach the widget that had the focus before the first of them took effect: `/` and a word would not land in the
filter that `/` opens, but be obeyed as commands. Here a message follows each key on the same way up; while it is
under way, further keys wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.widget import Widget

T = TypeVar("T")

PATIENCE_SECONDS = 0.5
"""A message gets lost with a widget that is removed: so often it is looked whether that is so. On a busy machine the
message is only late, and what its key asked for (a focus) with it."""

LONGEST_HOLD_SECONDS = 5.0
"""Whoever holds keys back and never lets them go does not lock the user out; nor does a message that never comes."""


@contextmanager
def keys_held(app: App[Any]) -> Iterator[None]:
    """Within it keys wait: for what takes longer than the key that asked for it."""
    release = app.hold_keys() if isinstance(app, KeysInOrder) else None
    try:
        yield
    finally:
        if release is not None:
            release()


class KeyDone(Message):
    """Follows a key from the widget it was given to up to the application. Bubbles, as keys do."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class KeysInOrder(App[T], Generic[T]):
    """An application that handles keys strictly one by one."""

    _keys_waiting: deque[events.Key]
    _key_number = 0
    _key_under_way = False
    _key_patience: asyncio.TimerHandle | None = None
    _key_holds = 0

    def __init__(self, **options: Any) -> None:
        self._keys_waiting = deque()
        super().__init__(**options)

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._key_under_way or self._key_holds:
            self._keys_waiting.append(event)
        else:
            await self._handle_key(event)

    async def _handle_key(self, event: events.Key) -> None:
        self._key_under_way = True
        self._key_number += 1
        target = self.focused or self.screen
        await super().on_event(event)
        target.post_message(KeyDone(self._key_number))
        self._be_patient(target, LONGEST_HOLD_SECONDS)

    def _be_patient(self, target: Widget, seconds: float) -> None:
        def look() -> None:
            left = seconds - PATIENCE_SECONDS
            if target.is_attached and left > 0:
                self._be_patient(target, left)
            else:
                self.call_later(self._next_key)

        # A handle of the loop, not a timer of Textual's, which would be a task for every key.
        self._key_patience = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, look)

    def on_key_done(self, event: KeyDone) -> None:
        event.stop()
        if event.number == self._key_number and self._key_under_way:
            # Once more round the queue: what the key asked for (a focus, a screen) may still be in it.
            self.call_later(self._next_key)

    async def _next_key(self) -> None:
        if self._key_patience is not None:
            self._key_patience.cancel()
            self._key_patience = None
        self._key_under_way = False
        if self._keys_waiting and not self._key_holds:
            await self._handle_key(self._keys_waiting.popleft())

    def hold_keys(self) -> Callable[[], None]:
        """Lets keys wait until what is returned is called: for what a key asks for and a worker carries out.

        Keys typed ahead would otherwise be obeyed by what is on the screen until then.
        """
        self._key_holds += 1
        loop = asyncio.get_running_loop()
        held = True

        def release() -> None:
            nonlocal held
            if held:
                held = False
                limit.cancel()
                self._key_holds -= 1
                if not self._key_holds and not self._key_under_way:
                    # Once more round the queue, as after a key: the focus may still be on its way.
                    self.call_later(self.call_later, self._next_key)

        limit = loop.call_later(LONGEST_HOLD_SECONDS, release)
        return release
