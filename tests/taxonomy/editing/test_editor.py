"""What an edit looks like in the file: the style that was there, remarks, places of new keys, refusals in words."""

from __future__ import annotations

import pytest

from labtui.taxonomy.editing import CannotEdit, LeafEditor
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from tests.taxonomy.editing.texts import FOUR, MERGED, SKILL
from tests.taxonomy.editing.texts import KNOWLEDGE as BIRDS
from tests.taxonomy.leaves import SKILL as PLAIN


def after(source: str, text: str, key: str = "a") -> str:
    """What becomes of `source` when its value is set to `text`."""
    editor = LeafEditor.open(source.encode())
    editor.set((key,), text)
    return editor.text


@pytest.mark.parametrize(
    ("source", "text", "result"),
    [
        ("a: b\n", "c", "a: c\n"),
        ("a: b  # why\n", "c", "a: c  # why\n"),
        ("a: 'b'\n", "c", "a: 'c'\n"),
        ('a: "b"\n', "c", 'a: "c"\n'),
        ("a: b", "c", "a: c"),
        ("a: b\n", "yes", "a: 'yes'\n"),
        ("a: b\n", "it's: so", 'a: "it\'s: so"\n'),
        ("a: b\n", "", "a: ''\n"),
        ("a:\n", "b", "a: b\n"),
        ("a:  # soon\n", "b", "a: b  # soon\n"),
        ("a: ~\n", "b", "a: b\n"),
        ("a: b\n", "c\nd\n", "a: |\n  c\n  d\n"),
        ("a: b\n", "c\nd", "a: |-\n  c\n  d\n"),
        ("a: b  # why\n", "c\nd", "a: |-  # why\n  c\n  d\n"),
        ("a: |-  # why\n  c\n  d\n", "c\ne", "a: |-  # why\n  c\n  e\n"),
        ("a: b  \nc: d\n", "c\nd", "a: |-\n  c\n  d\nc: d\n"),
        ("a:\n  b\n", "c\nd", "a: |-\n  c\n  d\n"),
        ("a: |\n    c\n    d\n", "e\n", "a: |\n    e\n"),
        ("a: |\n  c\n\n\nb: d\n", "e\n", "a: |\n  e\n\n\nb: d\n"),
        ("a: |\n  c\nb: d\n", "e\n\n", "a: |+\n  e\n\nb: d\n"),
        ("a: |+\n  c\n\nb: d\n", "e\n", "a: |\n  e\nb: d\n"),
        ("a: |\n  c\n", "e\n\n", 'a: "e\\n\\n"\n'),
        ("a: |\n  c\n", "  e\nf\n", "a: |2\n    e\n  f\n"),
        ("a: |\n  c\n", "\te\n", "a: |2\n  \te\n"),
        ("a: b\n", "e \nf", 'a: "e \\n\\\n  f"\n'),
        ("a: b\n", "e \n f", 'a: "e \\n\\\n  \\ f"\n'),
        ("a: b\n", "e\x07", 'a: "e\\a"\n'),
        ("a: b\n", "e\u2028f", 'a: "e\\Lf"\n'),
        ("a: b\n", "四十雀 👍 שלום", "a: 四十雀 👍 שלום\n"),
        ("a: >\n  one two\n  three\n\n  four\n", "one two\nthree\n", "a: >\n  one two\n\n  three\n"),
        ("a: >-\n  one two\n  three four\n  five\n", "one two three 4 five", "a: >-\n  one two\n  three 4\n  five\n"),
        ("a: one two\n  three four\n", "one two three 4", "a: one two three 4\n"),
        ("a: [b, 'c']\n", "unused", ""),
        ("a: !!str 1\n", "b", "a: !!str b\n"),
        ("a: !!int 1\n", "b", "a: b\n"),
        ("a: &x 1\n", "b", "a: &x b\n"),
        ('"a": b\n', "c", '"a": c\n'),
        ("? a\n: b\n", "c", "? a\n: c\n"),
        ("{a: b, c: d}\n", "e, f", "{a: 'e, f', c: d}\n"),
        ("{a: b, c: d}\n", "e\nf", '{a: "e\\nf", c: d}\n'),
        ("a: b\na: c\n", "d", "a: b\na: d\n"),
        ("---\na: b\n...\n", "c", "---\na: c\n...\n"),
    ],
)
def test_one_value(source: str, text: str, result: str) -> None:
    if not result:
        with pytest.raises(CannotEdit, match="a list or a mapping"):
            after(source, text)
        return
    assert after(source, text) == result


def test_long_texts_become_blocks_broken_at_spaces() -> None:
    text = "word " * 40 + "end"
    lines = after("a: b\n", text).splitlines()
    assert lines[0] == "a: >-"
    assert len(lines) == 3
    assert all(len(line) <= 110 for line in lines)
    assert after("a: b\n", "x" * 200) == f"a: >-\n  {'x' * 200}\n"


def test_a_line_that_was_long_stays_one_line() -> None:
    old = "word " * 40 + "end"
    assert after(f"a: {old}\n", f"{old}!") == f"a: {old}!\n"
    assert after(f"a: '{old}'\n", f"{old}!") == f"a: '{old}!'\n"


def test_long_plain_lines_broken_by_hand_stay_broken_there() -> None:
    first, second = "word " * 18 + "one", "word " * 18 + "two"
    source = f"a: {first}\n  {second}\n"
    assert after(source, f"{first} {second} more") == f"a: {first}\n  {second} more\n"


def test_a_passing_space_changes_no_style() -> None:
    source = "a: |\n  c\n  d\nb: e\n"
    editor = LeafEditor.open(source.encode())
    for text in ("c\nd \n", "c\nd m\n", ""):
        editor.set(("a",), text)
        editor.pause()
    editor.set(("a",), "c\nmore\n")
    assert editor.text == "a: |\n  c\n  more\nb: e\n"
    editor.set(("b",), "e ")
    editor.set(("b",), "e f")
    assert editor.text == "a: |\n  c\n  more\nb: e f\n"


def test_a_passing_line_end_takes_no_empty_line_away() -> None:
    source = "a: |\n  c\n\nb: e\n"
    editor = LeafEditor.open(source.encode())
    editor.typed(("a",), "c\n")
    assert editor.value["a"] == "c\n\n"
    editor.pause()
    editor.typed(("a",), "c\nd")
    assert editor.text == "a: |\n  c\n  d\n\nb: e\n"
    editor.typed(("a",), "c")
    assert editor.text == source


def test_typing_keeps_how_a_text_ends() -> None:
    editor = LeafEditor.open(b"a: |\n  c\nb: d\n")
    assert editor.shown(("a",)) == "c"
    editor.typed(("a",), "c\nd")
    editor.typed(("b",), "one line")
    editor.typed(("task_description",), "two\nlines")
    assert editor.value == {"a": "c\nd\n", "b": "one line", "task_description": "two\nlines\n"}
    editor.typed(("a",), "")
    editor.typed(("a",), "x")
    assert editor.value["a"] == "x\n"


@pytest.mark.parametrize(
    ("present", "added", "order"),
    [
        ("version: 3\nseed_examples: []\n", "created_by", ["version", "created_by", "seed_examples"]),
        ("seed_examples: []\n", "version", ["version", "seed_examples"]),
        ("version: 3\n\nodd: 1\n", "task_description", ["version", "task_description", "odd"]),
        ("odd: 1\n", "odder", ["odd", "odder"]),
        ("version: 3\ncreated_by: |\n  ann\n# end\n", "domain", ["version", "domain", "created_by"]),
        ("", "version", ["version"]),
        ("# only a remark\n", "created_by", ["created_by"]),
        ("---\n", "created_by", ["created_by"]),
        ("version: 3", "created_by", ["version", "created_by"]),
    ],
)
def test_a_missing_key_stands_where_a_reader_looks_for_it(present: str, added: str, order: list[str]) -> None:
    editor = LeafEditor.open(present.encode())
    editor.set((added,), "text")
    assert list(editor.value) == order
    assert f"{added}: text\n" in editor.text
    assert all(line in editor.text for line in present.splitlines())


def test_missing_mappings_and_lists_are_made() -> None:
    editor = LeafEditor.open(b"version: 3\ndocument:\n")
    editor.set(("document", "repo"), "https://example.org")
    editor.set_list(("document", "patterns"), ["a.md", "*.md"])
    editor.set(("seed_examples", 0, "questions_and_answers", 0, "answer"), "one")
    assert editor.text == (
        "version: 3\nseed_examples:\n  - questions_and_answers:\n      - answer: one\n"
        "document:\n  repo: https://example.org\n  patterns:\n    - a.md\n    - '*.md'\n"
    )


def test_a_list_of_texts() -> None:
    editor = LeafEditor.open(b"document:\n  patterns:\n    # the best\n    - a.md\n    - 'b.md'  # next\n    - c.md\n")
    editor.set_list(("document", "patterns"), ["a.md", "c.md", "d*.md"])
    assert editor.text == "document:\n  patterns:\n    # the best\n    - a.md\n    - c.md\n    - d*.md\n"
    editor.set_list(("document", "patterns"), [])
    assert editor.value["document"]["patterns"] == []
    editor.set_list(("document", "patterns"), ["x"])
    assert editor.value["document"]["patterns"] == ["x"]
    editor.undo()
    editor.undo()
    editor.undo()
    assert not editor.can_undo
    flow = LeafEditor.open(b"document:\n  patterns: [a.md, 'b.md']  # two\n")
    flow.set_list(("document", "patterns"), ["c, d.md"])
    assert flow.text == "document:\n  patterns: ['c, d.md']  # two\n"


def test_seeds_move_with_their_remarks() -> None:
    editor = LeafEditor.open(BIRDS.encode())
    editor.move_seed(0, 1)
    lines = editor.text.splitlines()
    assert lines.index("  # The first") == lines.index("      A songbird of the north.") - 2
    # A remark that an empty line separates from what follows stays where it is.
    assert (
        lines.index("  # below")
        == lines.index('  - {context: in braces, questions_and_answers: [{question: a, answer: "b"}]}') - 2
    )
    editor.move_pair(1, 1, 0)
    assert '      # asked often\n      - question: "Where?"' in editor.text
    editor.delete_pair(1, 0)
    assert "# asked often" not in editor.text
    assert "# easy" in editor.text


def test_empty_lines_between_seeds_stay_as_they_are() -> None:
    spaced = "seed_examples:\n- question: a\n\n- question: b\n\n- question: c\n\ndomain: x\n"
    editor = LeafEditor.open(spaced.encode())
    editor.delete_seed(1)
    assert editor.text == "seed_examples:\n- question: a\n\n- question: c\n\ndomain: x\n"
    editor.add_seed(pairs=[("d", "e")])
    assert editor.text.endswith("- question: c\n\n- question: d\n  answer: e\n\ndomain: x\n")
    editor.delete_seed(0)
    assert editor.text == "seed_examples:\n- question: c\n\n- question: d\n  answer: e\n\ndomain: x\n"
    editor.delete_seed(1)
    assert editor.text == "seed_examples:\n- question: c\n\ndomain: x\n"
    editor.delete_seed(0)
    assert editor.text == "seed_examples: []\n\ndomain: x\n"
    editor.add_seed(pairs=[("d", "e")])
    assert editor.value["seed_examples"] == [{"question": "d", "answer": "e"}]


def test_new_seeds_look_like_those_of_the_file() -> None:
    editor = LeafEditor.open(SKILL.encode(), SKILLS)
    editor.add_seed(pairs=[("Four?", "quattro")])
    assert editor.text.endswith("- question: Four?\n  answer: quattro\n")
    four = LeafEditor.open(FOUR.encode(), SKILLS)
    four.add_seed(1, context="c\n", pairs=[("q", "a\nb\n")])
    assert "    - context: |\n        c\n      question: q\n      answer: |\n        a\n        b\n" in four.text
    birds = LeafEditor.open(BIRDS.encode(), KNOWLEDGE)
    number = birds.add_seed(1)
    assert number == 1
    assert birds.value["seed_examples"][1] == {
        "context": "",
        "questions_and_answers": [{"question": "", "answer": ""}],
    }


def test_an_unquoted_yes_is_quoted_on_request() -> None:
    source = PLAIN.replace("tre", "yes").replace("due", "12").replace("uno", "2024-01-01").replace("quattro", "~")
    editor = LeafEditor.open(source.encode())
    assert [path[1] for path in editor.odd()] == [0, 1, 2]
    editor.quote_odd()
    answers = [seed["answer"] for seed in editor.value["seed_examples"]]
    assert answers == ["2024-01-01", "12", "yes", None, "cinque"]
    assert "answer: 'yes'\n" in editor.text
    editor.undo()
    assert editor.text == source


def test_what_stands_elsewhere_is_not_changed_from_here() -> None:
    for path in [
        ("seed_examples", 1, "question"),
        ("seed_examples", 0, "question"),
        ("seed_examples", 2, "answer"),
        ("base", "question"),
    ]:
        editor = LeafEditor.open(MERGED.encode())
        with pytest.raises(CannotEdit) as caught:
            editor.set(path, "new")
        assert caught.value.hint
        assert editor.text == MERGED
        assert not editor.can_undo
    editor = LeafEditor.open(MERGED.encode())
    editor.set(("seed_examples", 0, "answer"), "new")
    editor.set(("seed_examples", 2, "question"), "new")
    assert [seed["answer"] for seed in editor.value["seed_examples"]] == ["new", "shared", "a"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a: [", "cannot edit this file"),
        (b"- a\n", "not a mapping"),
        (b"text\n", "not a mapping"),
        (b"a: caf\xe9\n", "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", "cannot edit this file"),
        (b"seed_examples: text\n", "is no list"),
        (b"seed_examples: {a: b}\n", "is no list"),
        (b"seed_examples: [a, b]\n", "brackets"),
        (b"{seed_examples: []}\n", "brackets"),
        (b"&a [*a]\n", "contains itself"),
    ],
)
def test_refused_with_a_sentence(data: bytes, words: str) -> None:
    editor = LeafEditor.open(data)
    with pytest.raises(CannotEdit, match=words) as caught:
        editor.add_seed()
    assert caught.value.hint
    assert editor.data() == data
    # The YAML view edits it all the same.
    editor.replace(editor.text + "# x\n")
    assert editor.data() == data + b"# x\n"
    editor.undo()
    assert editor.data() == data


def test_half_characters_are_refused_and_bytes_that_are_no_text_stay() -> None:
    editor = LeafEditor.open(b"a: caf\xe9\n")
    with pytest.raises(CannotEdit, match="half a character"):
        editor.replace("a: \ud800\n")
    editor.replace(editor.text.replace("a:", "b:"))
    assert editor.data() == b"b: caf\xe9\n"
    assert editor.problem is not None
    assert editor.problem.rule == "yaml.encoding"
    sound = LeafEditor.open(b"a: b\n")
    with pytest.raises(CannotEdit, match="half a character"):
        sound.set(("a",), "\udce9")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_mark_stay(newline: str, mark: bytes) -> None:
    def data(text: str) -> bytes:
        return mark + text.replace("\n", newline).encode()

    editor = LeafEditor.open(data(PLAIN))
    assert editor.text == PLAIN
    editor.set(("seed_examples", 0, "answer"), "uno\ndue\n")
    assert editor.data() == data(PLAIN.replace("answer: uno", "answer: |\n      uno\n      due"))
    editor.replace(editor.text + "# a\r\n# b\n")
    assert editor.data().endswith(f"# a{newline}# b{newline}".encode())
    editor.undo()
    editor.undo()
    assert editor.data() == data(PLAIN)


def test_line_ends_of_several_kinds_stay_where_they_were() -> None:
    lines = PLAIN.splitlines()
    ends = ["\r\n", "\n", "\r"]
    mixed = "".join(line + ends[number % 3] for number, line in enumerate(lines)).encode()
    editor = LeafEditor.open(mixed)
    editor.set(("created_by",), "bob")
    assert editor.data() == mixed.replace(b"created_by: ann", b"created_by: bob")
    editor.delete_seed(0)
    kept = mixed.split(b"  - question: Two?")[1]
    assert editor.data().endswith(b"  - question: Two?" + kept)
    editor.undo()
    editor.undo()
    assert editor.data() == mixed


def test_steps_of_undo() -> None:
    editor = LeafEditor.open(PLAIN.encode())
    for text in ("b", "bo", "bob"):
        editor.set(("created_by",), text)
    editor.set(("task_description",), "x")
    editor.pause()
    editor.set(("task_description",), "xy")
    step = editor.undo()
    assert step is not None
    assert (step.path, editor.text_at(("task_description",))) == (("task_description",), "x")
    editor.undo()
    editor.undo()
    assert editor.text == PLAIN
    editor.redo()
    assert editor.text_at(("created_by",)) == "bob"
    editor.set(("created_by",), "ann")
    assert not editor.can_redo
    editor.pause()
    editor.replace(editor.text + "# a")
    editor.replace(editor.text + "b")
    editor.undo()
    assert editor.text_at(("created_by",)) == "ann"
    assert editor.unsaved == (editor.text != PLAIN)


def test_nothing_changed_is_no_step() -> None:
    editor = LeafEditor.open(PLAIN.encode())
    editor.set(("created_by",), "ann")
    editor.replace(PLAIN)
    editor.set(("created_by",), "bob")
    editor.set(("created_by",), "ann")
    editor.pause()
    editor.move_seed(1, 1)
    assert not editor.can_undo
    assert not editor.unsaved


def test_a_key_removed() -> None:
    editor = LeafEditor.open(SKILL.encode())
    editor.unset(("seed_examples", 1, "context"))
    assert "- question: Two?\n  answer:" in editor.text
    editor.unset(("created_by",))
    assert "created_by" not in editor.text
    editor.undo()
    editor.undo()
    assert editor.text == SKILL
    with pytest.raises(CannotEdit, match="There is no"):
        editor.unset(("nothing",))


def test_the_text_of_a_block_without_a_line_end_stays_what_it_is() -> None:
    editor = LeafEditor.open(b"version: 3\ntask_description: |\n  no line end")
    editor.set(("created_by",), "ann")
    assert editor.value == {"version": 3, "task_description": "no line end", "created_by": "ann"}
    assert editor.text.endswith("\n")


def test_large_files_are_edited_in_place() -> None:
    source = "version: 3\nseed_examples:\n" + "".join(
        f"- question: |\n    What is {number}? {'word ' * 100}end\n  answer: '{number} {'w ' * 100}w'\n"
        for number in range(800)
    )
    editor = LeafEditor.open(source.encode())
    editor.set(("seed_examples", 400, "answer"), "new")
    assert len(source) > 600_000 - 10_000
    assert editor.text == source.replace(f"'400 {'w ' * 100}w'", "'new'")
    editor.undo()
    assert editor.text == source
