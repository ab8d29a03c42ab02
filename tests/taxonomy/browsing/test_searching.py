"""The filter: which leaves are found, in which order, and that nothing is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.taxonomy.browsing.forest import LEAVES, Forest
from labtui.taxonomy.browsing.orders import Order
from labtui.taxonomy.browsing.rows import Row
from labtui.taxonomy.browsing.searching import Found, Searcher
from labtui.taxonomy.browsing.wanted import searched_text, wanted
from labtui.taxonomy.browsing.word_index import WordIndex
from labtui.taxonomy.findings import Level
from tests.taxonomy.browsing.some import leaf
from tests.taxonomy.leaves import SKILL, write

BIRDS = SKILL.replace("uno", "the black-capped chickadee").replace("One?", "Welche Vögel heißen Meise?")
JAPANESE = SKILL.replace("uno", "四十雀は鳥です。ＡＢＣ")


@pytest.fixture
def searcher() -> Searcher:
    return Searcher(WordIndex())


@pytest.fixture
def forest(tmp_path: Path, searcher: Searcher) -> Forest:
    write(tmp_path, "knowledge/birds/tit", BIRDS)
    write(tmp_path, "knowledge/birds/鳥", JAPANESE)
    write(tmp_path, "compositional_skills/words", SKILL)
    found = Forest.of(
        [
            leaf("knowledge/birds/tit", Level.ERROR, root=tmp_path, author="Ann", rule="schema.type"),
            leaf("knowledge/birds/鳥", Level.WARNING, root=tmp_path, author="bob"),
            leaf("compositional_skills/words", root=tmp_path, author="bob"),
            leaf("compositional_skills/unread", root=tmp_path, read=False),
        ]
    )
    for one in found:
        if one.read:
            searcher.learn(one)
    found.mark({"compositional_skills/words": "new"})
    found.mark_unsaved({"knowledge/birds/tit"})
    return found


def asked(searcher: Searcher, forest: Forest, text: str, order: Order = Order.PATH) -> list[str]:
    batches = list(searcher.search(forest, wanted(text), order, 1000))
    assert batches[-1].done
    found = [row.key.rpartition("/")[2] for batch in batches for row in batch.rows if row.leaf]
    assert batches[-1].leaves == len(found)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chickadee", ["tit"]),
        ("CHICK capped", ["tit"]),
        ("black-capped", ["tit"]),
        ("VÖGEL", ["tit"]),
        ("四十", ["鳥"]),
        ("雀", ["鳥"]),
        ("abc", ["鳥"]),
        ("birds", ["tit", "鳥"]),
        ("quattro", ["words", "tit", "鳥"]),
        ("quattro words", ["words"]),
        ("schema.type", ["tit"]),
        ("rule:lint", ["鳥"]),
        ("by:ann", ["tit"]),
        ("by:bob quattro", ["words", "鳥"]),
        ("path:birds by:bob", ["鳥"]),
        ("is:error", ["tit"]),
        ("is:war", ["鳥"]),
        ("is:problem", ["tit", "鳥"]),
        ("is:new", ["words"]),
        ("is:clean", ["words"]),
        ("is:unsaved", ["tit"]),
        ("is:unchecked", ["unread"]),
        ("is:skill is:changed", ["words"]),
        ("unr", ["unread"]),
        ("e", ["unread", "words", "tit", "鳥"]),
        ("question", []),
        ("seed_examples", []),
        ("nothing of that", []),
    ],
)
def test_what_is_found(searcher: Searcher, forest: Forest, text: str, expected: list[str]) -> None:
    assert asked(searcher, forest, text) == expected


def test_what_means_nothing_is_said() -> None:
    assert "is:clean, is:warning" in wanted("is:nonsense").trouble
    assert not wanted("is:nonsense") and not wanted("  ") and not wanted("by: is: rule:")
    assert wanted("12:30 http://x").words == ("12:30", "http://x")


def test_rows_stand_below_their_folders(searcher: Searcher, forest: Forest) -> None:
    (found,) = searcher.search(forest, wanted("birds"), Order.PATH, 1000)
    assert [(row.depth, row.label) for row in found.rows] == [(0, "knowledge"), (1, "birds"), (2, "tit"), (2, "鳥")]
    assert found.sums["knowledge/birds"][LEAVES] == 2
    assert found.sums["knowledge/birds"] == found.sums["knowledge"] == found.sums[""]


def test_the_first_screenful_comes_before_the_rest(searcher: Searcher) -> None:
    forest = Forest.of([leaf(f"knowledge/{number % 9}/leaf{number:04}") for number in range(3000)])
    batches: list[Found] = []
    rows: list[Row] = []
    for found in searcher.search(forest, wanted("leaf"), Order.PATH, 20):
        batches.append(found)
        rows += found.rows
    assert sum(row.leaf for row in batches[0].rows) == 20
    assert not batches[0].done and batches[-1].done
    keys = [row.key for row in rows if row.leaf]
    assert len(keys) == 3000 and keys == sorted(keys)
    assert len({row.key for row in rows}) == len(rows)


def test_a_search_nobody_waits_for_ends(searcher: Searcher) -> None:
    forest = Forest.of([leaf(f"knowledge/leaf{number}") for number in range(1000)])
    assert list(searcher.search(forest, wanted("leaf"), Order.PATH, 10, lambda: True)) == []


def test_leaves_that_come_and_go(searcher: Searcher, forest: Forest, tmp_path: Path) -> None:
    assert asked(searcher, forest, "chickadee") == ["tit"]
    forest.drop("knowledge/birds/tit")
    searcher.forget("knowledge/birds/tit")
    assert asked(searcher, forest, "chickadee") == []
    write(tmp_path, "knowledge/new", BIRDS)
    forest.put(leaf("knowledge/new", root=tmp_path))
    searcher.learn(leaf("knowledge/new", root=tmp_path))
    assert asked(searcher, forest, "chickadee") == ["new"]
    write(tmp_path, "knowledge/new", SKILL)
    searcher.learn(leaf("knowledge/new", root=tmp_path))
    assert asked(searcher, forest, "chickadee") == []
    assert asked(searcher, forest, "cinque by:ann") == ["new"]


def test_a_file_that_cannot_be_read_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "qna.yaml").mkdir()
    assert searched_text(tmp_path / "qna.yaml") == ""
    assert searched_text(tmp_path / "missing") == ""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe words \x00")
    assert "words" in searched_text(tmp_path / "bytes")
