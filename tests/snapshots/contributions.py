"""A contribution to the demo's taxonomy for the pictures: the same every time, down to its id and its times."""

from __future__ import annotations

import os
from pathlib import Path

from labtui import records
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.adding import add_leaf, add_seed
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.leaves.placing import place
from labtui.contribute.records import Draft, Request
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace

ANTONYMS = "compositional_skills/linguistics/antonyms"
SEEDS = (
    ("Name an antonym of quick.", "An antonym of quick is slow."),
    ("What is the opposite of generous?", "The opposite of generous is stingy."),
    ("Give two antonyms of calm.", "Two antonyms of calm are agitated and stormy."),
    ("Which word means the contrary of ancient?", "The contrary of ancient is modern."),
    ("Is scarce an antonym of plentiful?", "Yes: what is scarce is not plentiful."),
)
MINUTE = 60


def antonyms(workspace: Workspace, *, seeds: int = 5, short: str = "ant7m") -> DraftFolder:
    """A freeform skill with its place, its description and so many seeds; its attribution is missing."""
    folder = _begin(workspace, short, "Antonyms")
    leaf = place(folder, add_leaf(folder, FREEFORM), ANTONYMS)
    for number, (question, answer) in enumerate(SEEDS[:seeds]):
        add_seed(folder, leaf, question, answer)
        assert number < len(SEEDS)
    edit(folder, leaf, lambda editor: editor.typed(("task_description",), "Name words of opposite meaning."))
    edit(folder, leaf, lambda editor: editor.typed(("created_by",), "ann"))
    folder.change(lambda draft: setattr(draft, "teaches", "It answers with synonyms when asked for antonyms."))
    settle(folder, 4)
    return folder


def untitled(workspace: Workspace, kind: str = "") -> DraftFolder:
    """A contribution just begun, with a leaf of that kind where one is given."""
    folder = _begin(workspace, "unt7m", "")
    if kind:
        add_leaf(folder, kind)
    settle(folder, 1)
    return folder


def submitted(workspace: Workspace) -> DraftFolder:
    """One that waits for its author: changes were requested."""
    folder = _begin(workspace, "sub7m", "Riddles of the island")
    place(folder, add_leaf(folder, FREEFORM), "compositional_skills/linguistics/riddles")

    def submit(draft: Draft) -> None:
        draft.commit, draft.branch = "c" * 40, "labtui/riddles"
        draft.submitted = "s"
        draft.request = Request(
            forge="forgejo",
            number=12,
            url="https://forge.example.org/island/taxonomy/pulls/12",
            state="merged",
        )

    folder.change(submit)
    settle(folder, 90)
    return folder


def _begin(workspace: Workspace, short: str, title: str) -> DraftFolder:
    made = store.new(workspace, title=title)
    final = made.path.with_name(f"{made.id.partition('-')[0]}-{short}")
    os.rename(made.path, final)
    return DraftFolder(final)


def settle(folder: DraftFolder, minutes: int) -> None:
    """Says that it was written so many minutes before the pictures' moment."""
    moment = records.now().timestamp() - minutes * MINUTE
    for file in Path(folder.taxonomy).rglob("*"):
        os.utime(file, (moment, moment))
    draft = folder.load()
    draft.changed = records.now().fromtimestamp(moment, tz=draft.made.tzinfo)
    folder.write(draft)
