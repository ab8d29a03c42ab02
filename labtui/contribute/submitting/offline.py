"""A contribution as files, for whoever has no forge or no network: a git bundle, or a series of patches to be mailed.

The branch stands in the clone as after a submission; only nothing is sent. Documents of this machine come along in a
file of their own, as they belong to another repository.
"""

from __future__ import annotations

import os
import shlex
import threading
from pathlib import Path

from labtui import git
from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.contribute.submitting.basing import lend_base
from labtui.contribute.submitting.documents import staging_of
from labtui.contribute.submitting.records import Offline, Submitted
from labtui.contribute.submitting.submit import submit
from labtui.contribute.submitting.where import Clone, clone_of
from labtui.errors import LabError, UsageError
from labtui.git_commits import facts
from labtui.git_worktrees import LOCAL
from labtui.journal import atomic_write
from labtui.workspace import Workspace

_PLAIN = ("diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.renames=true", "format.from=true")


def bundle(
    folder: DraftFolder, workspace: Workspace, config: Config, file: Path, cancelled: threading.Event | None = None
) -> Offline:
    """Writes the branch into `file`, and the documents' commits into one beside it. Asks no network.

    A file that is there is replaced. Raises what `submit` raises, and LabError where the file cannot be written.
    """
    _refuse_place(file)
    done, clone = _branch(folder, workspace, config, cancelled)
    lend_base(folder, clone.top)
    _bundle(clone.top, file, f"refs/heads/{done.branch}", done.base_commit)
    files = [str(file)]
    how = f"git fetch {_word(file)} {shlex.quote(f'{done.branch}:{done.branch}')}"
    draft = folder.load()
    if refs := _documents(folder, draft):
        beside = _beside(file)
        _bundle(staging_of(folder).place, beside, *refs)
        files.append(str(beside))
        how += f"\nand in the documents' repository: git fetch {_word(beside)} 'refs/heads/*:refs/heads/*'"
    return Offline(files=tuple(files), branch=done.branch, commit=done.commit, base_commit=done.base_commit, how=how)


def patch(
    folder: DraftFolder, workspace: Workspace, config: Config, file: Path, cancelled: threading.Event | None = None
) -> Offline:
    """As `bundle`, as patches in the form of mails, which `git am` takes in on any base where they fit."""
    _refuse_place(file)
    done, clone = _branch(folder, workspace, config, cancelled)
    lend_base(folder, clone.top)
    _write(file, _patches(clone.top, [f"{done.base_commit}..{done.commit}"]))
    files = [str(file)]
    how = f"git am {_word(file)}"
    place = staging_of(folder).place
    series = b""
    for document in folder.load().documents:
        if document.commit:
            parents = facts(place, document.commit).parents
            series += _patches(place, [f"{parents[0]}..{document.commit}"] if parents else ["--root", document.commit])
    if series:
        beside = _beside(file)
        _write(beside, series)
        files.append(str(beside))
        how += f"\nand in the documents' repository: git am --committer-date-is-author-date {_word(beside)}"
    return Offline(files=tuple(files), branch=done.branch, commit=done.commit, base_commit=done.base_commit, how=how)


def _branch(
    folder: DraftFolder, workspace: Workspace, config: Config, cancelled: threading.Event | None
) -> tuple[Submitted, Clone]:
    return submit(folder, workspace, config, cancelled=cancelled, local=True), clone_of(workspace)


def _documents(folder: DraftFolder, draft: Draft) -> list[str]:
    """The branches of the staging repository, each without what the documents' repository has already."""
    place, refs = staging_of(folder).place, []
    for document in draft.documents:
        if document.commit:
            parents = facts(place, document.commit).parents
            refs += [f"refs/heads/documents/{document.name}", *(f"^{parent}" for parent in parents)]
    return refs


def _bundle(repo: Path, file: Path, ref: str, *others: str) -> None:
    without = [other if other.startswith(("^", "refs/")) else f"^{other}" for other in others]
    temporary = file.absolute().with_name(f".{file.name}.{os.getpid()}")  # git works in another folder
    try:
        git.run(repo, "bundle", "create", "--quiet", os.fspath(temporary), ref, *without, environment=LOCAL)
        os.replace(temporary, file)
    except OSError as error:
        raise _not_written(file, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _patches(repo: Path, which: list[str]) -> bytes:
    return git.run(
        repo, "format-patch", "--stdout", "--no-attach", "--no-thread", "--no-cover-letter", "--no-numbered",
        "--no-signature", "--no-notes", "--no-add-header", "--no-to", "--no-cc", "--full-index", "--binary",
        "--subject-prefix=PATCH", "--src-prefix=a/", "--dst-prefix=b/", *which,
        settings=_PLAIN,
        environment=LOCAL,
    ).out  # fmt: skip


def _word(file: Path) -> str:
    """Its name as a word for a shell, and never an option."""
    return shlex.quote(f"./{file.name}" if file.name.startswith("-") else file.name)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.stem}-documents{file.suffix}")


def _refuse_place(file: Path) -> None:
    if file.is_dir():
        raise UsageError("This is a folder.", where=str(file), hint="Name the file to be written.")
    if not file.absolute().parent.is_dir():
        raise UsageError("There is no such folder to write into.", where=str(file.parent), hint="Make it first.")


def _write(file: Path, data: bytes) -> None:
    try:
        atomic_write(file, data)
    except OSError as error:
        raise _not_written(file, error) from error


def _not_written(file: Path, error: OSError) -> LabError:
    return LabError(f"The file cannot be written: {error.strerror}.", where=str(file), hint="Name another place.")
