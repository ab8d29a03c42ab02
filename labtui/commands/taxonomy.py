"""`labtui taxonomy`: which leaves there are, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.errors import AnswerNo, LabError

if TYPE_CHECKING:
    from labtui.taxonomy.findings import Finding


@click.group("taxonomy")
def command() -> None:
    """List and check the leaves of the taxonomy.

    A LEAF is named by its folder's path from the taxonomy's root, such as knowledge/science/birds/chickadee.
    """


@command.command("list")
@click.argument("filter_text", required=False, metavar="[TEXT]")
@json_option
@pass_lab
def list_(lab: Lab, filter_text: str | None, as_json: bool) -> None:
    """List the leaves: kind, number of seeds, id. TEXT keeps those whose id or description holds it."""
    from labtui.taxonomy.tree import scan

    leaves = scan(_root(lab))
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


@command.command()
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@json_option
@pass_lab
def check(lab: Lab, paths: tuple[str, ...], as_json: bool) -> None:
    """Check files, folders or leaves as InstructLab does; without any, the workspace's whole taxonomy.

    Files and folders need neither a workspace nor git. Exit code 1 where there is an error.
    """
    from labtui.taxonomy.check import check as run_check
    from labtui.taxonomy.layout import candidates

    wanted = [_place(lab, text) for text in paths] or [_root(lab)]
    findings = run_check(wanted)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            out(_line(finding))
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if errors:
        raise AnswerNo(f"{_count(errors, 'error')} and {_count(warnings, 'warning')} found.")
    if findings or any(next(candidates(place), None) for place in wanted):
        note(f"No errors, {_count(warnings, 'warning')}." if warnings else "Everything is in order.")
    else:
        note("Nothing was checked: there is no leaf.")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _line(finding: Finding) -> str:
    line = f"{finding.path}:{finding.line}:{finding.column}: {finding.level}: {finding.message} [{finding.rule}]"
    return f"{line}\n    {finding.hint}" if finding.hint else line


def _root(lab: Lab) -> Path:
    root = lab.workspace().taxonomy
    if not root.is_dir():
        raise LabError(
            "The workspace has no taxonomy.",
            where=str(root),
            hint="Give it one: labtui init . --taxonomy URL|DIR",
        )
    return root


def _place(lab: Lab, text: str) -> Path:
    """A path that is there, else a leaf of the workspace's taxonomy."""
    import os

    path = Path(text)
    if os.path.lexists(path):
        return path
    if lab.workspace_or_none() is None:
        return path
    from labtui.taxonomy.find import find_leaf

    return find_leaf(_root(lab), text)
