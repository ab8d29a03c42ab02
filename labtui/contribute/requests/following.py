"""What becomes of a contribution after submission: the forge is asked, and its answer is kept in the draft.

    with connect(address) as forge:
        request = refresh(folder, forge)    # asks and keeps

Comments of reviewers find the seed they speak of, failed checks the finding. What the forge said stays in draft.json,
so that it can be shown without network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.forges.address import head_at
from labtui.contribute.forges.base import Forge, ForgeAddress, Head, RequestState
from labtui.contribute.records import CheckRun, Comment, Draft, Problem, Request
from labtui.contribute.requests.commented import Places
from labtui.contribute.requests.spoken import MOST, spoken_of
from labtui.contribute.submitting.records import SubmitStepName
from labtui.contribute.submitting.runs import runs
from labtui.errors import UsageError

_SIGN_OFF = re.compile(r"\bdco\b|sign(ed)?[- ]?off", re.IGNORECASE)
_OF_THE_FILES = re.compile(r"lint|yaml|schema|qna|taxonomy|valid", re.IGNORECASE)


def refresh(folder: DraftFolder, forge: Forge) -> Request:
    """Asks how the request stands and keeps the answer. Waits for the network: not for the UI's loop.

    A request that was opened by hand for the pushed branch is found as well. Raises UsageError where nothing was
    submitted or no request is there yet, and ForgeError.
    """
    draft = folder.load()
    number = draft.request.number if draft.request is not None else _number(folder, draft, forge)
    return keep(folder, forge.read(number))


def keep(folder: DraftFolder, state: RequestState) -> Request:
    """Keeps what the forge said in the draft, with comments and checks led to the places they speak of."""
    request = placed(folder, state.request())
    known = folder.load().request
    if known is not None and not state.whole:
        # Closing and the like answer without them; what was read before still holds.
        request = msgspec.structs.replace(
            request, checks=known.checks, comments=known.comments, changes_requested=known.changes_requested
        )
    folder.change(lambda draft: setattr(draft, "request", request))
    return request


def placed(folder: DraftFolder, request: Request) -> Request:
    """The same request, its comments with leaf and seed, its failed checks with what they speak of."""
    draft = folder.load()
    places = Places(folder, draft)
    return msgspec.structs.replace(
        request,
        comments=tuple(_placed(comment, places) for comment in request.comments),
        checks=tuple(_explained(check, folder, draft, places) for check in request.checks),
    )


def news(before: Request | None, after: Request) -> list[str]:
    """What is new since the forge was asked last, in short sentences; empty where nothing is."""
    if before is None:
        return []
    told: list[str] = []
    if after.state != before.state:
        told.append({"merged": "It was merged.", "closed": "It was closed.", "open": "It is open again."}[after.state])
    known = {(comment.url, comment.text) for comment in before.comments}
    fresh = [comment for comment in after.comments if (comment.url, comment.text) not in known]
    if fresh:
        told.append(f"{len(fresh)} new {'comment' if len(fresh) == 1 else 'comments'}.")
    was = {check.name: check.state for check in before.checks}
    failed = [check for check in after.checks if check.state == "failed" and was.get(check.name) != "failed"]
    if failed:
        told.append(f"{len(failed)} {'check' if len(failed) == 1 else 'checks'} failed.")
    if after.changes_requested and not before.changes_requested:
        told.append("A reviewer asks for changes.")
    return told


def _number(folder: DraftFolder, draft: Draft, forge: Forge) -> int:
    """The number of the request for the branch that was pushed, wherever it was pushed to."""
    if not draft.branch or not draft.commit:
        raise UsageError(
            "This contribution was not submitted yet.",
            where=draft.id,
            hint=f"Submit it with: labtui contribute submit {draft.id}",
        )
    address = forge.address
    heads = [Head(owner=address.owner, repo=address.repo, branch=draft.branch)]
    if (pushed := _pushed_to(folder, draft, address)) is not None:
        heads.insert(0, pushed)
    elif (fork := forge.own_fork()) is not None:
        heads.insert(0, Head(owner=fork.owner, repo=fork.name, branch=draft.branch))
    for head in heads:
        found = forge.find_request(head, any_state=True)
        if found is not None:
            return found.number
    raise UsageError(
        f"No request was opened for the branch {draft.branch} yet.",
        where=address.url,
        hint=f"Open it with: labtui contribute submit {draft.id}",
    )


def _pushed_to(folder: DraftFolder, draft: Draft, forge: ForgeAddress) -> Head | None:
    """The branch where the submission pushed it to. Who asks for it needs no token, other than who asks for a fork."""
    for run in reversed(runs(folder)):
        facts = run.done.get(SubmitStepName.PUSH, {})
        if facts.get("branch") == draft.branch and (head := head_at(facts.get("address", ""), forge, draft.branch)):
            return head
    return None


def _placed(comment: Comment, places: Places) -> Comment:
    if not comment.path:
        return comment
    spot = places.spot(comment.path, comment.line, comment.commit)
    return msgspec.structs.replace(comment, leaf=spot.leaf, seed=spot.seed, field=spot.field, since=spot.since)


def _explained(check: CheckRun, folder: DraftFolder, draft: Draft, places: Places) -> CheckRun:
    if check.state != "failed":
        return check
    found = [one.problem for one in spoken_of(check, places)]
    if not found and _SIGN_OFF.search(check.name):
        found = [
            Problem(
                message="The forge finds a commit that is not signed off by the one who wrote it.",
                hint="Set the right name and address in git's settings, then submit again: it is committed anew.",
                rule="dco",
            )
        ]
    if not found and _OF_THE_FILES.search(check.name):
        found = _own(folder)
    return msgspec.structs.replace(check, problems=tuple(found[:MOST]))


def _own(folder: DraftFolder) -> list[Problem]:
    """What our own checks find wrong: most likely the same that theirs found."""
    from labtui.contribute.standing.steps import standings

    problems: Sequence[Problem] = [problem for one in standings(folder) for problem in one.problems]
    return list(dict.fromkeys(problem for problem in problems if problem.level == "error"))
