"""`labtui init`: make a workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, note, out, pass_lab
from labtui.errors import LabError, UsageError
from labtui.workspace import Workspace, find

if TYPE_CHECKING:
    from labtui.git import Step


@click.command("init")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="With a small taxonomy to try everything on.")
@click.option("--taxonomy", metavar="URL|DIR", help="Clone the taxonomy at URL, or use the one in DIR where it lies.")
@pass_lab
def command(lab: Lab, path: Path | None, demo: bool, taxonomy: str | None) -> None:
    """Make a workspace at PATH (default: the current folder, if it is empty).

    A workspace is a folder with a taxonomy, the jobs that run on it and what they make: data, models, chats.
    Asking twice changes nothing. A taxonomy in DIR is linked to, never copied: what you edit is yours.
    """
    from labtui.operations.init import init_workspace, instructlab_taxonomy

    if lab.named is not None and path is not None:
        raise UsageError("PATH and --workspace both name the folder.", hint="Give PATH alone.")
    meter = _Meter()
    workspace = init_workspace(path or lab.named, demo, taxonomy, note, meter.show if sys.stderr.isatty() else None)
    found = None if demo or taxonomy else instructlab_taxonomy()
    if found is not None:
        note(f"InstructLab has a taxonomy here; to use it: labtui init NAME --taxonomy {found}")
    if demo and not _has_demo_model():
        note("The demo's model is fetched with: labtui model add demo")
    note(f"Open it with: labtui{'' if _opens_by_itself(workspace) else f' --workspace {workspace.root}'}")
    out(str(workspace.root))


def _opens_by_itself(workspace: Workspace) -> bool:
    """Whether `labtui` alone, typed here, opens it: not inside another workspace, or where a variable names one."""
    try:
        found = find()
    except LabError:
        return False
    return found is not None and found.root == workspace.root


def _has_demo_model() -> bool:
    from labtui import paths
    from labtui.serve.add import default_name

    return (paths.models_dir() / default_name("demo") / "model.json").is_file()


class _Meter:
    """The progress of a clone, on one line of a terminal."""

    def show(self, step: Step) -> None:
        share = f" {step.done / step.total:4.0%}" if step.total else ""
        end = "\n" if step.total and step.done >= step.total else ""
        sys.stderr.write(f"\r\x1b[K{step.stage}{share}{end}")
        sys.stderr.flush()
