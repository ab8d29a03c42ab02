"""What was typed into a contribution and has no place in its files yet: half a path, a name that is taken.

It stands in `typed.json` of the contribution's folder, so that it is there again on another day. It is never sent.
"""

from __future__ import annotations

import json

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.errors import LabError
from labtui.journal import atomic_write

FILE = "typed.json"
LARGEST = 1_000_000
"""Bytes of the file that are read: more was not written here."""


def typed(folder: DraftFolder, what: str) -> str:
    """What was typed last under this name; empty where nothing waits."""
    return _read(folder).get(what, "")


def keep_typed(folder: DraftFolder, what: str, text: str) -> None:
    """Keeps `text` under a name, or forgets it where it is empty. Raises LabError where it cannot be written."""
    with folder.locked():
        known = _read(folder)
        if known.get(what, "") == text:
            return
        known[what] = text
        known = {name: kept for name, kept in known.items() if kept}
        try:
            data = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
            atomic_write(folder.path / FILE, data.encode("utf-8", "replace"), mode=0o600)
        except OSError as error:
            raise LabError(
                f"The contribution cannot be saved: {error.strerror or error}.",
                where=str(folder.path / FILE),
                hint="Make room or make the folder writable, and do it again.",
            ) from error


def _read(folder: DraftFolder) -> dict[str, str]:
    try:
        with open(folder.path / FILE, encoding="utf-8", errors="replace") as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError):
        return {}
    return {str(name): text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}
