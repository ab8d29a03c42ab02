"""What a user is told when something cannot be done.

Every error a user can cause is raised as a `LabError`: a sentence that says what is wrong, where
(file, line, key), and what to do. The command line and the screens show exactly that; a traceback goes
to the log only. The exit codes are those of docs/cli.md.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_NO = 1
EXIT_USAGE = 2
EXIT_FAILED = 3
EXIT_INTERRUPTED = 130


class LabError(Exception):
    """Something could not be carried out, in words a user can act on.

    `what` is one plain sentence, `where` names the file, line, key or address it speaks of, and `hint`
    says what to do next. All three may hold foreign text: pass them through `labtui.text` before showing.
    """

    exit_code = EXIT_FAILED

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


class UsageError(LabError):
    """The request itself is wrong: an unknown key, a leaf that does not exist, a contradiction."""

    exit_code = EXIT_USAGE


class AnswerNo(LabError):
    """The work was done and the answer is no: findings, a failed check."""

    exit_code = EXIT_NO


class MissingExtra(LabError):
    """An action needs packages that are not installed; the hint is the exact command to install them."""

    def __init__(self, action: str, extra: str) -> None:
        super().__init__(
            f"{action} needs packages that are not installed.",
            hint=f"Install them with: pip install 'labtui[{extra}]'",
        )
        self.extra = extra
