"""Check questions: what a model is asked before and after it was tuned on a contribution's seeds.

They stand in the draft's `try/check_questions.json` and nowhere else: neither in qna.yaml, nor in the training data.
Whether one is too near to a seed is judged by `labtui.trying.questions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.errors import LabError
from labtui.journal import atomic_write, dump

FORMAT = 1
FILE = "check_questions.json"
LEAST = 3
"""Fewer show nothing: one answer may have changed by chance."""
MOST = 12
"""More take long and nobody reads their answers one by one."""


class CheckQuestion(msgspec.Struct, frozen=True, kw_only=True):
    question: str
    context: str = ""
    """The text it speaks of, for grounded skills: asked before the question. Knowledge is asked without one."""
    leaf: str = ""
    """The leaf it is about; empty where the contribution has one only."""
    origin: Literal["typed", "generated"] = "typed"
    confirmed: bool = True
    """A generated one counts only once the contributor has said that it is a good question."""

    @property
    def text(self) -> str:
        """What is asked, word for word: the form that grounded samples are trained in."""
        context = self.context.strip()
        return f"{context}\n\n{self.question.strip()}" if context else self.question.strip()


class CheckQuestions(msgspec.Struct, frozen=True, kw_only=True):
    """check_questions.json."""

    v: int = FORMAT
    questions: tuple[CheckQuestion, ...] = ()


def path_of(folder: DraftFolder) -> Path:
    return folder.trying / FILE


def read(folder: DraftFolder) -> tuple[CheckQuestion, ...]:
    """The contribution's check questions, unconfirmed ones included; none where there is no file.

    Raises LabError where the file cannot be read or is no list of check questions.
    """
    path = path_of(folder)
    try:
        found = msgspec.json.decode(path.read_bytes(), type=CheckQuestions)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise LabError(f"The check questions cannot be read: {error.strerror}.", where=str(path)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LabError(
            f"are no check questions of labtui ({error}).", where=str(path), hint="Remove the file and ask anew."
        ) from error
    if found.v > FORMAT:
        raise LabError("were written by a newer labtui.", where=str(path), hint="Update labtui to read them.")
    return found.questions


def write(folder: DraftFolder, questions: Iterable[CheckQuestion]) -> None:
    """Replaces the contribution's check questions. Raises LabError where they cannot be saved."""
    path = path_of(folder)
    try:
        atomic_write(path, dump(CheckQuestions(questions=tuple(questions))), mode=0o600)
    except OSError as error:
        raise LabError(
            f"The check questions cannot be saved: {error.strerror or error}.", where=str(path), hint="Make room."
        ) from error


def confirmed(questions: Iterable[CheckQuestion]) -> tuple[CheckQuestion, ...]:
    """Those that are asked."""
    return tuple(question for question in questions if question.confirmed and question.question.strip())
