"""What GitHub's answers hold beside what the forge for tests knows: as in the examples that GitHub publishes.

They stand in github_examples.json, taken once from its OpenAPI description (npm @octokit/openapi 23.0.2): of each
object the fields that the description of github.com or of Enterprise Server 3.19 demands, the names in them left open,
nobody assigned and nothing scheduled. Nothing is added to an answer afterwards: what is held to the description is what
the forge itself said.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")


def example(name: str, *, api: str, web: str, login: str = "", slug: str = "", sha: str = "") -> dict[str, Any]:
    """An object of that kind, with these names in its texts and addresses."""
    text = _texts()[name]
    for key, value in {"api": api, "web": web, "login": login, "slug": slug, "sha": sha}.items():
        text = text.replace(f"{{{key}}}", value)
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _texts() -> dict[str, str]:
    return {name: json.dumps(value) for name, value in json.loads(FILE.read_bytes()).items()}
