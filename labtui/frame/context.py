"""What the application works on."""

from __future__ import annotations

from dataclasses import dataclass

from labtui.config import Config
from labtui.workspace import Workspace


@dataclass
class Context:
    """What the application works on. `config` belongs to `workspace`, or to the user where there is none."""

    config: Config
    workspace: Workspace | None = None
