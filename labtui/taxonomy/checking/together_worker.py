"""The process that finds out what all leaves show together, so that the screen need not stand still meanwhile.

It reads the leaves from standard input, writes the remarks to standard output, and remembers them in the cache whose
file it is given.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from labtui.taxonomy.checking import remembered
from labtui.taxonomy.checking.cache import Cache
from labtui.taxonomy.checking.gathering import Candidate
from labtui.taxonomy.checking.many import Run
from labtui.taxonomy.profiles import Profile

LOOK_SECONDS = 1.0


class Compared(msgspec.Struct, frozen=True, array_like=True):
    file: bytes
    """As the system names it."""
    name: str
    kind: str
    data: bytes
    """SHA-256 of its content."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[Compared])
    candidates = [
        Candidate(file=os.fsdecode(one.file), shown="", name=one.name, kind=one.kind, data=one.data) for one in wanted
    ]
    with Cache(Path(sys.argv[1])) as cache, Run(Profile.STRICT, cache) as run:
        together = run.together(candidates)
    remarks = [remembered.Remark(at, found) for at, several in together.items() for found in several]
    sys.stdout.buffer.write(remembered.as_bytes(remarks))


def _end_with(parent: int) -> None:
    """Nobody is left to be told when the process that started this one is gone."""
    import time

    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
