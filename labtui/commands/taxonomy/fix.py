"""`labtui taxonomy fix`: put right what a machine can."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.taxonomy import _shared as shared
from labtui.commands.taxonomy._progress import Progress
from labtui.commands.taxonomy._writing import writing_options


@click.command("fix", short_help="Put right what a machine can.")
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@click.option(
    "--profile",
    type=click.Choice(["strict", "upstream", "draft"]),
    default="strict",
    help="How to judge, as for check; upstream also holds every file to the newest version.",
)
@writing_options
@json_option
@pass_lab
def command(lab: Lab, paths: tuple[str, ...], profile: str, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Put right what a machine can: white space, indentation, line ends, names, an old skill's version.

    Shows the difference and asks before it writes. What a file says stays the same, and every line that is not put
    right stays byte for byte. Without PATH or LEAF it looks at the workspace's whole taxonomy.
    """
    from labtui.commands.taxonomy._writing import Words, write
    from labtui.operations.taxonomy_fixing import plan_fix
    from labtui.taxonomy.checking.cache import Cache
    from labtui.taxonomy.profiles import Profile

    wanted = [shared.place(lab, text) for text in paths] or [shared.root(lab)]
    cache = Cache()
    try:
        with Progress("Looked at") as progress:
            plan = plan_fix(wanted, progress, profile=Profile(profile), cache=cache)
    finally:
        cache.close()
    words = Words(
        command="fix",
        nothing="There is nothing that a machine can put right.",
        done="Put right",
        refused="read",
        paths=paths,
        profile=profile,
    )
    write(plan, words, yes=yes, dry_run=dry_run, as_json=as_json)
