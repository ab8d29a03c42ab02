"""A contribution that is finished but for its end: a skill, placed, described, with five seeds and its attribution."""

from __future__ import annotations

import subprocess

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.placing import place
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace

PLACE = "compositional_skills/writing/tide_words"
SEEDS = (
    ("Explain the word ebb to a child.", "Ebb is what we say when the sea walks away from the beach."),
    ("What would a sailor call the moment before the tide turns?", "Slack water: for a few minutes nothing moves."),
    ("Give me one sentence with spring tide in it.", "At spring tide the harbour wall was under water by breakfast."),
    ("Which word names the line of weed the sea leaves behind?", "The strandline, also called the wrack line."),
    ("Say neap tide in plain language.", "The small tides between new and full moon, when high is not very high."),
)
ATTRIBUTION = "Title of work: Self-authored\nLicense of the work: CC-BY-SA-4.0\nCreator names: Hanako\n"


def finished(workspace: Workspace, name: str = PLACE, title: str = "") -> DraftFolder:
    """The draft; nothing is wrong with it."""
    folder = store.new(workspace, FREEFORM, title)
    leaf = place(folder, folder.load().leaves[0], name)
    folder.leaf_file(leaf).write_text(qna(SEEDS), encoding="utf-8")
    folder.attribution_file(leaf).write_text(ATTRIBUTION, encoding="utf-8")
    return folder


def with_history(workspace: Workspace) -> Workspace:
    """The workspace, its taxonomy with a first commit on main."""
    (workspace.taxonomy / "README.md").write_text("A taxonomy.\n")
    for words in (("add", "--", "README.md"), ("commit", "--quiet", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=workspace.taxonomy, check=True)
    return workspace


def qna(seeds: tuple[tuple[str, str], ...], creator: str = "Hanako") -> str:
    entries = "".join(f"  - question: {question}\n    answer: >-\n      {answer}\n" for question, answer in seeds)
    task = "task_description: Explain words of the tide in plain language\n"
    return f"version: 3\n{task}created_by: {creator}\nseed_examples:\n{entries}"
