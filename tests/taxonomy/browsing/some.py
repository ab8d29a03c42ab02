"""Leaves that exist in memory alone."""

from __future__ import annotations

from pathlib import Path

from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Finding, Level


def leaf(
    name: str,
    level: Level | None = None,
    *,
    read: bool = True,
    seeds: int = 5,
    author: str = "ann",
    rule: str = "lint.colons",
    changed: int = 1,
    root: Path = Path("/nowhere"),
) -> Surveyed:
    """A skill, checked, with one finding of that level."""
    findings = (Finding(path=name, rule=rule, message="…", level=level),) if level is not None else ()
    path = root / name / "qna.yaml"
    if not read:
        return Surveyed(id=name, path=path)
    about = f"freeform skill {author} {rule if findings else ''}"
    return Surveyed(
        id=name,
        path=path,
        kind="freeform skill",
        seeds=seeds,
        author=author,
        about=about,
        findings=findings,
        stamp=(1, 1, changed),
    )
