"""`labtui review undo`."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.review._shared import decide


@click.command("undo", short_help="Take your decisions back.")
@click.argument("samples", nargs=-1, required=True, metavar="SAMPLE...")
@json_option
@pass_lab
def command(lab: Lab, samples: tuple[str, ...], as_json: bool) -> None:
    """Take back what you decided of samples. What others decided stays."""
    decide(lab, samples, "undo", as_json)
