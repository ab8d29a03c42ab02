"""`labtui contribute abandon`: put a contribution aside."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import msgspec

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared


class Abandoned(msgspec.Struct, frozen=True):
    """What `labtui contribute abandon --json` prints."""

    id: str
    path: Path
    """Where it lies now."""


@click.command("abandon", short_help="Put a contribution aside; nothing is lost.")
@click.argument("draft", metavar="ID")
@json_option
@pass_lab
def command(lab: Lab, draft: str, as_json: bool) -> None:
    """Put a contribution aside and print where it lies now. What was pushed stays where it is."""
    from labtui.contribute.drafts import store
    from labtui.errors import LabError

    folder = shared.found(lab, draft)
    try:
        request = folder.load().request
    except LabError:
        request = None  # what cannot be read can still be put aside
    place = store.abandon(folder)
    if as_json:
        print_json(Abandoned(folder.id, place))
        return
    out(str(place))
    if request is not None and request.state == "open":
        note(f"Its request is still open: {request.url}")
    command = shlex.join(["mv", str(place), str(folder.path)])
    note(f"Nothing is lost; it comes back with: {command}")
