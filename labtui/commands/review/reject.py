"""`labtui review reject`."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.review._shared import decide
from labtui.review.records import REASONS


@click.command("reject", short_help="Reject samples.")
@click.argument("samples", nargs=-1, required=True, metavar="SAMPLE...")
@click.option("--reason", default="", help=f"Why: {', '.join(REASONS)}, or words of your own.")
@click.option("--note", "remark", default="", help="A remark for other reviewers.")
@json_option
@pass_lab
def command(lab: Lab, samples: tuple[str, ...], reason: str, remark: str, as_json: bool) -> None:
    """Reject samples: no training takes them any more, unless review.policy says `everything`."""
    decide(lab, samples, "reject", as_json, reason=reason.strip(), remark=remark)
