"""What the branch of a contribution is called: after its leaves, and never as another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from labtui.contribute.records import Draft

PREFIX = "contribute/"
LONGEST = 40


def branch_name(draft: Draft, taken: Collection[str] = ()) -> str:
    """`contribute/chickadee`; with a number behind it where that is taken. Works on every git and forge."""
    wanted = f"{PREFIX}{_slug(draft)}"
    name, number = wanted, 1
    lower = {other.lower() for other in taken}
    # A branch `a` and a branch `a/b` cannot be side by side, and some disks know no capitals.
    while any(name == other or other.startswith(f"{name}/") for other in lower):
        number += 1
        name = f"{wanted}-{number}"
    return name


def _slug(draft: Draft) -> str:
    words = draft.leaves[0].id.rpartition("/")[2] if len(draft.leaves) == 1 else draft.title
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    return slug or f"leaves-{draft.id.rpartition('-')[2]}"
