"""`labtui contribute tidy`: the branch of a contribution that is through, removed."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.contribute import _shared as shared


@click.command("tidy", short_help="Remove the branch of a contribution that is merged or closed.")
@shared.draft_argument
@click.option("--abandoned", is_flag=True, help="Remove it although the contribution is open: it is given up.")
@json_option
@pass_lab
def command(lab: Lab, draft: str, abandoned: bool, as_json: bool) -> None:
    """Remove a contribution's own branch, in your clone and where it was pushed, when it is merged or closed.

    Only what labtui made is removed: a branch that others added to stays. The draft stays as well.
    """
    from labtui.contribute.submitting.tidying import tidy

    done = tidy(shared.found(lab, draft), lab.workspace(), lab.config(), abandoned=abandoned)
    if as_json:
        print_json(done)
        return
    where = [name for name, there in (("in your clone", done.local), ("where it was pushed", done.remote)) if there]
    note(f"Removed {done.branch} {' and '.join(where)}." if where else "There was no branch to remove.")
    if done.worktree:
        note("Removed a worktree that an interrupted submission had left behind.")
    for line in done.notes:
        note(line)
