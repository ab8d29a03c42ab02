"""One number for all of a contribution that would be committed: another one, and something was written."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from labtui.errors import LabError
from labtui.taxonomy.source import Unreadable, read_bytes

if TYPE_CHECKING:
    from labtui.contribute.drafts.draft_folder import DraftFolder

LARGEST = 256 * 1024 * 1024
"""Bytes of a file of a document that is read."""


def fingerprint_of(folder: DraftFolder) -> str:
    """SHA-256 over leaves, their files, documents and the commit message. Raises LabError."""
    draft = folder.load()
    parts: list[str] = []
    for leaf in sorted(draft.leaves, key=lambda leaf: leaf.id):
        parts += ["leaf", leaf.id, leaf.change, leaf.was]
        for name, path in folder.files(leaf).items():
            parts += ["file", name, _sha256(path)]
    for document in sorted(draft.documents, key=lambda document: (document.leaf, document.name)):
        parts += ["document", document.leaf, document.name]
        top = folder.documents / document.name
        for path in files_below(top):
            parts += ["file", path.relative_to(top).as_posix(), _sha256(path)]
    digest = hashlib.sha256()
    for text in [*parts, "message", draft.message]:
        data = text.encode("utf-8", "surrogatepass")
        # With its length before it, no two lists of texts are the same bytes.
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def files_below(top: Path) -> list[Path]:
    """Every regular file below a folder of documents, by name; hidden ones and links are left out."""
    found = []
    for folder, names, files in os.walk(top):
        names[:] = sorted(name for name in names if not name.startswith("."))
        paths = [Path(folder, name) for name in files if not name.startswith(".")]
        found += [path for path in paths if path.is_file() and not path.is_symlink()]
    return sorted(found)


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(path, limit=LARGEST)).hexdigest()
    except Unreadable as trouble:
        raise LabError(trouble.message, where=str(path), hint=trouble.hint) from trouble
