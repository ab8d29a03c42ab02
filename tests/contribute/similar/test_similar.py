"""Leaves that are about the same are found, the best first, and the reason holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labtui.contribute.similar import index as similar_index
from labtui.contribute.similar.finding import SimilarLeaves, Wanted, similar_leaves, wanted_of
from labtui.contribute.similar.terms import stem, terms
from labtui.taxonomy.leaf import read_leaf_file


def write(root: Path, name: str, description: str, *seeds: tuple[str, str]) -> Path:
    file = root / name / "qna.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ["version: 2", "created_by: somebody", f"task_description: {description}", "seed_examples:"]
    for question, answer in seeds:
        lines += [f"  - question: {question}", f"    answer: {answer}"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


BIRDS = "compositional_skills/science/birds/feeding"
CHESS = "compositional_skills/games/chess/openings"
HAIKU = "compositional_skills/writing/haiku"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path,
        BIRDS,
        "Say what garden birds eat",
        ("What does a chickadee eat in winter?", "Seeds, suet and hidden insects."),
        ("Which birds drink nectar?", "Hummingbirds do."),
    )
    write(tmp_path, CHESS, "Name chess openings", ("What is the Sicilian?", "An answer to the king's pawn."))
    write(tmp_path, HAIKU, "Write a haiku", ("Write a haiku about snow.", "White silence descends"))
    return tmp_path


def names(root: Path, to: str | Wanted) -> list[str]:
    return [leaf.id for leaf in similar_leaves(root, to)]


def test_words_find_the_leaf_that_is_called_so_or_speaks_of_it(root: Path) -> None:
    assert names(root, "bird feeding")[0] == BIRDS
    assert names(root, "Sicilian")[0] == CHESS
    assert names(root, "chickadees")[0] == BIRDS, "the plural finds the singular"
    assert names(root, "chick")[0] == BIRDS, "a word in the making finds what it may become"
    assert names(root, "astronomy") == []
    assert names(root, "what is the") == [], "words that stand in every text find nothing"


def test_a_seed_that_is_nearly_the_same_is_the_reason_given(root: Path) -> None:
    wanted = Wanted(
        about="Talk about animals",
        seeds=("Name a river.", "What does a chickadee eat in the winter? Seeds, suet and hidden insects."),
    )
    best = similar_leaves(root, wanted)[0]
    assert best.id == BIRDS and best.score > 0.7
    assert best.why.startswith("your seed 2 is nearly its seed 1")
    assert best.kind == "freeform skill" and best.about == "Say what garden birds eat"


def test_a_copy_of_a_leaf_is_found_as_the_same(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    leaf = read_leaf_file(root / BIRDS / "qna.yaml", "compositional_skills/untitled")
    best = similar_leaves(root, leaf)[0]
    assert (best.id, best.score) == (BIRDS, 1.0)
    assert best.why.startswith("your seed 1 is its seed 1")


def test_the_drafts_own_leaf_is_passed_over(root: Path) -> None:
    assert BIRDS not in [leaf.id for leaf in similar_leaves(root, "bird feeding", skip=[BIRDS])]


def test_a_place_not_chosen_yet_says_nothing(root: Path) -> None:
    leaf = read_leaf_file(root / BIRDS / "qna.yaml", "compositional_skills/untitled")
    assert wanted_of(leaf).path == ""


def test_what_is_new_changed_or_gone_counts_at_once(root: Path) -> None:
    index = SimilarLeaves(root)
    index.refresh()
    assert not index.find(Wanted(words="volcano"))
    file = write(root, "compositional_skills/earth/volcanoes", "Name volcanoes", ("Which one is in Sicily?", "Etna."))
    index.refresh()
    assert [leaf.id for leaf in index.find(Wanted(words="volcano"))] == ["compositional_skills/earth/volcanoes"]
    write(root, "compositional_skills/earth/volcanoes", "Name geysers", ("Which one is in Iceland?", "Strokkur."))
    os.utime(file, (1, 1))
    index.refresh()
    assert not index.find(Wanted(words="Etna")) and index.find(Wanted(words="Strokkur"))
    file.unlink()
    index.refresh()
    assert not index.find(Wanted(words="Strokkur"))


def test_a_leaf_that_changes_again_and_again_is_still_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_index, "LEFT_BEHIND", 3)
    index = SimilarLeaves(root)
    for number in range(20):
        file = write(
            root, "compositional_skills/earth/volcanoes", "Name volcanoes", (f"Which is number {number}?", "Etna")
        )
        os.utime(file, (number, number))
        index.refresh()
        assert [leaf.id for leaf in index.find(Wanted(words="Etna"))] == ["compositional_skills/earth/volcanoes"]
        assert index.find(Wanted(words="chickadee"))
    assert len(index._names) < 12, "what is left behind does not pile up"


def test_a_leaf_that_disappears_after_it_was_read_is_no_trouble(root: Path) -> None:
    index = SimilarLeaves(root)
    index.refresh()
    (root / BIRDS / "qna.yaml").unlink()
    assert index.find(Wanted(words="chickadee")) == []


def test_files_that_are_no_leaves_in_any_way_do_no_harm(root: Path) -> None:
    for name, data in {
        "bytes": b"\xff\xfe\x00 chickadee",
        "broken": b"seed_examples: [chickadee",
        "empty": b"",
        "list": b"- chickadee\n",
    }.items():
        file = root / "compositional_skills" / "odd" / name / "qna.yaml"
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
    (root / "compositional_skills" / "odd" / "pipe").mkdir()
    os.mkfifo(root / "compositional_skills" / "odd" / "pipe" / "qna.yaml")
    assert names(root, "chickadee")[0] == BIRDS


def test_no_taxonomy_is_no_leaf(tmp_path: Path) -> None:
    assert similar_leaves(tmp_path / "nothing", "birds") == []


def test_it_stops_when_asked(root: Path) -> None:
    assert similar_leaves(root, "chickadee", cancelled=lambda: True) == []


def test_terms_are_words_that_say_something() -> None:
    assert terms("What do the Birds eat in 1990?") == {"bird", "eat", "1990"}
    assert terms("シジュウカラ") >= {"シジ", "カラ"}
    assert stem("berries") == "berry" and stem("glass") == "glass" and stem("genus") == "genus"
