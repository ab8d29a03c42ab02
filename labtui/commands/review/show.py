"""`labtui review show`: one sample whole, with its seeds' numbers and every decision."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, out, pass_lab, print_json
from labtui.commands.review._shared import WORDS


@click.command("show", short_help="Show a sample whole.")
@click.argument("sample")
@json_option
@pass_lab
def command(lab: Lab, sample: str, as_json: bool) -> None:
    """Show a sample whole: what was generated, what made it, what reviewers decided."""
    from labtui.operations import reviewing
    from labtui.review.book import DecisionBook
    from labtui.text import clean

    workspace = lab.workspace()
    (one,) = reviewing.find(workspace, [sample])
    standing = DecisionBook(workspace).refresh().of(one.id, one.content)
    if as_json:
        print_json({"sample": one.sample, "messages": one.messages, "content": one.content, "job": one.job,
                    "state": standing.state, "decisions": standing.by})  # fmt: skip
        return
    made = one.sample
    machine = f"rejected: {made.reason}{f', {made.detail}' if made.detail else ''}" if made.reason else "accepted"
    lines = [
        f"sample   {one.id}",
        f"leaf     {made.leaf}, seeds {', '.join(map(str, made.seeds))}",
        f"made by  {made.teacher}, {made.pipeline}, try {made.number} of {one.job}",
        f"machine  {machine}",
        f"review   {standing.state}",
    ]
    for by in standing.by:
        what = "edited" if by.parts else WORDS[by.verdict]
        lines.append(
            f"         {what} by {by.reviewer}, {by.t:%Y-%m-%d %H:%M} UTC{f': {by.reason}' if by.reason else ''}"
        )
        lines += [f"         {by.note}"] if by.note else []
    for name in ("context", "question", "answer"):
        if text := made.parts.get(name):
            lines += ["", f"{name}:", text]
        if text := standing.parts.get(name):
            lines += [f"{name}, as edited:", text]
    out(clean("\n".join(lines)))
