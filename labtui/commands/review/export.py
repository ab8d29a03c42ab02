"""`labtui review export`: every decision of the workspace as JSON lines."""

from __future__ import annotations

from pathlib import Path

import click

from labtui.commands._common import Lab, note, out, pass_lab


@click.command("export", short_help="Write all decisions to a file.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@pass_lab
def command(lab: Lab, file: Path | None) -> None:
    """Write all decisions, of all reviewers, as JSON lines: to FILE, else to standard output."""
    from labtui.errors import LabError
    from labtui.journal import atomic_write
    from labtui.operations import reviewing

    lines = [*reviewing.export(lab.workspace())]
    if file is None:
        for line in lines:
            out(line.decode())
        return
    try:
        atomic_write(file, b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise LabError(f"cannot be written ({error.strerror}).", where=str(file)) from error
    note(f"{len(lines)} decisions written to {file}. Take them in elsewhere with: labtui review import {file.name}")
