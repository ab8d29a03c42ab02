"""Putting a contribution on the taxonomy as it is now, from wherever in the wizard one notices that it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labtui.errors import LabError
from labtui.screens.threads import in_thread

if TYPE_CHECKING:
    from labtui.app import LabApp
    from labtui.config import Config
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.submitting.records import Rebased
    from labtui.workspace import Workspace


async def bring_up_to_date(app: LabApp, folder: DraftFolder, workspace: Workspace, config: Config) -> bool:
    """Fetches, merges, asks about each conflict. True where the contribution stands on the newest base then.

    Only from a worker. What goes wrong is told; a conflict that is left stays to be gone on with.
    """
    from labtui.operations.contributing.submitting import put_on_base
    from labtui.screens.contribute.conflicts import ConflictsWindow

    try:
        found: Rebased = await in_thread(lambda: put_on_base(folder, workspace, config))
    except LabError as error:
        app.fail(error)
        return False
    if found.open or (found.conflicts and not found.done):
        window = ConflictsWindow(folder, workspace, config, found)
        found = await app.push_screen_wait(window) or window.rebased
    for note in found.notes:
        app.say(note, "warning")
    if found.done:
        app.say("It stands on the taxonomy as it is now.")
    else:
        left = len(found.open)
        app.say(f"{left} {'conflict waits' if left == 1 else 'conflicts wait'} to be resolved.", "warning")
    return found.done
