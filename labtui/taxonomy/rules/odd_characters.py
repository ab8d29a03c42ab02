"""What is said of odd characters: one finding a kind, in words that name what nobody sees."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.places import Place
from labtui.taxonomy.rules.subject import Subject


class Found(NamedTuple):
    """What stands where; `text` is the run of characters."""

    rule: str
    text: str
    at: Place


def told(subject: Subject, found: Iterable[Found], path: str = "") -> Iterator[Finding]:
    """One finding a rule and kind of character, at the first of its places."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for each in found:
        kind = each.text if each.rule == "safety.look-alike" else each.text[0]
        groups.setdefault((each.rule, kind), []).append(each)
    for (rule, kind), places in groups.items():
        others = len(places) - 1
        again = f" {others} more follow{'s' if others == 1 else ''}." if others else ""
        message, hint = _words(rule, kind)
        yield subject.finding(rule, places[0].at, message + again, hint, path=path)


def _words(rule: str, text: str) -> tuple[str, str]:
    if rule == "safety.look-alike":
        letter = next((letter for letter in text if not unicodedata.name(letter, "").startswith("LATIN")), text[0])
        name = unicodedata.name(letter, "a letter of another alphabet").lower()
        if unicodedata.normalize("NFKC", text) != text:
            plain = unicodedata.normalize("NFKC", text)
            return f"'{text:.40}' is written in letters meant for formulas; no model reads them as words.", (
                f"Write: {plain:.60}"
            )
        return (
            f"'{text:.40}' mixes letters of two alphabets that look the same, such as U+{ord(letter):04X} ({name}).",
            "Type the word again in one alphabet; a model sees another word than a reader.",
        )
    name = unicodedata.name(text, "a control character").lower()
    shown = f"U+{ord(text):04X} ({name})"
    if rule == "safety.direction":
        return (
            f"Here stands {shown}: it turns the direction of reading, so that the text shown is not the text there is.",
            "Remove it; Hebrew and Arabic need none, and quotations in them an isolate that is closed again.",
        )
    return f"Here stands a character nobody sees: {shown}.", "Remove it; it comes with text copied from web pages."
