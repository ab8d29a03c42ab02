"""`labtui config`: what the settings are, where each came from, and how to change them."""

from __future__ import annotations

import os
import shlex
import subprocess

import click
import msgspec

from labtui import paths
from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json, table
from labtui.errors import LabError, UsageError


@click.group("config")
def command() -> None:
    """Show and edit the settings.

    The command line comes before the environment (LABTUI_CHAT__TEMPERATURE=0.2), the environment before the
    workspace's labtui.yaml, that before your own file, and that before the defaults.
    """


@command.command()
@click.argument("key", required=False)
@json_option
@pass_lab
def show(lab: Lab, key: str | None, as_json: bool) -> None:
    """List every setting, its value and where it came from. KEY narrows it to one or to a section."""
    config = lab.config()
    rows = config.rows()
    if key is not None:
        rows = [row for row in rows if row.key == key or row.key.startswith(f"{key}.")]
        if not rows:
            raise UsageError(f"There is no setting '{key}'.", hint="`labtui config show` lists every key.")
    if as_json:
        print_json(rows)
    else:
        cells = [[row.key, _value(row.value), row.source, row.meaning] for row in rows]
        out(table(cells, ["KEY", "VALUE", "FROM", ""]))
    for ignored in config.ignored:
        note(f"{ignored.source}: {ignored.key} does not count: it reaches out, and this workspace is not trusted.")
        note("Trust it with: labtui config trust")


@command.command()
@click.option("--workspace-file", is_flag=True, help="The workspace's file instead of your own.")
@pass_lab
def path(lab: Lab, workspace_file: bool) -> None:
    """Print where your settings file is."""
    out(str(lab.workspace().settings_file if workspace_file else paths.config_file()))


@command.command()
@click.option("--workspace-file", is_flag=True, help="The workspace's file instead of your own.")
@pass_lab
def edit(lab: Lab, workspace_file: bool) -> None:
    """Open the settings in $VISUAL or $EDITOR and check them afterwards. Works on broken settings too."""
    file = lab.workspace().settings_file if workspace_file else paths.config_file()
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_template(), encoding="utf-8")
    except OSError as error:
        raise LabError(
            f"The settings file cannot be made: {error.strerror}.",
            where=str(file),
            hint="XDG_CONFIG_HOME names another folder for it.",
        ) from error
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = subprocess.call([*shlex.split(editor), str(file)])
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LabError(
            f"The editor cannot be started: {reason}.",
            where=editor,
            hint=f"Set the variable EDITOR, or open the file yourself: {file}",
        ) from error
    if code:
        raise LabError(f"The editor ended with exit code {code}.", where=editor)
    lab.config()
    note(f"{file} is well-formed.")


@command.command()
@pass_lab
def trust(lab: Lab) -> None:
    """Let this workspace's settings reach out (addresses, key names). Remembered for you alone."""
    from labtui.workspace import remember, remembered

    root = str(lab.workspace().root)
    remember(trusted=sorted({*remembered().trusted, root}))
    if root not in remembered().trusted:
        raise LabError(
            "That cannot be remembered: the file cannot be written.", where=str(paths.state_dir() / "state.json")
        )
    note(f"{root} is trusted.")


def _value(value: object) -> str:
    if value == "":
        return "(empty)"
    return msgspec.json.encode(value).decode() if not isinstance(value, str) else value


def _template() -> str:
    """Your file as it starts: every setting, commented out, with its default and meaning."""
    from labtui.config import Config
    from labtui.settings import Settings

    lines = ["version: 1", "# Your settings. Take the # off a line to change it."]
    section = ""
    for row in Config(Settings(), {}).rows():
        head, _, name = row.key.partition(".")
        if head != section:
            section = head
            lines.append(f"\n{head}:" if name else f"\n# {head}: {{}}   # {row.meaning}")
        if name:
            lines.append(f"  # {name}: {msgspec.json.encode(row.value).decode()}   # {row.meaning}")
    return "\n".join(lines) + "\n"
