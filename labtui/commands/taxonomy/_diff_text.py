"""A leaf's difference as text: the same words and signs in a pipe and on a terminal, there with colours as well."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator

from labtui.taxonomy.comparing.diff_words import seeds_in_words
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import Change, FieldChange, LeafChange, SeedChange
from labtui.taxonomy.comparing.word_spans import TextChange

LONGEST_SAME = 160
"""Characters of unchanged text shown in one piece; of a longer one only its ends."""
END = 60
SIGNS = {
    State.ADDED: "+",
    State.UNTRACKED: "+",
    State.DELETED: "-",
    State.RENAMED: ">",
    State.CONFLICT: "!",
    State.CHANGED: "~",
}
_PART_SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.EDITED: "~", Change.MOVED: ">", Change.SAME: " "}
_COLOURS = {"+": "32", "-": "31", "~": "33", ">": "36", "!": "35", " ": "0"}

Paint = Callable[[str, str], str]
"""(text, sign) -> the text, in the sign's colour where there are colours."""


def colours() -> bool:
    """Whether standard output is a terminal that may be coloured (NO_COLOR, TERM=dumb)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painter(coloured: bool) -> Paint:
    def paint(text: str, sign: str) -> str:
        if not coloured:
            return text
        # Each line by itself: a pager shows any of them alone.
        return "\n".join(f"\x1b[{_COLOURS[sign]}m{line}\x1b[0m" if line else "" for line in text.split("\n"))

    return paint


def lines(change: LeafChange, paint: Paint, clean: Callable[[str], str]) -> Iterator[str]:
    """The leaf's line and, indented below it, what differs. `clean` is applied to everything a file holds."""
    yield heading(change, paint, clean)
    if change.problem:
        yield f"    ! {clean(change.problem)}"
    if change.only_layout:
        yield "    only white space, quotes, comments or the order of keys differ"
    whole = change.state in (State.ADDED, State.UNTRACKED, State.DELETED)
    for field in () if whole else change.fields:
        yield from _part(field, paint, clean, 4, field.key)
    if change.attribution is not None and not whole:
        yield from _text("~", "attribution.txt", "", change.attribution, paint, clean, 4)
    for file in () if whole else change.files:
        sign = SIGNS[file.state]
        yield f"    {paint(f'{sign} {_name(file.path, clean)}', sign)}"
    for seed in change.seeds:
        yield from _whole_seed(seed, paint, clean) if whole else _seed(seed, paint, clean)
    for line in change.lines:
        yield paint(f"    {line.number:>5} {line.sign} {clean(line.text)}".rstrip(), line.sign)


def heading(change: LeafChange, paint: Paint, clean: Callable[[str], str]) -> str:
    sign = SIGNS[change.state]
    words = {State.UNTRACKED: "untracked", State.CONFLICT: "in conflict"}.get(change.state, "")
    was = f"was {_name(change.old_id, clean)}" if change.old_id else ""
    behind = ", ".join(filter(None, (was, words, seeds_in_words(change))))
    return paint(f"{sign} {_name(change.id, clean)}", sign) + (f"  ({behind})" if behind else "")


def _name(text: str, clean: Callable[[str], str]) -> str:
    return clean(text).replace("\n", "␊")


def _whole_seed(seed: SeedChange, paint: Paint, clean: Callable[[str], str]) -> Iterator[str]:
    sign = _PART_SIGNS[seed.change]
    question = _short(" ".join(seed.question.split()))
    yield f"    {paint(f'{sign} seed {seed.number or seed.before}', sign)}  {clean(question)}".rstrip()


def _seed(seed: SeedChange, paint: Paint, clean: Callable[[str], str]) -> Iterator[str]:
    sign = _PART_SIGNS[seed.change]
    was = f" (was {seed.before})" if seed.number and seed.before and seed.number != seed.before else ""
    name = f"{sign} seed {seed.number or seed.before}{was}"
    shown = any(part.key == "question" for part in seed.parts)
    question = "" if shown else f"  {clean(_short(' '.join(seed.question.split())))}"
    yield f"    {paint(name, sign)}{question}".rstrip()
    many = len({part.pair for part in seed.parts if part.pair}) > 1 or any(part.pair > 1 for part in seed.parts)
    for part in seed.parts:
        label = f"{part.key or 'value'}{f' {part.pair}' if many and part.pair else ''}"
        yield from _part(part, paint, clean, 8, label)


def _part(part: FieldChange, paint: Paint, clean: Callable[[str], str], indent: int, label: str) -> Iterator[str]:
    yield from _text(_PART_SIGNS[part.change], label, part.note, part.text, paint, clean, indent)


def _text(
    sign: str, label: str, note: str, text: TextChange, paint: Paint, clean: Callable[[str], str], indent: int
) -> Iterator[str]:
    """A labelled text: on one line where it fits there, else below its label."""
    margin = " " * indent
    head = f"{margin}{paint(f'{sign} {_name(label, clean)}', sign)}{f'  ({clean(note)})' if note else ''}"
    rewritten = text.before and text.after and text.removed == ((0, len(text.before)),)
    if rewritten:
        yield head
        yield from _below(paint(f"- {_plain(text.before, clean)}", "-"), indent + 4)
        yield from _below(paint(f"+ {_plain(text.after, clean)}", "+"), indent + 4)
        return
    shown = _inline(text, paint, clean) if sign in "~" else _plain(text.after or text.before, clean)
    if "\n" in shown:
        yield head
        yield from _below(shown, indent + 4)
    else:
        yield f"{head}  {shown}".rstrip()


def _below(text: str, indent: int) -> Iterator[str]:
    for line in text.split("\n"):
        yield (" " * indent + line).rstrip()


def _plain(text: str, clean: Callable[[str], str]) -> str:
    return clean(_short(text.strip("\n")))


def _inline(text: TextChange, paint: Paint, clean: Callable[[str], str]) -> str:
    """Both versions as one text: `Little or [-tiny-]{+minute+}, depending.`"""
    pieces: list[str] = []
    old, new = list(text.removed), list(text.added)
    at, there = 0, 0
    while True:
        left = (old[0][0] if old else len(text.before)) - at
        right = (new[0][0] if new else len(text.after)) - there
        same = min(left, right)
        if same:
            first, last = not pieces, at + same == len(text.before)
            pieces.append(clean(_between(text.before[at : at + same], first, last)))
            at, there = at + same, there + same
        elif old and old[0][0] == at:
            start, end = old.pop(0)
            pieces.append(paint(f"[-{clean(text.before[start:end])}-]", "-"))
            at = end
        elif new and new[0][0] == there:
            start, end = new.pop(0)
            pieces.append(paint(f"{{+{clean(text.after[start:end])}+}}", "+"))
            there = end
        else:
            return "".join(pieces).strip("\n")


def _between(text: str, first: bool, last: bool) -> str:
    """Unchanged text; of a long one only the ends that touch something changed."""
    if len(text) <= LONGEST_SAME:
        return text
    head = "" if first else _cut(text[:END], from_end=False)
    tail = "" if last else _cut(text[-END:], from_end=True)
    cut = f"{head} … {tail}"
    return cut.lstrip(" ") if first else cut.rstrip(" ") if last else cut


def _short(text: str) -> str:
    return text if len(text) <= 2 * LONGEST_SAME else f"{_cut(text[: 2 * LONGEST_SAME], from_end=False)} …"


def _cut(text: str, *, from_end: bool) -> str:
    """Without the word that was cut in two, where there are words."""
    shorter = re.sub(r"^\S*\s" if from_end else r"\s\S*$", "", text)
    return shorter if len(shorter) > END // 2 else text
