"""`labtui train`: an adapter from a data set."""

from __future__ import annotations

from pathlib import Path

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table


@click.command("train")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="A messages.jsonl file or its folder.")
@click.option("--model", default="", help="The model to train; else train.model, chat.model or the only one.")
@click.option("--steps", type=int, help="Optimiser steps.")
@click.option("--epochs", type=float, help="Passes over the data, instead of steps.")
@click.option("--out", "name", default="", metavar="NAME", help="What to call the adapter; else after the data set.")
@click.option("--rank", type=int, help="Rank of the adapter; more learns more and weighs more.")
@click.option("--replace", is_flag=True, help="Overwrite an adapter of that name.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what would happen, and start nothing.")
@click.option("--detach", is_flag=True, help="Print the job's id and return at once.")
@json_option
@pass_lab
def command(
    lab: Lab,
    data: Path,
    model: str,
    steps: int | None,
    epochs: float | None,
    name: str,
    rank: int | None,
    replace: bool,
    only_plan: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Train an adapter (LoRA) on a data set in the messages format.

    Runs as a job: it goes on when this command or the terminal ends, and can be stopped and resumed
    (`labtui jobs`). The adapter appears among the models: `labtui chat --model BASE --adapter NAME`.
    """
    from labtui.commands._follow import follow
    from labtui.operations import training
    from labtui.operations.training_plan import plan_facts

    workspace, config = lab.workspace(), lab.config()
    if only_plan:
        plan = training.plan_training(
            workspace, config, data, model=model, steps=steps, epochs=epochs, rank=rank, out=name, replace=replace
        )
        if as_json:
            print_json(plan)
        else:
            out(table([[*fact] for fact in plan_facts(plan)], ["", ""]).lstrip("\n"))
        return
    folder = training.start_training(
        workspace, config, data, model=model, steps=steps, epochs=epochs, rank=rank, out=name, replace=replace, say=note
    )
    if not detach:
        follow(folder)
    adapter = str(folder.spec().arguments["name"])
    if as_json:
        print_json({"job": folder.id, "adapter": adapter, "done": not detach})
    elif detach:
        out(folder.id)
    else:
        out(adapter)
        note(f"Try it: labtui chat --model {folder.spec().arguments['model']} --adapter {adapter}")
