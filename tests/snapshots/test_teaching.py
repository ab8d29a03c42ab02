"""An answer of the chat on its way to a contribution, as it looks."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from textual.pilot import Pilot

from labtui.screens.chat.teach_window import TeachWindow
from tests.lab_app import wait_until
from tests.snapshots.pictured import Pictured
from tests.snapshots.test_screens import SIZES, Compare, opened, shows, sized

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the pictures were taken on Linux")
NARROW = SIZES[0]
ANSWER = "glad, cheerful, joyful"
BETTER = "Glad, cheerful and joyful."


async def teach(pilot: Pilot[Any], conversation: str) -> None:
    """Corrects the last answer."""
    await opened("chat", ANSWER, conversation=conversation)(pilot)
    await pilot.press("ctrl+t")
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, TeachWindow))
    await pilot.press(*BETTER)
    await shows(BETTER, "kept ")(pilot)


@sized("chat_teach")
def test_teach_this(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await teach(pilot, lab.conversation)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW], ids=["chat_basket_80x24"])
def test_the_basket(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await teach(pilot, lab.conversation)
        await pilot.press("ctrl+t")
        await shows("a new contribution, a freeform skill", "much alike")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW], ids=["chat_where_80x24"])
def test_where_to(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await teach(pilot, lab.conversation)
        await pilot.press("ctrl+t")
        await shows("a new contribution, a freeform skill", "much alike")(pilot)
        await pilot.press("o")
        await shows("new: knowledge", "extend: ")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)
