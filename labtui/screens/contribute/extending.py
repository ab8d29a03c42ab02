"""Leaves that come into a contribution and go out of it: a new one, one of the taxonomy to be extended, one less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf
from labtui.errors import LabError
from labtui.screens.contribute.step_bar import short_name
from labtui.screens.threads import in_thread
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.widgets.choose import Choice, ChooseWindow
from labtui.widgets.prompt_line import LineWindow
from labtui.workspace import Workspace

if TYPE_CHECKING:
    from labtui.app import LabApp

KEYS = {"k": KNOWLEDGE, "g": GROUNDED, "f": FREEFORM}


async def add(app: LabApp, folder: DraftFolder, workspace: Workspace, leaf: str) -> str | None:
    """Asks which kind of leaf to add, and adds it. Gives its id; None where nothing was added."""
    answer: str | None = await app.push_screen_wait(
        ChooseWindow(
            "What kind of leaf shall be added?",
            "It goes into the same contribution: one request for all its leaves.",
            [
                Choice("k", KNOWLEDGE, "facts that stand in a document"),
                Choice("g", GROUNDED, "something to do with a text"),
                Choice("f", FREEFORM, "something to do without any text"),
            ],
        )
    )
    if answer is None:
        return None
    from labtui.contribute.leaves.adding import add_leaf

    return (await in_thread(lambda: add_leaf(folder, KEYS[answer]))).id


async def extend(app: LabApp, folder: DraftFolder, workspace: Workspace, leaf: str) -> str | None:
    """Asks which leaf of the taxonomy to take in, and takes it. Gives its id; None where none was taken."""
    name = await app.push_screen_wait(
        LineWindow(
            "Which leaf of the taxonomy shall be extended?",
            detail="Its folders, such as knowledge/science/birds; the last parts are enough where they are clear.",
        )
    )
    if not name:
        return None
    from labtui.contribute.leaves.existing import add_existing

    return (await in_thread(lambda: add_existing(folder, workspace, name))).id


async def remove(app: LabApp, folder: DraftFolder, workspace: Workspace, leaf: str) -> str | None:
    """Takes a leaf out, asked first. Gives the id of one that is left (empty where none is), None where none went."""
    if not leaf:
        return None
    if not await app.confirm(
        f"Take {short_name(leaf)} out of the contribution?",
        "The taxonomy stays as it is; what you wrote is kept in the contribution's folder, below .removed.",
        yes="Take it out",
    ):
        return None
    from labtui.contribute.leaves.adding import remove_leaf

    def take_out() -> str:
        remove_leaf(folder, leaf)
        return next((one.id for one in folder.load().leaves), "")

    return await in_thread(take_out)


async def extend_instead(app: LabApp, folder: DraftFolder, workspace: Workspace, leaf: str, name: str) -> str | None:
    """Takes the leaf `name` of the taxonomy in, and what was written into `leaf` over to it. Gives its id.

    None where the user thought better of it, or that leaf cannot be extended by this one.
    """

    def taken() -> ContributedLeaf | None:
        return next((one for one in folder.load().leaves if one.id == leaf), None)

    begun = await in_thread(taken)
    written = await in_thread(lambda: seeds_of(folder, begun)) if begun is not None and begun.change == "new" else []
    said = (
        f" The {len(written)} seeds written so far go with you."
        if len(written) > 1
        else (" The seed written so far goes with you." if written else "")
    )
    if not await app.confirm(
        f"Extend {name.rpartition('/')[2]} instead of adding a leaf?",
        f"It comes into this contribution as it is in the taxonomy, and you add seeds to it.{said}",
        yes="Extend it",
    ):
        return None
    from labtui.contribute.leaves.adding import remove_leaf
    from labtui.contribute.leaves.existing import add_existing
    from labtui.contribute.leaves.seeding import add_seed

    def extend_it() -> str:
        with folder.locked():
            found = add_existing(folder, workspace, name)
            if begun is None or begun.change != "new" or begun.id == found.id:
                return found.id
            if written and (begun.kind == KNOWLEDGE) != (found.kind == KNOWLEDGE):
                raise LabError(
                    f"That leaf is {found.kind}, what you wrote is {begun.kind}: its seeds do not fit there.",
                    where=found.id,
                    hint="It is in the contribution now, and yours is still there; f3 shows both.",
                )
            for context, question, answer in written:
                add_seed(folder, found, question, answer, context=context)
            remove_leaf(folder, begun)
            return found.id

    return await in_thread(extend_it)


def seeds_of(folder: DraftFolder, leaf: ContributedLeaf) -> list[tuple[str, str, str]]:
    """(context, question, answer) of every pair of a leaf in which something was written. In a thread."""
    from labtui.taxonomy.leaf import read_leaf_file

    read = read_leaf_file(folder.leaf_file(leaf), leaf.id)
    return [
        (seed.context, pair.question, pair.answer)
        for seed in read.seeds
        for pair in seed.pairs
        if pair.question.strip() or pair.answer.strip() or seed.context.strip()
    ]
