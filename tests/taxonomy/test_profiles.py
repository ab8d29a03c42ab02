"""strict, upstream and draft: the same findings, judged as different people judge them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from labtui.taxonomy.check import check_leaf, kind_by_path
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.profiles import Profile
from tests.taxonomy.leaves import ATTRIBUTION, SKILL

REFERENCE = ("yaml.", "lint.", "schema.", "layout.")


def levels(text: str, profile: Profile, *, highest: bool = False) -> dict[str, Level]:
    findings = check_leaf(
        text.encode(), ATTRIBUTION.encode(), "qna.yaml", "compositional_skills", profile=profile, highest=highest
    )
    return {finding.rule: finding.level for finding in findings}


def test_the_linter_s_own_level_counts_upstream() -> None:
    text = SKILL.replace("version: 3", "version:  3").replace("created_by: ann", "created_by: ann ")
    for profile in (Profile.STRICT, Profile.DRAFT):
        assert set(levels(text, profile).values()) == {Level.ERROR}
    assert levels(text, Profile.UPSTREAM) == {"lint.colons": Level.WARNING, "lint.trailing-spaces": Level.ERROR}


def test_what_is_merely_unfinished_is_a_warning_in_a_draft() -> None:
    text = "version: 3\ncreated_by: ''\nseed_examples:\n  - question: a?\n    answer:\n"
    strict, draft = levels(text, Profile.STRICT), levels(text, Profile.DRAFT)
    assert set(strict) == {"schema.required", "schema.minItems", "schema.minLength", "schema.type"}
    assert set(strict.values()) == {Level.ERROR}
    assert set(draft.values()) == {Level.WARNING}
    assert set(draft) == set(strict)


def test_what_is_wrong_stays_an_error_in_a_draft() -> None:
    text = SKILL.replace("answer: uno", "answer: yes").replace("task_description", "task_descripton")
    draft = levels(text, Profile.DRAFT)
    assert draft["schema.type"] == draft["schema.unevaluatedProperties"] == Level.ERROR
    assert draft["schema.required"] == Level.WARNING


@pytest.mark.parametrize("version", ["1", "2"])
def test_changed_leaves_are_held_to_the_newest_version_upstream(version: str) -> None:
    text = SKILL.replace("version: 3", f"version: {version}")
    assert "schema.const" not in levels(text, Profile.UPSTREAM)
    assert levels(text, Profile.UPSTREAM, highest=True)["schema.const"] == Level.ERROR
    missing = levels(SKILL.replace("version: 3\n", ""), Profile.UPSTREAM, highest=True)
    assert missing["schema.required"] == Level.ERROR


@pytest.mark.parametrize("newest", [True, False], ids=["newest version", "own version"])
def test_upstream_counts_as_the_taxonomy_s_ci_does(
    newest: bool, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors and warnings of the reference, as its parser is called there, on every fortieth submission."""
    from instructlab.schema.taxonomy import TaxonomyParser, TaxonomyReadingException

    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    parser = TaxonomyParser(schema_version=None if newest else 0, message_format="STANDARD")
    parser.yq_available = False
    for name, verdict in list(json.loads((corpus / "verdicts.json").read_text()).items())[::40]:
        if not verdict["path"].endswith("/qna.yaml"):
            continue
        file = tmp_path / name / verdict["path"]
        file.parent.mkdir(parents=True)
        data = (corpus / "qna" / f"{name}.yaml").read_bytes()
        file.write_bytes(data)
        kind = kind_by_path(Path("/nowhere") / verdict["path"])
        findings = check_leaf(data, None, "", kind, profile=Profile.UPSTREAM, highest=newest)
        theirs = [finding for finding in findings if finding.rule.startswith(REFERENCE)]
        try:
            taxonomy = parser.parse(file)
        except TaxonomyReadingException:
            assert [finding.rule.partition(".")[0] for finding in theirs] == ["yaml"], name
        else:
            assert (taxonomy.errors, taxonomy.warnings) == (count(theirs, "error"), count(theirs, "warning")), name
    capsys.readouterr()


def count(findings: list[Finding], level: str) -> int:
    return sum(finding.level == level for finding in findings)
