"""Local documents on their way to a repository others can read: committed, named in the leaf, pushed.

    keep_documents(folder, workspace, config, leaf_id, repository="https://…/documents.git")    # the step Document
    push_documents(folder, config)                                                # the first thing of a submission

`keep_documents` makes the commit and writes address, full commit and patterns into the leaf's qna.yaml; nothing of the
documents is sent then. The commit does not change by being pushed, so what is reviewed is what is submitted; it is
signed off as the contribution is, and nobody sees that line before the certificate is agreed to.
"""

from __future__ import annotations

import shlex
import threading
from pathlib import Path

import msgspec

from labtui.config import Config
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder, files_below
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import Draft, LocalDocument
from labtui.contribute.submitting import message
from labtui.contribute.submitting.connecting import Logins
from labtui.contribute.submitting.document_repository import MAIN, Staging, checked_address
from labtui.contribute.submitting.identity import identity, signing
from labtui.contribute.submitting.records import GitCommand, PlannedDocument, SubmitStepName
from labtui.errors import LabError, UsageError
from labtui.git_commits import Person
from labtui.git_push import PushError, branches_words, default_words, push_words
from labtui.journal import atomic_write
from labtui.records import now
from labtui.taxonomy.editing import LeafEditor
from labtui.workspace import Workspace

LOCAL_NAME = "documents.git"
NOTICE = "SOURCE.txt"
"""Where the documents of a leaf are from and under which licence; beside them, and matched by no pattern."""


def suggested_repository(workspace: Workspace) -> str:
    """Where documents went last time in this workspace, else a repository in the workspace itself."""
    for folder in store.list_drafts(workspace):
        try:
            used = [document.repository for document in folder.load().documents if document.repository]
        except LabError:
            continue
        if used:
            return used[-1]
    return str(workspace.root / LOCAL_NAME)


def staging_of(folder: DraftFolder) -> Staging:
    return Staging(folder.path / "documents-repository")


def keep_documents(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    leaf: str,
    *,
    repository: str,
    licence: str = "",
    make: bool = True,
    sign: bool | None = None,
    stop: threading.Event | None = None,
) -> LocalDocument:
    """Commits the leaf's local documents for `repository`, an address or a folder of this machine (made where there is
    none, unless `make` is off), and writes where they are into its qna.yaml. Called again it changes nothing, or
    commits what changed. `sign` overrides what git is set to.

    Raises UsageError where the leaf has no local documents or they cannot go there, LabError where git has no identity
    or refuses. A repository that cannot be reached now is no error: the commit then stands by itself.
    """
    document = _document(folder.load(), leaf)
    address = checked_address(repository, make=make)
    files = {path.relative_to(folder.documents / document.name).as_posix(): path for path in
             files_below(folder.documents / document.name)}  # fmt: skip
    if not files:
        raise UsageError("There are no documents to send.", where=str(folder.documents / document.name))
    staging = staging_of(folder)
    staging.make()
    settings_of = workspace.taxonomy if workspace.taxonomy.is_dir() else staging.place
    who, signs = identity(settings_of), signing(settings_of)
    signs = signs if sign is None else msgspec.structs.replace(signs, on=sign)
    person = Person(name=who.name, email=who.email, when=now())
    words = message.signed_off(f"Documents of {leaf}", who.signature)
    below = _below(folder, document)
    notice = folder.path / f".{NOTICE}-{document.name}"
    atomic_write(notice, _notice(document, licence).encode())
    branch = document.branch
    try:
        commit = document.commit if document.repository == address else ""
        named = {**files, NOTICE: notice}
        there = staging.holds(commit, below, named)
        if not there or not (document.pushed or staging.is_made(commit, words, person, signs)):
            branch, tip = _tip(staging, address, config, stop)
            commit = staging.commit(tip, below, named, words, person, signs)
    finally:
        notice.unlink(missing_ok=True)
    staging.keep(f"documents/{document.name}", commit)
    patterns = sorted({f"{below}/{path.rpartition('/')[0]}/*.md".replace("//", "/") for path in files})
    edit(folder, leaf, lambda editor: _write(editor, address, commit, patterns))

    def note(draft: Draft) -> None:
        for other in draft.documents:
            if other.leaf == leaf:
                other.pushed = other.pushed and (other.repository, other.commit) == (address, commit)
                other.repository, other.branch, other.commit = address, branch, commit
                other.licence = licence or other.licence

    return _document(folder.change(note), leaf)


def refresh(
    folder: DraftFolder,
    workspace: Workspace,
    config: Config,
    stop: threading.Event | None = None,
    sign: bool | None = None,
) -> None:
    """Commits again what was changed since, for every document whose repository is chosen; what was not sent also
    where its author or signature would be another one now."""
    for document in folder.load().documents:
        if document.repository:
            keep_documents(
                folder, workspace, config, document.leaf,
                repository=document.repository, licence=document.licence, make=False, sign=sign, stop=stop,
            )  # fmt: skip


def push_documents(
    folder: DraftFolder, config: Config, stop: threading.Event | None = None, logins: Logins | None = None
) -> tuple[PlannedDocument, ...]:
    """Sends every document that is committed and was not sent. Raises PushError; what was sent stays sent."""
    staging, logins = staging_of(folder), logins or Logins(config)
    for document in folder.load().documents:
        if document.pushed or not document.commit:
            continue
        login = logins.for_address(staging.place, document.repository)
        try:
            staging.push(document.repository, document.commit, _own_branch(folder, document), login, stop)
        except PushError as error:
            what = f"The documents of {document.leaf} cannot be sent: {error.what}"
            raise PushError(what, error.refusal, where=error.where, hint=error.hint) from error
        sent = (document.leaf, document.commit)

        def note(draft: Draft, sent: tuple[str, str] = sent) -> None:
            for other in draft.documents:
                other.pushed = other.pushed or (other.leaf, other.commit) == sent

        folder.change(note)
    return planned(folder.load())


def planned(draft: Draft) -> tuple[PlannedDocument, ...]:
    return tuple(
        PlannedDocument(leaf=one.leaf, name=one.name, repository=one.repository, commit=one.commit, pushed=one.pushed)
        for one in draft.documents
    )


def commands(folder: DraftFolder, draft: Draft) -> tuple[GitCommand, ...]:
    """The git commands by which documents are sent, as one would type them."""
    staging = staging_of(folder)
    listed: list[GitCommand] = []

    def add(words: list[str], why: str = "") -> None:
        text = shlex.join(["git", "-C", str(staging.place), *words])
        listed.append(GitCommand(step=SubmitStepName.DOCUMENTS, text=text, why=why))

    for one in draft.documents:
        if not one.commit or one.pushed:
            continue
        main, own = one.branch or MAIN, _own_branch(folder, one)
        parents = staging.parents(one.commit)
        add(default_words(one.repository), f"the documents of {one.leaf}: asks for the main branch there")
        add(branches_words(one.repository, [main, own]))
        sent = push_words(one.repository, one.commit, main, parents[0] if parents else "")
        add(sent, f"to the main branch, or to {own} where that one moved on or is protected")
    return tuple(listed)


def _tip(staging: Staging, address: str, config: Config, stop: threading.Event | None) -> tuple[str, str]:
    try:
        return staging.tip_of(address, Logins(config).for_address(staging.place, address), stop)
    except PushError as error:
        if error.refusal == "network":
            return "", ""
        raise


def _document(draft: Draft, leaf: str) -> LocalDocument:
    for document in draft.documents:
        if document.leaf == leaf:
            return document
    raise UsageError("This leaf has no documents of this machine.", where=leaf, hint="Take some in the step Document.")


def _below(folder: DraftFolder, document: LocalDocument) -> str:
    """The folder of a document in its repository. Other contributions' documents may be there as well."""
    return f"{document.name}-{folder.short_id}"


def _own_branch(folder: DraftFolder, document: LocalDocument) -> str:
    return f"labtui/{folder.short_id}/{document.name}-{document.commit[:7]}"


def _notice(document: LocalDocument, licence: str) -> str:
    came_from = Path(document.came_from).name
    lines = [f"Documents of the leaf {document.leaf}", f"License: {licence or document.licence or 'not named'}"]
    return "\n".join([*lines, *([f"Made from: {came_from}"] if came_from else [])]) + "\n"


def _write(editor: LeafEditor, repository: str, commit: str, patterns: list[str]) -> None:
    value = editor.value if isinstance(editor.value, dict) else {}
    there = value.get("document")
    if not isinstance(there, dict):
        editor.put(("document",), {"repo": repository, "commit": commit, "patterns": [*patterns]})
        return
    for key, text in (("repo", repository), ("commit", commit)):
        if there.get(key) != text:
            editor.set(("document", key), text)
    if there.get("patterns") != patterns:
        editor.set_list(("document", "patterns"), patterns)
