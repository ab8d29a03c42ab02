"""attribution.txt of a contributed leaf: the works it is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from labtui.contribute.attribution.works import FIELDS, WorkFields, read, with_another, without, written
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.leaf_files import read_file
from labtui.contribute.records import ContributedLeaf
from labtui.text import without_controls


def attribution_text(folder: DraftFolder, leaf: ContributedLeaf | str) -> str:
    """What stands in the file; empty where there is none. Raises LabError where it cannot be read."""
    path = folder.attribution_file(leaf)
    if not path.exists():
        return ""
    return read_file(path).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def read_attribution(folder: DraftFolder, leaf: ContributedLeaf | str) -> list[WorkFields]:
    """The works it names, in the order of the file; empty where it names none. Raises LabError."""
    return read(attribution_text(folder, leaf))


def write_attribution(folder: DraftFolder, leaf: ContributedLeaf | str, works: Sequence[WorkFields]) -> None:
    """Makes the file name these works. What else stands in it stays where it is. Raises LabError."""
    from labtui.taxonomy.editing.saving import MISSING, save_bytes

    with folder.locked():
        path = folder.attribution_file(leaf)
        expected = hashlib.sha256(read_file(path)).hexdigest() if path.exists() else MISSING
        text = attribution_text(folder, leaf)
        changed = naming(text, works)
        if changed != text or expected == MISSING:
            save_bytes(path, without_controls(changed).encode("utf-8", "replace"), expected)


def naming(text: str, works: Sequence[WorkFields]) -> str:
    """`text` naming exactly `works`: field by field, so that other lines stay."""
    count = len(read(text))
    for number in reversed(range(len(works), count)):
        text = without(text, number)
    for number, work in enumerate(works):
        if number >= len(read(text)):
            text = with_another(text)
        for name in FIELDS:
            if read(text)[number].says(name) != work.says(name):
                text = written(text, number, name, work.says(name))
    return text


def change_attribution(folder: DraftFolder, leaf: ContributedLeaf | str, change: Callable[[str], str]) -> str:
    """Makes the file what `change` makes of its text, and returns that. Raises LabError."""
    from labtui.taxonomy.editing.saving import MISSING, save_bytes

    with folder.locked():
        path = folder.attribution_file(leaf)
        expected = hashlib.sha256(read_file(path)).hexdigest() if path.exists() else MISSING
        text = attribution_text(folder, leaf)
        changed = without_controls(change(text))
        if changed != text:
            save_bytes(path, changed.encode("utf-8", "replace"), expected)
        return changed
