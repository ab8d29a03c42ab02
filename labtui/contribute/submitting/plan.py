"""What a submission would do, worked out by reading only: no network, nothing is changed.

The screen's Review and `labtui contribute submit --dry-run` show it; the submission itself goes by the same functions.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting import commands, documents, history, message, names
from labtui.contribute.submitting.basing import base_files
from labtui.contribute.submitting.dco import confirmed
from labtui.contribute.submitting.files import planned_files, standings
from labtui.contribute.submitting.identity import identity, signing
from labtui.contribute.submitting.records import Identity, Obstacle, PlannedFile, SubmitPlan
from labtui.contribute.submitting.runs import runs, submitted_before
from labtui.contribute.submitting.where import BaseBranch, Clone, Target, base_branch, clone_of, target_of
from labtui.errors import LabError
from labtui.git_commits import branch_commit, branches, is_partial, is_shallow, missing_trees
from labtui.git_push import address_of
from labtui.taxonomy.documents.address import on_this_machine
from labtui.taxonomy.leaf import read_leaf_file
from labtui.workspace import Workspace


def worktree_of(folder: DraftFolder) -> Path:
    """Where the worktree of a submission stands while it works."""
    return folder.path / f"labtui-{folder.id}"


def plan_of(
    folder: DraftFolder, workspace: Workspace, config: Config, *, sign: bool | None = None, local: bool = False
) -> SubmitPlan:
    """What `submit` would do now. `sign` overrides what git is set to. With `local` nothing is to be sent.

    What keeps it from being done stands in `obstacles`, all of it at once. Raises LabError only where nothing can be
    planned at all: no git, no repository, nothing committed, a base that is no branch, a draft that cannot be read.
    """
    draft = folder.load()
    clone = clone_of(workspace)
    base = base_branch(clone, config.settings.taxonomy.base)
    whole = not (base.commit and is_partial(clone.top) and missing_trees(clone.top, base.commit))
    compared = base if whole else msgspec.structs.replace(base, commit="")
    target = target_of(clone, base, runs(folder), draft.branch)
    who, obstacles = _identity(clone)
    files, more = _files(folder, draft, clone, compared)
    obstacles += [*_leaves(folder, workspace, draft), *more, *_documents(folder, draft)]
    obstacles += [] if local else _unreadable(folder, draft, target)
    obstacles += _base(folder, draft, clone, compared, target)
    signs = signing(clone.top)
    signs = signs if sign is None else msgspec.structs.replace(signs, on=sign)
    if not confirmed(draft):
        obstacles.append(
            Obstacle(
                about="certificate",
                message="The Developer Certificate of Origin is not confirmed yet.",
                hint="Read it and confirm it; on the command line: labtui contribute submit --yes",
            )
        )
    own = submitted_before(folder, draft) and (draft.request is None or draft.request.state != "merged")
    update = own and bool(draft.commit)
    branch = draft.branch if own else new_branch(folder, draft, clone)
    before = draft.commit if update else ""
    return SubmitPlan(
        branch=branch,
        update=update,
        base=base.name,
        base_remote=base.remote,
        base_branch=base.branch,
        base_commit=base.commit,
        push_to=target.to,
        push_address=target.address,
        fork=target.fork,
        files=files,
        documents=documents.planned(draft),
        message=full_message(draft, who),
        identity=who,
        sign_off=message.sign_off(who.signature) if who else "",
        signing=signs,
        certified=confirmed(draft),
        commands=(
            *documents.commands(folder, draft),
            *commands.commands(
                clone.top, worktree_of(folder), base_remote=base.remote, base_branch=base.branch or "<branch>",
                branch=branch, push_to=target.to, before=before, local_before=branch_commit(clone.top, branch),
                files=files, sign=signs.on, may_fork=_may_fork(clone, config, base, target),
                part=_part(folder, clone, base, target),
            ),
        ),
        obstacles=tuple(obstacles),
        web_address=by_hand(clone, config, base, target, branch, draft),
    )  # fmt: skip


def full_message(draft: Draft, who: Identity | None) -> str:
    """The commit message as it will be: the contributor's or the proposed one, signed off."""
    return message.signed_off(draft.message.strip() or message.proposed(draft), who.signature if who else "")


def new_branch(folder: DraftFolder, draft: Draft, clone: Clone) -> str:
    """A name that no branch of the clone has, and none it knows of elsewhere; the one already begun with, if any."""
    history = runs(folder)
    begun = history[-1].facts.get("branch", "") if history and not history[-1].ended else ""
    if begun and not (draft.commit and begun == draft.branch):
        return begun
    from labtui import git

    known = git.run(clone.top, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes").text.split()
    return names.branch_name(draft, {*branches(clone.top), *known})


def _may_fork(clone: Clone, config: Config, base: BaseBranch, target: Target) -> bool:
    """Whether a forge decides where the branch goes, when it is asked."""
    from labtui.contribute.forges.address import forge_address

    if not base.remote or target.fork:
        return False
    return forge_address(address_of(clone.top, base.remote), config.settings.contribute) is not None


def _part(folder: DraftFolder, clone: Clone, base: BaseBranch, target: Target) -> commands.Part | None:
    partial = is_partial(clone.top)
    if not base.remote or not (partial or is_shallow(clone.top)):
        return None
    return commands.Part(
        place=history.place_of(folder),
        bundle=history.bundle_of(folder),
        base_address=address_of(clone.top, base.remote),
        push_address=target.address,
        base_files=tuple(base_files(folder)),
        lacks_folders=partial,
    )


def by_hand(clone: Clone, config: Config, base: BaseBranch, target: Target, branch: str, draft: Draft) -> str:
    """The page where the request is opened by hand; empty where the forge is not known or there is none."""
    from labtui.contribute.forges.address import forge_address, head_at, web_address

    if not base.remote or not base.branch:
        return ""
    address = forge_address(address_of(clone.top, base.remote), config.settings.contribute)
    head = head_at(target.address, address, branch) if address is not None else None
    if address is None or head is None:
        return ""
    title = (draft.message.strip() or message.proposed(draft)).split("\n", 1)[0]
    return web_address(address, head, base.branch, title)


def _identity(clone: Clone) -> tuple[Identity | None, list[Obstacle]]:
    try:
        return identity(clone.top), []
    except LabError as error:
        return None, [Obstacle(about="identity", message=error.what, hint=error.hint)]


def _files(
    folder: DraftFolder, draft: Draft, clone: Clone, base: BaseBranch
) -> tuple[tuple[PlannedFile, ...], list[Obstacle]]:
    try:
        files = planned_files(folder, draft, clone.top, clone.inside, base.commit)
    except LabError as error:
        where = f"{error.where}: " if error.where else ""
        return (), [Obstacle(about="leaves", message=f"{where}{error.what}", hint=error.hint)]
    if draft.leaves and not files and base.commit:
        words = "The taxonomy has all of this already: there is nothing left to contribute."
        return (), [Obstacle(about="leaves", message=words, hint="Change something first, or abandon the draft.")]
    return files, []


def _leaves(folder: DraftFolder, workspace: Workspace, draft: Draft) -> list[Obstacle]:
    """What the steps before say is missing."""
    from labtui.contribute.submitting.readiness import problems

    if not draft.leaves:
        return [Obstacle(about="leaves", message="The contribution holds no leaf yet.", hint="Add one first.")]
    found = [
        Obstacle(about="leaves", message=f"{leaf.id} has no place in the taxonomy yet.", hint="Choose its folder.")
        for leaf in draft.leaves
        if not leaf.placed
    ]
    return found + problems(folder, workspace, draft)


def _documents(folder: DraftFolder, draft: Draft) -> list[Obstacle]:
    found = []
    for document in draft.documents:
        if not document.repository:
            words = f"The documents of {document.leaf} have no repository to go to yet."
            hint = "Choose one in the step Document; on the command line: labtui contribute submit --documents ADDRESS"
            found.append(Obstacle(about="documents", message=words, hint=hint))
        elif not document.licence.strip():
            words = f"The documents of {document.leaf} name no licence."
            found.append(Obstacle(about="documents", message=words, hint="Name it in the step Document."))
    return found


def _unreadable(folder: DraftFolder, draft: Draft, target: Target) -> list[Obstacle]:
    """Documents that lie on this machine, where those who get the leaf cannot read them."""
    if not target.to:
        return []
    at = {document.leaf: document.repository for document in draft.documents}
    for leaf in draft.leaves:
        # What the taxonomy names already is not this contribution's doing.
        if leaf.id not in at and leaf.placed and not leaf.was:
            document = read_leaf_file(folder.leaf_file(leaf), leaf.id).document
            at[leaf.id] = document.repo if document is not None else ""
    shared = on_this_machine(target.address)
    return [
        Obstacle(
            about="repository",
            message=f"The document of {leaf} is in a folder of this machine ({place}), where nobody else can read it.",
            hint="Whoever gets the leaf must be able to read that folder too."
            if shared
            else "In the step Document make a repository on the forge, or write the address of yours; on the command "
            "line: labtui contribute submit --documents ADDRESS. A bundle or a patch carries your documents along.",
            stops=not shared,
        )
        for leaf, place in at.items()
        if on_this_machine(place)
    ]


def _base(folder: DraftFolder, draft: Draft, clone: Clone, base: BaseBranch, target: Target) -> list[Obstacle]:
    found = []
    if not base.remote:
        words = "The taxonomy has no remote, so the branch stands in this clone only."
        hint = "Write a bundle or a patch, or name a remote: git remote add origin ADDRESS"
        found.append(Obstacle(about="remote", message=words, hint=hint, stops=False))
    elif target.fork:
        words = f"The branch goes to {target.to}, your own copy; the request goes to {base.remote}."
        found.append(Obstacle(about="remote", message=words, stops=False))
    if base.remote and not base.commit:
        words = f"How your leaves stand to {base.name} is known only when it was fetched."
        found.append(Obstacle(about="base", message=words, hint="Submitting does that first.", stops=False))
    try:
        moved = [one.leaf for one in standings(folder, draft, clone.top, clone.inside, base.commit) if one.moved]
    except LabError:
        return found  # what cannot be read is said above
    found += [moved_obstacle(draft, leaf, base.name) for leaf in moved if base.commit]
    return found


def moved_obstacle(draft: Draft, leaf: str, base: str) -> Obstacle:
    """What is said of a leaf that the base has otherwise than what the contribution began from."""
    known = next((one for one in draft.leaves if one.id == leaf), None)
    if known is not None and not known.was:
        return Obstacle(
            about="name",
            message=f"There is a leaf {leaf} in {base} by now.",
            hint="Take its seeds in (rebase), or place yours elsewhere.",
        )
    return Obstacle(
        about="base",
        message=f"{leaf} was changed in {base} since you began.",
        hint="Take that in first: the rebase shows what was changed on both sides, seed by seed.",
    )
