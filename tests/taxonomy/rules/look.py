"""What a check says of a leaf, put shortly for tests."""

from __future__ import annotations

from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.profiles import Profile

SKILLS = "compositional_skills"
KNOWLEDGE = "knowledge"
SOUND = "Title of work: Tides\nLicense of the work: CC-BY-SA-4.0\nCreator names: Ann\n"


def found(
    text: str | bytes,
    kind: str = SKILLS,
    *,
    attribution: str | bytes | None = SOUND,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
) -> list[Finding]:
    """All findings of our own rules."""
    data = text.encode() if isinstance(text, str) else text
    beside = attribution.encode() if isinstance(attribution, str) else attribution
    findings = check_leaf(data, beside, "a/qna.yaml", kind, name=name, profile=profile, highest=highest)
    return [finding for finding in findings if finding.rule.startswith(("legal.", "quality.", "safety."))]


def rules(text: str | bytes, kind: str = SKILLS, **others: str | bytes | None) -> set[str]:
    return {finding.rule for finding in found(text, kind, **others)}  # type: ignore[arg-type]


def one(rule: str, text: str | bytes, kind: str = SKILLS, **others: object) -> Finding:
    """The only finding of `rule`."""
    (finding,) = [each for each in found(text, kind, **others) if each.rule == rule]  # type: ignore[arg-type]
    return finding


def skill(*pairs: tuple[str, str], version: int = 3) -> str:
    """A skill with these questions and answers, which are written as YAML."""
    seeds = "".join(f"  - question: {question}\n    answer: {answer}\n" for question, answer in pairs)
    return f"version: {version}\ncreated_by: ann\ntask_description: Say it.\nseed_examples:\n{seeds}"


def says(text: str) -> str:
    """A skill whose description is `text`, word for word."""
    return f"version: 3\ncreated_by: ann\ntask_description: |\n  {text}\n"
