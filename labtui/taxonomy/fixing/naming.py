"""Files that are a leaf's in all but their name."""

from __future__ import annotations

import os
from pathlib import Path

from labtui.taxonomy.layout import LEAF_FILE

ALIKE = ("qna.yaml", "qna.yml")


def right_name(path: Path) -> Path | None:
    """Where a file named qna.yml or QNA.yaml belongs, if that place is free; None for every other name."""
    if path.name == LEAF_FILE or path.name.lower() not in ALIKE:
        return None
    target = path.with_name(LEAF_FILE)
    if not os.path.lexists(target):
        return target
    try:
        # Where case does not count in file names, the file itself is found under the right name.
        same = os.path.samefile(path, target) and LEAF_FILE not in os.listdir(path.parent)
    except OSError:
        return None
    return target if same else None
