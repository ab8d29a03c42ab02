"""A taxonomy of one leaf under git, for what is done with a leaf that exists."""

from __future__ import annotations

import subprocess

from labtui.workspace import Workspace

FEEDING = "compositional_skills/science/birds/feeding"
QNA = """\
version: 3
created_by: somebody
task_description: Say what birds eat
seed_examples:
  - question: What do owls eat?
    answer: Mice.
"""


def add_owls(workspace: Workspace) -> None:
    """Makes the workspace's taxonomy a repository that holds FEEDING."""
    leaf = workspace.taxonomy / FEEDING
    leaf.mkdir(parents=True)
    (leaf / "qna.yaml").write_text(QNA)
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "Owls"]):
        subprocess.run(["git", *command], cwd=workspace.taxonomy, check=True)
