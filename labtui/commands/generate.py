"""`labtui generate`: samples from the seed examples of leaves."""

from __future__ import annotations

from pathlib import Path

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table


@click.command("generate")
@click.argument("leaves", nargs=-1, required=True, metavar="LEAF...")
@click.option("--samples", type=int, help="Accepted samples wanted of each leaf; else generate.samples.")
@click.option("--teacher", default="", metavar="MODEL", help="Who writes them; else generate.teacher, chat.model.")
@click.option(
    "--out", "out_dir", type=click.Path(path_type=Path), metavar="DIR", help="Else data/JOB in the workspace."
)
@click.option("--plan", "only_plan", is_flag=True, help="Say what would happen, and start nothing.")
@click.option("--detach", is_flag=True, help="Print the job's id and return at once.")
@json_option
@pass_lab
def command(
    lab: Lab,
    leaves: tuple[str, ...],
    samples: int | None,
    teacher: str,
    out_dir: Path | None,
    only_plan: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Let a teacher write training samples in the manner of the LEAF's seed examples.

    LEAF is the folder's path from the taxonomy's root. The teacher is served first where it is not yet. Runs as a
    job: it goes on when this command or the terminal ends, and can be stopped and resumed (`labtui jobs`); nothing
    that was answered is asked again.
    """
    from labtui.commands._follow import follow
    from labtui.generate.dataset import read_card
    from labtui.operations import generating

    workspace, config = lab.workspace(), lab.config()
    if only_plan:
        plan = generating.plan_generate(workspace, config, leaves, samples=samples, teacher=teacher, out=out_dir)
        if as_json:
            print_json(plan)
        else:
            out(table([[*fact] for fact in generating.plan_facts(plan)], ["", ""]).lstrip("\n"))
        return
    folder = generating.start_generate(
        workspace, config, leaves, samples=samples, teacher=teacher, out=out_dir, say=note
    )
    target = generating.out_of(folder)
    if not detach:
        note(f"Generating {folder.spec().title}: job {folder.id}")
        follow(folder)
    card = read_card(target) if not detach else None
    if as_json:
        print_json({"job": folder.id, "data": str(target), "done": not detach, "dataset": card})
    elif detach:
        out(folder.id)
    else:
        out(str(target))
        note(f"Train on it: labtui train --data {target}")
