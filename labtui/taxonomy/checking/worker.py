"""The process that checks files, one after the other, for `pool`: its own, so that it can be ended.

It reads requests from standard input and writes answers to standard output, each a length of four bytes and a
message. A file that takes too long or too much memory ends as a finding; it ends itself when its input ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

import msgspec

from labtui.taxonomy.checking.facts import Facts
from labtui.taxonomy.findings import Finding, Level

SECONDS = 10.0
"""Of processor time, for one file."""
MEMORY = 1536 * 1024 * 1024
"""Bytes of address space the process may have, Python and the libraries included."""
LENGTH = 4


class Request(msgspec.Struct, frozen=True, array_like=True):
    number: int
    path: bytes
    """Of the file to read, as the system names it."""
    name: str = ""
    """The leaf's id, or empty outside of a taxonomy."""
    kind: str = ""
    """KNOWLEDGE, SKILLS or empty: by what it holds."""
    profile: str = "strict"
    highest: bool = False
    beyond: bool = True
    """Whether more is asked for than the reference's own verdict."""


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A finding without the path, which depends on where somebody stands."""

    line: int
    column: int
    level: Level
    rule: str
    message: str
    hint: str = ""
    fixable: bool = False
    attribution: bool = False
    """Whether it speaks of the attribution.txt beside the leaf's file."""

    def at(self, path: str, attribution_path: str) -> Finding:
        return Finding(
            path=attribution_path if self.attribution else path,
            line=self.line,
            column=self.column,
            level=self.level,
            # A hundred thousand leaves have few different things wrong with them.
            rule=sys.intern(self.rule),
            message=sys.intern(self.message),
            hint=sys.intern(self.hint),
            fixable=self.fixable,
        )


class Answer(msgspec.Struct, frozen=True, array_like=True):
    number: int
    data: bytes = b""
    """SHA-256 of the file that was checked; empty: nothing to be remembered."""
    attribution: bytes = b""
    """SHA-256 of the attribution.txt beside it; empty where there is none."""
    found: tuple[Found, ...] = ()
    facts: Facts | None = None


class TookTooLong(BaseException):
    """No Exception: nothing that is careful about what a file holds may take it for that."""


def main() -> NoReturn:
    # ctrl+c is for whoever started us, who ends us then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _too_long)
    _bound_memory()
    seconds = float(sys.argv[1])
    if "--gently" in sys.argv:
        os.nice(5)
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing a library prints may get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _send(answers, Answer(-1))
    decode = msgspec.msgpack.Decoder(Request).decode
    try:
        for message in _messages(requests):
            _send(answers, _answer(decode(message), seconds))
    except BrokenPipeError:
        pass
    # Whatever is left to be put away would only take time.
    os._exit(0)


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    while len(head := stream.read(LENGTH)) == LENGTH:
        yield stream.read(int.from_bytes(head, "big"))


def _send(stream: BinaryIO, answer: Answer) -> None:
    message = msgspec.msgpack.encode(answer)
    stream.write(len(message).to_bytes(LENGTH, "big") + message)
    stream.flush()


def _answer(request: Request, seconds: float) -> Answer:
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            return look(request)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TookTooLong:
        return Answer(request.number, found=(took_too_long(f"{seconds:g} seconds"),))
    except MemoryError:
        return Answer(request.number, found=(took_too_much(),))
    except Exception as error:
        return Answer(request.number, found=(gave_up(f"{type(error).__name__}: {error}"),))


def look(request: Request) -> Answer:
    """Reads and checks one file."""
    import hashlib

    from labtui.taxonomy.check import inspect, read_attribution
    from labtui.taxonomy.checking.facts import facts_of
    from labtui.taxonomy.profiles import Profile
    from labtui.taxonomy.source import Unreadable, read_bytes
    from labtui.taxonomy.verdict import unreadable, verdict

    path = Path(os.fsdecode(request.path))
    shown = "qna.yaml"
    try:
        data = read_bytes(path)
    except Unreadable as trouble:
        return Answer(request.number, found=packed([unreadable(trouble, shown)], shown))
    if not request.beyond:
        findings, _ = verdict(
            data,
            shown,
            request.kind,
            name=request.name,
            profile=Profile(request.profile),
            highest=request.highest,
        )
        return Answer(request.number, found=packed(findings, shown))
    attribution = read_attribution(path)
    findings, subject = inspect(
        data,
        attribution,
        shown,
        request.kind,
        name=request.name,
        profile=Profile(request.profile),
        highest=request.highest,
    )
    return Answer(
        request.number,
        hashlib.sha256(data).digest(),
        b"" if attribution is None else hashlib.sha256(attribution).digest(),
        packed(findings, shown),
        facts_of(subject),
    )


def packed(findings: list[Finding], shown: str) -> tuple[Found, ...]:
    return tuple(
        Found(
            line=finding.line,
            column=finding.column,
            level=finding.level,
            rule=finding.rule,
            message=finding.message,
            hint=finding.hint,
            fixable=finding.fixable,
            attribution=finding.path != shown,
        )
        for finding in findings
    )


def took_too_long(how_long: str) -> Found:
    return Found(
        1, 1, Level.ERROR, "safety.time", f"The check was given up after {how_long}.", "Split it into several leaves."
    )


def took_too_much() -> Found:
    return Found(
        1,
        1,
        Level.ERROR,
        "safety.memory",
        f"The check was given up: it took more than {MEMORY // 1024**2:,} MB of memory.",
        "Split it into several leaves.",
    )


def gave_up(why: str) -> Found:
    return Found(1, 1, Level.ERROR, "safety.checker", f"The checker fails at this file ({why:.200}).", "Report it.")


def _too_long(*_: object) -> NoReturn:
    raise TookTooLong


def _bound_memory() -> None:
    import resource

    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
    except (OSError, ValueError):
        return  # a system that knows no such bound


if __name__ == "__main__":
    main()
