"""legal.*: whose work a leaf is made from, and whether it may be used. All of it stands in attribution.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.licences import assess
from labtui.taxonomy.places import START, Place
from labtui.taxonomy.rules import characters, secrets
from labtui.taxonomy.rules.subject import Subject

_FIELDS = {
    "title": re.compile(r"title(?: of(?: the)? work)?", re.IGNORECASE),
    "link": re.compile(r"link(?: to(?: the)? work)?", re.IGNORECASE),
    "revision": re.compile(r"revision", re.IGNORECASE),
    "licence": re.compile(r"licen[cs]e(?: of(?: the)? work)?", re.IGNORECASE),
    "creators": re.compile(r"(?:creator|author)(?:s|\(s\))?(?: names?| name\(s\))?", re.IGNORECASE),
}
_NAMES = {
    "title": "Title of work",
    "link": "Link to work",
    "revision": "Revision",
    "licence": "License of the work",
    "creators": "Creator names",
}
_NEEDED = {True: ("title", "link", "revision", "creators"), False: ("title", "creators")}
"""Beside the licence: for knowledge, and for skills, which are often made up by who writes them."""

_NOTHING = re.compile(r"(?:[-–—_.?\s]*|n/?a|nan|none|null|unknown|no title|tbd|todo|<.*>|\[.*\])", re.IGNORECASE)


class Field(NamedTuple):
    value: str
    at: Place
    """Where the value begins."""


class Work(NamedTuple):
    """One work that is named: its fields by `title`, `link`, `revision`, `licence`, `creators`."""

    at: Place
    fields: dict[str, Field]

    def says(self, name: str) -> str:
        """What stands in a field; empty where it says nothing."""
        text = self.fields[name].value if name in self.fields else ""
        return "" if _NOTHING.fullmatch(text) else text


def works(text: str) -> list[Work]:
    """The works an attribution.txt names. A field that comes again begins the next work."""
    found: list[Work] = []
    for number, line in enumerate(text.split("\n"), 1):
        label, colon, value = line.partition(":")
        name = next((name for name, words in _FIELDS.items() if words.fullmatch(label.strip(" \t*#-"))), "")
        if not colon or not name:
            continue
        if not found or name in found[-1].fields:
            found.append(Work(Place(number, 1), {}))
        column = len(label) + 2 + len(value) - len(value.lstrip())
        found[-1].fields[name] = Field(value.strip(" \t*"), Place(number, column))
    return found


def check(subject: Subject, attribution: bytes | None, path: str) -> Iterator[Finding]:
    """`path` is that of attribution.txt; what is missing altogether is said of qna.yaml."""
    example = "Title of work: …, License of the work: CC-BY-SA-4.0, Creator names: …"
    if attribution is None:
        yield _absent(
            subject,
            "legal.attribution-missing",
            "There is no attribution.txt beside this file, so nobody can tell whose work it is made from.",
            f"Write attribution.txt with lines such as {example}",
        )
        return
    try:
        text = attribution.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        yield subject.finding(
            "legal.attribution-unparsable", START, "This is not UTF-8 text.", "Save it as UTF-8.", path=path
        )
        return
    if not text.strip():
        yield _absent(
            subject,
            "legal.attribution-empty",
            "attribution.txt is empty or cannot be read.",
            f"It needs lines such as {example}",
            path,
        )
        return
    named = works(text)
    if not named:
        yield subject.finding(
            "legal.attribution-unparsable",
            START,
            "No line of this file names a title, a licence or a creator the way attribution.txt does.",
            f"It needs lines such as {example}",
            path=path,
        )
    for work in named:
        yield from _one(subject, work, path)
    # What hides there hides from the same reader; the creators' addresses are theirs to give.
    beside = Subject(path=path, text=text, profile=subject.profile)
    yield from characters.check(beside)
    yield from secrets.check(beside)


def _absent(subject: Subject, rule: str, message: str, hint: str, path: str = "") -> Finding:
    # The taxonomy's CI asks for it above version 1 only.
    mild = Level.INFO if subject.version <= 1 else None
    return subject.finding(rule, START, message, hint, path=path, level=mild)


def _one(subject: Subject, work: Work, path: str) -> Iterator[Finding]:
    licence = work.says("licence")
    if not licence:
        yield subject.finding(
            "legal.licence-missing",
            work.fields["licence"].at if "licence" in work.fields else work.at,
            "No licence is named, so the work may not be used.",
            "Add a line such as License of the work: CC-BY-SA-4.0",
            path=path,
        )
    elif (verdict := assess(licence)).rule:
        yield subject.finding(verdict.rule, work.fields["licence"].at, verdict.why, verdict.hint, path=path)
    missing = [name for name in _NEEDED[subject.kind == KNOWLEDGE] if not work.says(name)]
    if missing:
        empty = next((work.fields[name].at for name in missing if name in work.fields), work.at)
        listed = " and ".join(f"'{_NAMES[name]}'" for name in missing)
        yield subject.finding(
            "legal.attribution-field",
            empty,
            f"{listed} {'is' if len(missing) == 1 else 'are'} not given.",
            "Add " + ", ".join(f"{_NAMES[name]}: …" for name in missing),
            path=path,
        )
