"""The command line: every action of the application, headless, with the same code and the same job behind it.

Commands live one file a command (or group) in `labtui.commands` and are imported only when asked for, so that
`labtui --help` and the quick queries stay quick. Errors of all of them end here: a sentence on standard error and
one of the exit codes of docs/cli.md.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from labtui import __version__
from labtui.commands._common import Lab, complain
from labtui.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, LabError, UsageError

COMMANDS = {
    "init": "Make a workspace: a folder for a taxonomy, its jobs, data, models and chats.",
    "taxonomy": "List, make, check, mend and compare the leaves of the taxonomy.",
    "chat": "Ask a model, base or tuned.",
    "contribute": "Bring a change of the taxonomy to its project: seeds, checks, a pull request.",
    "generate": "Write samples from the seed examples of leaves.",
    "review": "Look at generated samples, and decide which a model learns from.",
    "train": "Train an adapter on generated samples.",
    "model": "List, add, serve and remove models.",
    "jobs": "List, follow, stop and resume what runs.",
    "config": "Show and edit the settings.",
    "system": "Describe this machine and installation.",
}


class ReaderGone(Exception):
    """A BrokenPipeError on its way through click, which would end with 1 itself."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it runs."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"labtui.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"There is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="labtui %(version)s")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    help="The workspace to work in (else LABTUI_WORKSPACE, the nearest labtui.yaml upwards, the last one opened).",
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="One setting for this run; repeatable.")
@click.pass_context
def root(ctx: click.Context, workspace: Path | None, overrides: tuple[str, ...]) -> None:
    """Develop a language model like open source: experiment, contribute, review, generate, train, evaluate, release.

    Without a command, opens the application.
    """
    ctx.obj = Lab(workspace, overrides)
    if ctx.invoked_subcommand is None:
        from labtui.running import no_collecting_yet

        no_collecting_yet()
        from labtui import app

        ctx.exit(app.run(ctx.obj.context()))


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code. Nothing but SystemExit-free failures escapes."""
    speak_any_text()
    try:
        _must_be_text(arguments)
        code = root.main(list(arguments), prog_name="labtui", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        complain(error.format_message())
        return EXIT_FAILED
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        # The reader of our output went away (`labtui … | head`): not an error, but nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except LabError as error:
        complain(str(error))
        return error.exit_code
    except OSError as error:
        # The disk or the rights, not a mistake of ours; whoever knows more at that place has said it as a LabError.
        from labtui.crashes import keep

        complain(f"{error.filename or 'The system'}: {error.strerror or error}.\nThe details are in {keep(error)}")
        return EXIT_FAILED
    except Exception as error:
        from labtui.crashes import keep

        complain(
            f"Something went wrong inside labtui ({type(error).__name__}: {error}).\nThe details are in {keep(error)}"
        )
        return EXIT_FAILED
    return code if isinstance(code, int) else EXIT_OK


def speak_any_text() -> None:
    """Lets the outputs write any text: what their encoding lacks is written as its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _must_be_text(arguments: Sequence[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise UsageError(
                f"'{argument.encode('utf-8', 'backslashreplace').decode()}' is not text that can be read here.",
                hint="Use a UTF-8 locale (LANG=C.UTF-8) and names in UTF-8.",
            ) from error
