"""How strictly a taxonomy is judged."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    STRICT = "strict"
    """As `ilab` judges: every lint finding is an error, each file is held to the version it names."""
    UPSTREAM = "upstream"
    """As the taxonomy's CI judges: lint's own levels, changed leaves in the newest version, with attribution."""
    DRAFT = "draft"
    """For work in progress: what is merely unfinished is a warning."""
