"""`labtui review list`: samples with what was decided of them."""

from __future__ import annotations

import sys
from typing import cast

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.commands.review._shared import SHORT_ID
from labtui.review.records import State

STATES = ("unseen", "accepted", "edited", "rejected", "disputed")


@click.command("list", short_help="List samples.")
@click.argument("job", default="")
@click.option("--leaf", default="", help="Only those of this leaf, by its path or its last part.")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand so.")
@click.option("--rejected-too", is_flag=True, help="Those the machine rejected as well.")
@json_option
@pass_lab
def command(lab: Lab, job: str, leaf: str, state: str | None, rejected_too: bool, as_json: bool) -> None:
    """List the samples of all generations, or of one JOB, with what reviewers said of each."""
    from labtui.operations import reviewing
    from labtui.text import clean, shorten

    found = [
        (one, standing)
        for one, standing in reviewing.listed(lab.workspace(), job, leaf, cast("State | None", state))
        if one.sample.accepted or rejected_too or standing != "unseen"
    ]
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "content": one.content,
                    "job": one.job,
                    "leaf": one.sample.leaf,
                    "state": standing,
                    "machine": one.sample.reason or "accepted",
                    "parts": one.sample.parts,
                }
                for one, standing in found
            ]
        )
        return
    if not found:
        note("There are no such samples. Make some with: labtui generate LEAF")
        return
    lines = [
        [
            one.id[:SHORT_ID],
            standing,
            clean(one.sample.reason or "accepted", lines=False),
            clean(one.sample.leaf.rpartition("/")[2], lines=False),
            clean(one.sample.question or one.sample.parts.get("context", ""), lines=False),
        ]
        for one, standing in found
    ]
    text = table(lines, ["SAMPLE", "REVIEW", "MACHINE", "LEAF", "QUESTION"])
    if sys.stdout.isatty():
        import shutil

        columns = shutil.get_terminal_size().columns
        text = "\n".join(shorten(line, columns) for line in text.splitlines())
    out(text)
