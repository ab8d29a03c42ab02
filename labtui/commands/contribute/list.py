"""`labtui contribute list`: the contributions of the workspace."""

from __future__ import annotations

import sys

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table


@click.command("list", short_help="List the contributions.")
@json_option
@pass_lab
def command(lab: Lab, as_json: bool) -> None:
    """List the contributions of the workspace, the last changed first, with what each waits for."""
    from labtui.contribute.drafts.views import rows

    found = rows(lab.workspace())
    if as_json:
        print_json(found)
        return
    if not found:
        note("There are no contributions here yet. Begin one with: labtui contribute new")
        return
    from labtui.text import clean

    lines = [
        [
            row.id,
            clean(row.title, lines=False),
            f"{row.changed:%Y-%m-%d %H:%M}",
            clean(f"cannot be read: {row.problem}" if row.problem else row.says, lines=False),
        ]
        for row in found
    ]
    text = table(lines, ["ID", "TITLE", "CHANGED (UTC)", "STANDS"])
    if sys.stdout.isatty():
        import shutil

        from labtui.text import shorten

        columns = shutil.get_terminal_size().columns
        text = "\n".join(shorten(line, columns) for line in text.splitlines())
    out(text)
