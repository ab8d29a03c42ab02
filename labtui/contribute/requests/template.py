"""A taxonomy's own template for requests, filled in with what labtui knows.

Each section of it that asks for something known is answered, boxes are ticked whose statement holds, and all else stays
as the template has it, for a person to answer. What the template does not ask for follows after it.

The template is a file of the repository a request goes to, which may be anybody's: it is shown as words, so that it
calls nobody, closes nothing, and orders the forge nothing in the contributor's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from labtui.contribute.requests.markdown import plain

CHARACTERS = 8000
LINES = 200
"""Of a template; a longer one is cut."""

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?P<hashed>.*?)\s*#*\s*|\s{0,3}(?P<mark>\*\*|__)(?P<bold>.+?)(?P=mark):?\s*")
_LINE = re.compile(r"(?P<lead>\s*(?:>\s?)*(?:[-*+]|\d{1,9}[.)])?\s*)(?P<box>\[[ xX]\])?(?P<words>.*)", re.DOTALL)
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*")

_ASKS = (
    ("checklist", r"check ?-?list|before (you )?submit|to-?do|tasks"),
    ("after", r"fine-?\s?tun|\btuned|\bafter\b|trained model"),
    ("before", r"original|\bbefore\b|base model|current (answer|response)|untrained"),
    ("given", r"\binput|prompt|questions? (asked|given)"),
    ("tried", r"\btest(ed|ing|s)?\b|tried|evidence|verif"),
    ("licences", r"licen[cs]|sources?\b|attribution|copyright"),
    ("teaches", r"descri|summary|about|what (does|is|do)|proposed|motivation|overview"),
)
"""What a heading asks for, by its words; the first that fits counts."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist that labtui can answer."""

    holds: bool
    text: str
    """Markdown of our own making."""
    asked: str
    """What a box of a template that means the same says, as a pattern."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    heading: str
    """As it stands in the template; empty for what comes before the first one."""
    lines: tuple[str, ...]


def filled(
    template: str, answers: Mapping[str, str], statements: Sequence[Statement]
) -> tuple[list[str], frozenset[str]]:
    """The template's sections as Markdown, answered, and which of `answers` were put in.

    `answers` are `teaches`, `given`, `before`, `after`, `tried`, `licences`; an empty one answers nothing.
    `checklist` is answered by `statements`.
    """
    parts: list[str] = []
    used: set[str] = set()
    for section in sections(template):
        about = _asks(section.heading)
        body = [_harmless(line, statements) for line in section.lines]
        boxes = [line for line in section.lines if _box(line)]
        if about == "checklist" and about not in used:
            used.add(about)
            body += [line_of(one) for one in statements if not any(_means(box, one) for box in boxes)]
        elif (answer := answers.get(about, "")) and about not in used:
            used.add(about)
            # What the template says there is how to answer; only its boxes are asked of the reader too.
            body = [answer, *(["", *(_harmless(box, statements) for box in boxes)] if boxes else [])]
        text = "\n".join(body).strip("\n")
        parts += [part for part in (_heading(section.heading), text) if part]
    return parts, frozenset(used)


def line_of(statement: Statement) -> str:
    return f"- [{'x' if statement.holds else ' '}] {statement.text}"


def sections(template: str) -> list[Section]:
    """The template cut at its headings, without comments and what forges read before the text."""
    text = template.replace("\r\n", "\n").removeprefix("\ufeff")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"<!--.*?(-->|\Z)", "", text, flags=re.DOTALL)
    found: list[Section] = []
    heading, lines = "", list[str]()
    for line in text[:CHARACTERS].split("\n")[:LINES]:
        if _UNDERLINE.fullmatch(line) and lines and lines[-1].strip() and not _box(lines[-1]):
            # A heading is the line above, underlined.
            above = lines.pop()
            found.append(Section(heading=heading, lines=tuple(lines)))
            heading, lines = above, []
        elif _HEADING.fullmatch(line):
            found.append(Section(heading=heading, lines=tuple(lines)))
            heading, lines = line, []
        else:
            lines.append(line)
    found.append(Section(heading=heading, lines=tuple(lines)))
    return [one for one in found if one.heading or any(line.strip() for line in one.lines)]


def _asks(heading: str) -> str:
    return next((about for about, pattern in _ASKS if re.search(pattern, heading, re.IGNORECASE)), "")


def _heading(line: str) -> str:
    found = _HEADING.fullmatch(line)
    if not line:
        return ""
    words = plain((found["hashed"] or found["bold"] or "") if found else line, 200)
    hashes = re.match(r"\s*(#+)", line)
    if not words:
        return ""
    return f"{hashes[1]} {words}" if hashes else f"**{words}**" if found else f"## {words}"


def _box(line: str) -> str:
    """What a box to be ticked says; empty for another line."""
    found = _LINE.fullmatch(line)
    return found["words"].strip() if found and found["box"] else ""


def _means(box: str, statement: Statement) -> bool:
    return re.search(statement.asked, box, re.IGNORECASE) is not None


def _harmless(line: str, statements: Sequence[Statement]) -> str:
    found = _LINE.fullmatch(line)
    if found is None or not line.strip():
        return ""
    words = plain(found["words"])
    if not found["box"]:
        return f"{found['lead']}{words}".rstrip()
    # A box that came ticked says nothing of this contribution.
    holds = any(one.holds for one in statements if _means(box, one)) if (box := found["words"]) else False
    return f"{found['lead'] or '- '}[{'x' if holds else ' '}] {words}"
