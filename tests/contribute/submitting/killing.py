"""Submits a draft and kills itself at a moment: `python -m … WORKSPACE DRAFT MOMENT`.

Moments are counted, and each has a name: before and after each git command that changes something (`git worktree add`),
each line of the journal (`journal commit begun`), each change of the draft (`draft`), and each request that changes
something on the forge (`forge POST pulls`). MOMENT is a number, or a name as in `after forge POST pulls`, which is met
the first time it comes. With MOMENT 0 it runs to its end and prints all of them, one a line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from labtui import config, git, workspace
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.forges.calls import Calls
from labtui.contribute.submitting.connecting import NoForge, connect
from labtui.contribute.submitting.records import SubmitRecord
from labtui.contribute.submitting.submit import submit
from labtui.journal import JsonLines

READS = {"config", "rev-parse", "ls-remote", "ls-tree", "cat-file", "remote", "symbolic-ref", "for-each-ref",
         "check-ref-format", "log", "var", "rev-list", "merge-base", "-C", "worktree list"}  # fmt: skip


class Moments:
    def __init__(self, fatal: str) -> None:
        self.fatal = fatal
        self.names: list[str] = []

    def passes(self, name: str) -> None:
        self.names.append(name)
        if self.fatal in (name, str(len(self.names))):
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        """`name` says what a call is, from its arguments; what has no name is no moment."""

        def wrapped(*arguments: Any, **options: Any) -> Any:
            called = name(*arguments)
            if not called:
                return function(*arguments, **options)
            self.passes(f"before {called}")
            result = function(*arguments, **options)
            self.passes(f"after {called}")
            return result

        return wrapped


def command(repo: Path | None, *words: str) -> str:
    name = " ".join(words[:2]) if words[0] == "worktree" else words[0]
    return f"git {name}" if repo is not None and name not in READS else ""


def line(_: JsonLines, record: object) -> str:
    assert isinstance(record, SubmitRecord)
    return f"journal {record.step or 'submission'} {record.state}"


def request(_: Calls, method: str, path: str, *__: object) -> str:
    return f"forge {method} {path.rpartition('/')[2]}"


def main() -> None:
    place, draft, fatal = sys.argv[1:4]
    lab = workspace.require(Path(place))
    settings = config.load(lab)
    moments = Moments(fatal)
    git.run = moments.around(git.run, command)
    JsonLines.append = moments.around(JsonLines.append, line)  # type: ignore[method-assign]
    DraftFolder.change = moments.around(DraftFolder.change, lambda *_: "draft")  # type: ignore[method-assign]
    Calls.send = moments.around(Calls.send, request)  # type: ignore[method-assign]
    try:
        connected = connect(lab, settings)
    except NoForge:
        connected = nullcontext()  # type: ignore[assignment]
    with connected as forge:
        submit(DraftFolder(lab.drafts / draft), lab, settings, forge=forge)
    print("\n".join(moments.names))


if __name__ == "__main__":
    main()
