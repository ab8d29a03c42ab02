"""`labtui taxonomy upgrade`: old files in the newest version."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.taxonomy import _shared as shared
from labtui.commands.taxonomy._progress import Progress
from labtui.commands.taxonomy._writing import writing_options


@click.command("upgrade", short_help="Write leaves of version 1 and 2 as version 3.")
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@writing_options
@json_option
@pass_lab
def command(lab: Lab, paths: tuple[str, ...], yes: bool, dry_run: bool, as_json: bool) -> None:
    """Write leaves of version 1 and 2 as version 3.

    A skill loses nothing. Knowledge of an old version lacks what only a person can add, such as the passages its
    questions are about: it is rearranged, and what is missing is listed. Shows the difference and asks before it
    writes. Without PATH or LEAF it looks at the workspace's whole taxonomy.
    """
    from labtui.commands.taxonomy._writing import Words, write
    from labtui.operations.taxonomy_fixing import plan_upgrade

    wanted = [shared.place(lab, text) for text in paths] or [shared.root(lab)]
    with Progress("Looked at") as progress:
        plan = plan_upgrade(wanted, progress)
    words = Words(
        command="upgrade", nothing="Nothing is of an old version.", done="Upgraded", refused="upgraded", paths=paths
    )
    write(plan, words, yes=yes, dry_run=dry_run, as_json=as_json)
