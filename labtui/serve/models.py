"""The models there are: the per-user store, what a workspace trained, and endpoints somebody else serves.

A model is a folder with a `model.json`, which is written last: a folder without one is an addition under way or
broken off, and no model.
"""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write, dump
from labtui.records import now
from labtui.settings import Settings
from labtui.workspace import Workspace

FORMAT = 1
FACTS = "model.json"
ADAPTER_FILE = "adapter.gguf"
Kind = Literal["gguf", "adapter", "remote"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")

ADD_HINT = "See them with: labtui model list   Add one with: labtui model add demo   (or FILE, URL, hf:ORG/NAME)"


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """model.json: what is known of a model without opening it."""

    v: int = FORMAT
    name: str
    kind: Kind
    path: str
    """A GGUF: its file. An adapter: its folder, which holds adapter.gguf and the PEFT files. A remote: its address."""
    sha256: str = ""
    """Of the GGUF file."""
    size: int = 0
    """Bytes of the GGUF file."""
    architecture: str = ""
    parameters: int = 0
    quantization: str = ""
    context: int = 0
    """Tokens the model was made for."""
    template: bool = False
    """It has a chat template of its own."""
    source: str = ""
    """Where it came from: a path, an address, `hf:…`, `demo`, or the job that made it."""
    stored: str = ""
    """How its file lies here: `own`, `linked` (no second copy, the same file under two names) or `referenced`
    (it stays where it was)."""
    licence: str = ""
    base: str = ""
    """The base model's name, for adapters."""
    added: datetime = msgspec.field(default_factory=now)

    @property
    def file(self) -> Path:
        """The GGUF file itself. Only for models and adapters that lie here."""
        return Path(self.path) / ADAPTER_FILE if self.kind == "adapter" else Path(self.path)

    @property
    def missing(self) -> bool:
        """Its file is gone (removed, or on a disk that is not there now)."""
        return self.kind != "remote" and not self.file.is_file()

    @property
    def cut(self) -> bool:
        """Its file is shorter than it was when it was added."""
        try:
            return self.kind != "remote" and self.file.stat().st_size < self.size
        except OSError:
            return False


def list_models(workspace: Workspace | None, settings: Settings) -> list[ModelInfo]:
    """Every model, by kind (models, adapters, remotes) and name. Unreadable entries are left out."""
    found = [*_entries(paths.models_dir())]
    if workspace is not None:
        found += _entries(workspace.models)
    for name, remote in settings.serve.remotes.items():
        info = ModelInfo(name=name, kind="remote", path=remote.url, context=remote.context, template=True)
        found.append(msgspec.structs.replace(info, source="settings"))
    order = ("gguf", "adapter", "remote")
    return sorted(found, key=lambda info: (order.index(info.kind), info.name.lower()))


def find_model(name: str, workspace: Workspace | None, settings: Settings, kinds: tuple[Kind, ...] = ()) -> ModelInfo:
    """The model of that name, of one of `kinds` where given; a path to a .gguf file works too.

    Raises UsageError with the nearest names where there is none, and LabError where its file is gone or cut.
    """
    if name.endswith(".gguf") and Path(name).expanduser().is_file():
        return _loose(Path(name).expanduser().absolute())
    models = [info for info in list_models(workspace, settings) if not kinds or info.kind in kinds]
    for info in models:
        if info.name == name:
            if info.missing:
                raise LabError(
                    f"The file of '{name}' is gone.",
                    where=str(info.file),
                    hint=f"Bring it back, or forget it with: labtui model remove {name}",
                )
            if info.cut:
                raise LabError(
                    f"The file of '{name}' is not whole: it holds {info.file.stat().st_size:,} of {info.size:,} bytes.",
                    where=str(info.file),
                    hint=f"Remove it and add it again: labtui model remove {name}",
                )
            return info
    what = "adapter" if kinds == ("adapter",) else "model"
    names = [info.name for info in models]
    if not names:
        raise UsageError(f"There is no {what} '{name}': none is here yet.", hint=ADD_HINT)
    near = difflib.get_close_matches(name.lower(), [known.lower() for known in names], n=2, cutoff=0.4)
    nearest = [known for known in names if known.lower() in near] or names[:3]
    offered = " or ".join(f"'{known}'" for known in nearest)
    raise UsageError(f"There is no {what} '{name}'.", hint=f"Did you mean {offered}?\n{ADD_HINT}")


def read_model(folder: Path) -> ModelInfo:
    """The model in that folder. Raises LabError."""
    path = folder / FACTS
    try:
        info = msgspec.json.decode(path.read_bytes(), type=ModelInfo)
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror}).", where=str(path)) from error
    except msgspec.MsgspecError as error:
        raise LabError(f"is not a labtui model file ({error}).", where=str(path)) from error
    if info.v > FORMAT:
        raise LabError("was written by a newer labtui.", where=str(path), hint="Update labtui to use it.")
    # Paths inside the folder are kept relative, so that a store or a workspace can be moved.
    return info if info.kind == "remote" else msgspec.structs.replace(info, path=str(folder / info.path))


def write_model(folder: Path, info: ModelInfo) -> None:
    """Makes the folder a model: writes its model.json, as the last step of adding or training it."""
    check_name(info.name)
    path = Path(info.path)
    if info.kind != "remote" and path.is_absolute() and path.is_relative_to(folder.absolute()):
        info = msgspec.structs.replace(info, path=str(path.relative_to(folder.absolute())))
    atomic_write(folder / FACTS, dump(info))


def remove_model(folder: Path) -> None:
    """Removes a model's folder; its model.json goes first, so that half a model never counts as one."""
    (folder / FACTS).unlink(missing_ok=True)
    shutil.rmtree(folder)


def check_name(name: str) -> str:
    """The name, if a model may be called so. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot be a model's name.",
            where="--name",
            hint="Use letters, digits and . _ + - and begin with a letter or digit.",
        )
    return name


def folder_of(info: ModelInfo, workspace: Workspace | None) -> Path | None:
    """The folder whose model.json describes it; None for a remote or a loose file."""
    for root in (paths.models_dir(), *([workspace.models] if workspace else [])):
        folder = root / info.name
        if (folder / FACTS).is_file() and read_model(folder).path == info.path:
            return folder
    return None


def _entries(root: Path) -> Iterator[ModelInfo]:
    try:
        folders = sorted(root.iterdir())
    except OSError:
        return
    for folder in folders:
        if folder.name.startswith(".") or not (folder / FACTS).is_file():
            continue
        try:
            info = read_model(folder)
        except LabError:
            continue
        # The folder's name decides: a renamed folder is a renamed model.
        yield info if info.name == folder.name else msgspec.structs.replace(info, name=folder.name)


def _loose(path: Path) -> ModelInfo:
    from labtui.serve import gguf_file

    return gguf_file.describe(path, name=path.name)
