"""`labtui taxonomy move`: another name or place for a leaf."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared


@click.command("move", short_help="Give a leaf another name or place.")
@click.argument("leaf", metavar="LEAF")
@click.argument("new", metavar="NEW")
@json_option
@pass_lab
def command(lab: Lab, leaf: str, new: str, as_json: bool) -> None:
    """Rename LEAF to NEW, its folder from the taxonomy's root: with git where git knows it.

    attribution.txt and whatever else lies beside it go along. Nothing is overwritten, and no empty folder is left.
    """
    from labtui.taxonomy.moving import move_leaf

    moved = move_leaf(shared.root(lab), leaf, new)
    if as_json:
        print_json(moved)
        return
    out(str(moved.path))
    note(
        "The move stands in git's index; commit it when you are ready."
        if moved.tracked
        else "Renamed on disk; git does not know the leaf yet."
    )
