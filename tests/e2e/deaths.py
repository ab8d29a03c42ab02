"""Moments at which a submission kills the application that makes it, with SIGKILL, each of them once.

Nothing in labtui knows of them. A `git` that stands before the real one on the PATH dies before or after a command; the
git server when a request reaches it, which then comes to nothing; the forge before it does what it is asked, and after,
when its answer is lost.

    deaths = Deaths(tmp_path, ("push before", "push after"))
    deaths.watch(forge, git_server)
    with Terminal(…, environment=deaths.environment) as terminal:
        deaths.may_strike(terminal.pid)
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.forge.server import Fault, Server
from tests.git_server import GitServer

_GIT = """#!/bin/sh
# {git} itself, and death before or after a command that somebody waits for.
waits='{waits}' victim='{victim}'
test -e "$victim" || exec '{git}' "$@"
skip= name=
for word in "$@"; do
    test -z "$skip" || {{ skip=; continue; }}
    case $word in
        -C|-c) skip=1 ;;
        -*) ;;
        worktree) name=worktree ;;
        *) name="${{name:+$name-}}$word"; break ;;
    esac
done
# A worktree is removed at two occasions: what a death left behind, and at last, when it has served.
test "$name" = worktree-remove && test -e "$victim.writes" && name=worktree-remove-at-last
strike() {{
    test -d "$waits/$1" || return 0
    # Only one gets to take it, so that nobody dies twice.
    mv "$victim" "$victim.$$" 2>/dev/null || return 0
    rmdir "$waits/$1"
    kill -KILL "$(cat "$victim.$$")"
    exit 137
}}
strike "$name before"
'{git}' "$@"
code=$?
test "$name" = write-tree && touch "$victim.writes"
strike "$name after"
exit $code
"""


class Deaths:
    def __init__(self, folder: Path, moments: Iterable[str]) -> None:
        self._waits = folder / "waits"
        self._victim = folder / "victim"
        for moment in moments:
            (self._waits / _plain(moment)).mkdir(parents=True)
        real = shutil.which("git")
        assert real is not None
        program = folder / "bin" / "git"
        program.parent.mkdir()
        program.write_text(_GIT.format(git=real, waits=self._waits, victim=self._victim))
        program.chmod(0o755)
        self.environment = {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    @property
    def waiting(self) -> set[str]:
        """Moments that did not come yet."""
        return {path.name for path in self._waits.iterdir()}

    def may_strike(self, pid: int) -> None:
        """Once; until then nobody dies of anything."""
        Path(f"{self._victim}.writes").unlink(missing_ok=True)
        self._victim.write_text(str(pid))

    def strike(self, moment: str) -> bool:
        """Ends the application, if this moment was waited for."""
        place, taken = self._waits / _plain(moment), self._victim.with_name("taken")
        if not place.is_dir():
            return False
        try:
            self._victim.rename(taken)
        except FileNotFoundError:
            return False
        place.rmdir()
        os.kill(int(taken.read_text()), signal.SIGKILL)
        return True

    def watch(self, forge: Server, git_server: GitServer) -> None:
        before, answered = forge.fault_for, forge.fill

        def asked(method: str, path: str) -> Fault | None:
            if self.strike(f"{method} {path.rpartition('/')[2]} asked"):
                return Fault(method, path, drops="before")
            return before(method, path)

        def done(method: str, path: str, status: int, value: Any) -> Any:
            self.strike(f"{method} {path.rpartition('/')[2]} done")
            return answered(method, path, status, value)

        def requested(request: str) -> None:
            service = request.rpartition("/")[2]
            if self.strike(service):
                git_server.answer(503, when=service)

        forge.fault_for = asked  # type: ignore[method-assign]
        forge.fill = done
        git_server.on_request = requested


def _plain(moment: str) -> str:
    return moment.replace("/", "_")
