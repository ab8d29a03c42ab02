"""PDF as Markdown, by docling where it is installed (the extra `pdf`).

A PDF from somewhere is parsed in a process of its own (`pdf_worker`): what goes wrong in there ends that process, not
the application. That process is told to stay off the network; docling's models are fetched by the user, once.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from labtui.errors import LabError, MissingExtra

EXTRA = "pdf"
MOST_SECONDS = 1800.0
"""A book of some hundred pages takes minutes on a processor."""
POLL_SECONDS = 0.1
MODELS = "docling-tools models download"
NO_MODELS = 3
"""How pdf_worker ends where docling's models are not on this machine."""
NO_TEXT = 4
"""How it ends where the PDF holds no text."""


def available() -> bool:
    """Whether docling is installed. Imports nothing of it."""
    return importlib.util.find_spec("docling") is not None


def missing() -> MissingExtra:
    """What is said where it is not."""
    return MissingExtra("Reading a PDF", EXTRA)


def to_markdown(path: Path, cancelled: Callable[[], bool] | None = None) -> str:
    """The text of a PDF as Markdown. Raises MissingExtra, and LabError where it cannot be converted."""
    if not available():
        raise missing()
    with tempfile.TemporaryDirectory(prefix="labtui-pdf-") as scratch:
        target, said = Path(scratch) / "out.md", Path(scratch) / "said"
        code = _run(
            [sys.executable, "-P", "-m", "labtui.contribute.documents.pdf_worker", str(path), str(target)],
            said,
            cancelled,
        )
        if code == 0 and target.is_file():
            return target.read_text(encoding="utf-8")
        raise _why(code, said.read_text(encoding="utf-8", errors="replace"), path)


def _run(command: list[str], said: Path, cancelled: Callable[[], bool] | None) -> int:
    with open(said, "wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"},
            start_new_session=True,
        )
        end = time.monotonic() + MOST_SECONDS
        try:
            while process.poll() is None:
                if time.monotonic() > end:
                    raise LabError("Converting the PDF took too long and was ended.", hint="Split it into parts.")
                if cancelled is not None and cancelled():
                    raise LabError("Converting the PDF was stopped.", hint="Nothing of it was taken.")
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return process.returncode


def _why(code: int, said: str, path: Path) -> LabError:
    where = str(path)
    if code == NO_MODELS:
        return LabError(
            "docling has not the models it reads a PDF with.", where=where, hint=f"Fetch them once with: {MODELS}"
        )
    if code == NO_TEXT:
        return LabError(
            "No text was found in the PDF: it may be pictures of pages.",
            where=where,
            hint="Take a version with text, or type the part you need into a Markdown file.",
        )
    if code < 0:
        return LabError(
            f"The converter was ended by signal {-code}.", where=where, hint="Save the PDF's text as Markdown yourself."
        )
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it did not say why")
    return LabError(
        f"The PDF cannot be converted: {last[:200]}", where=where, hint="Save its text as Markdown yourself."
    )
