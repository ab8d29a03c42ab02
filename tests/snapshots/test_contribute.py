"""The contribute screen as it looks: its list and the first steps of the wizard."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from textual.pilot import Pilot

from labtui.contribute.records import Step
from labtui.taxonomy.leaf import FREEFORM
from tests.snapshots import contributions
from tests.snapshots.pictured import Pictured
from tests.snapshots.test_screens import SIZES, Compare, opened, shows, sized

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the pictures were taken on Linux")
NARROW = SIZES[0]


@sized("contribute_list")
def test_the_list(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    contributions.antonyms(lab.workspace, seeds=3)
    contributions.submitted(lab.workspace)
    settle = opened("contribute", "Antonyms", "seeds: 3 of 5", "#12 merged", "id ")
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW], ids=["contribute_filter_80x24"])
def test_the_list_filtered(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    contributions.antonyms(lab.workspace, seeds=3)
    contributions.submitted(lab.workspace)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Antonyms", "seeds: 3 of 5", "#12 merged", "id ")(pilot)
        await pilot.press("slash", *"anto")
        await shows("anto", "1 of 2")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW], ids=["contribute_kind_80x24"])
def test_the_kind(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.untitled(lab.workspace)
    settle = opened("contribute", "Not taken", "take knowledge", draft=folder.id)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW], ids=["contribute_place_80x24"])
def test_the_place(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.untitled(lab.workspace, FREEFORM)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "linguistics/", draft=folder.id, step=Step.PLACE)(pilot)
        await pilot.press(*"linguistics", "slash", *"more", "underscore", *"synonyms")
        await shows("a new leaf", "e extends it")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("contribute_description")
def test_the_description(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.antonyms(lab.workspace)
    settle = opened("contribute", "opposite meaning", "when asked", draft=folder.id, step=Step.DESCRIPTION)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)
