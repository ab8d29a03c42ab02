"""`labtui contribute`: contributions to the taxonomy. One file a command, imported when it runs."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "new": "new",
    "teach": "teach",
    "list": "list",
    "show": "show",
    "resume": "resume",
    "ask": "ask",
    "try": "trying",
    "submit": "submit",
    "status": "status",
    "rebase": "rebase",
    "tidy": "tidy",
    "abandon": "abandon",
}
"""In the order of the work, as the help lists them -> the module here that holds the `command`."""


class ContributeGroup(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return command


@click.group("contribute", cls=ContributeGroup)
def command() -> None:
    """Bring a change of the taxonomy to the project it belongs to: from a wrong answer to a pull request.

    ID is a contribution's id, its beginning or its short last part, a path, or `last` for the newest one.
    """
