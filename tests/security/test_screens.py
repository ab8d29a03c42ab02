"""Every screen, full of hostile text, in a real terminal: nothing of it reaches the terminal as an order.

The harness opens a screen in the installed program, walks through it with the keys of its case, clicks on every
word that hostile markup would make clickable, and searches the raw bytes. A new screen is one more line in CASES.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from labtui import paths, workspace
from tests.scripted_server import Answer, ScriptedServer
from tests.security.hostile import CLICK, attack, hostile_workspace, traces, yaml_text
from tests.terminal import PATIENCE, Terminal, labtui_command

pytestmark = pytest.mark.e2e


class Case(NamedTuple):
    name: str
    keys: tuple[str, ...]
    """Pressed one by one after Home stands. `~text` waits until the screen shows that text."""
    shows: str
    """What must be on the screen at the end: the case would test nothing if it did not get there."""


DRAFT = ("2", "~drafttitle", "enter", "~▌")
"""Opens the contribution where an earlier case left it."""

TEACH = ("1", "~ask", "ctrl+l", "~chattitle", "end", "enter", "~system:", "ctrl+t", "~it should answer")

CASES = [
    Case("home", (), "title"),
    Case("home, jobs", ("tab", "down", "down", "end"), "title"),
    Case("palette", ("ctrl+p", *"job:"), "job:"),
    Case("help", ("?",), "help:"),
    Case("debug", ("f12", "~version", "pagedown", "pagedown", "end"), "settings"),
    Case("contribute", ("2",), "draftleaf"),
    Case("contribute, kind", (*DRAFT, "f2", "home", "enter"), "What should the model learn"),
    Case("contribute, place", (*DRAFT, "f2", "home", "enter", "~What should", "ctrl+down", "~belongs"), "draftleaf"),
    Case("contribute, description", (*DRAFT, "f2", "home", "down", "down", "enter", "~Created by"), "turned"),
    Case("review", ("3",), "messages.jsonl"),
    Case("evaluate", ("6",), "tuned"),
    Case("release", ("7",), "adapter"),
    Case("chat, list", ("1", "~ask", "ctrl+l"), "chattitle"),
    Case("chat, conversation", ("1", "~ask", "ctrl+l", "~chattitle", "end", "enter", "~system:", "ctrl+up"), "madeby"),
    Case(
        "chat, reasoning", ("1", "~ask", "ctrl+l", "~chattitle", "end", "enter", "~system:", "ctrl+up", "o"), "madeby"
    ),
    Case("chat, models", ("1", "~ask", "f2"), "remotename"),
    Case("chat, teach this", (*TEACH, "tab", "tab"), "chatanswer"),
    Case(
        "chat, to be taught",
        (*TEACH, "ctrl+t", "~they go to", "o", "~new: knowledge", *"draft", "~draftleaf", "esc", "~they go", "d"),
        "Nothing is collected",
    ),
    Case("taxonomy", ("8",), "leafname"),
    Case("taxonomy, form", ("8", "~leafname", "~3 leaves", "enter", "~kind", "end"), "answer4"),
    Case("taxonomy, YAML", ("8", "~leafname", "~3 leaves", "enter", "~kind", "v", "pagedown"), "ATTACK-"),
    Case("taxonomy, broken", ("8", "~3 leaves", "n", "p"), "safety.invisible"),
    Case("taxonomy, filter", ("8", "~3 leaves", "/", *"leafname"), "leafname"),
    Case("generate", ("4",), "leafname"),
    Case("train", ("5",), "dataset"),
    Case("models", ("9",), "modelfolder"),
    Case("models, adapter", ("9", "~modelfolder", "home"), "source"),
    Case("jobs", ("j",), "title0"),
    Case("jobs, unreadable", ("j", "~title1", "home", "enter", "~Progress"), "jobname"),
    Case("jobs, failed", ("j", "~title1", "down", "down", "enter", "~Progress"), "errorwhere"),
    Case("jobs, asked", ("j", "~title0", "down", "enter", "~Progress", "]", "]", "pagedown"), "bad0"),
    Case("jobs, made", ("j", "~title0", "down", "enter", "~Progress", "]", "]", "]"), "artifact"),
    Case("jobs, log", ("j", "~title0", "down", "l"), "raw"),
    Case("jobs, log searched", ("j", "~title0", "down", "l", "~raw", "/", *"before", "enter"), "before"),
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
    remotes_named([attack("remotename", lines=False)], "http://127.0.0.1:9/v1")
    command = labtui_command("--workspace", str(place))
    with Terminal(command, columns=size[0], rows=size[1]) as running:
        running.wait_for("1 data set")
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_attack_reaches_the_terminal(terminal: Terminal, case: Case) -> None:
    walk(terminal, case)
    click_everything(terminal)
    assert terminal.alive, f"the application ended; the screen shows:\n{terminal.text}"
    assert traces(bytes(terminal.raw)) == {}


def remotes_named(names: list[str], url: str) -> None:
    """Writes the user's settings: endpoints of these names at one address."""
    entries = "".join(f"    {yaml_text(name)}: {{url: '{url}'}}\n" for name in names)
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text(f"serve:\n  remotes:\n{entries}")


SPEAKING = [
    (
        "answer",
        Answer(*attack("reply").partition(";"), "\n\nthe reply ends", reasoning=(attack("thought"),), cut=7),
        "the reply ends",
    ),
    ("error", Answer(status=500, body=attack("refusal").encode()), "500"),
    ("error as JSON", Answer(status=400, body=json.dumps({"error": {"message": attack("said")}}).encode()), "said"),
    ("error in the stream", Answer(attack("half"), "more", error_after=1), "half"),
    ("cut short", Answer(attack("half"), "more", die_after=1), "half"),
    ("no events", Answer(body=attack("nonsense").encode()), "ask"),
]


@pytest.mark.parametrize(("answer", "shows"), [case[1:] for case in SPEAKING], ids=[case[0] for case in SPEAKING])
def test_no_attack_of_a_server_reaches_the_terminal(tmp_path: Path, answer: Answer, shows: str) -> None:
    made = workspace.create(tmp_path / "lab")
    with ScriptedServer(answer) as server:
        remotes_named(["speaker"], server.url)
        command = labtui_command("--workspace", str(made.root), "--set", "chat.model=speaker")
        with Terminal(command, columns=120, rows=60) as terminal:
            terminal.wait_for("no samples yet")
            terminal.press("1")
            terminal.wait_for("speaker")
            terminal.press(*"Hi", "enter")
            deadline = time.monotonic() + PATIENCE
            while not server.requests and time.monotonic() < deadline:
                time.sleep(0.05)
            assert server.requests, terminal.text
            terminal.wait_for(shows)
            click_everything(terminal)
            assert terminal.alive
            assert traces(bytes(terminal.raw)) == {}


def walk(terminal: Terminal, case: Case) -> None:
    for key in case.keys:
        if len(key) > 1 and key.startswith("~"):
            terminal.wait_for(key[1:])
        else:
            terminal.press(key)
    terminal.wait_for(case.shows)


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
