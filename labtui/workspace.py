"""A workspace: one folder with a `labtui.yaml` and everything a group's work on a model leaves on disk."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write, dump

MARK = "labtui.yaml"
FORMAT = 1
FOLDERS = ("taxonomy", "jobs", "data", "models", "chats", "drafts")
RECENT = 8

NO_WORKSPACE = (
    "Make one with: labtui init --demo   (or: labtui init --taxonomy URL|DIR)\n"
    "or name one with --workspace DIR or the variable LABTUI_WORKSPACE."
)


class Workspace:
    """The paths of one workspace. Nothing here touches the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    @property
    def settings_file(self) -> Path:
        return self.root / MARK

    @property
    def taxonomy(self) -> Path:
        return self.root / "taxonomy"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def models(self) -> Path:
        """What was trained here; models from elsewhere lie in the per-user store (paths.models_dir)."""
        return self.root / "models"

    @property
    def chats(self) -> Path:
        return self.root / "chats"

    @property
    def drafts(self) -> Path:
        return self.root / "drafts"

    @property
    def reviews(self) -> Path:
        """What people decided of generated samples; made with the first decision."""
        return self.root / "reviews"


class RecentLeaf(msgspec.Struct, kw_only=True):
    """A leaf of a taxonomy somebody read or edited."""

    id: str
    at: float = 0.0
    """In seconds since 1970."""
    edited: bool = False


class Remembered(msgspec.Struct, kw_only=True):
    """state.json: what the application remembers by itself. Nothing a user writes, nothing secret."""

    v: int = 1
    workspace: str = ""
    recent: list[str] = []
    theme: str = ""
    screen: str = ""
    trusted: list[str] = []
    """Workspaces whose settings may reach out (addresses, key names, commands)."""
    leaves: dict[str, list[RecentLeaf]] = {}
    """By taxonomy: the leaves last looked into, the latest first."""


def remembered() -> Remembered:
    """What was remembered; an unreadable or foreign state file counts as empty."""
    try:
        return msgspec.json.decode((paths.state_dir() / "state.json").read_bytes(), type=Remembered)
    except (OSError, msgspec.MsgspecError):
        return Remembered()


def remember(**changes: object) -> None:
    """Updates single fields of the state file; a disk that cannot be written is not an error here."""
    state = remembered()
    for name, value in changes.items():
        setattr(state, name, value)
    try:
        atomic_write(paths.state_dir() / "state.json", dump(state), mode=0o600)
    except OSError:
        return


def remember_workspace(root: Path) -> None:
    text = str(root)
    recent = [text, *(other for other in remembered().recent if other != text)][:RECENT]
    remember(workspace=text, recent=recent)


def find(explicit: Path | None = None, start: Path | None = None) -> Workspace | None:
    """The workspace to work in, or None where there is none.

    In order: `explicit` (--workspace), the variable LABTUI_WORKSPACE, the nearest folder upwards from `start`
    (the current folder) that holds a labtui.yaml, the last one opened. Raises UsageError when a named one is
    none, and LabError when it was made by a newer labtui.
    """
    named, source = (explicit, "--workspace") if explicit else (None, "")
    if named is None and (value := os.environ.get("LABTUI_WORKSPACE")):
        named, source = Path(value), "LABTUI_WORKSPACE"
    if named is not None:
        root = named.expanduser().absolute()
        if not (root / MARK).is_file():
            raise UsageError(f"is not a workspace: it holds no {MARK}.", where=f"{source} {named}", hint=NO_WORKSPACE)
        return check(Workspace(root))
    try:
        here = (start or Path.cwd()).absolute()
    except FileNotFoundError:
        here = paths.home()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return check(Workspace(folder))
    last = remembered().workspace
    if last and (Path(last) / MARK).is_file():
        return check(Workspace(Path(last)))
    return None


def require(explicit: Path | None = None) -> Workspace:
    """As `find`, but no workspace is an error that says how to make one."""
    workspace = find(explicit)
    if workspace is None:
        raise UsageError("There is no workspace here.", hint=NO_WORKSPACE)
    return workspace


def check(workspace: Workspace) -> Workspace:
    """Raises LabError where the workspace was made by a newer labtui; returns it otherwise."""
    # The line `version: N` stands alone; looking for it as text keeps YAML out of the quick commands.
    try:
        with open(workspace.settings_file, encoding="utf-8", errors="replace") as stream:
            line = next((line for line in stream if line.startswith("version:")), "")
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(workspace.settings_file)) from error
    value = line.partition(":")[2].partition("#")[0].strip().strip("'\"")
    if value.isdecimal() and len(value) < 10 and int(value) > FORMAT:
        raise LabError(
            f"The workspace was made by a newer labtui (version {int(value)}, this one knows {FORMAT}).",
            where=str(workspace.settings_file),
            hint="Update labtui to open it.",
        )
    return workspace


def create(root: Path, base: str = "") -> Workspace:
    """Makes the folders and `labtui.yaml`; an existing workspace is left as it is. Raises LabError.

    `base` is the setting `taxonomy.base` of a new one.
    """
    workspace = Workspace(root.expanduser().absolute())
    try:
        for name in FOLDERS:
            (workspace.root / name).mkdir(parents=True, exist_ok=True)
        if not workspace.settings_file.exists():
            atomic_write(workspace.settings_file, (SETTINGS + (BASE.format(base) if base else "")).encode())
    except OSError as error:
        raise LabError(
            f"The workspace cannot be made: {error.strerror}.",
            where=str(error.filename or root),
            hint="Choose a folder you may write to: labtui init PATH",
        ) from error
    return workspace


SETTINGS = f"""\
version: {FORMAT}
# Settings of this workspace. They come before your own (labtui config path) and after the environment and
# the command line. `labtui config show` lists every setting, its value and where it came from.
"""
BASE = """\
taxonomy:
  base: {}
"""
