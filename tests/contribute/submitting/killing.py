"""Submits a draft and kills itself at a moment: `python -m … WORKSPACE DRAFT MOMENT`.

Moments are counted: before and after each git command that changes something, before and after each line of the
journal, and around each change of the draft. With MOMENT 0 it runs to its end and prints how many there were. MOMENT
`request` is when the forge has opened the request and nothing of that is noted here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labtui import config, git, workspace
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.connecting import connect
from labtui.contribute.submitting.submit import submit
from labtui.journal import JsonLines

READS = {"config", "rev-parse", "ls-remote", "ls-tree", "cat-file", "remote", "symbolic-ref", "for-each-ref",
         "check-ref-format", "log", "var", "rev-list", "merge-base", "-C"}  # fmt: skip


class Moments:
    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.count = 0

    def passes(self) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], counts: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if not counts(*arguments):
                return function(*arguments, **options)
            self.passes()
            result = function(*arguments, **options)
            self.passes()
            return result

        return wrapped


def main() -> None:
    place, draft, fatal = sys.argv[1:4]
    lab = workspace.require(Path(place))
    if fatal == "request":
        with connect(lab, config.load(lab)) as forge:
            forge.open_request = Moments(2).around(forge.open_request)  # type: ignore[method-assign]
            submit(DraftFolder(lab.drafts / draft), lab, config.load(lab), forge=forge)
        return
    moments = Moments(int(fatal))
    git.run = moments.around(git.run, lambda repo, *words: repo is not None and words[0] not in READS)
    JsonLines.append = moments.around(JsonLines.append)  # type: ignore[method-assign]
    DraftFolder.change = moments.around(DraftFolder.change)  # type: ignore[method-assign]
    done = submit(DraftFolder(lab.drafts / draft), lab, config.load(lab))
    print(moments.count, done.commit)


if __name__ == "__main__":
    main()
