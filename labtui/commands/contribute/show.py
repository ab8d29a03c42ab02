"""`labtui contribute show`: one contribution, its steps and what is wrong with it."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.contribute import _shared as shared


@click.command("show", short_help="Show a contribution: its leaves, its steps, what is wrong.")
@shared.draft_argument
@json_option
@pass_lab
def command(lab: Lab, draft: str, as_json: bool) -> None:
    """Show a contribution: its leaves, how each step stands, what is wrong with it, and what is next."""
    from labtui.contribute.views import contribution

    view = contribution(shared.found(lab, draft))
    if as_json:
        print_json(view)
        return
    shared.tell(view)
    note("")
    note(shared.next_words(view))
