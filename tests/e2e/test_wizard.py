"""The wizard in a real terminal: what was typed outlives a kill, and it opens where it was."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from tests.terminal import PATIENCE, Terminal, labtui_command

pytestmark = pytest.mark.e2e
LEAF = "compositional_skills/made/here"


def test_killed_while_typing_it_goes_on_where_it_was(tmp_path: Path) -> None:
    lab = workspace.create(tmp_path / "lab")
    command = labtui_command("--workspace", str(lab.root))
    with Terminal(command) as first:
        first.wait_for("no samples yet")
        first.press("2")
        first.wait_for("Nothing here yet")
        first.press("n")
        first.wait_for("What should the model learn")
        # All in one burst, as from a slow line: each letter finds its field.
        first.press("down", "down", "enter", *"made/here", "enter", *"Kept at every key")
        first.wait_for("Kept at every key")
        (folder,) = store.list_drafts(lab)
        until = time.monotonic() + PATIENCE
        while not folder.leaf_file(LEAF).exists() or "Kept at every key" not in folder.leaf_file(LEAF).read_text():
            assert time.monotonic() < until, f"{[*(folder.path / 'taxonomy').rglob('*')]}\n{first.text}"
            time.sleep(0.02)
        first.process.kill(signal.SIGKILL)
    with Terminal(command) as second:
        second.wait_for("no samples yet")
        # Typed ahead, enter opens what is in the list, and no new one.
        second.press("2", "enter")
        second.wait_for("Kept at every key")
        second.press(*"!")
        second.wait_for("Kept at every key!")
