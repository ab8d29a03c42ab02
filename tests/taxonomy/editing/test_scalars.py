"""Whatever text is set is read back, nothing else changes, and the linter has nothing new to say."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.document import at_path, replaced, same
from labtui.taxonomy.lint import lint
from tests.taxonomy.editing.texts import FOUR, KNOWLEDGE, ODD, SKILL, TEXTS

PLACES = [
    (KNOWLEDGE, ("domain",)),
    (KNOWLEDGE, ("created_by",)),
    (KNOWLEDGE, ("document_outline",)),
    (KNOWLEDGE, ("document", "commit")),
    (KNOWLEDGE, ("document", "patterns", 1)),
    (KNOWLEDGE, ("task_description",)),
    (KNOWLEDGE, ("seed_examples", 0, "context")),
    (KNOWLEDGE, ("seed_examples", 0, "questions_and_answers", 0, "question")),
    (KNOWLEDGE, ("seed_examples", 0, "questions_and_answers", 0, "answer")),
    (KNOWLEDGE, ("seed_examples", 0, "questions_and_answers", 1, "answer")),
    (KNOWLEDGE, ("seed_examples", 0, "questions_and_answers", 2, "answer")),
    (KNOWLEDGE, ("seed_examples", 1, "context")),
    (KNOWLEDGE, ("seed_examples", 2, "context")),
    (KNOWLEDGE, ("seed_examples", 2, "questions_and_answers", 0, "answer")),
    (SKILL, ("task_description",)),
    (SKILL, ("domain",)),
    (SKILL, ("seed_examples", 0, "answer")),
    (SKILL, ("seed_examples", 0, "context")),
    (SKILL, ("seed_examples", 1, "answer")),
    (SKILL, ("seed_examples", 2, "answer")),
    (FOUR, ("task_description",)),
    (FOUR, ("seed_examples", 0, "answer")),
    (FOUR, ("seed_examples", 1, "question")),
    (FOUR, ("document", "commit")),
    (FOUR, ("document", "repo")),
]


def lint_rules(text: str) -> list[str]:
    return sorted(finding.rule for finding in lint(text, "qna.yaml"))


def check(source: str, path: tuple[str | int, ...], text: str) -> None:
    editor = LeafEditor.open(source.encode())
    before = editor.value
    editor.set(path, text)
    assert at_path(editor.value, path) == text
    assert same(yaml.safe_load(editor.text), replaced(before, path, text))
    assert lint_rules(editor.text) == lint_rules(source), editor.text
    outside(source, editor.text, path)
    editor.undo()
    assert editor.data() == source.encode()


def outside(before: str, after: str, path: tuple[str | int, ...]) -> None:
    """Every line without the edited value is there, in order."""
    node = yaml.compose(before)
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif node is not None:
            node = node.value[step] if step < len(node.value) else None
    lines, new = before.split("\n"), after.split("\n")
    if node is None:
        # The hyphen stands before the first key, which may be the new one.
        rest = iter([line.lstrip("- ") for line in new])
        assert all(line.lstrip("- ") in rest for line in lines)
        return
    first, last = node.start_mark.line, max(node.start_mark.line + 1, node.end_mark.line)
    # A block ends where the next thing begins, so the line above it may be the last that belongs to it.
    assert new[: first - 1] == lines[: first - 1]
    kept = lines[last + 1 :]
    assert new[len(new) - len(kept) :] == kept


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_odd_texts_everywhere(place: int) -> None:
    for text in ODD:
        check(*PLACES[place], text)


@given(st.sampled_from(PLACES), TEXTS)
def test_any_text_anywhere(place: tuple[str, tuple[str | int, ...]], text: str) -> None:
    check(*place, text)


@given(st.sampled_from([place for place in PLACES if place[1] != ("seed_examples", 2, "answer")]), TEXTS)
def test_a_detour_leaves_no_trace(place: tuple[str, tuple[str | int, ...]], text: str) -> None:
    """What is typed and typed back again is written as it was."""
    source, path = place
    editor = LeafEditor.open(source.encode())
    before = at_path(editor.value, path)
    if not isinstance(before, str):
        return
    editor.set(path, text)
    editor.pause()
    editor.set(path, before)
    assert editor.text == source
