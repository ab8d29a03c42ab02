"""A table of lines: what is chosen, what is in sight, what a click means."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content
from textual.message import Message

from labtui.widgets.line_table import LineTable


class Numbers(LineTable):
    class Opened(Message):
        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, count: int) -> None:
        super().__init__()
        self.names = [f"line {number}" for number in range(count)]

    def line_count(self) -> int:
        return len(self.names)

    def heading(self, room: int) -> str:
        return "heading"

    def line_at(self, row: int, room: int) -> Content:
        return Content(self.names[row])

    def in_place_of_lines(self) -> Content:
        return Content("nothing")

    def opened(self, row: int) -> Message:
        return self.Opened(row)


class NumbersApp(App[None]):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.table = Numbers(count)
        self.opened: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_numbers_opened(self, event: Numbers.Opened) -> None:
        self.opened.append(event.row)

    @property
    def in_sight(self) -> list[str]:
        return self.table.render().plain.splitlines()


async def test_the_chosen_line_is_always_in_sight_below_the_heading() -> None:
    app = NumbersApp(50)
    async with app.run_test(size=(40, 11)) as pilot:
        for key, chosen, first in (
            ("down", 1, 0),
            ("pagedown", 11, 2),
            ("end", 49, 40),
            ("down", 49, 40),
            ("up", 48, 40),
            ("pageup", 38, 38),
            ("home", 0, 0),
            ("k", 0, 0),
        ):
            await pilot.press(key)
            assert app.table.chosen == chosen, key
            assert app.in_sight == ["heading", *app.table.names[first : first + 10]], key


async def test_a_click_chooses_and_a_second_one_opens() -> None:
    app = NumbersApp(50)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("end")
        await pilot.click(app.table, offset=(3, 3))
        assert (app.table.chosen, app.opened) == (42, [])
        await pilot.click(app.table, offset=(3, 3))
        assert (app.table.chosen, app.opened) == (42, [42])
        await pilot.click(app.table, offset=(3, 0))
        assert (app.table.chosen, app.opened) == (42, [42]), "the heading is no line"


async def test_a_click_below_the_last_line_is_nothing() -> None:
    app = NumbersApp(3)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.click(app.table, offset=(3, 6))
        assert (app.table.chosen, app.opened) == (0, [])


async def test_the_chosen_line_stays_chosen_where_it_goes() -> None:
    app = NumbersApp(5)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("down", "down")
        table = app.table
        table.names = ["line 4", "line 2"]
        table.keep_chosen(table.names, "line 2")
        assert table.redraw_if_changed()
        assert table.chosen == 1
        table.names = ["line 4"]
        table.keep_chosen(table.names, "line 2")
        assert table.chosen == 0
        assert table.redraw_if_changed()
        assert not table.redraw_if_changed()


async def test_without_lines_it_says_so_and_keys_do_nothing() -> None:
    app = NumbersApp(0)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("down", "end", "pageup")
        assert app.table.chosen == 0
        assert app.in_sight == ["nothing"]
