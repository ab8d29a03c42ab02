"""Leaves as generation and the screens get them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labtui.errors import LabError, UsageError
from labtui.taxonomy.leaf import read_leaf
from labtui.taxonomy.tree import scan
from tests.taxonomy.leaves import SKILL, write

KNOWLEDGE = """\
created_by: ann
version: 3
domain: birds
document_outline: About tits.
seed_examples:
  - context: |
      The great tit is a bird.
      It is common.
    questions_and_answers:
      - question: What is it?
        answer: A bird.
      - question: Is it common?
        answer: "Yes."
      - question: 四十雀は？
        answer: 鳥です。
  - context: Another.
    questions_and_answers: []
document:
  repo: https://example.org/birds.git
  commit: 5f7158a5ce83c4ff493bfe341fe31ecad64ff697
  patterns:
    - tits/*.md
"""


def test_knowledge(tmp_path: Path) -> None:
    path = write(tmp_path, "knowledge/birds/tit", KNOWLEDGE)
    (path.parent / "attribution.txt").write_text("Title of work: Tits\n")
    leaf = read_leaf(tmp_path, "knowledge/birds/tit")
    assert (leaf.kind, leaf.version, leaf.domain, leaf.outline) == ("knowledge", 3, "birds", "About tits.")
    assert leaf.sha256 == hashlib.sha256(KNOWLEDGE.encode()).hexdigest()
    assert leaf.raw == KNOWLEDGE
    assert leaf.attribution == "Title of work: Tits\n"
    assert leaf.document is not None
    assert (leaf.document.repo, leaf.document.patterns) == ("https://example.org/birds.git", ("tits/*.md",))
    first, second = leaf.seeds
    assert first.context == "The great tit is a bird.\nIt is common.\n"
    assert [(pair.question, pair.answer) for pair in first.pairs][2] == ("四十雀は？", "鳥です。")
    assert [pair.line for pair in first.pairs] == [10, 12, 14]
    assert (first.line, first.last_line, second.line, second.last_line) == (6, 15, 16, 17)
    assert sum(len(seed.pairs) for seed in leaf.seeds) == 3
    assert leaf.lines["document"] == 18


def test_skills(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/free")
    write(
        tmp_path,
        "compositional_skills/ground",
        SKILL.replace("  - question: One?", "  - context: Some text.\n    question: One?"),
    )
    free, ground = (read_leaf(tmp_path, f"compositional_skills/{name}") for name in ("free", "ground"))
    assert (free.kind, free.description, len(free.seeds)) == ("freeform skill", "Name three synonyms.", 5)
    assert (ground.kind, ground.seeds[0].context, ground.seeds[1].context) == ("grounded skill", "Some text.", "")
    assert free.seeds[4].pairs[0].answer == "cinque"


def test_values_are_shown_as_they_were_read(tmp_path: Path) -> None:
    text = SKILL.replace("created_by: ann", "created_by: yes").replace("answer: uno", "answer: 017")
    write(tmp_path, "compositional_skills/odd", text.replace("answer: due", "answer: [a, é]").replace("tre", ""))
    leaf = read_leaf(tmp_path, "compositional_skills/odd")
    assert leaf.created_by == "true"
    assert leaf.odd == {"created_by": "yes or no"}
    assert [seed.pairs[0].answer for seed in leaf.seeds[:3]] == ["15", "[a, é]", ""]


@pytest.mark.parametrize(
    "text",
    [
        "seed_examples: 3\n",
        "seed_examples:\n  - just words\n  - [a, b]\n  - {question: only}\n  -\n",
        "seed_examples:\n  - questions_and_answers: [x, {}, null]\n",
        "document: words\nseed_examples: {a: b}\n",
        "document: {patterns: words, repo: [x]}\n",
        "version: abc\n",
        "a: &a [1]\nseed_examples: *a\n",
    ],
)
def test_any_shape_is_a_leaf(tmp_path: Path, text: str) -> None:
    write(tmp_path, "knowledge/x", text)
    leaf = read_leaf(tmp_path, "knowledge/x")
    assert leaf.kind == "knowledge"
    assert all(isinstance(pair.question, str) for seed in leaf.seeds for pair in seed.pairs)


def test_what_cannot_be_read_is_an_error_or_a_leaf_that_says_so(tmp_path: Path) -> None:
    write(tmp_path, "knowledge/x", "a: b\nc: 'd\n")
    with pytest.raises(LabError) as caught:
        read_leaf(tmp_path, "knowledge/x")
    assert "Line 3" in caught.value.what
    leaf = read_leaf(tmp_path, "knowledge/x", tolerant=True)
    assert (leaf.kind, leaf.raw) == ("unreadable", "a: b\nc: 'd\n")


def test_a_leaf_is_found_by_what_a_person_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "compositional_skills/a/b")
    monkeypatch.chdir(tmp_path)
    typed = ["compositional_skills/a/b", "compositional_skills/a/b/", "compositional_skills/a/b/qna.yaml", str(path)]
    assert {read_leaf(tmp_path, name).id for name in typed} == {"compositional_skills/a/b"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("chickadee", "Did you mean 'knowledge/birds/chickadee'?"),
        ("chickade", "Did you mean 'knowledge/birds/chickadee'?"),
        ("knowledge/bird/chickadee", "Did you mean 'knowledge/birds/chickadee'?"),
        ("../../etc", "List them with: labtui taxonomy list"),
        ("/etc", "List them with: labtui taxonomy list"),
        ("", "List them with: labtui taxonomy list"),
    ],
)
def test_an_unknown_leaf_names_the_nearest(tmp_path: Path, name: str, hint: str) -> None:
    write(tmp_path, "knowledge/birds/chickadee", KNOWLEDGE)
    with pytest.raises(UsageError) as caught:
        read_leaf(tmp_path, name)
    assert caught.value.hint == hint


def test_scan_lists_every_leaf_in_order(tmp_path: Path) -> None:
    write(tmp_path, "knowledge/z", KNOWLEDGE)
    write(tmp_path, "knowledge/a/四十雀", KNOWLEDGE)
    write(tmp_path, "foundational_skills/f", SKILL)
    write(tmp_path, "compositional_skills/c", "{{{")
    write(tmp_path, "docs/example", SKILL)
    write(tmp_path, "knowledge/.hidden/x", SKILL)
    assert [(leaf.id, leaf.kind, leaf.seeds) for leaf in scan(tmp_path)] == [
        ("compositional_skills/c", "unreadable", 0),
        ("foundational_skills/f", "freeform skill", 5),
        ("knowledge/a/四十雀", "knowledge", 2),
        ("knowledge/z", "knowledge", 2),
    ]


def test_a_folder_name_that_is_not_utf8(tmp_path: Path) -> None:
    import os

    folder = os.fsencode(tmp_path) + b"/knowledge/b\xffd"
    os.makedirs(folder)
    with open(folder + b"/qna.yaml", "w") as stream:
        stream.write(KNOWLEDGE)
    (leaf,) = scan(tmp_path)
    assert leaf.id == "knowledge/b\\xffd"
    leaf.id.encode()
    assert read_leaf(tmp_path, leaf.id).kind == "knowledge"


def test_an_empty_taxonomy(tmp_path: Path) -> None:
    assert scan(tmp_path) == []
    assert scan(tmp_path / "nothing") == []


def test_the_real_taxonomy(corpus: Path) -> None:
    leaves = {leaf.id: leaf for leaf in scan(corpus / "taxonomy")}
    assert len(leaves) == 21
    assert leaves["knowledge/science/astronomy/constellations/phoenix"].seeds == 5


def test_every_submission_is_read(corpus: Path) -> None:
    from labtui.taxonomy.leaf import read_leaf_file

    kinds = {read_leaf_file(path, f"knowledge/{path.stem}").kind for path in sorted((corpus / "qna").iterdir())}
    assert kinds == {"knowledge", "unreadable"}
