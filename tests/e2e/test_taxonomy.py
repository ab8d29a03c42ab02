"""A leaf written by keyboard alone in a real terminal at 80x24: made, spoilt, put right, saved and compared.

The application is killed (SIGKILL) with unsaved edits on the screen and opened again: they are offered.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.terminal import Terminal, labtui, labtui_command

pytestmark = pytest.mark.e2e

LEAF = "compositional_skills/writing/two_word_titles"
TASK = "Give a text a title of two words."
SEEDS = [
    ("A dog waits at a rainy bus stop.", "Wet Patience"),
    ("The baker opens: the street smells of bread.", "Morning Bread"),
    ("Is the shop closed on Monday?", "yes"),
    ("三匹の猫が屋根で眠る。", "Sleeping Cats"),
    ("Nobody answered the telephone.", "# Silence"),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "lab"
    done = labtui("init", str(root), "--demo")
    assert done.returncode == 0, done.stderr
    return root


def opened(workspace: Path) -> Terminal:
    terminal = Terminal(labtui_command("--workspace", str(workspace)), columns=80, rows=24)
    terminal.wait_for("the loop")
    terminal.press("8")
    terminal.wait_for("taxonomy · ")
    return terminal


def fill_in(terminal: Terminal) -> None:
    terminal.type(TASK)
    terminal.press("tab")
    terminal.type("anna")
    # Over the attribution to the first seed.
    terminal.press("tab", "tab")
    for number, (question, answer) in enumerate(SEEDS, 1):
        terminal.type(question)
        terminal.wait_for(question)
        terminal.press("tab")
        terminal.type(answer)
        terminal.wait_for(f"A  {answer}")
        terminal.press("esc")
        # A key right behind an escape would be read as one with alt.
        terminal.wait_for(lambda text: "esc done" not in text and "a add seed" in text)
        if number < len(SEEDS):
            terminal.press("a")
            terminal.wait_for(lambda text, last=number + 1: f"seed {last} of {last}" in text and "esc done" in text)


def test_a_leaf_by_keyboard_alone(workspace: Path) -> None:
    file = workspace / "taxonomy" / LEAF / "qna.yaml"

    with opened(workspace) as terminal:
        terminal.wait_for("6 leaves")
        terminal.press("N")
        terminal.wait_for("A new leaf: where?")
        terminal.press("ctrl+u")
        terminal.type(LEAF)
        terminal.wait_for("a new freeform skill")
        terminal.press("enter")
        terminal.wait_for("seed 1 of 1")
        terminal.wait_for("esc done")
        fill_in(terminal)
        terminal.wait_for("unsaved")
        terminal.press("ctrl+s")
        terminal.wait_for("Saved.")

    written = yaml.safe_load(file.read_text())
    assert [(seed["question"], seed["answer"]) for seed in written["seed_examples"]] == SEEDS
    assert (written["version"], written["task_description"], written["created_by"]) == (3, TASK, "anna")
    whole = file.read_bytes()

    with opened(workspace) as terminal:
        terminal.press("/")
        terminal.type("two_word")
        terminal.wait_for("1 of 7 leaves")
        terminal.press("enter", "enter")
        terminal.wait_for(TASK)
        terminal.press("v")
        terminal.wait_for("1 version: 3")
        terminal.press("enter")
        terminal.wait_for("esc done")
        # The cursor stands at the field one came from; the version is the line above it.
        terminal.press("up", "end")
        terminal.type("3")
        terminal.wait_for("There is no version 33")
        terminal.wait_for("unsaved")
        terminal.kill()

    assert file.read_bytes() == whole

    with opened(workspace) as terminal:
        terminal.press("/")
        terminal.type("two_word")
        terminal.wait_for("1 of 7 leaves")
        terminal.press("enter", "enter")
        terminal.wait_for("enter")
        terminal.wait_for("unsaved edits")
        terminal.press("enter")
        terminal.press("p")
        terminal.wait_for("schema.version")
        terminal.press("enter")
        terminal.wait_for("33")
        terminal.press("v")
        terminal.wait_for("1 version: 33")
        terminal.press("enter")
        terminal.wait_for("esc done")
        terminal.press("end", "backspace")
        terminal.wait_for(lambda text: "version 33" not in text)
        terminal.press("down", "end")
        terminal.type(" No more.")
        terminal.press("esc", "ctrl+s")
        terminal.wait_for("Saved.")
        terminal.press("x")
        terminal.wait_for("not yet under git")
        terminal.wait_for("seed 1 of 5")
        terminal.wait_for(f"{TASK} No more.")

    assert file.read_bytes() == whole.replace(TASK.encode(), f"{TASK} No more.".encode())
    found = labtui("taxonomy", "check", str(file), "--json")
    assert [finding for finding in json.loads(found.stdout) if finding["level"] == "error"] == []
    compared = labtui("--workspace", str(workspace), "taxonomy", "diff", "--json")
    assert [leaf["id"] for leaf in json.loads(compared.stdout)["leaves"]] == [LEAF]
