"""Problems as lines: where each is, said as people read it, and each once."""

from __future__ import annotations

import pytest

from labtui.contribute.records import Problem, Step, StepStanding
from labtui.screens.contribute.check_lines import Spot, check_blocks, place_words, spots_of

WIDTHS = (20, 57, 120)
LONG = Problem(
    message="四十雀の答えは長すぎます。" * 20,
    hint="\x1b[2J[red]Shorten[/] it." * 10,
    leaf="knowledge/" + "very_long_name/" * 20,
    field=("seed_examples", 2, "questions_and_answers", 1, "answer"),
    rule="quality.length",
)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ((), ""),
        (("seed_examples", 0), "seed 1"),
        (("seed_examples", 2, "answer"), "seed 3, answer"),
        (("seed_examples", 2, "questions_and_answers", 1, "answer"), "seed 3, answer 2"),
        (("seed_examples", 2, "questions_and_answers", 1), "seed 3, pair 2"),
        (("document", "commit"), "document commit"),
        (("task_description",), "task"),
        (("licence", 1), "licence 1"),
    ],
)
def test_a_field_in_words(field: tuple[str | int, ...], words: str) -> None:
    assert place_words(field) == words


def test_a_problem_stands_at_its_own_step_and_at_the_check_only_where_no_other_has_it() -> None:
    seeds = Problem(message="Too few.")
    own = Problem(message="Trailing spaces.")
    check = StepStanding(step=Step.CHECK, state="problem", problems=(seeds, own))
    spots = spots_of([check, StepStanding(step=Step.SEEDS, state="problem", problems=(seeds,))])
    assert spots == [Spot(Step.SEEDS, seeds), Spot(Step.CHECK, own)]


@pytest.mark.parametrize("room", WIDTHS)
def test_no_line_is_wider_than_its_room_and_no_sequence_gets_through(room: int) -> None:
    blocks = check_blocks([Spot(Step.SEEDS, LONG)], {(LONG.leaf, LONG.rule)}, room, leaves=2)
    lines = [line for block in blocks for line in block.lines]
    assert max(line.cell_length for line in lines) <= room
    assert not any("\x1b" in line.plain for line in lines)
