"""Keys that arrive in one burst take effect one after the other."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, OptionList

from labtui.widgets import key_order
from labtui.widgets.key_order import KeysInOrder
from tests.lab_app import wait_until


class Host(KeysInOrder[None]):
    BINDINGS = [Binding("slash", "find"), Binding("x", "danger"), Binding("n", "next_screen")]
    dangers = 0

    def compose(self) -> ComposeResult:
        yield OptionList("one", "two")
        yield Input(id="filter")

    def action_find(self) -> None:
        self.query_one(Input).focus()

    def action_danger(self) -> None:
        self.dangers += 1

    def burst(self, keys: str) -> None:
        for key in keys:
            name = {"/": "slash", "\x1b": "escape"}.get(key, key)
            self.post_message(events.Key(name, key))


async def test_what_is_typed_right_after_a_key_that_moves_the_focus_lands_there() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        app.burst("/xenon x")
        await wait_until(pilot, lambda: app.query_one(Input).value == "xenon x")
        assert app.dangers == 0


async def test_every_key_of_a_burst_takes_effect_once() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        app.burst("x" * 40)
        await wait_until(pilot, lambda: app.dangers == 40)
        app.burst("/" + "ab" * 100)
        await wait_until(pilot, lambda: app.query_one(Input).value == "ab" * 100)


async def test_a_key_whose_widget_goes_away_does_not_hold_up_the_next() -> None:
    class Leaving(Host):
        def on_option_list_option_selected(self) -> None:
            self.query_one(OptionList).remove()

    app = Leaving()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        app.post_message(events.Key("enter", "\r"))
        app.burst("xyz")
        # The first may go down with the list; those after it reach what has the focus then.
        await wait_until(pilot, lambda: app.query_one(Input).value.endswith("yz"))
        assert app.dangers == 0


async def test_on_a_busy_machine_keys_wait_for_what_the_one_before_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy(Host):
        async def action_find(self) -> None:
            await asyncio.sleep(10 * key_order.PATIENCE_SECONDS)
            self.query_one(Input).focus()

    monkeypatch.setattr(key_order, "PATIENCE_SECONDS", 0.02)
    app = Busy()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        app.burst("/xenon")
        await wait_until(pilot, lambda: app.query_one(Input).value == "xenon")
        assert app.dangers == 0


async def test_keys_that_are_held_wait_for_what_a_worker_carries_out() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        release = app.hold_keys()
        app.burst("xenon")
        await pilot.pause(0.1)
        assert app.dangers == 0
        app.query_one(Input).focus()
        release()
        release()
        await wait_until(pilot, lambda: app.query_one(Input).value == "xenon")
        assert app.dangers == 0


async def test_keys_that_are_never_let_go_come_through_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_order, "LONGEST_HOLD_SECONDS", 0.05)
    app = Host()
    async with app.run_test() as pilot:
        app.query_one(OptionList).focus()
        await pilot.pause()
        app.hold_keys()
        app.burst("xx")
        await wait_until(pilot, lambda: app.dangers == 2)
