"""What the commands share: the workspace and settings they run in, options, and the two ways to speak.

Answers go to standard output (`out`, `print_json`), everything else to standard error (`note`, `complain`).
Text from elsewhere is cleaned on its way to a terminal and left as it is in a pipe or a file.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click

from labtui import signs
from labtui import workspace as workspaces

if TYPE_CHECKING:
    from labtui.app import Context
    from labtui.config import Config
    from labtui.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

COLUMNS_AT_A_GUESS = 80
"""Of a terminal that does not say how wide it is."""


class Lab:
    """What a command line asked for: which workspace and which settings. Both are read when first needed."""

    def __init__(self, named: Path | None = None, overrides: tuple[str, ...] = ()) -> None:
        self.named = named
        self.overrides = overrides
        self._workspace: Workspace | None = None
        self._config: Config | None = None

    def workspace(self) -> Workspace:
        """Raises UsageError where there is none."""
        found = self.workspace_or_none()
        return found if found is not None else workspaces.require(self.named)

    def workspace_or_none(self) -> Workspace | None:
        if self._workspace is None:
            self._workspace = workspaces.find(self.named)
        return self._workspace

    def config(self) -> Config:
        """Settings for the workspace, or the user's own where there is no workspace. Raises LabError."""
        if self._config is None:
            from labtui import config

            self._config = config.load(self.workspace_or_none(), self.overrides)
        return self._config

    def context(self) -> Context:
        """What the application starts with."""
        from labtui.app import Context

        return Context(config=self.config(), workspace=self.workspace_or_none())


def pass_lab(function: F) -> F:
    """Gives a command its `lab`, with `--workspace` and `--set` accepted after the command as well."""

    def wrapper(
        ctx: click.Context, *, later_workspace: Path | None, later_overrides: tuple[str, ...], **arguments: Any
    ) -> Any:
        lab = ctx.find_object(Lab) or Lab()
        if later_workspace or later_overrides:
            lab = Lab(later_workspace or lab.named, lab.overrides + later_overrides)
        return ctx.invoke(function, lab, **arguments)

    # Click reads name, help and the options already declared from the function.
    named: Callable[..., Any] = functools.update_wrapper(wrapper, function)
    named = click.pass_context(named)
    named = click.option(
        "--set", "later_overrides", multiple=True, metavar="KEY=VALUE", help="One setting for this run."
    )(named)
    named = click.option(
        "--workspace", "later_workspace", type=click.Path(path_type=Path), help="The workspace to work in."
    )(named)
    return cast(F, named)


def json_option(function: F) -> F:
    """Adds `--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")(function)


def out(text: str) -> None:
    """An answer, on standard output."""
    sys.stdout.write(_shown(text, sys.stdout.isatty()) + "\n")


def note(text: str) -> None:
    """Anything that is not the answer, on standard error."""
    sys.stderr.write(_shown(text, sys.stderr.isatty()) + "\n")
    sys.stderr.flush()


def columns_drawn_on() -> int:
    """Of the terminal a line of progress is drawn on, which is standard error's.

    `shutil.get_terminal_size` would believe COLUMNS, and ask standard output, which may be a pipe.
    """
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or COLUMNS_AT_A_GUESS
    except OSError:
        return COLUMNS_AT_A_GUESS


def complain(text: str) -> None:
    """An error, on standard error, always cleaned: it may quote a server or a file."""
    from labtui.text import clean

    sys.stderr.write(f"labtui: {clean(text)}\n")
    sys.stderr.flush()


def print_json(value: object) -> None:
    """One document on standard output. Times are UTC, paths as given; bytes that are no UTF-8 stand as escapes."""
    import msgspec

    try:
        encoded = msgspec.json.encode(value, enc_hook=str)
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_with_escapes(msgspec.to_builtins(value, enc_hook=str)))
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def _with_escapes(value: object) -> object:
    """The same without what no JSON can hold: a file name's bytes that are no UTF-8."""
    match value:
        case str():
            raw = value.encode("utf-8", "surrogateescape" if _from_bytes(value) else "surrogatepass")
            return raw.decode("utf-8", "backslashreplace")
        case dict():
            return {_with_escapes(key): _with_escapes(item) for key, item in value.items()}
        case list() | tuple():
            return [_with_escapes(item) for item in value]
    return value


def _from_bytes(text: str) -> bool:
    return all("\udc80" <= character <= "\udcff" for character in text if "\ud800" <= character <= "\udfff")


def _writes_all(stream: TextIO) -> bool:
    return "utf" in (stream.encoding or "").lower()


def _shown(text: str, terminal: bool) -> str:
    if not (text.isascii() or _writes_all(sys.stdout)):
        text = signs.in_ascii(text)
    if not terminal:
        return text
    from labtui.text import clean

    return clean(text)


def table(rows: list[list[str]], header: list[str]) -> str:
    """Columns padded by their width in terminal cells; the last one is left ragged."""
    from labtui.text import width

    lines = [header, *rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell + " " * (widths[column] - width(cell)) if column < len(header) - 1 else cell
            for column, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )
