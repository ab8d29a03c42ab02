"""The registry of everything a key can do. It feeds the bindings, the palette, the help and docs/keys.md.

An action's id is `scope.name`, its scope the screen it belongs to (`jobs.stop`), or a part of a screen
(`chat.prompt.send`), or `app` for what works everywhere. Pressing its key calls `action_NAME` on the screen or
widget whose `BINDINGS` are `bindings_for("scope")`. Users remap keys by id under `keys:` in the settings.

Only keys that reach the application through a plain tmux may stand here (tests/test_actions.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from textual.binding import BindingType


class Action(msgspec.Struct, frozen=True):
    id: str
    keys: str
    """Textual's key names, separated by commas; the first one is shown."""
    label: str
    """One or two words for the line of key hints."""
    tooltip: str
    """What it does, as a phrase that starts with a capital letter, for help and palette."""
    shown: bool = True
    """Whether it stands in the line of key hints."""
    command: str = ""
    """The Textual action, where it is not the id's last part: `open('chat')`."""
    priority: bool = False
    """Whether it comes before the focused widget's own keys."""

    @property
    def scope(self) -> str:
        return self.id.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def screen(self) -> str:
        return self.id.partition(".")[0]


# -- everywhere (owner: the shell) -----------------------------------------------------------------------------

APP = (
    Action("app.palette", "ctrl+p", "palette", "Search every command", command="command_palette", priority=True),
    Action("app.help", "question_mark,f1", "help", "Explain this screen and its keys"),
    Action("app.jump", "ctrl+g", "jump", "Jump to a pane: letters appear on each", shown=False, priority=True),
    Action("app.back", "escape", "back", "Go one step back", shown=False),
    Action("app.home", "0", "home", "Open the loop", shown=False, command="open('home')"),
    Action("app.chat", "1", "chat", "Open the chat", shown=False, command="open('chat')"),
    Action("app.contribute", "2", "contribute", "Open contributions", shown=False, command="open('contribute')"),
    Action("app.review", "3", "review", "Open the review of samples", shown=False, command="open('review')"),
    Action("app.generate", "4", "generate", "Open generation", shown=False, command="open('generate')"),
    Action("app.train", "5", "train", "Open training", shown=False, command="open('train')"),
    Action("app.evaluate", "6", "evaluate", "Open evaluation", shown=False, command="open('evaluate')"),
    Action("app.release", "7", "release", "Open releases", shown=False, command="open('release')"),
    Action("app.taxonomy", "8", "taxonomy", "Open the taxonomy", shown=False, command="open('taxonomy')"),
    Action("app.models", "9", "models", "Open the models", shown=False, command="open('models')"),
    Action("app.jobs", "j", "jobs", "Open the jobs", shown=False, command="open('jobs')"),
    Action("app.quit", "q", "quit", "Leave labtui; jobs keep going", shown=False, command="leave"),
    Action("app.leave", "ctrl+q", "quit", "Leave labtui, also from inside an input", shown=False, priority=True),
    Action("app.debug", "f12", "debug", "Show what a bug report needs", shown=False),
)

# -- home (owner: the shell) -----------------------------------------------------------------------------------

HOME = (
    Action("home.open", "enter", "open", "Open the stage or the job"),
    Action("home.new_generate", "g", "generate", "Generate samples from the taxonomy", command="app.open('generate')"),
    Action("home.new_train", "t", "train", "Train an adapter on samples", command="app.open('train')"),
    Action("home.new_chat", "c", "chat", "Talk with a model", command="app.open('chat')"),
)

# -- chat ------------------------------------------------------------------------------------------------------

CHAT: tuple[Action, ...] = ()

# -- generate --------------------------------------------------------------------------------------------------

GENERATE: tuple[Action, ...] = ()

# -- train -----------------------------------------------------------------------------------------------------

TRAIN: tuple[Action, ...] = ()

# -- taxonomy --------------------------------------------------------------------------------------------------

TAXONOMY: tuple[Action, ...] = ()

# -- models ----------------------------------------------------------------------------------------------------

MODELS: tuple[Action, ...] = ()

# -- jobs ------------------------------------------------------------------------------------------------------

JOBS: tuple[Action, ...] = ()

# -- welcome ---------------------------------------------------------------------------------------------------

WELCOME: tuple[Action, ...] = ()


ACTIONS: tuple[Action, ...] = (*APP, *HOME, *CHAT, *GENERATE, *TRAIN, *TAXONOMY, *MODELS, *JOBS, *WELCOME)


def actions_for(scope: str) -> Iterator[Action]:
    """The actions of exactly one scope, in the order they stand here."""
    return (action for action in ACTIONS if action.scope == scope)


def bindings_for(scope: str) -> list[BindingType]:
    """What a screen or widget puts into its BINDINGS."""
    from textual.binding import Binding

    return [
        Binding(
            action.keys,
            action.command or action.name,
            action.label,
            show=action.shown,
            priority=action.priority,
            tooltip=action.tooltip,
            id=action.id,
        )
        for action in actions_for(scope)
    ]
