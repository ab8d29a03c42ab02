"""`labtui taxonomy new`: a new leaf with the right skeleton."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared


@click.command("new", short_help="Make a new leaf with everything that must be written.")
@click.argument("kind", type=click.Choice(["knowledge", "grounded", "freeform"]), metavar="KIND")
@click.argument("leaf", metavar="LEAF")
@click.option("--by", "created_by", metavar="NAME", help="Who contributes it (default: your name in git).")
@json_option
@pass_lab
def command(lab: Lab, kind: str, leaf: str, created_by: str | None, as_json: bool) -> None:
    """Make a new leaf: qna.yaml and attribution.txt with everything that must be written.

    KIND is knowledge, or for a skill grounded (each seed has a context) or freeform. LEAF is the folder from the
    taxonomy's root; the top folder may be left out.
    """
    from labtui.taxonomy.editing import skeleton

    root = shared.root(lab)
    by = created_by if created_by is not None else skeleton.author(root)
    made = skeleton.make_leaf(root, leaf, skeleton.KINDS[kind], created_by=by)
    if as_json:
        print_json(made)
        return
    out(str(made.path))
    note(f"See what it still needs: labtui taxonomy check --profile draft {made.id}")
