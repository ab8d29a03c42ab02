"""`labtui taxonomy`: the leaves of a taxonomy. One file a command, imported when it runs."""

from __future__ import annotations

import importlib

import click

COMMANDS = ("list", "new", "move", "check", "rules", "fix", "upgrade", "diff", "update")
"""In the order the help lists them; each is the name of a module here that holds a `command`."""


class TaxonomyGroup(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]  # `list` is a module of this package once it was imported

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command


@click.group("taxonomy", cls=TaxonomyGroup)
def command() -> None:
    """List, make, check, mend and compare the leaves of the taxonomy.

    A LEAF is named by its folder's path from the taxonomy's root, such as knowledge/science/birds/chickadee.
    """
