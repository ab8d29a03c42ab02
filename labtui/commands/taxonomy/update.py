"""`labtui taxonomy update`: fetch, show what came, move forward."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared
from labtui.errors import AnswerNo

if TYPE_CHECKING:
    from labtui.git import Step
    from labtui.operations.taxonomy_updating import Update
    from labtui.taxonomy.comparing.coming import ComingLeaf


@click.command("update", short_help="Take over what others did, where nothing is in the way.")
@click.option("--dry-run", is_flag=True, help="Fetch and show what came; leave the taxonomy as it is.")
@json_option
@pass_lab
def command(lab: Lab, dry_run: bool, as_json: bool) -> None:
    """Fetch what others did and move forward to it, where no work of yours is in the way.

    Never merges. Where the branches have gone apart, or uncommitted files came as well, it says what to do.
    """
    from labtui.operations.taxonomy_updating import Standing, forward, look

    root = shared.root(lab)
    meter = _Meter()
    try:
        update = look(root, meter.show if sys.stderr.isatty() else None)
    finally:
        meter.end()
    if not as_json:
        with shared.to_a_reader():
            _show(update)
    if update.standing is Standing.BEHIND and not dry_run:
        update = forward(root, update)
    if as_json:
        print_json(update)
    if update.standing in (Standing.BLOCKED, Standing.DIVERGED, Standing.REWRITTEN):
        raise AnswerNo(update.advice)
    note(_end(update, dry_run))


def _show(update: Update) -> None:
    for leaf in update.leaves:
        for line in lines(leaf):
            out(line)
    if update.other_files:
        out(f"  and {shared.count(update.other_files, 'other file')}")


def lines(leaf: ComingLeaf) -> list[str]:
    """A leaf that came: its sign and id, and below them who did it and what they said of it."""
    from labtui.commands.taxonomy._diff_text import SIGNS

    behind = ", ".join(filter(None, (f"was {leaf.old_id}" if leaf.old_id else "", leaf.summary)))
    first = f"{SIGNS[leaf.state]} {leaf.id}{f'  ({behind})' if behind else ''}"
    said = "; ".join(leaf.subjects)
    second = f"    {', '.join(leaf.authors)}: {said}" if leaf.authors or said else ""
    return [first.replace("\n", "␊"), *([second] if second else [])]


def _end(update: Update, dry_run: bool) -> str:
    came = f"{shared.count(update.commits, 'commit')} from {update.upstream}"
    if update.done:
        return f"Moved forward to {update.after[:7]}: {came}."
    if update.commits and dry_run:
        return f"{came} would be taken over. Do it with: labtui taxonomy update"
    ahead = f" and {shared.count(update.own, 'commit')} ahead of it" if update.own else ""
    return f"The branch '{update.branch}' has everything of {update.upstream}{ahead}."


class _Meter:
    """The progress of fetching, on one line of a terminal."""

    def __init__(self) -> None:
        self._drawn = False

    def show(self, step: Step) -> None:
        share = f" {step.done / step.total:4.0%}" if step.total else ""
        self._write(f"\r\x1b[K{step.stage}{share}")
        self._drawn = True

    def end(self) -> None:
        if self._drawn:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
