"""Jobs in words: durations, rates, bars; nothing that rounds up to done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtui import text
from labtui.records import Metric, Progress, Sample, Stage, State
from labtui.widgets import job_words
from labtui.widgets.event_lines import KEEP, fold, line_of


def test_durations_in_their_two_largest_units() -> None:
    said = [job_words.duration(seconds) for seconds in (0, 59.4, 60, 185, 600, 4320, 86400 * 2 + 3600 * 4)]
    assert said == ["0 s", "59 s", "1 m 00 s", "3 m 05 s", "10 m", "1 h 12 m", "2 d 4 h"]


def test_time_left_is_said_to_the_minute() -> None:
    assert [job_words.eta(seconds) for seconds in (42, 61, 571, 4320)] == [
        "ETA 42 s",
        "ETA 1 m",
        "ETA 10 m",
        "ETA 1 h 12 m",
    ]


def test_rates_choose_the_unit_of_time_that_reads_well() -> None:
    assert job_words.rate(14200, "tokens") == "14,200 tokens/s"
    assert job_words.rate(31 / 60, "samples") == "31 samples/min"
    assert job_words.rate(2 / 3600) == "2/h"
    assert job_words.rate(None, "x") == job_words.rate(0, "x") == ""


def test_what_is_counted_is_said_with_its_unit_and_seconds_as_spans() -> None:
    assert job_words.counted(1204, 1880, "samples") == "1,204/1,880 samples"
    assert job_words.counted(3, 0, "samples") == "3 samples"
    assert job_words.counted(80.4, 241.2, "seconds") == "1 m 20 s of about 4 m 01 s"
    assert job_words.counted(241.2, 241.2, "seconds") == "4 m 01 s"


@given(st.floats(-1, 2), st.integers(1, 60))
def test_a_bar_has_its_cells_and_is_full_only_when_all_is_done(share: float, cells: int) -> None:
    drawn = job_words.bar(share, cells)
    assert text.width(drawn) == len(drawn) == cells
    assert (drawn == "█" * cells) == (share >= 1)


def test_every_state_has_a_sign_and_a_style() -> None:
    assert set(job_words.SIGNS) == set(job_words.COLOURS) == set(State)
    assert len(set(job_words.SIGNS.values())) == len(State)


def test_events_keep_only_the_last_progress_of_a_stage() -> None:
    events = [
        Stage(name="load"),
        Progress(done=1, total=2, unit="files"),
        Progress(done=2, total=2, unit="files"),
        Stage(name="train"),
        Progress(done=1, total=9, unit="steps"),
        Metric(step=1, values={"loss": 2.0}),
        Progress(done=2, total=9, unit="steps"),
        Metric(step=2, values={"loss": 1.0}),
    ]
    lines = fold(line_of(event) for event in events)
    assert [line.text for line in lines] == [
        "▸ load",
        "2/2 files  100 %",
        "▸ train",
        "step 1  loss 2",
        "2/9 steps  22 %",
        "step 2  loss 1",
    ]
    assert fold(lines) == lines


def test_a_further_attempt_is_announced_once() -> None:
    lines = fold([line_of(Stage(name="load", attempt=1)), line_of(Stage(name="load", attempt=2))])
    assert [line.kind for line in lines] == ["stage", "attempt", "stage"]
    assert fold(lines) == lines


def test_foreign_text_in_events_is_clean_and_their_number_bounded() -> None:
    hostile = Sample(id="1", leaf="a/\x1b[2Jb", accepted=False, reason="\x9b", question="\x1b]52;c;aGk=\x07 \u202e")
    line = line_of(hostile)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line.text)
    assert "\u202e" not in line.text
    assert len(fold([line] * (KEEP + 5))) == KEEP
