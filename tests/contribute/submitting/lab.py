"""A workspace with a clone, an upstream and a fork of real git, and drafts that are ready to be submitted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labtui import config as settings
from labtui import git
from labtui import workspace as workspaces
from labtui.config import Config
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import placing
from labtui.contribute.submitting.dco import confirm
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace
from tests.git_server import GitServer
from tests.taxonomy.leaves import ATTRIBUTION, SKILL

WORDS = "compositional_skills/words/synonyms"
BIRDS = "compositional_skills/birds/feeding"
FEEDING = SKILL.replace("Name three synonyms.", "Say what a bird eats.")
LOGIN = ("ann", "secret-of-ann")
ANN = {"user.name": "Ann Example", "user.email": "ann@example.org"}


class Lab:
    """Everything below one folder: `upstream.git`, `fork.git`, the workspace `lab` with its clone."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.upstream = top / "served" / "upstream.git"
        self.fork = top / "served" / "fork.git"
        self.workspace: Workspace = workspaces.create(top / "lab")
        self.clone = self.workspace.taxonomy

    @property
    def config(self) -> Config:
        return settings.load(self.workspace)

    def git(self, place: Path, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def draft(self, leaf: str = BIRDS, text: str = FEEDING, *, certified: bool = True) -> DraftFolder:
        folder = store.new(self.workspace, FREEFORM, "What birds eat")
        first = folder.load().leaves[0]
        placed = placing.place(folder, first, leaf)
        folder.leaf_file(placed).write_text(text)
        folder.attribution_file(placed).write_text(ATTRIBUTION)
        if certified:
            confirm(folder)
        return folder

    def only(self) -> DraftFolder:
        (folder,) = store.list_drafts(self.workspace)
        return folder

    def upstream_commit(self, files: dict[str, str | None], message: str = "Theirs", who: str = "Ben") -> str:
        """Somebody else's commit on the upstream's main branch."""
        work = self.top / "elsewhere"
        if not work.exists():
            self.git(self.top, "clone", "--quiet", str(self.upstream), str(work))
        self.git(work, "pull", "--quiet")
        for name, text in files.items():
            path = work / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.git(work, "add", "--all")
        who_words = ["-c", f"user.name={who}", "-c", f"user.email={who.lower()}@example.org"]
        self.git(work, *who_words, "commit", "--quiet", "--allow-empty", "-m", message)
        self.git(work, "push", "--quiet", "origin", "HEAD:main")
        return self.git(work, "rev-parse", "HEAD")

    def branches(self, repository: Path) -> dict[str, str]:
        listing = self.git(repository, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads")
        return dict(line.split(" ") for line in listing.splitlines())


def make(top: Path, home: Path) -> Lab:
    """Upstream with two leaves, a bare fork of it; no clone yet."""
    for key, value in ANN.items():
        git.run(None, "config", "--file", str(home / ".gitconfig"), key, value)
    lab = Lab(top)
    seed = top / "seed"
    for name, text in ((WORDS, SKILL), ("compositional_skills/old/leaf", SKILL)):
        (seed / name).mkdir(parents=True)
        (seed / name / "qna.yaml").write_text(text)
        (seed / name / "attribution.txt").write_text(ATTRIBUTION)
    (seed / "README.md").write_text("A taxonomy\n")
    lab.git(seed, "init", "--quiet", "--initial-branch=main")
    lab.git(seed, "add", ".")
    lab.git(seed, "-c", "user.name=Ben", "-c", "user.email=ben@example.org", "commit", "--quiet", "-m", "First")
    lab.upstream.parent.mkdir()
    lab.git(top, "clone", "--quiet", "--bare", str(seed), str(lab.upstream))
    lab.git(top, "clone", "--quiet", "--bare", str(seed), str(lab.fork))
    return lab


def cloned(lab: Lab, upstream: str, fork: str = "", *words: str) -> Lab:
    """Clones into the workspace; with `fork` the base's remote is called `upstream` and the fork `origin`."""
    lab.clone.rmdir()
    name = "upstream" if fork else "origin"
    lab.git(lab.top, "clone", "--quiet", "--origin", name, *words, upstream, str(lab.clone))
    if fork:
        lab.git(lab.clone, "remote", "add", "origin", fork)
    return lab


@contextmanager
def served(lab: Lab, **options: object) -> Iterator[GitServer]:
    with GitServer(lab.upstream.parent, **options) as server:  # type: ignore[arg-type]
        yield server


def snapshot(clone: Path) -> dict[str, bytes]:
    """Everything of a clone that is the user's: its files, index, HEAD, branches, stashes, settings and worktrees."""
    found = {}
    for folder, names, files in os.walk(clone):
        if Path(folder) == clone / ".git":
            names[:] = [name for name in names if name in ("refs", "logs", "worktrees", "info", "hooks")]
        for name in files:
            path = Path(folder, name)
            relative = str(path.relative_to(clone))
            if relative.startswith((".git/refs/remotes/", ".git/logs/refs/remotes/")) or "contribute" in relative:
                continue
            found[relative] = path.read_bytes()
    return found
