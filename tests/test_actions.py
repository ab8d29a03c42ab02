"""The registry: whole, without clashes, with keys that arrive, and docs/keys.md made from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from labtui import keys
from labtui.actions import ACTIONS, Action, bindings_for

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(action.id for action in ACTIONS).items() if count > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_explained_and_pressed(action: Action) -> None:
    assert action.scope
    assert action.name
    assert action.label
    assert action.tooltip
    assert action.tooltip[0].isupper()
    assert not action.tooltip.endswith(".")
    assert len(action.label) <= 20


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_default_keys_arrive_through_a_plain_tmux(action: Action) -> None:
    assert {key: keys.problem(key) for key in action.keys.split(",")} == dict.fromkeys(action.keys.split(","), "")


@pytest.mark.parametrize("scope", sorted({action.scope for action in ACTIONS}))
def test_no_two_actions_of_a_scope_share_a_key(scope: str) -> None:
    counted = Counter(key.strip() for action in ACTIONS if action.scope == scope for key in action.keys.split(","))
    assert [key for key, count in counted.items() if count > 1] == []


def test_no_screen_takes_a_key_that_works_everywhere_before_it() -> None:
    """A priority key of the application would never reach the screen."""
    taken = {key for action in ACTIONS if action.scope == "app" and action.priority for key in action.keys.split(",")}
    assert [a.id for a in ACTIONS if a.scope != "app" and taken & set(a.keys.split(","))] == []


def test_bindings_carry_what_the_registry_says() -> None:
    palette = next(binding for binding in bindings_for("app") if binding.id == "app.palette")  # type: ignore[union-attr]
    assert palette.key == "ctrl+p"  # type: ignore[union-attr]
    assert palette.tooltip == "Search every command"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("ctrl+h", "backspace"),
        ("ctrl+m", "enter"),
        ("ctrl+i", "tab"),
        ("alt+enter", "enter"),
        ("ctrl+enter", "tmux"),
        ("shift+enter", "tmux"),
        ("ctrl+tab", "tmux"),
        ("ctrl+comma", "tmux"),
        ("ctrl+shift+x", "tmux"),
        ("ctrl+slash", "tmux"),
        ("ctrl+b", "tmux"),
        ("ctrl+a", "screen"),
        ("ctrl+nonsense", "no such key"),
        ("enterr", "no such key"),
    ],
)
def test_keys_that_cannot_be_relied_on_are_named(key: str, word: str) -> None:
    assert word in keys.problem(key)


@pytest.mark.parametrize(
    "key",
    ["x", "G", "5", "?", "question_mark", "slash", "full_stop", "f1", "f12", "escape", "tab", "shift+tab", "enter",
     "shift+up", "ctrl+left", "alt+left", "ctrl+p", "ctrl+backslash", "alt+x", "pagedown", "delete", "space"],
)  # fmt: skip
def test_keys_that_arrive(key: str) -> None:
    assert keys.problem(key) == ""


@pytest.mark.parametrize(
    ("key", "shown"),
    [("ctrl+p", "^p"), ("escape", "esc"), ("question_mark", "?"), ("slash", "/"), ("shift+tab", "shift+tab"),
     ("pageup", "pgup"), ("left_square_bracket", "["), ("home", "home"), ("G", "G"), ("tab", "tab"), ("+", "+")],
)  # fmt: skip
def test_keys_are_written_as_people_write_them(key: str, shown: str) -> None:
    assert keys.written(key) == shown


def test_the_users_keymap_is_checked() -> None:
    found = keys.read_keymap({"app.jump": "ctrl+o", "app.jmp": "x", "home.open": "o, ctrl+m", "app.help": ""})
    assert found.keys == {"app.jump": "ctrl+o", "home.open": "o,ctrl+m"}
    assert found.problems == [
        "keys: there is no action 'app.jmp'. Did you mean 'app.jump'?",
        "keys.home.open: 'ctrl+m' may not work: inside tmux it arrives as enter.",
    ]


def test_the_page_of_keys_is_current() -> None:
    """Made by `python -m labtui.keys > docs/keys.md`."""
    assert (DOCS / "keys.md").read_text(encoding="utf-8") == keys.page()
