"""What was read as something else than text is put in quotes when the leaf is saved, and not before."""

from __future__ import annotations

from pathlib import Path

from labtui.operations.leaf_editing import LeafSession
from tests.taxonomy.leaves import SKILL, write

NAME = "compositional_skills/x"
ODD = SKILL.replace("tre", "yes").replace("due", "&a 12").replace("cinque", "*a")


def test_quoted_on_save(tmp_path: Path) -> None:
    path = write(tmp_path, NAME, ODD)
    session = LeafSession(NAME, path)
    session.save()
    assert path.read_text() == ODD
    session.editor.set(("created_by",), "bob")
    session.save()
    # What an alias refers to would change elsewhere too.
    assert path.read_text() == ODD.replace("yes", "'yes'").replace("ann", "bob")
    assert not session.unsaved
    session.undo(-1)
    session.undo(-1)
    assert session.editor.text == ODD


def test_a_file_that_cannot_be_read_is_saved_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, NAME, ODD)
    session = LeafSession(NAME, path)
    session.editor.replace(f"{ODD}x: [\n")
    session.save()
    assert path.read_text() == f"{ODD}x: [\n"
