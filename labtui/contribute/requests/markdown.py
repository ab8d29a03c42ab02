"""Foreign text inside Markdown that a forge shows: it stays text.

Forges do more with a text than show it: they call people (@name), link and close issues (#1, !1, addresses), obey lines
that begin with a slash. Inside code none of that happens, so what others wrote stands in code, and in plain sentences
every word that could do something does.
"""

from __future__ import annotations

import re

from labtui.text import without_controls

LONGEST = 2000
"""Characters of one quoted text; a longer one is cut, and says so."""

_SPECIAL = re.compile(r"([\\*_{}\[\]()<>|])")
_STIRS = re.compile(r"[`@#~%$&^]|!\d|://|www\.|:[a-z0-9_+-]+:|\bGH-\d|[0-9a-f]{7}", re.IGNORECASE)


def fenced(text: str, limit: int = LONGEST) -> str:
    """`text` as a block of code that it cannot leave."""
    text = without_controls(text).expandtabs(4).strip("\n")
    if len(text) > limit:
        text = f"{text[:limit].rstrip()}\n[… {len(text) - limit} more characters]"
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def code(text: str) -> str:
    """`text` as a piece of code within a line."""
    text = " ".join(without_controls(text).split())
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def plain(text: str, limit: int = 500) -> str:
    """`text` as words within a line: what would be Markdown is shown as it is written, what could stir is code."""
    line = ""
    for word in without_controls(text[: 4 * limit]).split():
        longer = f"{line} {_word(word)}" if line else _word(word)
        if len(longer) > limit - 2:
            # Not cut inside a piece of code.
            return f"{line} …" if line else code(f"{word[: limit // 2]}…")
        line = longer
    return line


def _word(word: str) -> str:
    if _STIRS.search(word):
        return code(word)
    word = _SPECIAL.sub(r"\\\1", word)
    # What begins a list, a heading, a quote, or a line that is obeyed.
    word = re.sub(r"^(\d{1,9})([.)])$", r"\1\\\2", word)
    return f"\\{word}" if word[0] in "-+/=" else word


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
