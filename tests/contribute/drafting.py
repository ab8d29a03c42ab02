"""Workspaces and contributions for tests: a taxonomy under real git, leaves that are whole."""

from __future__ import annotations

from pathlib import Path

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.workspace import Workspace
from tests.taxonomy import repos
from tests.taxonomy.leaves import SKILL

BIRDS, WORDS = repos.BIRDS, repos.WORDS
ATTRIBUTION = (
    "Title of work: Birds\nLink to work: https://example.org\nRevision: 1\nLicense of the work: CC-BY-SA-4.0\n"
)
ATTRIBUTION += "Creator names: Ann\n"


def contexts(*, seeds: int = 5) -> str:
    """A knowledge leaf with everything upstream asks for."""
    lines = ["version: 3", "domain: birds", "created_by: ann", "seed_examples:"]
    for seed in range(1, seeds + 1):
        lines += [f"  - context: The {seed}th owl of this valley sleeps in the old barn and hunts mice at night."]
        lines += ["    questions_and_answers:"]
        for pair in ("sleeps", "hunts", "eats"):
            lines += [f"      - question: What does owl {seed} say of where it {pair}?"]
            lines += [f"        answer: That it {pair} where number {seed} always did."]
    lines += ["document_outline: Owls of a valley", "document:", "  repo: https://example.org/owls.git"]
    lines += [f"  commit: {'0123456789' * 4}", "  patterns:", "    - owls.md"]
    return "\n".join(lines) + "\n"


def lab(folder: Path, *, remote: bool = False) -> Workspace:
    """A workspace whose taxonomy is a repository with two leaves; with `remote` a clone of one at `folder/theirs`."""
    made = workspace.create(folder / "lab")
    files: dict[str, str | bytes | None] = {
        f"{BIRDS}/qna.yaml": contexts(),
        f"{BIRDS}/attribution.txt": ATTRIBUTION,
        f"{WORDS}/qna.yaml": SKILL,
        f"{WORDS}/attribution.txt": ATTRIBUTION,
        "README.md": "hello\n",
    }
    if remote:
        made.taxonomy.rmdir()
        repos.clone(repos.make(folder / "theirs", files), made.taxonomy)
    else:
        repos.make(made.taxonomy, files)
    return made


def whole(made: Workspace, place: str = "knowledge/owls") -> DraftFolder:
    """A contribution of one new knowledge leaf with nothing wrong in it."""
    from labtui.contribute.leaves.adding import place as put
    from labtui.taxonomy.layout import KNOWLEDGE

    folder = store.new(made, KNOWLEDGE)
    leaf = put(folder, folder.load().leaves[0], place)
    folder.leaf_file(leaf).write_text(contexts())
    folder.attribution_file(leaf).write_text(ATTRIBUTION)
    return folder
