"""`labtui chat`: one question, one answer, on standard output alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.errors import EXIT_INTERRUPTED, EXIT_OK, LabError, UsageError

if TYPE_CHECKING:
    from labtui.chat.conversations import Made, Turn
    from labtui.serve.client import Sampling
    from labtui.serve.target import Target

NEED = (
    "Give it as an argument or on standard input: labtui chat 'Why is the sky blue?'   or: labtui chat < question.txt"
)


@click.command()
@click.argument("question", nargs=-1)
@click.option("-m", "--model", default="", help="Who answers (else chat.model, the served one, the only one).")
@click.option("-a", "--adapter", default="", help="An adapter on it, made by training.")
@click.option("-s", "--system", default=None, help="System prompt (else chat.system).")
@click.option("-t", "--temperature", type=float, help="0 always takes the likeliest token.")
@click.option("--top-p", type=float, help="Share of probability sampled from.")
@click.option("--min-p", type=float, help="Least probability beside the likeliest token.")
@click.option("--max-tokens", type=int, help="Longest answer.")
@click.option("--seed", type=int, help="Fixes the sampling.")
@json_option
@pass_lab
def command(
    lab: Lab,
    question: tuple[str, ...],
    model: str,
    adapter: str,
    system: str | None,
    as_json: bool,
    **sampling: float | None,
) -> int | None:
    """Ask a model a QUESTION and print its answer alone.

    The question also comes from standard input; with both, the argument stands first and the input below it. The
    model is started if it is not served. Reasoning is not printed. Without a question, in a terminal, opens the
    application on the chat.
    """
    text = _question(question)
    if not text:
        if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("There is no question.", hint=NEED)
        from labtui import app

        return app.run(lab.context(), screen="chat", arguments={"model": model, "adapter": adapter})

    target, made = _ready(lab, model, adapter, system, sampling)
    turn = _ask(target, made, text, quiet=as_json)
    if as_json:
        print_json(_document(text, turn))
    return _close(turn)


def _question(words: tuple[str, ...]) -> str:
    """The question from the arguments and from standard input, where that is a pipe or a file."""
    parts = [" ".join(words)]
    if not sys.stdin.isatty():
        parts.append(sys.stdin.buffer.read().decode("utf-8", "replace"))
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _ready(
    lab: Lab, model: str, adapter: str, system: str | None, given: dict[str, float | None]
) -> tuple[Target, Made]:
    """The target, started if need be, and the record of how it is asked. Raises LabError."""
    from labtui.chat.conversations import Made
    from labtui.operations import serving
    from labtui.serve.models import find_model

    config = lab.config()
    settings = config.settings
    sampling = _sampling(lab, given)
    workspace = lab.workspace()
    if not model and adapter:
        model = find_model(adapter, workspace, settings).base
    model = model or serving.default_model(workspace, config)
    target = serving.ensure_served(workspace, config, model, adapter, say=note)
    made = Made(
        model=model,
        adapter=adapter,
        model_sha256=find_model(model, workspace, settings).sha256,
        adapter_sha256=find_model(adapter, workspace, settings).sha256 if adapter else "",
        engine=target.engine,
        context=target.context,
        system=settings.chat.system if system is None else system,
        sampling=sampling,
    )
    return target, made


def _sampling(lab: Lab, given: dict[str, float | None]) -> Sampling:
    """The settings' sampling with what the command line says, which is held to the same bounds."""
    from labtui import config
    from labtui.serve.client import Sampling

    named = tuple(f"chat.{name}={value}" for name, value in given.items() if value is not None)
    chat = config.load(lab.workspace_or_none(), (*lab.overrides, *named)).settings.chat if named else None
    chat = chat or lab.config().settings.chat
    return Sampling(
        temperature=chat.temperature,
        top_p=chat.top_p,
        min_p=chat.min_p,
        max_tokens=chat.max_tokens,
        seed=chat.seed,
    )


def _ask(target: Target, made: Made, text: str, *, quiet: bool) -> Turn:
    """Asks and prints the answer as it comes, unless `quiet`. Raises LabError where the question does not fit."""
    import asyncio
    import contextlib

    from labtui.chat import asking
    from labtui.chat.context import plan
    from labtui.chat.conversations import Turn
    from labtui.records import now
    from labtui.serve.client import count_tokens

    question = Turn(id="question", role="user", text=text, created=now())
    turn = Turn(id="answer", parent="question", role="assistant", created=now(), end="writing", made=made)

    async def run() -> None:
        sent = await plan([question], made.system, target.context, lambda messages: count_tokens(target, messages))
        if not sent.fits:
            raise LabError(
                f"The question takes {sent.tokens:,} tokens; '{target.label}' takes {sent.context:,}, answer included.",
                hint="Shorten it, or serve the model with a larger serve.context.",
            )
        live = sys.stdout.isatty() and not quiet
        printer = asyncio.create_task(_print(turn)) if live else None
        try:
            await asking.answer(turn, target, sent, made.sampling)
        finally:
            if printer is not None:
                await printer

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())
    if not quiet and not sys.stdout.isatty():
        # Into a pipe or file the answer goes whole: what looks like an answer may turn out to be reasoning.
        sys.stdout.write(turn.text.strip("\n") + "\n" if turn.text else "")
    return turn


PRINT_SECONDS = 0.05


async def _print(turn: Turn) -> None:
    """Prints the answer on the terminal while it grows, cleaned."""
    import asyncio

    from labtui.text import Cleaner

    cleaner = Cleaner()
    place = 0
    while True:
        ended = turn.end != "writing"
        if len(turn.text) < place:
            note("\n(the text above was reasoning)")
            cleaner, place = Cleaner(), 0
        piece = turn.text[place:] if place else turn.text.lstrip("\n")
        place = len(turn.text)
        shown = cleaner.feed(piece) + (cleaner.flush() if ended else "")
        if ended and place:
            shown = shown.rstrip("\n") + "\n"
        if shown:
            sys.stdout.write(shown)
            sys.stdout.flush()
        if ended:
            return
        await asyncio.sleep(PRINT_SECONDS)


def _document(question: str, turn: Turn) -> dict[str, object]:
    """What `--json` prints; docs/cli.md describes it."""
    import msgspec

    return {
        "question": question,
        "answer": turn.text,
        "reasoning": turn.reasoning,
        "end": turn.end,
        "reason": turn.reason,
        "made": msgspec.to_builtins(turn.made),
        "speed": msgspec.to_builtins(turn.speed),
    }


def _close(turn: Turn) -> int:
    """The exit code, with a word on standard error where the answer is not whole. Raises LabError."""
    if turn.end == "stopped":
        return EXIT_INTERRUPTED
    if turn.end == "failed":
        what, _, hint = turn.reason.partition("\n")
        raise LabError(what, hint=hint)
    if turn.end == "cut":
        note(f"(cut: {turn.reason})")
    elif not turn.text.strip():
        note("(the model answered nothing)")
    return EXIT_OK
