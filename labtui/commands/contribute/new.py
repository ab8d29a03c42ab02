"""`labtui contribute new`: begin a contribution, from nothing, from leaves there are, or from changes already made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared
from labtui.errors import UsageError

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.workspace import Workspace


@click.command("new", short_help="Begin a contribution.")
@click.argument("leaves", nargs=-1, metavar="[LEAF]...")
@click.option("--from-changes", is_flag=True, help="Take what was changed in the taxonomy: all of it, or these LEAFs.")
@click.option("--kind", type=click.Choice(["knowledge", "grounded", "freeform"]), help="Begin with a new leaf.")
@click.option("--place", metavar="LEAF", help="Where the new leaf is to stand; needs --kind.")
@click.option("--title", default="", metavar="TEXT", help="What to call it.")
@json_option
@pass_lab
def command(
    lab: Lab,
    leaves: tuple[str, ...],
    from_changes: bool,
    kind: str | None,
    place: str | None,
    title: str,
    as_json: bool,
) -> None:
    """Begin a contribution and print its id.

    LEAFs are leaves of the taxonomy to be extended; with --from-changes they are those whose changes are taken (each
    may be a folder of leaves), and without any all that differ from the base. The clone stays as it is.
    """
    if from_changes and (kind or place):
        raise UsageError("--from-changes takes leaves that are there already.", where="--kind, --place")
    if place and not kind:
        raise UsageError("A place is for a new leaf.", where="--place", hint="Say which kind: --kind knowledge")
    workspace = lab.workspace()
    folder = _taken(workspace, leaves, title) if from_changes else _begun(workspace, leaves, kind, place, title)
    from labtui.contribute.drafts.views import contribution

    view = contribution(folder)
    if as_json:
        print_json(view)
        return
    out(folder.id)
    for leaf in view.leaves:
        note(f"  {leaf.change:<8} {leaf.id}")
    note(f"Its files are in {folder.taxonomy}")
    note(shared.next_words(view))


def _taken(workspace: Workspace, leaves: tuple[str, ...], title: str) -> DraftFolder:
    from labtui.contribute.leaves.changes import take_changes

    taken = take_changes(workspace, leaves or None, title)
    for leaf in taken.left_out:
        note(f"Left out: {leaf.id}. {leaf.refused}")
    return taken.folder


def _begun(
    workspace: Workspace, leaves: tuple[str, ...], kind: str | None, place: str | None, title: str
) -> DraftFolder:
    from labtui.contribute.drafts import store
    from labtui.contribute.leaves import adding as leaf_work
    from labtui.taxonomy.editing.skeleton import KINDS

    def fill(folder: DraftFolder) -> None:
        for leaf in leaves:
            leaf_work.add_existing(folder, workspace, leaf)
        if place:
            new = next(leaf for leaf in folder.load().leaves if not leaf.placed)
            leaf_work.place(folder, new, place)

    return store.new(workspace, KINDS[kind] if kind else None, title, fill=fill)
