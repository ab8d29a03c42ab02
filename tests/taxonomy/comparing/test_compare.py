"""Two versions of a leaf: fields, seeds found again by what they say, pairs, and what cannot be read."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.taxonomy.comparing.changed_lines import MOST_LINES
from labtui.taxonomy.comparing.compare import compare
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import LeafChange, SeedChange
from tests.taxonomy.leaves import SKILL
from tests.taxonomy.repos import KNOWLEDGE

SEEDS = SKILL.partition("seed_examples:\n")[2]
HEAD = SKILL.removesuffix(SEEDS)
BLOCKS = [f"  - question{block}" for block in SEEDS.split("  - question")[1:]]


def skill(*blocks: str) -> bytes:
    return (HEAD + "".join(blocks)).encode()


def compared(before: str | bytes | None, after: str | bytes | None, name: str = "knowledge/x") -> LeafChange:
    def data(text: str | bytes | None) -> bytes | None:
        return text.encode() if isinstance(text, str) else text

    found = compare(data(before), data(after), name=name)
    msgspec.json.encode(found)
    return found


def seeds(change: LeafChange) -> list[tuple[str, int, int]]:
    return [(seed.change.value, seed.number, seed.before) for seed in change.seeds]


def parts(seed: SeedChange) -> list[tuple[str, str, int]]:
    return [(part.key, part.change.value, part.pair) for part in seed.parts]


def test_nothing_differs() -> None:
    assert compared(SKILL, SKILL).empty


def test_a_leaf_that_came_and_one_that_went() -> None:
    came = compared(None, SKILL, "compositional_skills/x")
    assert (came.state, came.kind, came.seeds_before, came.seeds_after) == (State.ADDED, "freeform skill", 0, 5)
    assert seeds(came) == [("added", number, 0) for number in range(1, 6)]
    assert [field.key for field in came.fields] == ["version", "created_by", "task_description"]
    went = compared(SKILL, None)
    assert went.state is State.DELETED
    assert seeds(went) == [("removed", 0, number) for number in range(1, 6)]


def test_a_word_in_an_answer() -> None:
    change = compared(SKILL, SKILL.replace("tre", "drei"))
    (seed,) = change.seeds
    assert seeds(change) == [("edited", 3, 3)]
    assert seed.question == "Three?"
    assert parts(seed) == [("question", "same", 1), ("answer", "edited", 1)]
    assert seed.parts[1].text.removed == ((0, 3),)


def test_a_seed_added_in_front_moves_none_of_the_others() -> None:
    new = "  - question: Zero?\n    answer: nulla\n"
    change = compared(skill(*BLOCKS), skill(new, *BLOCKS))
    assert seeds(change) == [("added", 1, 0)]


def test_a_seed_taken_out_of_the_middle() -> None:
    assert seeds(compared(skill(*BLOCKS), skill(*BLOCKS[:2], *BLOCKS[3:]))) == [("removed", 0, 3)]


def test_only_the_seed_that_left_its_place_has_moved() -> None:
    change = compared(skill(*BLOCKS), skill(BLOCKS[4], *BLOCKS[:4]))
    assert seeds(change) == [("moved", 1, 5)]
    assert change.seeds[0].question == "Five?"


def test_a_seed_moved_and_edited_is_one_seed() -> None:
    edited = BLOCKS[4].replace("cinque", "cinco")
    change = compared(skill(*BLOCKS), skill(edited, *BLOCKS[:4]))
    (seed,) = change.seeds
    assert (seed.change, seed.number, seed.before, seed.moved) == ("edited", 1, 5, True)


def test_a_seed_of_another_kind_in_its_place_is_a_new_one() -> None:
    other = "  - question: What has four legs and barks loudly at night?\n    answer: A dog, most likely.\n"
    change = compared(skill(*BLOCKS), skill(*BLOCKS[:4], other))
    assert sorted(seeds(change)) == [("added", 5, 0), ("removed", 0, 5)]


def test_doubled_seeds_are_counted() -> None:
    assert seeds(compared(skill(*BLOCKS), skill(*BLOCKS, BLOCKS[0]))) == [("added", 6, 0)]
    assert seeds(compared(skill(*BLOCKS, BLOCKS[0]), skill(*BLOCKS))) == [("removed", 0, 6)]


def test_pairs_within_a_context() -> None:
    gone = "      - question: Where does it store food?\n        answer: In bark.\n"
    after = KNOWLEDGE.replace("answer: All winter.", "answer: All summer.").replace(gone, "")
    (seed,) = compared(KNOWLEDGE, after).seeds
    assert parts(seed) == [
        ("question", "same", 2),
        ("answer", "edited", 2),
        ("question", "removed", 3),
        ("answer", "removed", 3),
    ]


def test_a_context_rewritten_keeps_its_seed() -> None:
    after = KNOWLEDGE.replace("The nuthatch walks down trees head first.", "Nobody knows how it gets down from there.")
    (seed,) = compared(KNOWLEDGE, after).seeds
    assert (seed.change, seed.number, parts(seed)) == ("edited", 2, [("context", "edited", 0)])


def test_pairs_that_changed_places() -> None:
    first = "      - question: What is a chickadee?\n        answer: A small bird.\n"
    second = "      - question: When does it sing?\n        answer: All winter.\n"
    (seed,) = compared(KNOWLEDGE, KNOWLEDGE.replace(first + second, second + first)).seeds
    assert [(part.pair, part.change.value, part.note) for part in seed.parts] in (
        [(1, "same", "was pair 2")],
        [(2, "same", "was pair 1")],
    )


def test_fields_added_removed_edited_and_nested() -> None:
    after = (
        KNOWLEDGE.replace("domain: birds\n", "")
        .replace("0123", "ffff", 1)
        .replace("created_by: ann", "created_by: ann\nnote: hi")
    )
    change = compared(KNOWLEDGE, after)
    assert [(field.key, field.change.value) for field in change.fields] == [
        ("note", "added"),
        ("document.commit", "edited"),
        ("domain", "removed"),
    ]
    assert change.seeds == ()


def test_what_a_value_was_read_as_is_told_where_the_text_is_the_same() -> None:
    (field,) = compared(SKILL, SKILL.replace("version: 3", "version: '3'")).fields
    assert (field.key, field.note) == ("version", "was read as a number, now as text")


def test_white_space_alone_is_told_in_words() -> None:
    (field,) = compared(SKILL, SKILL.replace("Name three synonyms.", "Name  three synonyms.")).fields
    assert field.note == "only white space or line breaks differ"


@pytest.mark.parametrize(
    "after",
    [
        SKILL.replace("uno", "'uno'"),
        f"# a remark\n{SKILL}",
        SKILL.replace("\n", "\r\n"),
        "\ufeff" + SKILL,
        "created_by: ann\n" + SKILL.replace("created_by: ann\n", ""),
    ],
)
def test_a_change_of_layout_alone(after: str) -> None:
    change = compared(SKILL, after)
    assert change.only_layout
    assert not change.empty
    assert (change.fields, change.seeds, change.lines) == ((), (), ())


def test_an_unreadable_side_is_compared_by_lines() -> None:
    change = compared(SKILL, SKILL.replace("uno", "'uno"))
    assert change.kind == "unreadable"
    assert "Not valid YAML" in change.problem
    assert [(line.sign, line.number, line.text) for line in change.lines if line.sign != " "] == [
        ("-", 6, "    answer: uno"),
        ("+", 6, "    answer: 'uno"),
    ]
    assert len(change.lines) < 8
    back = compared(SKILL.replace("uno", "'uno"), SKILL)
    assert back.problem.startswith("It could not be read before: ")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[1, 2]",
        b"just words",
        b"a: &a [*a]",
        b"x: !!python/object:os.system {}",
        b"? [1]\n: 2",
        b"seed_examples: 5",
        b"seed_examples: [1, [2], {a: {b: c}}, null]",
        b"seed_examples: {a: b}",
        b"seed_examples:\n- questions_and_answers: [1, null, {question: {a: b}}]",
        b'created_by: "\\ud800"',
        b"1: 2\ntrue: no\n2020-01-01: x",
        b"a: {b: {c: {d: e}}}",
        b"a: " + b"[" * 5_000,
        b"\x00",
    ],
)
def test_anything_at_all_can_be_compared(data: bytes) -> None:
    for before, after in ((SKILL.encode(), data), (data, SKILL.encode()), (None, data), (data, None), (data, data)):
        compared(before, after)


def test_many_changed_lines_are_bounded() -> None:
    change = compared("'" + "a\n" * 40_000, "'" + "b\n" * 40_000)
    assert len(change.lines) <= 2 * MOST_LINES + 10


def test_many_seeds() -> None:
    def many(word: str) -> bytes:
        rows = [
            f"  - question: Question {number} about {word}?\n    answer: Answer {number}.\n" for number in range(800)
        ]
        return (HEAD + "".join(rows)).encode()

    change = compared(many("this"), many("that"))
    assert seeds(change) == [("edited", number, number) for number in range(1, 801)]


blocks = st.lists(st.integers(0, 9), max_size=8)


@given(blocks, blocks)
@settings(max_examples=60)
def test_the_seeds_of_both_sides_add_up(before: list[int], after: list[int]) -> None:
    def text(numbers: list[int]) -> bytes:
        rows = [f"  - question: What is {number}{number}?\n    answer: It is {number}.\n" for number in numbers]
        return (HEAD + "".join(rows)).encode()

    change = compared(text(before), text(after))
    by = {
        kind: [seed for seed in change.seeds if seed.change == kind] for kind in ("added", "removed", "edited", "moved")
    }
    assert len(before) - len(by["removed"]) + len(by["added"]) == len(after)
    assert len({seed.number for seed in change.seeds if seed.number}) == len([s for s in change.seeds if s.number])
    assert len({seed.before for seed in change.seeds if seed.before}) == len([s for s in change.seeds if s.before])
    assert all(seed.before and seed.number for seed in (*by["edited"], *by["moved"]))
    if sorted(before) == sorted(after):
        assert not (by["added"] or by["removed"] or by["edited"])
