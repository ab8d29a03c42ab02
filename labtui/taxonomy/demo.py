"""The demo: a small taxonomy about an island that does not exist, and the documents of its knowledge leaves.

Both become git repositories beside each other, made without the user's identity and with fixed dates, so that
their content alone decides the documents' commit. The taxonomy names that repository and its full commit, as a
real one names one on the network.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import quote

from labtui import git

DOCUMENTS = "documents"
"""The folder of the documents' repository, beside `taxonomy`."""

AUTHOR = "labtui demo"
MAIL = "demo@labtui.invalid"
DATE = "2026-01-01T12:00:00+0000"

_PLAIN_PATH = re.compile(r"/[\w./~+@-]*", re.ASCII)


def lay_out(workspace: Path) -> None:
    """Makes `taxonomy` and `documents` in `workspace`; neither may hold anything. Raises LabError and OSError.

    Each repository is finished under another name first, so that no half of one is ever left.
    """
    documents = workspace / DOCUMENTS
    if not (documents / ".git").exists():
        _repository(documents, _files("documents"), "The documents of the demo taxonomy", {})
    head = git.head(documents)
    commit = head.sha if head is not None else ""
    names = {"DOCUMENTS_REPO": address_of(documents), "DOCUMENTS_COMMIT": commit}
    _repository(workspace / "taxonomy", _files("taxonomy"), "The demo taxonomy", names)


def address_of(folder: Path) -> str:
    """How a taxonomy names a repository on this machine: its path, or a file address where that needs quoting."""
    path = str(folder.absolute())
    return path if _PLAIN_PATH.fullmatch(path) else f"file://{quote(path, errors='surrogateescape')}"


def _files(name: str) -> Iterator[tuple[str, bytes]]:
    def walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                yield from walk(entry, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.read_bytes()

    return walk(resources.files("labtui.demo").joinpath(name), "")


def _repository(target: Path, files: Iterator[tuple[str, bytes]], message: str, names: dict[str, str]) -> None:
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        building.chmod(0o755)
        for path, data in files:
            for name, value in names.items():
                data = data.replace(name.encode(), value.encode())
            (building / path).parent.mkdir(parents=True, exist_ok=True)
            (building / path).write_bytes(data)
        commit_all(building, message)
        # An empty folder of that name gives way; anything else makes this fail.
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def commit_all(folder: Path, message: str) -> None:
    """Makes `folder` a repository whose one commit depends on its content alone."""
    person = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", AUTHOR), ("EMAIL", MAIL), ("DATE", DATE))
    }
    settings = (
        "core.autocrlf=false",
        "core.fileMode=false",
        "core.attributesFile=/dev/null",
        "core.excludesFile=/dev/null",
        "commit.gpgSign=false",
        "i18n.commitEncoding=UTF-8",
    )
    git.run(folder, "init", "--quiet", "--template=", "--initial-branch=main", environment={"GIT_DEFAULT_HASH": "sha1"})
    git.run(folder, "add", "--all", settings=settings)
    git.run(folder, "commit", "--quiet", "--no-verify", "-m", message, environment=person, settings=settings)
