"""The document of a contributed leaf as the wizard needs it: where it is, the files to be shown, contexts from it."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

import msgspec

from labtui import git
from labtui.contribute.documents.local_documents import copies, of_leaf
from labtui.contribute.drafts.draft_folder import DraftFolder, files_below
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import LocalDocument
from labtui.errors import LabError, UsageError
from labtui.taxonomy.documents.address import LOCAL, WRONG, folder_of, understand
from labtui.taxonomy.documents.files import DocumentFile
from labtui.taxonomy.documents.reading import FoundDocument
from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.leaf import Document, Leaf, read_leaf_file
from labtui.taxonomy.lengths import USED_PAIRS
from labtui.taxonomy.rules.seeds import same_text

PAIRS = "questions_and_answers"
ASK_SECONDS = 30.0
"""A server may take to say which commit is its newest."""


class DocumentFacts(msgspec.Struct, frozen=True, kw_only=True):
    leaf: str = ""
    knowledge: bool = True
    local: LocalDocument | None = None
    files: tuple[DocumentFile, ...] = ()
    """The copies of a local document."""
    repo: str = ""
    commit: str = ""
    patterns: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    """Of each seed."""
    moved: bool = False
    """What the copies were made from says something else by now."""

    @property
    def marked(self) -> int:
        """Seeds that have a context."""
        return sum(bool(context.strip()) for context in self.contexts)

    @property
    def document(self) -> Document | None:
        """What is shown, as the leaf names it or would. The copies are named by what they hold."""
        if self.local is not None:
            return Document(f"{self.local.name}/", str(hash(self.files)), (self.local.name,))
        if self.repo.strip():
            return Document(self.repo.strip(), self.commit.strip(), self.patterns)
        return None

    def found(self) -> FoundDocument:
        """The copies of a local document, in the shape of files in a repository."""
        commit = self.local.commit if self.local is not None else ""
        return FoundDocument(repo=self.local.name if self.local else "", commit=commit or "draft", files=self.files)


def facts(folder: DraftFolder, leaf: str, *, moved: bool | None = None) -> DocumentFacts:
    """In a thread. `moved`: what is known of the originals already; None: they are read and compared. Raises LabError
    where the contribution cannot be read."""
    from labtui.contribute.documents.local_documents import moved_since

    local = of_leaf(folder.load(), leaf)
    found = read_leaf_file(folder.leaf_file(leaf), leaf)
    document = found.document or Document("", "", ())
    return DocumentFacts(
        leaf=leaf,
        knowledge=leaf.startswith("knowledge/"),
        local=local,
        files=_copies(folder, local) if local is not None else (),
        repo=document.repo,
        commit=document.commit,
        patterns=document.patterns,
        contexts=tuple(seed.context for seed in found.seeds),
        moved=local is not None and (moved_since(folder, local) if moved is None else moved),
    )


def _copies(folder: DraftFolder, local: LocalDocument) -> tuple[DocumentFile, ...]:
    """The copies, read again only where one of them is another file by now: they may be large."""
    stamps = []
    for path in files_below(folder.documents / local.name):
        found = path.stat()
        stamps.append((str(path), found.st_ino, found.st_size, found.st_mtime_ns))
    key = (folder.path, local.name, tuple(stamps))
    known = _READ.get(key)
    if known is None:
        _READ.clear()
        known = _READ[key] = copies(folder, local)
    return known


_READ: dict[tuple[object, ...], tuple[DocumentFile, ...]] = {}
"""What was read last."""


def add_context(folder: DraftFolder, leaf: str, context: str) -> int:
    """Makes a context of a marked text: of the first seed that says nothing yet, else of a new one. Gives the seed's
    number, from 1. Raises UsageError where a seed has it already, and LabError."""

    def add(editor: LeafEditor) -> int:
        seeds = _leaf(editor, folder, leaf).seeds
        for seed in seeds:
            if same_text(seed.context) == same_text(context):
                raise UsageError(f"Seed {seed.number} has this context already.", hint="Mark another passage.")
        blank = next((seed.number - 1 for seed in seeds if _is_blank(seed.context, seed.pairs)), None)
        if blank is None:
            return editor.add_seed(None, context=context, pairs=(("", ""),) * USED_PAIRS) + 1
        editor.typed(("seed_examples", blank, "context"), context)
        for _ in range(len(seeds[blank].pairs), USED_PAIRS):
            editor.add_pair(blank)
        return blank + 1

    return edit(folder, leaf, add)


def write_field(folder: DraftFolder, leaf: str, key: str, text: str) -> None:
    """Makes `repo`, `commit` or `patterns` (one a line) of the leaf's document what is typed. Raises LabError."""

    def write(editor: LeafEditor) -> None:
        value = editor.value if isinstance(editor.value, dict) else {}
        if not isinstance(value.get("document"), dict):
            editor.put(("document",), {"repo": "", "commit": "", "patterns": []})
        if key == "patterns":
            editor.set_list(("document", key), [line.strip() for line in text.splitlines() if line.strip()])
        else:
            editor.typed(("document", key), text.strip())

    edit(folder, leaf, write)


def newest_commit(address: str, root: FilePath | None) -> str:
    """The full name of the newest commit of a repository's main branch. Asks its server. Raises LabError."""
    found = understand(address.strip())
    if found.kind == WRONG:
        raise UsageError(found.problem, where=address, hint=found.hint)
    place = os.fspath(folder_of(found, root)) if found.kind == LOCAL else found.text
    output = git.run(None, "ls-remote", "--", place, "HEAD", check=False, timeout=ASK_SECONDS)
    if output.code != 0:
        raise LabError(
            f"The repository did not answer: {git.last_words(output.err, output.code)}",
            where=git.without_secret(place),
            hint="Look at the address; or type the commit's full name, which its page shows.",
        )
    commit = output.text.split("\t")[0].strip()
    if len(commit) < 40:
        raise LabError("The repository holds no commit yet.", where=git.without_secret(place))
    return commit


def _leaf(editor: LeafEditor, folder: DraftFolder, leaf: str) -> Leaf:
    return editor.leaf(leaf, folder.leaf_file(leaf))


def _is_blank(context: str, pairs: tuple[object, ...]) -> bool:
    written = (f"{getattr(pair, 'question', '')}{getattr(pair, 'answer', '')}" for pair in pairs)
    return not context.strip() and not any(text.strip() for text in written)
