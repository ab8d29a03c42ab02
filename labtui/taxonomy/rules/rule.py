"""What is known of a rule: how grave it is under each profile, why it is there, and an example of what it finds."""

from __future__ import annotations

import re

import msgspec

from labtui.taxonomy.findings import Level
from labtui.taxonomy.profiles import Profile


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Files of a leaf that yield the finding. `‹U+202E›` stands for that character, `‹0xE9›` for that
    byte, `‹tide × 501›` for so many of these."""

    qna: str
    attribution: str | None = None
    """None: there is no attribution.txt."""
    leaf: str = "compositional_skills/a"
    file: str = "qna.yaml"
    """What the file is called; with a slash at its end it is a folder."""

    def data(self) -> bytes:
        return _as_bytes(self.qna)

    def attribution_data(self) -> bytes | None:
        return None if self.attribution is None else _as_bytes(self.attribution)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    finds: str
    """What it finds, as half a sentence without a full stop."""
    why: str
    """Why that matters, in sentences."""
    fix: str
    """What to do about it, in sentences."""
    example: Example | None = None
    """None where one leaf alone cannot show it."""
    strict: Level = Level.WARNING
    upstream: Level = Level.WARNING
    draft: Level = Level.WARNING

    def level(self, profile: Profile) -> Level:
        if profile == Profile.STRICT:
            return self.strict
        return self.upstream if profile == Profile.UPSTREAM else self.draft


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that belong together, as docs/taxonomy.md lists them."""

    title: str
    about: str
    rules: tuple[Rule, ...]


def _as_bytes(text: str) -> bytes:
    text = re.sub(r"‹(\w+) × (\d+)›", lambda found: " ".join([found[1]] * int(found[2])), text)
    text = re.sub(r"‹([^\w\s]) × (\d+)›", lambda found: found[1] * int(found[2]), text)
    text = re.sub(r"‹U\+([0-9A-F]{4,6})›", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"‹0x([0-9A-F]{2})›", lambda found: chr(0xDC00 + int(found[1], 16)), text)
    return text.encode("utf-8", "surrogateescape")
