"""The same twice: entries that nothing is written in yet only wait, others are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.documents.document_contexts import add_context
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_seed
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import Step
from labtui.contribute.standing.steps import standings
from labtui.errors import UsageError
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, read_leaf_file

PAIRS = ("seed_examples", 0, "questions_and_answers")


@pytest.fixture
def folder(tmp_path: Path) -> DraftFolder:
    return store.new(workspace.create(tmp_path / "lab"), KNOWLEDGE)


def seeds(folder: DraftFolder) -> str:
    return next(one.state for one in standings(folder) if one.step is Step.SEEDS)


def leaf_id(folder: DraftFolder) -> str:
    return folder.load().leaves[0].id


def test_a_marked_context_has_three_questions_that_wait(folder: DraftFolder) -> None:
    assert add_context(folder, leaf_id(folder), "A tit is a bird.\n") == 1
    assert add_context(folder, leaf_id(folder), "It eats insects.\n") == 2
    leaf = read_leaf_file(folder.leaf_file(leaf_id(folder)), leaf_id(folder))
    assert [len(seed.pairs) for seed in leaf.seeds] == [3, 3]
    assert seeds(folder) == "todo"


def test_a_context_is_taken_once(folder: DraftFolder) -> None:
    add_context(folder, leaf_id(folder), "A tit is a bird.\n")
    with pytest.raises(UsageError, match="Seed 1 has this context already"):
        add_context(folder, leaf_id(folder), "a tit is  a bird")


def test_what_is_written_twice_is_wrong(folder: DraftFolder) -> None:
    add_context(folder, leaf_id(folder), "A tit is a bird.\n")

    def twice(editor: LeafEditor) -> None:
        for number in (0, 1):
            editor.typed((*PAIRS, number, "question"), "What?")
            editor.typed((*PAIRS, number, "answer"), "A bird.")

    edit(folder, leaf_id(folder), twice)
    assert seeds(folder) == "problem"


def test_a_question_with_another_answer_is_no_further_example(tmp_path: Path) -> None:
    folder = store.new(workspace.create(tmp_path / "lab"), FREEFORM)
    for number in range(5):
        add_seed(folder, leaf_id(folder), f"Which word rhymes with {'abcde'[number]}?", f"One is {'vwxyz'[number]}.")
    assert seeds(folder) == "done"

    def ask_again(editor: LeafEditor) -> None:
        editor.typed(("seed_examples", 4, "question"), "Which word rhymes with a?")

    edit(folder, leaf_id(folder), ask_again)
    assert seeds(folder) == "problem"
