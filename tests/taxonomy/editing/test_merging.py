"""Two changes of one file put together: nothing of either is lost, and what contradicts is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.document import at_path, same
from labtui.taxonomy.editing.merge_lines import chunks, merge_texts
from labtui.taxonomy.editing.merging import Side, merge
from labtui.taxonomy.lint import lint
from tests.taxonomy.editing.test_sequences import EDITS, make
from tests.taxonomy.editing.texts import FILES, FOUR, KNOWLEDGE, SKILL

BASE = KNOWLEDGE.encode()
CONTEXT = ("seed_examples", 0, "context")
ANSWER = ("seed_examples", 0, "questions_and_answers", 0, "answer")


def edited(change: Callable[[LeafEditor], Any], data: bytes = BASE) -> bytes:
    editor = LeafEditor.open(data)
    change(editor)
    return editor.data()


def value(data: bytes) -> Any:
    editor = LeafEditor.open(data)
    assert editor.problem is None
    return editor.value


def test_only_one_side_changed() -> None:
    mine = edited(lambda editor: editor.set(("domain",), "birds"))
    assert merge(BASE, mine, BASE).data == mine
    assert merge(BASE, BASE, mine).data == mine
    assert merge(BASE, mine, mine).data == mine


def test_two_fields() -> None:
    merged = merge(
        BASE,
        edited(lambda editor: editor.set(("domain",), "birds")),
        edited(lambda editor: editor.set(("created_by",), "bob")),
    )
    assert not merged.conflicts
    assert merged.data.decode() == KNOWLEDGE.replace("animals", "birds").replace("'ann'", "'bob'")


def test_the_same_field_is_asked_about() -> None:
    mine = edited(lambda editor: editor.set(("domain",), "birds"))
    theirs = edited(lambda editor: editor.set(("domain",), "beasts"))
    merged = merge(BASE, mine, theirs)
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.base, conflict.mine, conflict.theirs) == (("domain",), "animals", "birds", "beasts")
    assert merged.open == (0,)
    assert merge(BASE, mine, theirs, {0: Side.MINE}).data == mine
    chosen = merge(BASE, mine, theirs, {0: Side.THEIRS})
    assert (chosen.data, chosen.open) == (theirs, ())


def test_lines_of_one_text() -> None:
    merged = merge(
        BASE,
        edited(lambda editor: editor.set(CONTEXT, "A songbird of the south.\nIt sings.\n")),
        edited(lambda editor: editor.set(CONTEXT, "A songbird of the north.\nIt sings.\nMuch.\n")),
    )
    assert not merged.conflicts
    assert at_path(value(merged.data), CONTEXT) == "A songbird of the south.\nIt sings.\nMuch.\n"


def test_seeds_added_on_both_sides() -> None:
    merged = merge(
        BASE,
        edited(lambda editor: editor.add_seed(context="mine")),
        edited(lambda editor: editor.add_seed(context="theirs")),
    )
    assert not merged.conflicts
    contexts = [seed["context"] for seed in value(merged.data)["seed_examples"]]
    assert contexts[3:] == ["mine", "theirs"]


def test_a_seed_moved_here_and_changed_there() -> None:
    merged = merge(
        BASE, edited(lambda editor: editor.move_seed(0, 2)), edited(lambda editor: editor.set(ANSWER, "another"))
    )
    assert not merged.conflicts
    assert at_path(value(merged.data), ("seed_examples", 2, *ANSWER[2:])) == "another"
    assert "  # The first\n  - context: |" in merged.data.decode()


def test_a_seed_moved_there_and_changed_here() -> None:
    merged = merge(
        BASE, edited(lambda editor: editor.set(ANSWER, "another")), edited(lambda editor: editor.move_seed(0, 2))
    )
    assert not merged.conflicts
    assert at_path(value(merged.data), ("seed_examples", 2, *ANSWER[2:])) == "another"


@pytest.mark.parametrize("mine_removes", [True, False])
def test_a_seed_removed_here_and_changed_there(mine_removes: bool) -> None:
    removed = edited(lambda editor: editor.delete_seed(0))
    changed = edited(lambda editor: editor.set(ANSWER, "another"))
    mine, theirs = (removed, changed) if mine_removes else (changed, removed)
    merged = merge(BASE, mine, theirs)
    (conflict,) = merged.conflicts
    assert "removed" in conflict.what
    assert (conflict.mine is None, conflict.theirs is None) == (mine_removes, not mine_removes)
    assert same(value(merge(BASE, mine, theirs, {0: Side.MINE}).data), value(mine))
    assert same(value(merge(BASE, mine, theirs, {0: Side.THEIRS}).data), value(theirs))


def test_a_remark_of_mine_stays_and_their_line_ends_count() -> None:
    mine = edited(lambda editor: editor.replace(editor.text.replace("# The first", "# The first\n  # and best")))
    theirs = edited(lambda editor: editor.set(("created_by",), "bob")).replace(b"\n", b"\r\n")
    merged = merge(BASE, mine, theirs)
    assert not merged.conflicts
    assert merged.data == theirs.replace(b"# The first\r\n", b"# The first\r\n  # and best\r\n")


def test_a_remark_without_a_place_is_told() -> None:
    mine = edited(lambda editor: editor.replace(editor.text.replace("domain: animals", "# hm\ndomain: beasts")))
    theirs = edited(lambda editor: editor.set(("domain",), "birds"))
    assert merge(BASE, mine, theirs, {0: Side.THEIRS}).left_out == ("# hm",)


def test_files_that_cannot_be_read_are_merged_by_lines() -> None:
    mine = edited(lambda editor: editor.replace(editor.text + "x: [\n"))
    theirs = edited(lambda editor: editor.set(("created_by",), "bob"))
    merged = merge(BASE, mine, theirs)
    assert not merged.conflicts
    assert merged.data == theirs + b"x: [\n"
    broken = edited(lambda editor: editor.replace(editor.text.replace("domain: animals", "domain: [")))
    asked = merge(BASE, broken, edited(lambda editor: editor.set(("domain",), "birds")))
    (conflict,) = asked.conflicts
    assert (conflict.path, conflict.base) == ((), "domain: animals  # broad")


def test_bytes_that_are_no_text_are_merged_by_lines() -> None:
    base = b"a: caf\xe9\nb: 1\n"
    merged = merge(base, b"a: caf\xe9\nb: 1\nc: 2\n", b"a: caf\xe9!\nb: 1\n")
    assert (merged.data, merged.conflicts) == (b"a: caf\xe9!\nb: 1\nc: 2\n", ())


def test_the_file_was_emptied_meanwhile() -> None:
    mine = edited(lambda editor: editor.set(("domain",), "birds"))
    merged = merge(BASE, mine, b"")
    assert merged.open
    assert merge(BASE, mine, b"", dict.fromkeys(merged.open, Side.THEIRS)).data == b""
    assert merge(BASE, mine, b"", dict.fromkeys(merged.open, Side.MINE)).data == mine


@given(st.sampled_from(FILES), st.lists(EDITS, max_size=4), st.lists(EDITS, max_size=4), st.booleans())
def test_any_two_changes(base: str, ours: list[tuple[Any, ...]], others: list[tuple[Any, ...]], crlf: bool) -> None:
    """Never an error; each side alone is itself; what both sides say alike is there; what is chosen counts."""
    data = (base.replace("\n", "\r\n") if crlf else base).encode()
    editors = [LeafEditor.open(data), LeafEditor.open(data)]
    for editor, edits in zip(editors, (ours, others), strict=True):
        for edit in edits:
            make(editor, edit)
    mine, theirs = (editor.data() for editor in editors)
    merged = merge(data, mine, theirs)
    assert len(merged.open) == len(merged.conflicts)
    everything = merge(data, mine, theirs, dict.fromkeys(range(len(merged.conflicts)), Side.THEIRS))
    assert not everything.open
    if all(editor.problem is None and isinstance(editor.value, dict) for editor in editors):
        result = value(merged.data)
        for key in {*editors[0].value, *editors[1].value} if isinstance(result, dict) else ():
            one, other = (editor.value.get(key) for editor in editors)
            if same(one, other):
                assert same(result.get(key), one)
            elif not merged.conflicts and same(one, LeafEditor.open(data).value.get(key)):
                assert same(result.get(key), other)


@pytest.mark.parametrize("base", [KNOWLEDGE, SKILL, FOUR])
def test_merged_by_value_is_clean(base: str) -> None:
    data = base.encode()
    merged = merge(
        data,
        edited(lambda editor: editor.add_seed(0, context="a\nb\n"), data),
        edited(lambda editor: editor.duplicate_seed(0), data),
    )
    assert not list(lint(merged.data.decode(), "qna.yaml"))


LINES = st.lists(st.sampled_from("abcd"), max_size=8)


@given(LINES, LINES, LINES)
def test_lines_are_cut_without_loss(base: list[str], mine: list[str], theirs: list[str]) -> None:
    found = list(chunks(base, mine, theirs))
    for side, lines in enumerate((base, mine, theirs)):
        assert [line for chunk in found for line in chunk[side]] == lines
    texts = ["\n".join(lines) for lines in (base, mine, theirs)]
    assert merge_texts(texts[0], texts[1], texts[0]) == texts[1]
    assert merge_texts(texts[0], texts[0], texts[2]) == texts[2]
