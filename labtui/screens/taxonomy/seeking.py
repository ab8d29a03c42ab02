"""One search after the other, each in a thread, whose first screenful is waited for as long as nobody can tell.

Textual paints some 16 ms after the paint before. A first screenful that is there before the typed letter is painted
comes with it, in one paint; a moment later it has to wait for the next. So whoever asks waits for it, but never longer
than WAIT_SECONDS, whatever the disk does; what comes later, comes as a message.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from labtui.taxonomy.browsing.searching import Found

WAIT_SECONDS = 0.012
PAINT_SECONDS = 0.04
"""The search rests for so long after the first screenful, so that it can be painted."""

Search = Callable[[Callable[[], bool]], Iterator[Found]]
"""Given what says whether to end, what is found."""


class Seeking:
    """`tell(found, first)` and `fail(error)` are called in the thread."""

    def __init__(self) -> None:
        self._number = 0
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Nobody wants to know any more what is being searched for."""
        self._number += 1

    def seek(
        self,
        search: Search,
        tell: Callable[[Found, bool], None],
        fail: Callable[[BaseException], None],
        *,
        at_once: bool = True,
    ) -> Found | None:
        """Begins a search and ends the one before. What is found first is returned if it comes in time, or else told
        like the rest; `at_once` off waits for nothing and tells everything together at the end."""
        self.stop()
        number = self._number
        came = threading.Event()
        early: list[Found] = []
        waiting = [at_once]

        def cancelled() -> bool:
            return number != self._number

        def hand_over(found: Found) -> bool:
            """Whether the one who asked still waits and takes it."""
            with self._lock:
                if waiting[0]:
                    early.append(found)
                    came.set()
                return waiting[0]

        def run() -> None:
            try:
                rows = []
                for number_, found in enumerate(search(cancelled)):
                    if not at_once:
                        rows += found.rows
                        if found.done:
                            tell(Found(rows, found.sums, True), True)
                    elif number_:
                        tell(found, False)
                    else:
                        if not hand_over(found):
                            tell(found, True)
                        if not found.done:
                            time.sleep(PAINT_SECONDS)
            except Exception as error:
                fail(error)

        threading.Thread(target=run, name="taxonomy-search", daemon=True).start()
        if at_once:
            came.wait(WAIT_SECONDS)
            with self._lock:
                waiting[0] = False
        return early[0] if early else None
