"""Before and after the application: is there a terminal that can show it, and what keeps going when it ends."""

from __future__ import annotations

import os
import sys

from labtui.errors import LabError, UsageError
from labtui.operations.stages import plural
from labtui.records import State
from labtui.workspace import Workspace

HEADLESS = "Everything works without the application too: labtui --help"
SSH_FRAMES_A_SECOND = 20


def need_terminal() -> None:
    """Raises UsageError where input or output is no terminal, or one that cannot place text."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The application needs a terminal for its input and its output.", hint=HEADLESS)
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        named = f"TERM={kind}" if kind else "TERM is not set"
        raise UsageError(f"This terminal cannot place text on the screen ({named}).", hint=HEADLESS)


def spare_the_line() -> None:
    """Fewer repaints a second: over SSH each one is traffic and none is seen sooner."""
    if "TEXTUAL_FPS" not in os.environ:
        import textual.screen

        setattr(textual.screen, "UPDATE_PERIOD", 1 / SSH_FRAMES_A_SECOND)  # noqa: B010 - Final, and read at start


def goodbye(workspace: Workspace | None) -> None:
    """Says on the terminal what keeps going."""
    if workspace is None:
        return
    from labtui import jobs

    try:
        views = [view for view in jobs.list_jobs(workspace) if view.state in (State.RUNNING, State.WAITING)]
    except (LabError, OSError):
        return
    served = sum(view.spec.kind == "serve" for view in views)
    working = len(views) - served
    parts = [plural(working, "job")] if working else []
    parts += [plural(served, "served model")] if served else []
    if parts:
        verb = "keeps" if len(views) == 1 else "keep"
        sys.stderr.write(f"{' and '.join(parts)} {verb} going. `labtui` shows them again.\n")
