"""Everything one looks at before a contribution leaves the machine, gathered. Reads files and asks git; no network."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.requests.request_text import RequestText
from labtui.contribute.submitting.records import SubmitPlan
from labtui.errors import LabError
from labtui.taxonomy.comparing.leaf_change import LeafChange
from labtui.workspace import Workspace


class Review(msgspec.Struct, frozen=True, kw_only=True):
    changes: list[LeafChange]
    since: str = ""
    """What they are compared with, as people name it; empty where everything is new."""
    plan: SubmitPlan | None = None
    plan_problem: LabError | None = None
    """Why there is no plan."""
    request: RequestText | None = None
    request_problem: str = ""
    message: str = ""
    """The commit message the contributor wrote; empty: it is made."""
    message_made: str = ""
    """The message as it is made, without the sign-off line: what one begins from."""
    teaches: str = ""


def review(folder: DraftFolder, workspace: Workspace, config: Config) -> Review:
    """What is in the contribution and what would be done with it. Raises LabError where it cannot be read."""
    from labtui.contribute.requests.reviewing import leaf_changes

    draft = folder.load()
    plan, problem = _plan(folder, workspace, config)
    _look_for_template(folder, workspace, config)
    request, trouble = _request(folder)
    return Review(
        changes=leaf_changes(folder),
        since=f"{plan.base} ({draft.base[:7]})" if plan is not None and draft.base else "",
        plan=plan,
        plan_problem=problem,
        request=request,
        request_problem=trouble,
        message=draft.message,
        message_made=_without_sign_off(plan) if plan is not None else "",
        teaches=draft.teaches,
    )


def _plan(folder: DraftFolder, workspace: Workspace, config: Config) -> tuple[SubmitPlan | None, LabError | None]:
    from labtui.contribute.submitting.plan import plan_of

    try:
        return plan_of(folder, workspace, config), None
    except LabError as error:
        return None, error


def _look_for_template(folder: DraftFolder, workspace: Workspace, config: Config) -> None:
    from labtui.contribute.submitting.template import keep_template
    from labtui.contribute.submitting.where import base_branch, clone_of

    with suppress(LabError):
        clone = clone_of(workspace)
        keep_template(folder, clone, base_branch(clone, config.settings.taxonomy.base))


def _request(folder: DraftFolder) -> tuple[RequestText | None, str]:
    from labtui.contribute.requests.request_text import request

    try:
        return request(folder), ""
    except LabError as error:
        return None, f"{error.what} {error.hint}".strip()


def _without_sign_off(plan: SubmitPlan) -> str:
    lines = plan.message.rstrip("\n").split("\n")
    return "\n".join(line for line in lines if line != plan.sign_off).rstrip("\n")
