"""Making a workspace, with the taxonomy it works on.

Where the taxonomy comes from decides how it gets there:

- an address is cloned into the workspace;
- a folder stays where it is. The workspace holds a link to it, so that what is edited here is that taxonomy and
  not a copy which its owner never sees: people who come from InstructLab have one they work in. Only a bare
  repository, which nobody can edit, is cloned;
- the demo is laid out anew, as two small repositories;
- without any of these the workspace starts with an empty taxonomy under git.

Everything can be asked for twice: what is there already stays as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from labtui import git, paths
from labtui.errors import LabError, UsageError
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS, looks_like_taxonomy
from labtui.workspace import MARK, Workspace, check, create, remember_workspace


def _silent(text: str) -> None:
    return


def init_workspace(
    path: Path | None = None,
    demo: bool = False,
    taxonomy: str | None = None,
    say: Callable[[str], None] = _silent,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> Workspace:
    """Makes the workspace at `path` (None: the current folder, which then must be empty) and remembers it.

    `say` gets sentences on what is done, `on_progress` how far a clone is; setting `stop` breaks a clone off.
    Raises UsageError where the request cannot be meant (a folder full of other things, two taxonomies) and
    LabError where it cannot be done (disk, network, no git). What was begun is taken away again.
    """
    if demo and taxonomy:
        raise UsageError("--demo and --taxonomy exclude each other.", hint="Make two workspaces.")
    root = (path or Path.cwd()).expanduser().absolute()
    _refuse_bad_place(root, chosen=path is not None)
    source = _source(taxonomy) if taxonomy else None
    new = not (root / MARK).exists()
    made = _missing_parents(root)
    try:
        if new:
            _make_folder(root)
        else:
            check(Workspace(root))
        _provide_taxonomy(root, demo, source, say, on_progress, stop)
        workspace = create(root, base=_base(root / "taxonomy") if new else "")
    except BaseException:
        _take_away(made)
        raise
    remember_workspace(root)
    say(f"Made the workspace {root}" if new else f"The workspace {root} was there already.")
    return workspace


def instructlab_taxonomy() -> Path | None:
    """The taxonomy that InstructLab's `ilab` keeps for this user, where there is one."""
    base = os.environ.get("XDG_DATA_HOME", "")
    data = Path(base) if os.path.isabs(base) else paths.home() / ".local" / "share"
    folder = data / "instructlab" / "taxonomy"
    return folder if folder.is_dir() and looks_like_taxonomy(folder) else None


def instructlab_models() -> list[Path]:
    """The GGUF files in the models folder that InstructLab's `ilab` keeps for this user, by name."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if os.path.isabs(base) else paths.home() / ".cache"
    try:
        return sorted(file for file in (cache / "instructlab" / "models").glob("*.gguf") if file.is_file())
    except OSError:
        return []


class Source:
    """Where a taxonomy comes from: `address` is cloned, `folder` is linked to."""

    def __init__(self, address: str = "", folder: Path | None = None) -> None:
        self.address = address
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder) if self.folder is not None else git.without_secret(self.address)


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://.+|[\w.-]+@[\w.-]+:.+", re.IGNORECASE)


def _source(text: str) -> Source:
    if text.lower().startswith("file://") or _ADDRESS.fullmatch(text):
        return Source(address=text)
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(
            "is neither a folder nor an address.",
            where=text,
            hint="Give the folder of a taxonomy, or an address that begins with https:// or ssh://",
        )
    if looks_like_taxonomy(folder):
        return Source(folder=Path(os.path.realpath(folder)))
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        return Source(address=str(folder))
    top = git.root(folder) if git.available() else None
    if top is not None and top != Path(os.path.realpath(folder)) and looks_like_taxonomy(top):
        raise UsageError("lies inside a taxonomy.", where=text, hint=f"Give its top folder: --taxonomy {top}")
    if top is not None and top == Path(os.path.realpath(folder)):
        return Source(folder=top)
    raise UsageError(
        "is not a taxonomy: it holds neither a folder 'knowledge' nor 'compositional_skills', "
        "and is not a git repository.",
        where=text,
        hint="For a new, empty taxonomy leave --taxonomy out.",
    )


def _refuse_bad_place(root: Path, *, chosen: bool) -> None:
    if (root / MARK).exists():
        return
    if root.exists() and not root.is_dir():
        raise UsageError("is a file, not a folder.", where=str(root), hint="Name another one: labtui init NAME")
    if looks_like_taxonomy(root):
        raise UsageError(
            "This folder is a taxonomy itself; a workspace is the folder around one.",
            where=str(root),
            hint=f"Make one that uses it: labtui init ../lab --taxonomy {root}",
        )
    if chosen:
        return
    try:
        count = sum(1 for _ in os.scandir(root))
    except OSError:
        count = 0
    if count:
        raise UsageError(
            f"The current folder is not empty ({count} {'entry' if count == 1 else 'entries'}), "
            "and no other one was named.",
            where=str(root),
            hint="Name a new folder: labtui init lab --demo\nor make it here all the same: labtui init .",
        )


def _provide_taxonomy(
    root: Path,
    demo: bool,
    source: Source | None,
    say: Callable[[str], None],
    on_progress: Callable[[git.Step], None] | None,
    stop: threading.Event | None,
) -> None:
    target = root / "taxonomy"
    if target.is_symlink() and not target.exists():
        if source is None and not demo:
            raise LabError(
                f"The taxonomy of this workspace is a link to {os.readlink(target)}, and that is gone.",
                where=str(target),
                hint="Put it back, or name the taxonomy anew: labtui init . --taxonomy URL|DIR",
            )
        target.unlink()
    if _holds_something(target):
        _keep(root, target, demo, source, say)
        return
    try:
        if demo:
            from labtui.taxonomy.demo import lay_out

            say("Laying out the demo taxonomy …")
            lay_out(root)
        elif source is None:
            _start_empty(target, say)
        elif source.folder is not None:
            _link(target, source.folder, say)
        else:
            _clone(target, source.address, say, on_progress, stop)
    except OSError as error:
        raise _disk(error, root) from error


def _keep(root: Path, target: Path, demo: bool, source: Source | None, say: Callable[[str], None]) -> None:
    """What is there stays; asking for something else is an error."""
    from labtui.taxonomy.demo import DOCUMENTS

    if demo and not (root / DOCUMENTS / ".git").exists():
        raise UsageError(
            "This workspace has a taxonomy of its own, which the demo does not replace.",
            where=str(target),
            hint="Make another workspace for it: labtui init demo --demo",
        )
    if source is not None and not _same(target, source):
        raise UsageError(
            f"This workspace has another taxonomy already; {source} does not replace it.",
            where=str(target),
            hint=f"Make another workspace for it: labtui init NAME --taxonomy {source}",
        )
    say("The taxonomy is there already and stays as it is.")


def _same(target: Path, source: Source) -> bool:
    if source.folder is not None:
        return Path(os.path.realpath(target)) == source.folder
    if not git.available():
        return False
    origin = git.run(target, "config", "--get", "remote.origin.url", check=False).text.strip()
    return origin.rstrip("/").removesuffix(".git") == source.address.rstrip("/").removesuffix(".git")


def _start_empty(target: Path, say: Callable[[str], None]) -> None:
    for name in (KNOWLEDGE, SKILLS):
        (target / name).mkdir(parents=True, exist_ok=True)
    if git.available():
        git.run(target, "init", "--quiet", "--template=", "--initial-branch=main")
        say("Started an empty taxonomy under git.")
    else:
        say("Started an empty taxonomy, without history: git is not installed.")


def _link(target: Path, folder: Path, say: Callable[[str], None]) -> None:
    if target.is_dir():
        target.rmdir()
    target.symlink_to(folder, target_is_directory=True)
    say(f"The taxonomy stays where it is: {folder}")
    if not git.available():
        say("git is not installed: history and changes are not shown.")
    elif git.root(folder) is None:
        say(
            "It is not a git repository, so changes cannot be compared or contributed. "
            f"To start its history: git -C '{folder}' init"
        )


def _clone(
    target: Path,
    address: str,
    say: Callable[[str], None],
    on_progress: Callable[[git.Step], None] | None,
    stop: threading.Event | None,
) -> None:
    say(f"Cloning {git.without_secret(address)} …")
    building = Path(tempfile.mkdtemp(prefix=".taxonomy-", dir=target.parent))
    try:
        building.chmod(0o755)
        git.clone(address, building, on_progress, stop=stop)
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    if not looks_like_taxonomy(target):
        say("It holds no leaves yet: neither a folder 'knowledge' nor 'compositional_skills'.")


_PLAIN_BRANCH = re.compile(r"[A-Za-z][\w.-]*(?:/[A-Za-z][\w.-]*)+", re.ASCII)


def _base(target: Path) -> str:
    """The remote's default branch (`origin/main`): what later is compared with; empty where there is none."""
    from labtui.taxonomy.comparing.base import find_default

    try:
        if not git.available() or git.root(target) != Path(os.path.realpath(target)):
            return ""
        found = find_default(target)
    except LabError:
        return ""
    # Any other name is found anew each time; written down it could be read as something else than a text.
    return found if _PLAIN_BRANCH.fullmatch(found) else ""


def _holds_something(target: Path) -> bool:
    try:
        with os.scandir(target) as listing:
            return any(True for _ in listing)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _disk(error, target) from error


def _missing_parents(root: Path) -> list[Path]:
    """The folders that have to be made for `root`, outermost first."""
    missing = []
    folder = root
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    return missing[::-1]


def _make_folder(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _disk(error, root) from error


def _take_away(made: list[Path]) -> None:
    """Removes the folders that were made for a workspace that could not be finished."""
    if made:
        shutil.rmtree(made[0], ignore_errors=True)


def _disk(error: OSError, root: Path) -> LabError:
    return LabError(
        f"The workspace cannot be made: {error.strerror}.",
        where=str(error.filename or root),
        hint="Choose a folder you may write to: labtui init PATH",
    )
