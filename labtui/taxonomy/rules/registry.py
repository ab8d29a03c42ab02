"""Every rule there is, the reference's and ours, and the one way to run ours."""

from __future__ import annotations

from collections.abc import Iterator

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.rules.subject import Subject


def beyond(subject: Subject, attribution: bytes | None, attribution_path: str) -> Iterator[Finding]:
    """What our own rules find in one leaf."""
    yield from ()
