"""`labtui contribute submit`: the branch, signed off, pushed; the request opened; or a file instead."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.contribute import _shared as shared
from labtui.errors import AnswerNo, UsageError

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder
    from labtui.contribute.forges.base import Forge
    from labtui.contribute.submitting.records import Offline, SubmitPlan, SubmitStep, Submitted

SIGNS = {"done": "✔", "failed": "✖", "skipped": "·"}


@click.command("submit", short_help="Commit, sign off, push, and open the request.")
@shared.draft_argument
@click.option("--dry-run", is_flag=True, help="Show what would be done, and what is in the way; do nothing.")
@click.option("--yes", is_flag=True, help="Certify the Developer Certificate of Origin and ask nothing.")
@click.option("--push-only", is_flag=True, help="Open no request: print the address for opening it by hand.")
@click.option("--bundle", "bundle_file", type=click.Path(path_type=Path), help="Write a git bundle; send nothing.")
@click.option(
    "--patch", "patch_file", type=click.Path(path_type=Path), help="Write patches to be mailed; send nothing."
)
@click.option("--documents", metavar="ADDRESS", help="The repository that documents of this machine go to.")
@click.option("--overwrite", is_flag=True, help="Replace what others put on this contribution's branch.")
@click.option("--no-sign", is_flag=True, help="Do not sign the commit, whatever git is set to.")
@json_option
@pass_lab
def command(
    lab: Lab,
    draft: str,
    dry_run: bool,
    yes: bool,
    push_only: bool,
    bundle_file: Path | None,
    patch_file: Path | None,
    documents: str | None,
    overwrite: bool,
    no_sign: bool,
    as_json: bool,
) -> None:
    """Submit a contribution, or go on with that where it was interrupted.

    The branch is made from the base as it is upstream now, in a worktree of its own: nothing of your clone is touched.
    Submitting again sends what was changed since; nothing is ever opened twice.
    """
    from labtui.contribute.submitting.connecting import with_token
    from labtui.contribute.submitting.plan import plan_of

    if bundle_file is not None and patch_file is not None:
        raise UsageError("A bundle and a patch are written one at a time.", where="--bundle, --patch")
    folder, workspace, config = shared.found(lab, draft), lab.workspace(), lab.config()
    if documents is not None and not dry_run:
        _send_documents_to(lab, folder, documents)
    target = bundle_file or patch_file
    plan = plan_of(folder, workspace, config, sign=False if no_sign else None, local=target is not None)
    if dry_run:
        _dry_run(plan if push_only or target is not None else with_token(plan, workspace, config), as_json)
        return
    _certify(folder, plan, yes)
    if target is not None:
        _offline(lab, folder, target, as_json, patches=patch_file is not None)
        return
    from labtui.contribute.submitting.submit import submit

    done = submit(
        folder,
        workspace,
        config,
        forge=None if push_only else _forge(lab),
        on_step=_Steps().show,
        sign=False if no_sign else None,
        overwrite=overwrite,
    )
    if as_json:
        print_json(done)
    else:
        _tell(done)


def _send_documents_to(lab: Lab, folder: DraftFolder, address: str) -> None:
    from labtui.contribute.submitting.documents import keep_documents

    local = folder.load().documents
    if not local:
        raise UsageError("This contribution has no documents of this machine.", where="--documents")
    for document in local:
        keep_documents(
            folder, lab.workspace(), lab.config(), document.leaf, repository=address, licence=document.licence
        )


def _forge(lab: Lab) -> Forge | None:
    from labtui.contribute.submitting.connecting import NoForge, connect

    try:
        return connect(lab.workspace(), lab.config())
    except NoForge as none:
        if none.error is not None:
            note(f"No request will be opened: {none.error.what} {none.error.hint}".rstrip())
        return None


def _certify(folder: DraftFolder, plan: SubmitPlan, yes: bool) -> None:
    """Shows the certificate and asks, once a contribution."""
    from labtui.contribute.submitting import dco

    if plan.certified:
        return
    if not yes and any(one.stops and one.about != "certificate" for one in plan.obstacles):
        return  # those are said first
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                "The Developer Certificate of Origin is not confirmed yet.",
                where=dco.ADDRESS,
                hint="Read it, and confirm it with: labtui contribute submit --yes",
            )
        note(dco.TEXT)
        note(dco.IN_SHORT)
        who = plan.identity.signature if plan.identity is not None else ""
        if not click.confirm(f"Do you certify this, as {who}?", err=True):
            raise AnswerNo("Without it nothing is submitted. The draft is kept.")
    dco.confirm(folder)


def _offline(lab: Lab, folder: DraftFolder, target: Path, as_json: bool, *, patches: bool) -> None:
    from labtui.contribute.submitting import offline

    if target.exists():
        raise UsageError("There is such a file already.", where=str(target), hint="Name another one, or remove it.")
    write = offline.patch if patches else offline.bundle
    done: Offline = write(folder, lab.workspace(), lab.config(), target)
    if as_json:
        print_json(done)
        return
    for file in done.files:
        out(file)
    note(f"The branch {done.branch} at {done.commit[:7]}, on {done.base_commit[:7]}. Whoever gets it types:")
    note(done.how)


def _dry_run(plan: SubmitPlan, as_json: bool) -> None:
    if as_json:
        print_json(plan)
    else:
        for line in _lines(plan):
            out(line)
    stops = [one for one in plan.obstacles if one.stops]
    if stops:
        raise AnswerNo("\n".join(f"{one.message} {one.hint}".rstrip() for one in stops))


def _lines(plan: SubmitPlan) -> Iterator[str]:
    where = f"{plan.push_to} ({plan.push_address})" if plan.push_to not in ("", plan.push_address) else plan.push_to
    yield f"Branch  {plan.branch}{', renewed' if plan.update else ''}"
    yield f"From    {plan.base} at {plan.base_commit[:7] or 'a commit not fetched yet'}"
    yield f"To      {where or 'nowhere: it stands in your clone'}"
    if plan.token:
        yield f"Token   {plan.token}"
    if plan.signing.on:
        yield f"Signed  {plan.signing.how}{f', {plan.signing.key}' if plan.signing.key else ''}"
    for document in plan.documents:
        at = f" at {document.commit[:7]}" if document.commit else ""
        yield f"Document  {document.name} to {document.repository or 'a repository not chosen yet'}{at}"
    yield ""
    for file in plan.files:
        yield f"  {file.change:<8} {file.path}"
    yield ""
    yield from (f"  {line}".rstrip() for line in plan.message.rstrip("\n").split("\n"))
    yield ""
    yield from (one.text for one in plan.commands)
    known = [one for one in plan.obstacles if not one.stops]
    if known:
        yield ""
        yield from (f"{one.message} {one.hint}".rstrip() for one in known)


class _Steps:
    """What is done, on standard error, a line a step."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def show(self, step: SubmitStep) -> None:
        from labtui.contribute.submitting.records import STEP_WORDS

        if step.state in SIGNS and step.name not in self._said and (step.state != "skipped" or step.says):
            self._said.add(step.name)
            note(f"{SIGNS[step.state]} {STEP_WORDS[step.name]}{f': {step.says}' if step.says else ''}")


def _tell(done: Submitted) -> None:
    for line in done.notes:
        note(line)
    if done.again:
        note("It was submitted already, and nothing was changed since.")
    if done.request is not None:
        out(done.request.url)
    elif done.web_address:
        out(done.web_address)
        note("Open the request there.")
    elif done.pushed_to:
        note(f"The branch {done.branch} is at {done.pushed_to}. Ask whoever looks after the taxonomy to take it in.")
    else:
        note(
            f"The branch {done.branch} stands in your clone, at {done.commit[:7]}. Send it with: "
            f"labtui contribute submit {done.draft.rpartition('-')[2]} --bundle FILE   (or --patch FILE)"
        )
