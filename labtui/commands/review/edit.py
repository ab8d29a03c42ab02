"""`labtui review edit`."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, pass_lab
from labtui.commands.review._shared import decide
from labtui.errors import UsageError


@click.command("edit", short_help="Accept a sample in other words.")
@click.argument("sample")
@click.option("--question", default=None, help="What it shall ask.")
@click.option("--answer", default=None, help="What it shall answer.")
@click.option("--context", default=None, help="The text it shall be about.")
@click.option("--note", "remark", default="", help="A remark for other reviewers.")
@json_option
@pass_lab
def command(
    lab: Lab, sample: str, question: str | None, answer: str | None, context: str | None, remark: str, as_json: bool
) -> None:
    """Accept a sample in other words. What the teacher wrote is kept beside them."""
    given = {"question": question, "answer": answer, "context": context}
    parts = {name: text.strip() for name, text in given.items() if text is not None}
    if not parts:
        raise UsageError("Nothing is to be changed.", hint="Give --question, --answer or --context.")
    if empty := [name for name, text in parts.items() if not text]:
        raise UsageError(f"The {empty[0]} may not be empty.", where=f"--{empty[0]}", hint="Reject the sample instead.")
    decide(lab, [sample], "accept", as_json, remark=remark, parts=parts)
