"""A forge of each kind, with people and a taxonomy on it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.forge import forgejo, github, gitlab
from tests.forge.server import Server
from tests.forge.state import Repository, State, git

KINDS = ("github", "gitlab", "forgejo")
_DIALECTS = {
    "github": (github.dialect, github.PREFIX),
    "gitlab": (gitlab.dialect, gitlab.PREFIX),
    "forgejo": (forgejo.dialect, forgejo.PREFIX),
}


def make(kind: str, folder: Path, *, enterprise: bool = False) -> Server:
    """An empty forge that keeps its repositories below `folder`: `with make(…) as forge`.

    With `enterprise` a GitHub that a company installed: its interface stands below a path of the host.
    """
    dialect, prefix = _DIALECTS[kind]
    return Server(folder, dialect, "/api/v3" if enterprise else prefix)


def commit(repository: Repository, branch: str, files: dict[str, str], start: str = "main") -> str:
    """Adds a commit with these files to a branch, which is made from `start` where it is not there."""
    work = repository.path.parent / f"{repository.name}-work"
    if not work.exists():
        git(None, "clone", "--quiet", str(repository.path), str(work))
        git(work, "config", "user.name", "Ann")
        git(work, "config", "user.email", "ann@example.org")
    git(work, "fetch", "--quiet", "origin")
    here = git(work, "rev-parse", "--verify", "--quiet", f"origin/{branch}", check=False).stdout.strip()
    there = git(work, "rev-parse", "--verify", "--quiet", f"origin/{start}", check=False).stdout.strip()
    git(work, "checkout", "--quiet", *(["-B", branch, here or there] if here or there else ["--orphan", branch]))
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "-m", f"Change {', '.join(files)}")
    git(work, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    return git(work, "rev-parse", "HEAD").stdout.strip()


def peopled(state: State) -> Repository:
    """A taxonomy of `lab`, and the users ann (who contributes), lab and rita (who reviews)."""
    for login in ("lab", "ann", "rita"):
        state.add_user(login)
    return state.add_repository("lab", "taxonomy", source=_taxonomy())


@cache
def _taxonomy() -> Path:
    """A bare repository to copy; made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="labtui-forge-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = State(folder).add_repository("lab", "taxonomy")
    commit(made, "main", {"README.md": "A taxonomy\n", "knowledge/birds/owl/qna.yaml": "version: 3\n"})
    return made.path
