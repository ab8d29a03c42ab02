"""`labtui contribute rebase`: a contribution on the base as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared
from labtui.errors import AnswerNo

if TYPE_CHECKING:
    from labtui.contribute.submitting.records import SeedConflict


@click.command("rebase", short_help="Take in what was changed upstream meanwhile.")
@shared.draft_argument
@click.option("--take", type=click.Choice(["mine", "theirs"]), help="Which side counts in every conflict.")
@click.option("--abort", is_flag=True, help="Forget what was chosen so far; the draft stays as it was.")
@json_option
@pass_lab
def command(lab: Lab, draft: str, take: str | None, abort: bool, as_json: bool) -> None:
    """Fetch the base and put the contribution on it: what was changed there and here together, seed by seed.

    Where both changed the same, one chooses: here for all of it (--take), in the application one by one.
    """
    from labtui.contribute.submitting.rebasing import give_up, rebase, resolve

    folder, workspace, config = shared.found(lab, draft), lab.workspace(), lab.config()
    if abort:
        give_up(folder)
        note("Forgotten. The contribution is as it was.")
        return
    rebased = rebase(folder, workspace, config)
    while take is not None and rebased.open:
        rebased = resolve(folder, workspace, config, rebased.open[0], take)
    if as_json:
        print_json(rebased)
    else:
        for leaf in rebased.merged:
            out(f"put together  {leaf}")
        for conflict in rebased.conflicts:
            out(_line(conflict))
        for text in rebased.notes:
            note(text)
    if rebased.open:
        raise AnswerNo(
            f"{len(rebased.open)} of {len(rebased.conflicts)} conflicts wait for a choice; the draft is as it was.",
            hint=f"Choose one by one: {shared.again('resume', folder)}\n"
            f"or one side for all: {shared.again('rebase', folder)} --take mine|theirs",
        )
    note(f"It stands on {rebased.onto[:7]} now. Send it with: {shared.again('submit', folder)}")


def _line(conflict: SeedConflict) -> str:
    seed = f"seed {conflict.seed}, " if conflict.seed else ""
    by = f"  ({conflict.by})" if conflict.by else ""
    chosen = f"  {conflict.chosen} is taken" if conflict.chosen else ""
    return f"conflict  {conflict.leaf}: {seed}{conflict.field}. {conflict.what}{by}{chosen}"
