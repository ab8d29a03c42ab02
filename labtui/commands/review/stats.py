"""`labtui review stats`: how far the review is, and how far the machine can be trusted."""

from __future__ import annotations

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table

FEW = 10
"""Below so many decisions no percentage is given: it would say more than is known."""


@click.command("stats", short_help="How far the review is, and how often machine and people agree.")
@click.argument("job", default="")
@json_option
@pass_lab
def command(lab: Lab, job: str, as_json: bool) -> None:
    """Say how far the review is, leaf by leaf, why people reject, and how often they agree with the machine."""
    from labtui.operations import reviewing
    from labtui.text import clean

    found = reviewing.look(lab.workspace(), job)
    if as_json:
        print_json(found)
        return
    if not found.verdicts:
        note("There are no samples here yet. Make some with: labtui generate LEAF")
        return
    leaves = [
        [clean(leaf.leaf, lines=False), str(leaf.samples), str(leaf.seen),
         *(str(leaf.states[state]) for state in ("accepted", "edited", "rejected", "disputed"))]
        for leaf in found.leaves
    ]  # fmt: skip
    out(table(leaves, ["LEAF", "SAMPLES", "LOOKED AT", "ACCEPTED", "EDITED", "REJECTED", "DISPUTED"]))
    verdicts = []
    for one in found.verdicts:
        decided = one.agreed + one.disagreed
        share = f"{one.share:.0%}" if one.share is not None and decided >= FEW else ""
        verdicts.append([clean(one.machine, lines=False), str(one.samples), f"{one.agreed} of {decided}", share])
    out("\n" + table(verdicts, ["THE MACHINE SAID", "SAMPLES", "PEOPLE AGREE", ""]))
    if found.reasons:
        told = ", ".join(f"{count} {clean(reason, lines=False)}" for reason, count in found.reasons.most_common())
        out(f"\npeople rejected: {told}")
    if found.earlier:
        note(f"{found.earlier} samples were decided of when they said something else; they wait to be looked at anew.")
