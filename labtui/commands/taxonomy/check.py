"""`labtui taxonomy check`: what is wrong with files, folders or leaves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared
from labtui.commands.taxonomy._progress import Progress
from labtui.errors import AnswerNo

if TYPE_CHECKING:
    from labtui.taxonomy.checking.gathering import Candidate
    from labtui.taxonomy.checking.many import Checked

COMPARED_UP_TO = 2000
"""A few leaves of a taxonomy are compared with the rest of it where that has no more leaves than this."""
WORKSPACE_S = ""
"""`--base` without a name."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@click.option(
    "--base",
    is_flag=False,
    flag_value=WORKSPACE_S,
    metavar="[REV]",
    help="Only leaves changed since the branch left REV (empty: all; no REV: the workspace's base).",
)
@click.option(
    "--profile",
    type=click.Choice(["strict", "upstream", "draft"]),
    default="strict",
    help="How to judge: as ilab does (default), as the taxonomy's CI does, or mild on what is unfinished.",
)
@click.option("--documents", is_flag=True, help="Look whether the documents of knowledge leaves are there; may fetch.")
@click.option("--no-cache", is_flag=True, help="Find everything out anew and remember nothing.")
@json_option
@pass_lab
def command(
    lab: Lab,
    paths: tuple[str, ...],
    base: str | None,
    profile: str,
    documents: bool,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Check files, folders or leaves as InstructLab does, and further; without any, the workspace's whole taxonomy.

    Files and folders need neither a workspace nor git. Exit code 1 where there is an error.
    """
    from labtui.taxonomy.checking.cache import Cache
    from labtui.taxonomy.checking.many import check_all
    from labtui.taxonomy.profiles import Profile

    wanted = [shared.place(lab, text) for text in paths] or [shared.root(lab)]
    judged = Profile(profile)
    candidates = _gather(lab, wanted, base, judged)
    cache = None if no_cache else Cache()
    try:
        with Progress("Checked", compares=True) as progress:
            checked = check_all(candidates, judged, cache=cache, on_progress=progress)
    finally:
        if cache is not None:
            cache.close()
    if documents:
        checked = _with_documents(candidates, checked)
    _answer(checked, as_json, base is not None)


def _gather(lab: Lab, wanted: Sequence[Path], base: str | None, profile: str) -> list[Candidate]:
    from labtui.taxonomy.checking.gathering import gather

    newest = profile == "upstream"
    if base is not None or newest:
        changed = _changed(lab, wanted, base)
        if base is not None:
            # The unchanged ones are not reported, but what is new is compared with them.
            return list(gather(wanted, changed, newest=newest))
        return list(gather(wanted, newest_for=changed))
    rest = _rest(lab, wanted)
    found = list(gather(wanted, beside=rest))
    others = sum(not one.reported for one in found)
    if others > COMPARED_UP_TO:
        note(f"Not compared with the taxonomy's other {others:,} leaves: labtui taxonomy check does that.")
        return [one for one in found if one.reported]
    return found


def _rest(lab: Lab, wanted: Sequence[Path]) -> Path | None:
    """The workspace's taxonomy where all that is asked for lies in it."""
    workspace = lab.workspace_or_none()
    if workspace is None or not workspace.taxonomy.is_dir():
        return None
    root = os.path.realpath(workspace.taxonomy)
    inside = all(os.path.realpath(path).startswith(root + os.sep) for path in wanted)
    return workspace.taxonomy if inside else None


def _changed(lab: Lab, wanted: Sequence[Path], base: str | None) -> set[str]:
    """Absolute paths of the files that differ from the base, for each path in the repository it lies in."""
    from labtui.errors import LabError
    from labtui.taxonomy.comparing.base import changed_files, resolve

    changed: set[str] = set()
    workspace = lab.workspace_or_none()
    default = lab.config().settings.taxonomy.base if workspace is not None else ""
    for folder in dict.fromkeys(path if path.is_dir() else path.parent for path in wanted):
        try:
            against = resolve(folder, base or None, default)
            files = changed_files(folder, against)
        except LabError:
            if base is not None:
                raise
            continue  # Without git nothing is known to have changed.
        changed.update(os.path.join(os.path.abspath(folder), file) for file in files)
    return changed


def _with_documents(candidates: Sequence[Candidate], checked: Checked) -> Checked:
    """Adds what is found where the leaves' documents should be."""
    import msgspec

    from labtui.taxonomy.rules.documents import online
    from labtui.taxonomy.source import Unreadable, read_bytes

    reported = [one for one in candidates if one.reported and one.data]
    more = []
    with Progress("Looked for the documents of") as progress:
        for done, one in enumerate(reported, 1):
            try:
                data = read_bytes(one.file)
            except Unreadable:
                continue
            root = Path(one.file).parents[one.name.count("/") + 1] if one.name else None
            more.extend(online(data, one.shown, root))
            progress(done, len(reported))
    order = {one.shown: at for at, one in enumerate(reported)}
    findings = sorted(
        [*checked.findings, *more],
        key=lambda finding: (order.get(finding.path, -1), finding.line, finding.column),
    )
    return msgspec.structs.replace(checked, findings=findings)


def _answer(checked: Checked, as_json: bool, only_changed: bool) -> None:
    findings = checked.findings
    if as_json:
        print_json(findings)
    elif findings:
        from labtui.commands.taxonomy._report import report

        report(findings)
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if fixable := sum(finding.fixable for finding in findings):
        note(f"{fixable:,} can be put right at once: labtui taxonomy fix")
    files = shared.count(checked.files, "file")
    if errors:
        bad = len({finding.path for finding in findings if finding.level == "error"})
        raise AnswerNo(
            f"{shared.count(errors, 'error')} and {shared.count(warnings, 'warning')} found; "
            f"{bad:,} of {files} {'has' if bad == 1 else 'have'} errors."
        )
    if findings:
        note(f"No errors, {shared.count(warnings, 'warning')} in {files}.")
    elif checked.files:
        note("Everything is in order.")
    elif only_changed:
        note("Nothing was checked: no leaf differs from the base.")
    else:
        note("Nothing was checked: there is no leaf.")
