"""`labtui system info`: what a bug report needs, and nothing personal."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, out, pass_lab, print_json, table


@click.group("system")
def command() -> None:
    """Describe this machine and installation."""


@command.command()
@json_option
@pass_lab
def info(lab: Lab, as_json: bool) -> None:
    """Versions, paths, engines, processors and memory: what to paste into a bug report."""
    from labtui.operations.system import describe

    facts = describe(lab.workspace_or_none())
    if as_json:
        print_json(facts)
        return
    out(table([[fact.group, fact.name, fact.value] for fact in facts], ["", "", ""]).lstrip("\n"))
