"""`labtui contribute resume`: go on with a contribution."""

from __future__ import annotations

import sys

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.contribute import _shared as shared


@click.command("resume", short_help="Go on with a contribution in the application.")
@shared.draft_argument
@json_option
@pass_lab
def command(lab: Lab, draft: str, as_json: bool) -> int | None:
    """Go on with a contribution: opens the application where the work on it ended.

    Without a terminal, and with --json, says how it stands and what is next.
    """
    folder = shared.found(lab, draft)
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        folder.load()  # one that cannot be read is an error here, not a window over an empty screen
        from labtui import app

        return app.run(lab.context(), screen="contribute", arguments={"draft": folder.id})
    from labtui.contribute.drafts.views import contribution

    view = contribution(folder)
    if as_json:
        print_json(view)
        return None
    shared.tell(view)
    note("")
    note(shared.next_words(view))
    return None
