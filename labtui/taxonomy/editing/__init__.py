"""Editing a leaf: the text under edit, its unsaved state on disk, saving, and new leaves."""

from labtui.taxonomy.editing.editor import LeafEditor
from labtui.taxonomy.editing.spans import CannotEdit

__all__ = ["CannotEdit", "LeafEditor"]
