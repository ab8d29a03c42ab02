"""The entry point `labtui` (and `python -m labtui`)."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Importing `typing` alone would take longer than everything else `--version` does.
    from typing import TextIO


INTERRUPTED = 130
"""As labtui.errors has it, which is not imported here for one number."""


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def main() -> None:
    # A stream closed before we began (`2>&-`) is None, and everything that speaks would fail at it.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    # Answered before anything is imported: scripts ask for it often.
    if sys.argv[1:] == ["--version"]:
        from labtui import __version__

        print(f"labtui {__version__}")  # noqa: T201
        return
    try:
        if not sys.argv[1:]:
            # Without anything to parse, what parses command lines need not be imported.
            from labtui.running import open_application

            sys.exit(open_application())
        from labtui.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        # Before anything had begun that would have said more about it (importing takes a moment).
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
