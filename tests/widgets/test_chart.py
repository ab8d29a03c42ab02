"""Curves in braille: nothing outside, no extreme lost, drawn again only when something changed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from labtui.widgets.canvas import Canvas, decimate, short, smooth, ticks
from labtui.widgets.chart import Chart, Curve


def test_dots_fill_a_cell_and_stay_inside() -> None:
    canvas = Canvas(2, 1)
    for x in range(-1, 5):
        for y in range(-1, 5):
            canvas.dot(x, y, 0)
    assert canvas.cells(0) == [("⣿", 0), ("⣿", 0)]
    assert Canvas(1, 1).cells(0) == [(" ", -1)]


def test_a_cell_takes_the_colour_of_the_last_layer() -> None:
    canvas = Canvas(1, 1)
    canvas.dot(0, 0, 0)
    canvas.dot(1, 3, 1)
    assert canvas.cells(0) == [("⢁", 1)]


def test_ascii_tells_upper_and_lower_half() -> None:
    canvas = Canvas(3, 1)
    canvas.dot(0, 0, 0)
    canvas.dot(2, 3, 0)
    canvas.line(4, 0, 4, 3, 0)
    assert "".join(character for character, _ in canvas.cells(0, ascii_only=True)) == "'.:"


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=500),
    st.integers(1, 40),
)
def test_decimating_keeps_extremes_order_and_bounds(values: list[float], buckets: int) -> None:
    points = list(enumerate(values))
    kept = decimate(points, buckets)
    assert len(kept) <= max(2 * buckets, 1)
    assert kept == sorted(kept)
    assert set(kept) <= set(points)
    assert min(y for _, y in kept) == min(values)
    assert max(y for _, y in kept) == max(values)


def test_a_single_spike_among_many_is_seen() -> None:
    points = [(float(x), 1.0) for x in range(100_000)]
    points[54_321] = (54_321.0, 9.0)
    assert (54_321.0, 9.0) in decimate(points, 80)


def test_smoothing_starts_at_the_first_value_and_stays_between() -> None:
    assert smooth([5.0, 5.0, 5.0]) == pytest.approx([5.0, 5.0, 5.0])
    found = smooth([4.0, 0.0, 4.0, 0.0])
    assert found[0] == 4.0
    assert all(0 < value <= 4 for value in found)


@given(st.floats(-1e5, 1e5), st.floats(1e-6, 1e5), st.integers(1, 12))
def test_ticks_lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * 1.000001 for tick in found)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (2.4, "2.4"), (0.05, "0.05"), (12000, "12k"), (2e-4, "2e-4"), (1500, "1500")]
)
def test_labels_are_short(value: float, text: str) -> None:
    assert short(value) == text


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Chart()


def rows(chart: Chart) -> list[str]:
    return chart.render().plain.split("\n")


async def test_a_falling_curve_falls() -> None:
    app = Host()
    async with app.run_test(size=(60, 14)):
        chart = app.query_one(Chart)
        chart.show([Curve([(x, 4.0 - 0.1 * x) for x in range(1, 31)], "$primary")], (0.0, 30.0), [10.0, 20.0])
        drawn = rows(chart)
        assert len(drawn) == 14
        assert all(len(row) <= 60 for row in drawn)
        filled = [[place for place, sign in enumerate(row[7:]) if sign != " "] for row in drawn[:12]]
        assert filled[0][0] < 5
        assert filled[-1][-1] > 48
        assert drawn[12].count("◆") == 2
        assert {"0", "10", "20", "30"} <= set(drawn[13].split())


async def test_nothing_to_draw_says_so_and_odd_values_are_left_out() -> None:
    app = Host()
    async with app.run_test(size=(60, 14)):
        chart = app.query_one(Chart)
        chart.empty = "no step yet"
        assert rows(chart) == ["no step yet"]
        chart.show([Curve([(1, math.nan), (2, math.inf)], "$primary")], (0.0, 3.0))
        assert rows(chart) == ["no step yet"]
        chart.show([Curve([(1, math.nan), (2, 3.0)], "$primary")], (0.0, 3.0))
        assert len(rows(chart)) == 14


async def test_it_draws_again_only_when_something_changed() -> None:
    app = Host()
    async with app.run_test(size=(60, 14)) as pilot:
        chart = app.query_one(Chart)
        chart.show([Curve([(1, 1.0), (2, 3.0)], "$primary")], (0.0, 3.0))
        first = chart.render()
        assert chart.render() is first
        chart.toggle_scale()
        second = chart.render()
        assert second is not first
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        assert chart.render() is not second


async def test_a_logarithmic_scale_spreads_small_values_and_drops_what_has_no_logarithm() -> None:
    app = Host()
    async with app.run_test(size=(60, 14)):
        chart = app.query_one(Chart)
        chart.show([Curve([(1, 100.0), (2, 1.0), (3, 0.01), (4, 0.0)], "$primary", dots=True)], (0.0, 4.0))
        assert chart.toggle_scale() is True
        drawn = rows(chart)[:12]
        heights = [place for place, row in enumerate(drawn) if row[7:].strip()]
        assert len(heights) == 3
        assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], abs=1)


async def test_no_room_is_no_error() -> None:
    app = Host()
    async with app.run_test(size=(8, 4)):
        chart = app.query_one(Chart)
        chart.show([Curve([(1, 1.0), (2, 3.0)], "$primary")], (0.0, 3.0))
        assert chart.render().plain == ""
