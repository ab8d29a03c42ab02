"""What passes between the launcher and the supervisor it starts."""

from __future__ import annotations

import os
import re

LOCK = "LABTUI_LOCK_FD"
"""The job's lock, already held. Without it (started by hand) the supervisor takes it itself."""
READY = "LABTUI_READY_FD"
"""Where the launcher hears `ready` once the job has a status, or in words why it cannot be started."""
READY_WORD = b"ready"

KIND = re.compile(r"[a-z][a-z0-9_]*")
"""What a kind may be called: it becomes part of a module's name."""


def environment(**added: str) -> dict[str, str]:
    """The environment for processes of a job, which run in another folder than we do."""
    changed = {**os.environ, **added}
    if searched := changed.get("PYTHONPATH"):
        # Relative entries would come to mean the workspace, whose files may be a stranger's.
        changed["PYTHONPATH"] = os.pathsep.join(os.path.abspath(entry) for entry in searched.split(os.pathsep) if entry)
    return changed
