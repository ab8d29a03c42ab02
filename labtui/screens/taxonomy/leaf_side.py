"""The right side of the taxonomy screen: one leaf, several ways, and what one can do with it.

Its parts, each on top of the one before:

    leaf_base.py     messages, widgets, the head
    laying_out.py    the views, laid out in threads
    writing.py       fields, seeds and the file written in; undo; checking
    keeping.py       which leaf is open, drafts, saving, what changed on disk
    doing.py         the other keys: $EDITOR, fix, upgrade, new, move, copy
"""

from __future__ import annotations

from labtui.screens.taxonomy.doing import Doing
from labtui.screens.taxonomy.leaf_base import DATA, DIFF, DOCUMENT, FORM, PROBLEMS, VIEWS, YAML

__all__ = ["DATA", "DIFF", "DOCUMENT", "FORM", "PROBLEMS", "VIEWS", "YAML", "LeafSide"]


class LeafSide(Doing):
    """`show` a leaf; the messages Saved, Unsaved, Renamed and Made say what became of it."""
