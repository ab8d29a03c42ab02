"""yamllint, in-process, configured as the reference validator configures it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.fixable import FIXABLE

CONFIGURATION = "{extends: relaxed, rules: {line-length: disable}}"
SIZE_LIMIT = 1024 * 1024
"""Characters beyond which a file is not linted: the linter is slow, and no hand wrote so much."""

_HINTS = {
    "trailing-spaces": "Remove the spaces at the end of the line.",
    "new-line-at-end-of-file": "End the last line with a line break.",
    "empty-lines": "Remove the surplus empty lines.",
    "indentation": "Indent by the same number of spaces everywhere, lists included.",
    "key-duplicates": "Remove one of the two: only the last one counts.",
    "colons": "One space after a colon, none before it.",
    "commas": "One space after a comma, none before it.",
    "hyphens": "One space after the hyphen.",
    "braces": "At most one space inside braces.",
    "brackets": "At most one space inside brackets.",
    "new-lines": "Use the same kind of line end everywhere.",
    "anchors": "Declare an anchor once, before it is used.",
}


@functools.cache
def _configuration() -> Any:
    from yamllint.config import YamlLintConfig

    return YamlLintConfig(CONFIGURATION)


def lint(text: str, path: str, *, strict: bool = True) -> Iterator[Finding]:
    """Everything the linter says about `text`, with `strict` each as an error, as `ilab` has it."""
    from yamllint import linter

    if len(text) > SIZE_LIMIT:
        yield Finding(
            path=path,
            level=Level.INFO,
            rule="safety.size",
            message="The file is too large to be linted.",
            hint="Split it into several leaves.",
        )
        return
    for problem in linter.run(text, _configuration()):
        rule = problem.rule or "syntax"
        yield Finding(
            path=path,
            line=problem.line,
            column=problem.column,
            level=Level.ERROR if strict or problem.level == "error" else Level.WARNING,
            rule=f"lint.{rule}",
            message=problem.desc[:1].upper() + problem.desc[1:] + ".",
            hint=_HINTS.get(rule, ""),
            fixable=f"lint.{rule}" in FIXABLE,
        )
