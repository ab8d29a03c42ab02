"""Findings: the reference's verdict, at the right place, in words a person can act on."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from labtui.errors import UsageError
from labtui.taxonomy.check import check, check_bytes, kind_by_path
from labtui.taxonomy.findings import Finding
from tests.taxonomy.leaves import ATTRIBUTION, SKILL, write

REFERENCE = ("yaml.", "lint.", "schema.", "layout.")
PATH = "compositional_skills/x/qna.yaml"


def found(text: str, kind: str = "compositional_skills") -> list[Finding]:
    return check_bytes(text.encode(), PATH, kind)


def one(text: str, kind: str = "compositional_skills") -> Finding:
    findings = found(text, kind)
    assert len(findings) == 1, findings
    return findings[0]


def test_a_sound_skill_has_no_findings() -> None:
    assert found(SKILL) == []


def test_an_unquoted_yes_is_named_for_what_it_was_read_as() -> None:
    finding = one(SKILL.replace("answer: tre", "answer: yes"))
    assert (finding.rule, finding.line, finding.column) == ("schema.type", 10, 13)
    assert finding.message == "Seed 3, 'answer' is read as yes (true), not text."
    assert finding.hint == "Put it in quotes."


def test_a_colon_in_a_sentence_is_recognised() -> None:
    finding = one(SKILL.replace("answer: tre", "answer:\n      note: tre"))
    assert finding.rule == "schema.type"
    assert "colon" in finding.hint


def test_a_misspelt_key_names_the_nearest() -> None:
    findings = found(SKILL.replace("question: Two?", "qestion: Two?"))
    by_rule = {finding.rule: finding for finding in findings}
    assert by_rule["schema.unevaluatedProperties"].line == 7
    assert by_rule["schema.unevaluatedProperties"].column == 5
    assert by_rule["schema.unevaluatedProperties"].hint == "Did you mean 'question'?"
    assert by_rule["schema.required"].message == "Seed 2 has no 'question'."


def test_too_few_seeds_are_counted() -> None:
    finding = one("\n".join(SKILL.splitlines()[:8]) + "\n")
    assert (finding.rule, finding.line) == ("schema.minItems", 5)
    assert (finding.message, finding.hint) == ("'seed_examples' has 2 of the 5 entries it needs.", "Add 3 more.")


def test_a_repeated_seed_is_not_quoted_at_length() -> None:
    finding = one(SKILL.replace("Two?", "One?").replace("due", "uno"))
    assert finding.rule == "schema.uniqueItems"
    assert len(finding.message) < 100


def test_lint_counts_from_version_two_on() -> None:
    text = SKILL.replace("answer: tre", "answer: tre  ")
    assert (one(text).rule, one(text).line, one(text).fixable) == ("lint.trailing-spaces", 10, True)
    assert found(text.replace("version: 3", "version: 1")) == []


def test_windows_line_ends_are_no_findings() -> None:
    assert check_bytes(SKILL.replace("\n", "\r\n").encode(), PATH, "compositional_skills") == []


@pytest.mark.parametrize("version", ["0", "4", "-1", "true", "99999999999999999999", "1:" * 3000 + "1"])
def test_a_version_there_is_none_of(version: str) -> None:
    assert "schema.version" in {finding.rule for finding in found(SKILL.replace("version: 3", f"version: {version}"))}


def test_old_knowledge_is_deprecated() -> None:
    finding = one(SKILL.replace("version: 3", "version: 2"), "knowledge")
    assert (finding.rule, finding.line, finding.column) == ("schema.deprecated", 1, 10)


def test_an_empty_file_is_a_warning() -> None:
    assert (one("").rule, one("").level) == ("yaml.empty", "warning")
    assert one("# only a remark\n").rule == "yaml.empty"


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n", "17\n"])
def test_a_file_without_keys(text: str) -> None:
    assert one(text).rule == "schema.type"


@pytest.mark.parametrize("key", ["1", "null", "true", "2024-01-01", "1.5", "? [a]"])
def test_keys_that_are_no_text_do_not_crash(key: str) -> None:
    text = SKILL.replace("created_by: ann", f"created_by: ann\n{key}: x")
    assert found(text)
    assert all(finding.line >= 1 for finding in found(text))


def test_a_kind_by_the_last_folder_so_named() -> None:
    assert kind_by_path(Path("/a/knowledge/b/compositional_skills/c/qna.yaml")) == "compositional_skills"
    assert kind_by_path(Path("/a/foundational_skills/c/qna.yaml")) == ""


def test_without_a_telling_folder_the_content_decides() -> None:
    knowledge = SKILL.replace("task_description: Name three synonyms.", "document: {}\n")
    assert "schema.required" in {finding.rule for finding in found(knowledge, "")}
    assert found(SKILL, "") == []


def test_a_folder_is_walked_and_odd_names_are_told(tmp_path: Path) -> None:
    write(tmp_path, "compositional_skills/good")
    (tmp_path / "compositional_skills/good/attribution.txt").write_text(ATTRIBUTION)
    write(tmp_path, "compositional_skills/lonely")
    write(tmp_path, "compositional_skills/bad", "version: 3\n")
    (tmp_path / "compositional_skills/near").mkdir()
    (tmp_path / "compositional_skills/near/qna.yml").write_text(SKILL)
    (tmp_path / "compositional_skills/folder/qna.yaml").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/qna.yaml").write_text("{{{")
    rules = Counter((Path(finding.path).parent.name, finding.rule) for finding in check([tmp_path]))
    assert rules == {
        ("bad", "schema.required"): 3,
        ("bad", "legal.attribution-missing"): 1,
        ("lonely", "legal.attribution-missing"): 1,
        ("near", "layout.name"): 1,
        ("folder", "layout.missing"): 1,
    }


def test_a_pipe_named_qna_yaml_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "knowledge/x").mkdir(parents=True)
    os.mkfifo(tmp_path / "knowledge/x/qna.yaml")
    assert [finding.rule for finding in check([tmp_path])] == ["layout.missing"]


def test_links_out_of_the_taxonomy_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, "secret", "a: b: c")
    inside = tmp_path / "taxonomy" / "knowledge"
    inside.mkdir(parents=True)
    (inside / "linked").symlink_to(outside, target_is_directory=True)
    (inside / "file").mkdir()
    (inside / "file" / "qna.yaml").symlink_to(outside / "secret" / "qna.yaml")
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    assert check([tmp_path / "taxonomy"]) == []


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        check([tmp_path / "nothing"])


def test_the_verdict_on_every_submission_is_the_reference_s(corpus: Path) -> None:
    """Clean if and only if nothing is reported under the reference's prefixes, and as many findings as it has."""
    verdicts = json.loads((corpus / "verdicts.json").read_text())
    assert len(verdicts) == 808
    disagreements = []
    for name, verdict in verdicts.items():
        path = Path(verdict["path"])
        if path.name != "qna.yaml":
            assert verdict["verdict"] == "error"
            continue
        findings = check_bytes((corpus / "qna" / f"{name}.yaml").read_bytes(), str(path), kind_by_path(path))
        reference = [finding for finding in findings if finding.rule.startswith(REFERENCE)]
        agrees = {
            "clean": not reference,
            "error": len(reference) == len(verdict["messages"]),
            "unreadable": [finding.rule.split(".")[0] for finding in reference] == ["yaml"],
        }[verdict["verdict"]]
        if not agrees:
            disagreements.append((name, verdict, findings))
    assert disagreements == []


def test_the_real_taxonomy_is_in_order_for_the_reference(corpus: Path) -> None:
    findings = check([corpus / "taxonomy"])
    assert [finding for finding in findings if finding.rule.startswith(REFERENCE)] == []
    assert [finding for finding in findings if finding.level == "error"] == []


def test_each_missing_field_is_named() -> None:
    messages = {finding.message for finding in found("version: 3\n")}
    assert messages == {f"The file has no '{key}'." for key in ("created_by", "task_description", "seed_examples")}
