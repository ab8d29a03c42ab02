"""How often an answer is drawn, by a clock of the test's own."""

from __future__ import annotations

import pytest

from labtui.screens.chat import pacing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.used = 5.0

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.used


def draws_in_ten_seconds(clock: Clock, cost: float) -> int:
    pace = pacing.Pace()
    draws = 0
    for _ in range(int(10 / pacing.TICK_SECONDS)):
        clock.now += pacing.TICK_SECONDS
        if pace.due():
            draws += 1
            clock.used += cost
    return draws


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pacing, "time", made)
    return made


def test_a_quick_machine_draws_ten_times_a_second(clock: Clock) -> None:
    assert 60 <= draws_in_ten_seconds(clock, cost=0.002) <= 100


@pytest.mark.parametrize("cost", [0.03, 0.06])
def test_a_slow_one_draws_as_often_as_its_share_allows(clock: Clock, cost: float) -> None:
    draws = draws_in_ten_seconds(clock, cost)
    assert draws * cost <= 10 * pacing.SHARE * 1.2
    assert draws >= 10 / pacing.MOST_SECONDS - 1


def test_however_slow_it_still_draws_twice_a_second(clock: Clock) -> None:
    assert draws_in_ten_seconds(clock, cost=5.0) >= 15
