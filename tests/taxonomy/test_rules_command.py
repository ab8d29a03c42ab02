"""`labtui taxonomy rules`, as it is typed."""

from __future__ import annotations

import json

import pytest

from labtui.cli import run
from labtui.taxonomy.rules.registry import RULES


def test_all_rules_and_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["RULE", *RULES]
    assert run(["taxonomy", "rules", "legal"]) == 0
    assert all(line.startswith("legal.") for line in capsys.readouterr().out.splitlines()[1:])
    assert run(["taxonomy", "rules", "legal.*"]) == 0


def test_one_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "rules", "legal.licence-unknown"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("legal.licence-unknown\n")
    assert "    License of the work: CC BY-SA 4.0" in text
    assert run(["taxonomy", "rules", "lint.colons", "--json"]) == 0
    (rule,) = json.loads(capsys.readouterr().out)
    assert rule["levels"] == {"strict": "error", "upstream": "warning", "draft": "error"}
    assert rule["fixable"]


def test_a_rule_there_is_none_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["taxonomy", "rules", "quality.placeholders"]) == 2
    assert "Did you mean 'quality.placeholder'?" in capsys.readouterr().err
    assert run(["taxonomy", "rules", "zzz"]) == 2
    assert "labtui taxonomy rules" in capsys.readouterr().err
