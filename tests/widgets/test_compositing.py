"""What is taken away below a window is not drawn any more, and ends nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from labtui.errors import UsageError
from labtui.screens.base import LabScreen
from labtui.widgets.window import Window
from tests.lab_app import lab_app, screen_text, wait_until


class OneField(LabScreen):
    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field

    def body(self) -> ComposeResult:
        yield self.field


class OneFieldWindow(Window[None]):
    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field

    def compose(self) -> ComposeResult:
        yield self.field


@pytest.mark.parametrize("made", [TextArea, Input])
@pytest.mark.parametrize("of", [OneField, OneFieldWindow])
@pytest.mark.parametrize("first", ["taken away", "window"])
async def test_a_field_below_a_window_goes(
    tmp_path: Path, made: Callable[[str], Widget], of: Callable[[Widget], Screen[None]], first: str
) -> None:
    async with lab_app(tmp_path / "lab") as (app, pilot):
        field = made("typed words")
        await app.push_screen(of(field))
        await wait_until(pilot, lambda: "typed words" in screen_text(app))
        # Nothing is laid out anew in between.
        if first == "taken away":
            await field.remove()
            app.fail(UsageError("It is gone."))
        else:
            app.fail(UsageError("It is gone."))
            await wait_until(pilot, lambda: "It is gone." in screen_text(app))
            await field.remove()
        await wait_until(pilot, lambda: "It is gone." in screen_text(app) and "typed words" not in screen_text(app))
        await pilot.resize_terminal(90, 30)
        await pilot.press("escape")
        await wait_until(pilot, lambda: "It is gone." not in screen_text(app) and "typed words" not in screen_text(app))
