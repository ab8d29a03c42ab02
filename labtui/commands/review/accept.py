"""`labtui review accept`."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.review._shared import decide


@click.command("accept", short_help="Accept samples.")
@click.argument("samples", nargs=-1, required=True, metavar="SAMPLE...")
@click.option("--note", "remark", default="", help="A remark for other reviewers.")
@json_option
@pass_lab
def command(lab: Lab, samples: tuple[str, ...], remark: str, as_json: bool) -> None:
    """Accept samples as they are. One that the machine had rejected is trained on then, too."""
    decide(lab, samples, "accept", as_json, remark=remark)
