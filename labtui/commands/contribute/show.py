"""`labtui contribute show`: one contribution, its steps and what is wrong with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.contribute import _shared as shared

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder


@click.command("show", short_help="Show a contribution: its leaves, its steps, what is wrong.")
@shared.draft_argument
@click.option("--compare", is_flag=True, help="Also look for the same seeds in the taxonomy; may take a while.")
@json_option
@pass_lab
def command(lab: Lab, draft: str, compare: bool, as_json: bool) -> None:
    """Show a contribution: its leaves, how each step stands, what is wrong with it, and what is next."""
    from labtui.contribute.drafts.views import contribution

    folder = shared.found(lab, draft)
    if compare:
        _look_beside(folder)
    view = contribution(folder)
    if as_json:
        print_json(view)
        return
    shared.tell(view)
    note("")
    note(shared.next_words(view))


def _look_beside(folder: DraftFolder) -> None:
    """Compares with the taxonomy; on a terminal one line says how far it is."""
    from labtui.contribute.standing.beside import look_beside

    shown = sys.stderr.isatty()

    def tell(done: int, total: int) -> None:
        if shown:
            sys.stderr.write(f"\rread {done:,} of {total:,} leaves")
            sys.stderr.flush()

    look_beside(folder, on_progress=tell)
    if shown:
        sys.stderr.write("\r\x1b[K")
