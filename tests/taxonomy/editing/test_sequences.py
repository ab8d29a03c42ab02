"""Any sequence of edits in either view: text, value and leaf agree, and undo and redo give the very bytes."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.editing import CannotEdit, LeafEditor
from labtui.taxonomy.editing.document import at_path, same
from labtui.taxonomy.leaf import UNREADABLE, read_leaf_file
from tests.taxonomy.editing.texts import FILES, KNOWLEDGE, SKILL, TEXTS

BYTES = st.sampled_from(
    [file.encode() for file in FILES]
    + [KNOWLEDGE.replace("\n", "\r\n").encode(), SKILL.replace("\n", "\r").encode()]
    + [b"\xef\xbb\xbf" + SKILL.replace("\n", "\r\n").encode()]
    + [SKILL.replace("\n", "\r\n", 4).encode(), KNOWLEDGE.rstrip("\n").encode()]
    + [KNOWLEDGE.replace("yes", "y\r").encode(), SKILL.rpartition("- question")[0].rstrip().encode()]
    + [b"", b"\n", b"# only a remark", b"version: 3", b"- a\n- b\n", b"a: [", b"caf\xe9: 1\n", b"just a text\n"]
)
KEYS = st.sampled_from(["version", "domain", "created_by", "task_description", "document_outline", "odd key"])
NUMBERS = st.integers(0, 3)
PATHS = st.one_of(
    st.tuples(KEYS),
    st.tuples(st.just("document"), st.sampled_from(["repo", "commit"])),
    st.tuples(st.just("seed_examples"), NUMBERS, st.sampled_from(["context", "question", "answer"])),
    st.tuples(
        st.just("seed_examples"),
        NUMBERS,
        st.just("questions_and_answers"),
        NUMBERS,
        st.sampled_from(["question", "answer"]),
    ),
)
EDITS = st.one_of(
    st.tuples(st.just("set"), PATHS, TEXTS),
    st.tuples(st.just("typed"), PATHS, TEXTS),
    st.tuples(st.just("set_list"), st.just(("document", "patterns")), st.lists(TEXTS, max_size=3)),
    st.tuples(st.just("add_seed"), NUMBERS),
    st.tuples(st.just("duplicate_seed"), NUMBERS),
    st.tuples(st.just("move_seed"), NUMBERS, NUMBERS),
    st.tuples(st.just("delete_seed"), NUMBERS),
    st.tuples(st.just("add_pair"), NUMBERS, NUMBERS),
    st.tuples(st.just("duplicate_pair"), NUMBERS, NUMBERS),
    st.tuples(st.just("move_pair"), NUMBERS, NUMBERS, NUMBERS),
    st.tuples(st.just("delete_pair"), NUMBERS, NUMBERS),
    st.tuples(st.just("quote_odd")),
    st.tuples(st.just("pause")),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
    st.tuples(st.just("yaml"), st.floats(0, 1), st.integers(0, 12), TEXTS),
)


def make(editor: LeafEditor, edit: tuple[Any, ...]) -> None:
    """One edit. What is refused must have changed nothing."""
    name, *arguments = edit
    before = editor.data(), editor.revision
    try:
        if name == "yaml":
            where, length, text = arguments
            at = int(where * len(editor.text))
            editor.replace(editor.text[:at] + text + editor.text[at + length :])
        else:
            getattr(editor, name)(*arguments)
    except CannotEdit as refused:
        assert refused.what.endswith((".", "?"))
        assert (editor.data(), editor.revision) == before
        return
    if name == "set" and arguments[0] != ("version",):
        assert at_path(editor.value, arguments[0]) == arguments[1]
    if name == "set_list":
        assert (at_path(editor.value, arguments[0]) or []) == arguments[1]


def agree(editor: LeafEditor) -> None:
    """Both views and the bytes say the same."""
    data = editor.data()
    fresh = LeafEditor.open(data)
    assert fresh.text == editor.text
    assert (fresh.problem is None) == (editor.problem is None)
    try:
        expected = yaml.safe_load(data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except Exception:
        assert editor.problem is not None
        assert editor.value is None
    else:
        if editor.problem is None:
            assert same(editor.value, expected)


@given(BYTES, st.lists(EDITS, max_size=12))
def test_any_sequence_of_edits(data: bytes, edits: list[tuple[Any, ...]]) -> None:
    editor = LeafEditor.open(data)
    assert editor.data() == data
    for edit in edits:
        make(editor, edit)
        agree(editor)
    states = [editor.data()]
    while editor.can_undo:
        assert editor.undo() is not None
        states.append(editor.data())
    assert states[-1] == data
    assert not editor.unsaved
    assert editor.undo() is None
    for state in reversed(states[:-1]):
        assert editor.can_redo
        assert editor.redo() is not None
        assert editor.data() == state
        agree(editor)
    # What was undone before the last edit can still be made again, and leads somewhere that can be undone.
    while editor.can_redo:
        editor.redo()
    while editor.can_undo:
        editor.undo()
    assert editor.data() == data


@given(BYTES, st.lists(EDITS, max_size=6))
def test_the_leaf_is_what_would_be_read_from_disk(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, edits: list[tuple[Any, ...]]
) -> None:
    editor = LeafEditor.open(data)
    for edit in edits:
        make(editor, edit)
    path = tmp_path_factory.mktemp("leaf") / "qna.yaml"
    path.write_bytes(editor.data())
    on_disk, under_edit = read_leaf_file(path, "x"), editor.leaf("x", path)
    assert under_edit.kind == on_disk.kind
    assert under_edit.seeds == on_disk.seeds
    assert under_edit.sha256 == on_disk.sha256 or under_edit.kind == UNREADABLE
    assert bool(under_edit.problem) == bool(on_disk.problem)


@given(BYTES, PATHS, st.lists(TEXTS, min_size=1, max_size=6))
def test_typing_in_one_field_is_one_step(data: bytes, path: tuple[str | int, ...], texts: list[str]) -> None:
    editor = LeafEditor.open(data)
    made = False
    for text in texts:
        with contextlib.suppress(CannotEdit):
            editor.set(path, text)
            made = made or editor.data() != data
    if editor.data() != data:
        assert made
        editor.undo()
    assert editor.data() == data
    assert not editor.can_undo
