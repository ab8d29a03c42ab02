"""Keys: which of them reach the application, how they are written, the user's own map, and docs/keys.md."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping

import msgspec

from labtui.actions import ACTIONS, Action

_WRITTEN = {
    "escape": "esc",
    "space": "space",
    "delete": "del",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "full_stop": ".",
    "minus": "-",
    "plus": "+",
}
_ALWAYS = {
    "escape",
    "tab",
    "shift+tab",
    "enter",
    "backspace",
    "delete",
    "insert",
    "home",
    "end",
    "pageup",
    "pagedown",
    "space",
    *(f"f{number}" for number in range(1, 13)),
}
_ARROWS = {"up", "down", "left", "right"}
_TAKEN = {
    "ctrl+a": "it is the prefix of screen",
    "ctrl+b": "it is the prefix of tmux",
}
_BECOMES = {"ctrl+h": "backspace", "ctrl+m": "enter", "ctrl+i": "tab", "alt+enter": "enter"}


def written(key: str) -> str:
    """A key as people write it: `^p`, `esc`, `?`, `shift+tab`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    last = _WRITTEN.get(last) or _character(last) or last
    return f"^{last}" if modifiers == ["ctrl"] else "+".join([*modifiers, last])


def problem(key: str) -> str:
    """Why a key cannot be relied on, as the end of a sentence; empty where it arrives through a plain tmux."""
    key = key.strip()
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if key in _BECOMES:
        return f"inside tmux it arrives as {_BECOMES[key]}"
    if key in _TAKEN:
        return _TAKEN[key]
    if key in _ALWAYS or (last in _ARROWS and len(modifiers) < 2):
        return ""
    character = last if len(last) == 1 else _character(last)
    if not character and last not in _ALWAYS | _ARROWS:
        return "there is no such key"
    if not modifiers:
        return ""
    if modifiers == ["ctrl"] and ((character.isascii() and character.islower()) or character == "\\"):
        return ""
    if modifiers == ["alt"] and character.isascii() and character.isalpha():
        return ""
    return "terminals and tmux do not tell it from another key, or do not send it"


def _character(name: str) -> str:
    """The character of a key that Textual names in words: `question_mark` is `?`."""
    if name in _ALWAYS or name in _ARROWS:
        return ""
    try:
        return unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return {"slash": "/", "backslash": "\\", "minus": "-", "plus": "+", "at": "@", "underscore": "_"}.get(name, "")


class Keymap(msgspec.Struct, frozen=True):
    """The user's own keys that can be used, and what is wrong with those that cannot."""

    keys: dict[str, str]
    """Action id -> keys, separated by commas."""
    problems: list[str]
    """One sentence each."""


def read_keymap(setting: Mapping[str, str]) -> Keymap:
    """Checks the setting `keys`. An unknown action is left out; a key that may not arrive counts, but is told."""
    known = {action.id for action in ACTIONS}
    keys: dict[str, str] = {}
    problems: list[str] = []
    for name, value in setting.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            hint = f"Did you mean '{near[0]}'?" if near else "docs/keys.md lists them all."
            problems.append(f"keys: there is no action '{name}'. {hint}")
            continue
        chosen = [key for key in (part.strip() for part in value.split(",")) if key]
        for key in chosen:
            if reason := problem(key):
                problems.append(f"keys.{name}: '{key}' may not work: {reason}.")
        if chosen:
            keys[name] = ",".join(chosen)
    return Keymap(keys, problems)


def keys_of(action: Action, keymap: Mapping[str, str]) -> list[str]:
    """The keys of an action as they stand now, each as people write it."""
    return [written(key.strip()) for key in keymap.get(action.id, action.keys).split(",")]


TITLES = {"app": "Everywhere"}

_INTRODUCTION = """\
# Keys

Made from the registry in `labtui/actions.py` by `python -m labtui.keys`; do not edit.

Every key can be changed in the settings, by the id of its action, several keys separated by commas:

```yaml
keys:
  app.jump: ctrl+o
  jobs.stop: x,delete
```

The keys below all arrive through a tmux with its default settings. A key that does not, or an id that does not
exist, is named when the application starts. Inside an input, letters and digits are text: leave it with tab or esc,
or use the palette (`^p`).
"""


def page() -> str:
    """The text of docs/keys.md."""
    parts = [_INTRODUCTION]
    for screen in dict.fromkeys(action.screen for action in ACTIONS):
        title = TITLES.get(screen, screen.capitalize())
        parts.append(f"\n## {title}\n\n| key | what it does | id |\n| --- | --- | --- |\n")
        for action in ACTIONS:
            if action.screen == screen:
                keys = ", ".join(f"`{key}`".replace("|", "\\|") for key in keys_of(action, {}))
                parts.append(f"| {keys} | {action.tooltip} | `{action.id}` |\n")
    return "".join(parts)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
