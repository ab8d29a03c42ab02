"""`labtui taxonomy check`: what is wrong with files, folders or leaves."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared
from labtui.commands.taxonomy._progress import Progress
from labtui.errors import AnswerNo, LabError, UsageError

if TYPE_CHECKING:
    from labtui.taxonomy.checking.gathering import Candidate
    from labtui.taxonomy.checking.many import Checked
    from labtui.taxonomy.profiles import Profile

COMPARED_UP_TO = 2000
"""A few leaves of a taxonomy are compared with the rest of it where that has no more leaves than this."""
WORKSPACE_S = ""
"""As the name of a base: the workspace's. `--base` without a REV, at the end of a line, has it too."""


@click.command("check", short_help="Tell what is wrong with files, folders or leaves.")
@click.argument("paths", nargs=-1, metavar="[PATH|LEAF]...")
@click.option(
    "--base",
    is_flag=False,
    flag_value=WORKSPACE_S,
    metavar="REV",
    help="Only leaves changed since the branch left REV (`empty`: all of them).",
)
@click.option("--changed", is_flag=True, help="The same since it left the workspace's base.")
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
    changed: bool,
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
    from labtui.taxonomy.comparing.base import EVERYTHING
    from labtui.taxonomy.profiles import Profile

    if changed and base:
        raise UsageError("--changed means the workspace's base, and --base another one.", hint="Leave one of them out.")
    base = WORKSPACE_S if changed else base
    judged = Profile(profile)
    try:
        wanted = [shared.place(lab, text) for text in paths] or [shared.root(lab)]
        candidates = _gather(lab, wanted, base, judged)
    except LabError:
        if base and base != EVERYTHING and _is_path(lab, base):
            raise _path_for_base(base, paths) from None
        raise
    cache = None if no_cache else Cache()
    try:
        with Progress("Checked", compares=True) as progress:
            checked = check_all(candidates, judged, cache=cache, on_progress=progress)
    finally:
        if cache is not None:
            cache.close()
    if documents:
        checked = _with_documents(candidates, checked, judged)
    files = list(dict.fromkeys(finding.path for finding in checked.findings if finding.fixable))
    fix = shared.again("fix", files if base is not None else paths, profile)
    _answer(checked, as_json, only_changed=base is not None, fix=fix)


def _is_path(lab: Lab, text: str) -> bool:
    workspace = lab.workspace_or_none()
    return os.path.lexists(text) or (workspace is not None and os.path.lexists(workspace.taxonomy / text))


def _path_for_base(path: str, paths: Sequence[str]) -> UsageError:
    """What to type where `--base` took a path for its REV."""
    all_paths = shlex.join([path, *paths])
    return UsageError(
        f"--base takes a branch, a tag or a commit; '{path}' is a path.",
        hint=f"Changed since the workspace's base: labtui taxonomy check --changed {all_paths}\n"
        f"Changed since another one: labtui taxonomy check --base REV {all_paths}",
    )


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


def _own_base(lab: Lab, folder: Path) -> str:
    """The workspace's base for a folder of its taxonomy. Another repository has none of its branches."""
    workspace = lab.workspace_or_none()
    if workspace is None:
        return ""
    root = os.path.realpath(workspace.taxonomy)
    inside = f"{os.path.realpath(folder)}{os.sep}".startswith(root + os.sep)
    return lab.config().settings.taxonomy.base if inside else ""


def _changed(lab: Lab, wanted: Sequence[Path], base: str | None) -> set[str]:
    """Absolute paths of the files that differ from the base, for each path in the repository it lies in."""
    from labtui.taxonomy.comparing.base import changed_files, resolve

    changed: set[str] = set()
    for folder in dict.fromkeys(path if path.is_dir() else path.parent for path in wanted):
        try:
            against = resolve(folder, base or None, _own_base(lab, folder))
            files = changed_files(folder, against)
        except LabError:
            if base is not None:
                raise
            continue  # Without git nothing is known to have changed.
        changed.update(os.path.join(os.path.abspath(folder), file) for file in files)
    return changed


def _with_documents(candidates: Sequence[Candidate], checked: Checked, profile: Profile) -> Checked:
    """Adds what is found where the leaves' documents should be."""
    import msgspec

    from labtui.taxonomy.rules.documents import online
    from labtui.taxonomy.rules.registry import RULES
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
            for finding in online(data, one.shown, root):
                more.append(msgspec.structs.replace(finding, level=RULES[finding.rule].level(profile)))
            progress(done, len(reported))
    order = {one.shown: at for at, one in enumerate(reported)}
    findings = sorted(
        [*checked.findings, *more],
        key=lambda finding: (order.get(finding.path, -1), finding.line, finding.column),
    )
    return msgspec.structs.replace(checked, findings=findings)


def _answer(checked: Checked, as_json: bool, *, only_changed: bool, fix: str) -> None:
    findings = checked.findings
    with shared.to_a_reader():
        if as_json:
            print_json(findings)
        elif findings:
            from labtui.commands.taxonomy._report import report

            report(findings)
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if fixable := sum(finding.fixable for finding in findings):
        note(f"{fixable:,} can be put right at once: {fix}")
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
