"""The right side of the taxonomy screen: one leaf, several ways, and what one can do with it.

Its parts, each on top of the one before:

    leaf_base.py     messages, widgets, the head
    beside.py        the difference, the document, what was generated
    laying_out.py    the views, laid out in threads
    writing.py       fields, seeds and the file written in; undo; checking
    keeping.py       which leaf is open, drafts, saving, what changed on disk
    doing.py         other keys: the ways on, copying, the next problem, $EDITOR
    whole_leaves.py  a new leaf, another name, fix, upgrade
"""

from __future__ import annotations

from labtui.screens.taxonomy.leaf_base import DATA, DIFF, DOCUMENT, FORM, PROBLEMS, VIEWS, YAML
from labtui.screens.taxonomy.whole_leaves import WholeLeaves

__all__ = ["DATA", "DIFF", "DOCUMENT", "FORM", "PROBLEMS", "VIEWS", "YAML", "LeafSide"]


class LeafSide(WholeLeaves):
    """`show` a leaf; the messages Saved, Unsaved, Renamed and Made say what became of it."""
