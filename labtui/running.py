"""Before and after the application: is there a terminal that can show it, and what keeps going when it ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import TextIO

from labtui.errors import EXIT_FAILED, EXIT_INTERRUPTED, LabError, UsageError
from labtui.operations.stages import plural
from labtui.records import State
from labtui.workspace import Workspace

HEADLESS = "Everything works without the application too: labtui --help"
SSH_FRAMES_A_SECOND = 20


def need_terminal() -> None:
    """Raises UsageError where input or output is no terminal, or one that cannot place text."""
    if not (_on_terminal(sys.stdin) and _on_terminal(sys.stdout)):
        raise UsageError("The application needs a terminal for its input and its output.", hint=HEADLESS)
    if not _on_terminal(sys.stderr):
        # Textual draws on standard error: all of the screen would go where it was sent.
        what = "The application draws on standard error, which is not the terminal."
        hint = "Start it without 2>: labtui keeps its own log (labtui system info)."
        sys.stdout.write(f"labtui: {what}\n{hint}\n")
        raise UsageError(what, hint=hint)
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        named = f"TERM={kind}" if kind else "TERM is not set"
        raise UsageError(f"This terminal cannot place text on the screen ({named}).", hint=HEADLESS)


def _on_terminal(stream: TextIO | None) -> bool:
    # A stream that was closed before we began (`2>&-`) is None.
    return stream is not None and stream.isatty()


def no_collecting_yet() -> None:
    """Holds the garbage collector off until the application has painted (LabApp turns it on again).

    Nothing of what start-up makes is garbage; walking it again and again took a tenth of the start.
    """
    gc.disable()


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


def open_application() -> int:
    """`labtui` alone: opens the application without reading a command line, and returns the exit code."""
    from labtui import config, workspace

    no_collecting_yet()
    try:
        found = workspace.find()
        settings = config.load(found)
        need_terminal()
        from labtui.app import Context, run

        return run(Context(config=settings, workspace=found))
    except LabError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        from labtui.crashes import keep

        _complain(f"Something went wrong inside labtui ({type(error).__name__}: {error}).\nSee {keep(error)}")
        return EXIT_FAILED


def _complain(text: str) -> None:
    from labtui.text import clean

    sys.stderr.write(f"labtui: {clean(text)}\n")
