"""What people decided of samples: the plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from labtui.records import now

FORMAT = 1

Verdict = Literal["accept", "reject", "undo"]
"""`undo` takes back what the same reviewer decided of the sample before."""

State = Literal["unseen", "accepted", "edited", "rejected", "disputed"]
"""What all reviewers together say. `disputed`: some accept and some reject it."""

Policy = Literal["everything", "not_rejected", "accepted"]
"""Which samples a training takes."""

REASONS = ("wrong", "unclear", "not grounded", "off topic", "badly worded", "unsafe", "personal data", "too alike")
"""Why people reject samples, to choose from; any other text will do."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a reviewer's journal."""

    v: int = FORMAT
    t: datetime = msgspec.field(default_factory=now)
    reviewer: Annotated[str, Meta(min_length=1)]
    """Name and address as git has them: `Ann <ann@example.org>`."""
    sample: Annotated[str, Meta(min_length=1)]
    """The sample's id: a hash of everything that made it."""
    content: str
    """sha256 of the messages that were looked at. A sample of the same id with other words was not."""
    leaf: str = ""
    verdict: Verdict
    reason: str = ""
    """Why it was rejected."""
    note: str = ""
    parts: dict[str, str] = {}
    """What an accepted sample shall say instead, by part (question, answer, context); empty where it is right as it
    is. The sample itself stays as the teacher wrote it."""
    messages: list[dict[str, str]] = []
    """With `parts`: what a model is trained on then."""
    machine: str = ""
    """Why the machine had rejected it; empty where it had accepted it."""
