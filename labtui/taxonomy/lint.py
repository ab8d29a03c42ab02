"""yamllint, in-process, configured as the reference validator configures it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from yaml.nodes import Node

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.fixing.fixable import FIXABLE
from labtui.taxonomy.parse import SLOW_LIMIT
from labtui.taxonomy.plain_layout import is_plain

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


_DISABLED = re.compile(r"#\s*yamllint disable-file\s*")


def _problems(text: str) -> Iterator[Any]:
    """What `yamllint.linter.run` gives, without its own parse for a syntax error: who lints has read the text."""
    from yamllint import linter

    if len(text) > SLOW_LIMIT:
        # Such a text was read by the fast parser alone, whose word is not the reference's.
        yield from linter.run(text, _configuration())
    elif not _DISABLED.fullmatch(text.partition("\n")[0]):
        yield from linter.get_cosmetic_problems(text, _configuration(), None)


def lint(text: str, path: str, *, strict: bool = True, root: Node | None = None) -> Iterator[Finding]:
    """Everything the linter says about `text`, which the parser could read, and whose nodes are `root` if given.

    With `strict` each is an error, as `ilab` has it.
    """
    if len(text) > SIZE_LIMIT:
        yield Finding(
            path=path,
            level=Level.INFO,
            rule="safety.size",
            message="The file is too large to be linted.",
            hint="Split it into several leaves.",
        )
        return
    if root is not None and is_plain(text, root):
        return
    for problem in _problems(text):
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
