"""`labtui model`: which models there are, bringing new ones, serving them."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import click

from labtui.commands._common import Lab, columns_drawn_on, json_option, note, out, pass_lab, print_json, table
from labtui.errors import EXIT_INTERRUPTED, AnswerNo, LabError, UsageError
from labtui.journal import JobFolder
from labtui.serve.download import Step
from labtui.text import clean, shorten


@click.group("model")
def command() -> None:
    """List, add, serve and remove models.

    Models lie in a store of your own that all workspaces share; adapters lie in the workspace that trained them.
    """


@command.command("list")
@json_option
@pass_lab
def list_(lab: Lab, as_json: bool) -> None:
    """List models and adapters: size, format, context, chat template, and where each is served."""
    from labtui.operations import models
    from labtui.widgets import model_words as words

    rows = models.overview(lab.workspace_or_none(), lab.config())
    if as_json:
        print_json([document(row) for row in rows])
        return
    if rows:
        header = ["NAME", "KIND", "SIZE", "FORMAT", "CONTEXT", "TEMPLATE", "SERVED"]
        cells = [
            [
                row.info.name,
                words.kind(row.info),
                words.amount(row.info.size) if row.info.size else "",
                words.format_of(row.info),
                words.context(row.info.context) if row.info.kind != "adapter" else "",
                words.template(row.info),
                words.served(row),
            ]
            for row in rows
        ]
        out(table([[clean(cell, lines=False) for cell in line] for line in cells], header))
    else:
        note("There are no models yet. Begin with: labtui model add demo")
    for rest in models.unfinished():
        note(f"{rest.name}: an addition broke off after {words.amount(rest.size)}; the same command continues it.")


def document(row: Any) -> dict[str, Any]:
    """A model as `--json` shows it (docs/cli.md)."""
    info = row.info
    return {
        "name": info.name,
        "kind": info.kind,
        "path": info.path,
        "missing": row.missing,
        "size": info.size,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "quantization": info.quantization,
        "context": info.context,
        "template": info.template,
        "licence": info.licence,
        "base": info.base,
        "source": info.source,
        "stored": info.stored,
        "sha256": info.sha256,
        "added": info.added,
        "served": [
            {
                "job": server.job,
                "ready": server.ready,
                "url": server.url,
                "engine": server.engine,
                "adapter": server.adapter,
                "context": server.context,
                "threads": server.threads,
                "memory": server.memory,
                "idle_seconds": round(server.idle_seconds, 1),
                "idle_minutes": server.idle_minutes,
            }
            for server in row.servers
        ],
    }


@command.command("add")
@click.argument("source", metavar="FILE|URL|hf:ORG/NAME[:FILE]|demo")
@click.option("--name", default="", help="What to call it; else after the source.")
@click.option("--sha256", default="", metavar="HASH", help="Refuse the file unless it has this hash.")
@click.option("--base", default="", metavar="MODEL", help="For an adapter: the model it belongs to.")
@click.option("--copy", is_flag=True, help="Copy a FILE instead of linking it.")
@click.option("--from", "wheel", type=click.Path(path_type=Path), help="For demo: the wheel, already fetched.")
@json_option
@pass_lab
def add(
    lab: Lab, source: str, name: str, sha256: str, base: str, copy: bool, wheel: Path | None, as_json: bool
) -> None:
    """Bring a model into the store.

    A FILE is linked, not copied, so that it takes no room twice; where it lies on another disk it stays there and
    is used from there. A broken download is continued by the same command. `demo` is SmolLM2-135M-Instruct
    (98 MB, Apache-2.0), which comes inside a Python package.
    """
    from labtui.operations import models
    from labtui.serve.add import add_model
    from labtui.serve.gguf_file import NO_TEMPLATE
    from labtui.widgets import model_words as words

    progress = _Progress()
    with _interruptible() as interrupted, progress:
        info = add_model(
            source,
            name,
            sha256=sha256,
            base=base,
            copy=copy,
            wheel=wheel,
            on_progress=progress.show,
            cancelled=lambda: bool(interrupted),
        )
    if info.kind == "gguf" and not info.template:
        note(f"{info.name} {NO_TEMPLATE}")
    if info.stored == "referenced":
        note(f"It stays at {info.path}: on another disk it cannot be linked. --copy makes a copy.")
    if as_json:
        print_json(document(models.Row(info, info.missing)))
        return
    facts = [words.format_of(info), words.amount(info.size)]
    facts += [f"context {info.context:,}"] if info.context else []
    out(f"{info.name}: {', '.join(facts)}")
    if info.kind == "gguf":
        note(f"Talk with it: labtui chat --model {info.name}")


@command.command("remove")
@click.argument("name", metavar="MODEL")
@click.option("--yes", is_flag=True, help="Do not ask, even where it is in use.")
@pass_lab
def remove(lab: Lab, name: str, yes: bool) -> None:
    """Remove a model or an adapter. Asks where it is served or other things need it."""
    from labtui.operations import models
    from labtui.serve.models import ModelInfo

    workspace = lab.workspace_or_none()
    found = models.find_for_removal(workspace, lab.config(), name)
    used = models.uses(workspace, lab.config(), found) if isinstance(found, ModelInfo) else []
    trained = isinstance(found, ModelInfo) and found.kind == "adapter"
    for sentence in used:
        note(sentence)
    if (used or trained) and not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                "It is in use." if used else "An adapter cannot be fetched again.",
                where=name,
                hint=f"Remove it all the same: labtui model remove {name} --yes",
            )
        if not click.confirm(f"Remove {clean(name, lines=False)}?", err=True):
            raise AnswerNo("Nothing was removed.", where=name)
    models.remove(workspace, found)
    note(f"{name} is removed.")


@command.command("serve")
@click.argument("name", metavar="[MODEL]", required=False, default="")
@click.option("--adapter", default="", help="Serve it with this adapter on.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="A certain port; else any free one.")
@click.option(
    "--idle-minutes", type=click.FloatRange(min=0), default=0.0, help="Stop after so long without a request; 0: never."
)
@click.option("--detach", is_flag=True, help="Print the job's id and return at once.")
@json_option
@pass_lab
def serve(lab: Lab, name: str, adapter: str, port: int, idle_minutes: float, detach: bool, as_json: bool) -> None:
    """Serve a model on this machine until it is stopped: OpenAI-compatible, with a key of its own.

    ctrl+c leaves it running; `labtui model stop` ends it.
    """
    from labtui import jobs
    from labtui.commands import _follow
    from labtui.operations import serving
    from labtui.records import State
    from labtui.serve import find

    workspace = lab.workspace()
    folder = serving.start_server(workspace, lab.config(), name, adapter, idle_minutes=idle_minutes, port=port)
    if detach:
        if as_json:
            print_json({"job": folder.id})
        else:
            out(folder.id)
        return
    view = _follow.follow(folder, until=lambda seen: find.target_of(folder) is not None)
    if view.endpoint is None:
        return
    if as_json:
        print_json({"job": folder.id, "url": view.endpoint.url, "key_file": str(folder.key_file)})
    else:
        out(view.endpoint.url)
        note(f"The key is in {folder.key_file}")
        note(f"It serves until it is stopped: labtui model stop {folder.id}   (ctrl+c leaves it running)")
    # A server has no progress to show; whoever wants to see what it does looks at its log.
    with _follow.detaching(folder):
        ended = jobs.wait(folder)
    if ended.state is State.FAILED:
        raise _follow.failure(ended)
    note(f"{ended.spec.title} is not served any more.")


@command.command("stop")
@click.argument("names", nargs=-1, metavar="[MODEL]...")
@click.option("--adapter", default="", help="Only the server with this adapter on.")
@click.option("--all", "every", is_flag=True, help="Every server of the workspace.")
@json_option
@pass_lab
def stop(lab: Lab, names: tuple[str, ...], adapter: str, every: bool, as_json: bool) -> None:
    """Stop serving. MODEL is a model, an adapter or a serve job's id; without one the only server is meant."""
    from labtui.operations import serving

    workspace = lab.workspace()
    running = [folder.id for folder in serving.living(workspace)]
    if every or (not names and not adapter and len(running) == 1):
        names = tuple(running)
    if not running:
        raise AnswerNo("Nothing is being served.")
    if not names and not adapter:
        raise UsageError(
            f"{len(running)} models are being served.", hint="Name one (labtui model list), or stop them with --all."
        )
    stopped: list[JobFolder] = []
    for name in names or (adapter,):
        done = serving.stop_server(workspace, name, adapter if names else "")
        if not done and name not in [folder.id for folder in stopped]:
            raise AnswerNo(f"'{name}' is not being served.", hint="What is: labtui model list")
        stopped += done
    if as_json:
        print_json([folder.id for folder in stopped])
    else:
        for folder in stopped:
            note(f"Stopped {folder.spec().title} ({folder.id}).")


class _Progress:
    """One line on standard error, drawn over on a terminal; without one, a line a stage."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._drawn = 0.0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal and self._stage:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def show(self, step: Step) -> None:
        from labtui.widgets import model_words as words

        changed = step.stage != self._stage
        self._stage = step.stage
        if not self._terminal:
            if changed:
                note(words.STAGES.get(step.stage, step.stage) + (f" {words.amount(step.total)}" if step.total else ""))
            return
        if changed or time.monotonic() - self._drawn > 0.1:
            self._drawn = time.monotonic()
            width = columns_drawn_on() - 1
            sys.stderr.write(f"\r{shorten(words.step(step), width)}\x1b[K")
            sys.stderr.flush()


@contextlib.contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Within it ctrl+c fills the list yielded; the addition sees it and leaves what has arrived in order."""
    seen: list[int] = []

    def note_it(number: int, frame: FrameType | None) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)

    before = signal.signal(signal.SIGINT, note_it)
    try:
        yield seen
    except LabError as error:
        if seen and error.exit_code != EXIT_INTERRUPTED:
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)
