"""Where an exception of ours goes: into the log, with everything a report needs."""

from __future__ import annotations

import sys
import traceback

from labtui import __version__, paths
from labtui.records import now


def keep(error: BaseException) -> str:
    """Appends the traceback to the log and returns the log's path, or words where it could not be written."""
    path = paths.log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"\n{now().isoformat()} labtui {__version__} {sys.argv}\n")
            traceback.print_exception(type(error), error, error.__traceback__, file=stream)
    except OSError as unwritten:
        return f"nowhere: {path} could not be written ({unwritten.strerror})"
    return str(path)
