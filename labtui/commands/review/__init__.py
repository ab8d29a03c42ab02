"""`labtui review`: what people think of generated samples. One file a command, imported when it runs."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "list": "list",
    "show": "show",
    "accept": "accept",
    "reject": "reject",
    "edit": "edit",
    "undo": "undo",
    "stats": "stats",
    "export": "export",
    "import": "take_in",
}
"""In the order of the work, as the help lists them -> the module here that holds the `command`."""


class ReviewGroup(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return command


@click.group("review", cls=ReviewGroup)
def command() -> None:
    """Look at generated samples before a model learns from them, and decide which it learns.

    SAMPLE is the beginning of a sample's id, four letters or more. Decisions are kept with reviewer and time in the
    workspace's reviews/ folder; `review.policy` says what they mean for a training.
    """
