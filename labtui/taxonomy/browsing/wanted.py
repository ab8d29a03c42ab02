"""What somebody types into the filter: words, and a few that mean something of their own.

Every word must be found. A plain word is looked for in the path, in the text of the file (fields, questions, answers)
and in the names of the rules it breaks. `by:ann` looks at the author alone, `rule:lint` at the rules, `path:birds` at
the path, `is:error` at the state.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec

from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Level
from labtui.taxonomy.source import Unreadable, read_bytes

_KEYS = re.compile(r"(?m)^[ \t-]*[A-Za-z_]+:(?=\s|$)")
_KINDS = ("by", "rule", "path", "is")

_State = Callable[[Surveyed, Forest], bool]
STATES: dict[str, _State] = {
    "clean": lambda leaf, forest: leaf.read and leaf.level in (None, Level.INFO),
    "warning": lambda leaf, forest: leaf.level is Level.WARNING,
    "error": lambda leaf, forest: leaf.level is Level.ERROR,
    "problem": lambda leaf, forest: leaf.level in (Level.ERROR, Level.WARNING),
    "changed": lambda leaf, forest: leaf.id in forest.changed,
    "new": lambda leaf, forest: forest.changed.get(leaf.id) == "new",
    "unsaved": lambda leaf, forest: leaf.id in forest.unsaved,
    "unreadable": lambda leaf, forest: leaf.kind == "unreadable",
    "unchecked": lambda leaf, forest: not leaf.read,
    "knowledge": lambda leaf, forest: leaf.kind == "knowledge",
    "skill": lambda leaf, forest: leaf.kind.endswith("skill"),
}
"""What may stand behind `is:`."""


class Wanted(msgspec.Struct, frozen=True):
    words: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    trouble: str = ""
    """A sentence where something typed means nothing."""

    def __bool__(self) -> bool:
        return bool(self.words or self.by or self.rules or self.paths or self.states)

    @property
    def shown(self) -> tuple[str, ...]:
        """What to underline in names."""
        return (*self.words, *self.paths)

    def fits(self, leaf: Surveyed, forest: Forest) -> bool:
        """Whether everything but the plain words is so."""
        return (
            all(STATES[state](leaf, forest) for state in self.states)
            and all(any(rule in finding.rule for finding in leaf.findings) for rule in self.rules)
            and all(word in folded(leaf.author) for word in self.by)
            and all(word in folded(leaf.id) for word in self.paths)
        )


def wanted(text: str) -> Wanted:
    """What `text` asks for. A state may be typed in part: `is:err` is `is:error`; a lone `is:` asks for nothing yet."""
    found: dict[str, list[str]] = {kind: [] for kind in ("", *_KINDS)}
    trouble = ""
    for word in folded(text).split():
        kind, colon, rest = word.partition(":")
        if not colon or kind not in _KINDS:
            found[""].append(word)
        elif kind != "is":
            found[kind] += [rest] if rest else []
        elif rest:
            state = next((state for state in STATES if state.startswith(rest)), "")
            found["is"] += [state] if state else []
            if not state:
                trouble = f"“is:{rest}” says nothing. There are is:{', is:'.join(STATES)}."
    words, by, rules, paths, states = (tuple(found[kind]) for kind in ("", "by", "rule", "path", "is"))
    return Wanted(words, by, rules, paths, states, trouble)


def folded(text: str) -> str:
    """Capital and small letters, and the several ways to write one character, made one."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def searched_text(path: Path) -> str:
    """What a plain word is looked for in: the file without the names of its fields. Empty where it is unreadable."""
    try:
        return folded(_KEYS.sub(" ", read_bytes(path).decode("utf-8", "replace")))
    except Unreadable:
        return ""
