"""`labtui taxonomy list`: which leaves there are."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.commands.taxonomy import _shared as shared


@click.command("list", short_help="List the leaves: id, kind, number of seeds.")
@click.argument("filter_text", required=False, metavar="[TEXT]")
@json_option
@pass_lab
def command(lab: Lab, filter_text: str | None, as_json: bool) -> None:
    """List the leaves: id, kind, number of seeds. TEXT keeps those whose id or description holds it."""
    from labtui.taxonomy.tree import scan

    hidden: list[str] = []
    leaves = scan(shared.root(lab), lambda folder, error: hidden.append(f"{folder}: {error.strerror}"))
    for one in hidden:
        note(f"warning: This folder cannot be listed, its leaves are missing here: {one}.")
    if filter_text:
        wanted = filter_text.lower()
        leaves = [leaf for leaf in leaves if wanted in leaf.id.lower() or wanted in leaf.description.lower()]
    if as_json:
        print_json(leaves)
        return
    if leaves:
        out(table([[leaf.id, leaf.kind, str(leaf.seeds)] for leaf in leaves], ["LEAF", "KIND", "SEEDS"]))
    else:
        note("No leaf matches." if filter_text else "The taxonomy holds no leaves yet.")
