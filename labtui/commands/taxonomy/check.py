"""`labtui taxonomy check`: what is wrong with files, folders or leaves."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared
from labtui.errors import AnswerNo


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@json_option
@pass_lab
def command(lab: Lab, paths: tuple[str, ...], as_json: bool) -> None:
    """Check files, folders or leaves as InstructLab does; without any, the workspace's whole taxonomy.

    Files and folders need neither a workspace nor git. Exit code 1 where there is an error.
    """
    from labtui.taxonomy.check import check
    from labtui.taxonomy.layout import candidates

    wanted = [shared.place(lab, text) for text in paths] or [shared.root(lab)]
    findings = check(wanted)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            out(shared.line(finding))
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if errors:
        raise AnswerNo(f"{shared.count(errors, 'error')} and {shared.count(warnings, 'warning')} found.")
    if findings or any(next(candidates(place), None) for place in wanted):
        note(f"No errors, {shared.count(warnings, 'warning')}." if warnings else "Everything is in order.")
    else:
        note("Nothing was checked: there is no leaf.")
