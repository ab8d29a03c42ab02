"""`labtui review import`: decisions of other reviewers."""

from __future__ import annotations

from pathlib import Path

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json


@click.command("import", short_help="Take in decisions of others.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@json_option
@pass_lab
def command(lab: Lab, files: tuple[Path, ...], as_json: bool) -> None:
    """Take in decisions that others exported. Each counts once, however often it is brought, in any order."""
    from labtui.operations import reviewing

    new = known = 0
    for file in files:
        came, there = reviewing.take_in(lab.workspace(), file)
        new, known = new + came, known + there
    if as_json:
        print_json({"new": new, "known": known})
    else:
        note(f"{new} new decisions" + (f"; {known} stood here already." if known else "."))
