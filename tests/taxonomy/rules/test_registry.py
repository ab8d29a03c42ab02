"""The rules, their page and their examples hold together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import labtui.taxonomy
from labtui.taxonomy.check import check_file
from labtui.taxonomy.findings import Level
from labtui.taxonomy.fixing.fixable import FIXABLE, when
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules import page
from labtui.taxonomy.rules.registry import RULES
from labtui.taxonomy.rules.rule import Rule

ROOT = Path(__file__).parents[3]
SHOWN = [rule for rule in RULES.values() if rule.example is not None]
HARMLESS = {"yaml.unreadable", "safety.size", "safety.time", "safety.memory", "safety.checker"}
"""What no small file can show; each has a test where it comes from."""


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_each_example_yields_its_finding(rule: Rule, tmp_path: Path) -> None:
    assert rule.example is not None
    folder = tmp_path / rule.example.leaf
    folder.mkdir(parents=True)
    file = folder / rule.example.file.rstrip("/")
    if rule.example.file.endswith("/"):
        file.mkdir()
    else:
        file.write_bytes(rule.example.data())
    beside = rule.example.attribution_data()
    if beside is not None:
        (folder / "attribution.txt").write_bytes(beside)
    for profile in Profile:
        findings = [finding for finding in check_file(file, profile=profile) if finding.rule == rule.id]
        assert findings, rule.id
        assert findings[0].hint
        assert {finding.level for finding in findings} <= {rule.level(profile), Level.WARNING, Level.INFO}


def test_rules_without_an_example_are_those_one_leaf_cannot_show() -> None:
    assert {rule.id for rule in RULES.values()} - {rule.id for rule in SHOWN} == {
        *HARMLESS,
        "quality.near-duplicate",
        "quality.contradiction",
        "quality.folder-unreadable",
    }


def test_the_page_lists_the_rules_as_they_are() -> None:
    text = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    assert page.renewed(text) == text, f"renew it: python -m {page.__name__} docs/taxonomy.md"


def test_a_rule_says_when_a_machine_can_put_it_right() -> None:
    assert {rule for rule in RULES if when(rule)} == FIXABLE
    assert set(FIXABLE) <= set(RULES)
    assert "`version`" in when("schema.required")


def test_a_page_without_its_marks_is_not_renewed() -> None:
    with pytest.raises(ValueError, match="no lines"):
        page.renewed("# The taxonomy\n")


def test_every_rule_named_in_the_code_is_registered() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(labtui.taxonomy.__path__[0]).rglob("*.py"))
    named = set(re.findall(r'"((?:yaml|layout|legal|quality|safety)\.[a-z-]+)"', code))
    beginnings = {name for name in named if any(rule.startswith(f"{name}-") for rule in RULES)}
    assert named - set(RULES) - beginnings == set()
    assert set(RULES) - named - {rule for rule in RULES if rule.startswith(("lint.", "schema."))} == set()


def test_every_rule_says_why_and_what_to_do() -> None:
    for rule in RULES.values():
        assert not rule.finds.endswith("."), rule.id
        assert rule.why.endswith("."), rule.id
        assert rule.fix, rule.id
        assert re.fullmatch(r"(yaml|lint|schema|layout|legal|quality|safety)\.[a-zA-Z-]+", rule.id)


def test_the_reference_is_as_strict_as_ilab() -> None:
    for rule in RULES.values():
        if rule.id.startswith(("yaml.", "lint.", "schema.", "layout.")) and rule.id != "yaml.empty":
            assert rule.strict == Level.ERROR, rule.id
