"""The entry point `labtui` (and `python -m labtui`)."""

from __future__ import annotations

import sys


def main() -> None:
    # Answered before anything is imported: scripts ask for it often.
    if sys.argv[1:] == ["--version"]:
        from labtui import __version__

        print(f"labtui {__version__}")  # noqa: T201
        return
    if not sys.argv[1:]:
        # Without anything to parse, what parses command lines need not be imported.
        from labtui.running import open_application

        sys.exit(open_application())
    from labtui.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
