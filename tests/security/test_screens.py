"""Every screen, full of hostile text, in a real terminal: nothing of it reaches the terminal as an order.

The harness opens a screen in the installed program, walks through it with the keys of its case, clicks on every
word that hostile markup would make clickable, and searches the raw bytes. A new screen is one more line in CASES.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from labtui.app import _has_module
from tests.security.hostile import CLICK, attack, hostile_workspace, traces
from tests.terminal import Terminal, labtui_command

pytestmark = pytest.mark.e2e


class Case(NamedTuple):
    name: str
    keys: tuple[str, ...]
    """Pressed one by one after Home stands."""
    shows: str
    """What must be on the screen at the end: the case would test nothing if it did not get there."""
    screen: str = "home"


CASES = [
    Case("home", (), "title"),
    Case("home, jobs", ("tab", "down", "down", "end"), "title"),
    Case("palette", ("ctrl+p", *"job:"), "job:"),
    Case("help", ("?",), "help:"),
    Case("debug", ("f12", "pagedown", "pagedown", "end"), "settings"),
    Case("contribute", ("2",), "taxonomy", "contribute"),
    Case("review", ("3",), "messages.jsonl", "review"),
    Case("evaluate", ("6",), "tuned", "evaluate"),
    Case("release", ("7",), "adapter", "release"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_workspace(tmp_path_factory.mktemp("hostile")).root


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    columns, rows = request.param
    return columns, rows


@pytest.fixture
def terminal(place: Path, size: tuple[int, int]) -> Iterator[Terminal]:
    command = labtui_command("--workspace", str(place))
    with Terminal(command, columns=size[0], rows=size[1]) as running:
        running.wait_for("1 data set")
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_attack_reaches_the_terminal(terminal: Terminal, case: Case) -> None:
    if case.screen != "home" and case.screen not in WINDOWS and not _has_module(case.screen):
        pytest.skip(f"the screen '{case.screen}' is not part of this installation")
    terminal.press(*case.keys)
    terminal.wait_for(case.shows)
    click_everything(terminal)
    assert terminal.alive, f"the application ended; the screen shows:\n{terminal.text}"
    assert traces(bytes(terminal.raw)) == {}


WINDOWS = {"contribute", "review", "evaluate", "release"}


def click_everything(terminal: Terminal) -> None:
    """Clicks on each cell where a hostile word stands."""
    for row, line in enumerate(terminal.lines, 1):
        start = line.find(CLICK)
        while start >= 0:
            terminal.type(f"\x1b[<0;{start + 2};{row}M\x1b[<0;{start + 2};{row}m")
            start = line.find(CLICK, start + 1)
    terminal.press("f5")


def test_the_harness_finds_what_it_looks_for() -> None:
    assert set(traces(attack("x").encode())) == {
        "clipboard (OSC 52)",
        "title (OSC 0)",
        "link (OSC 8)",
        "screen control (CSI)",
        "8-bit control (C1)",
        "device control (DCS)",
        "reading direction (bidi)",
    }
    assert traces("日本語 \x1b[1;32mé└─┘▶\x1b[0m\x1b]0;labtui\x07".encode()) == {}
