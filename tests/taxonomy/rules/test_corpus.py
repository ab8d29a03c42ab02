"""What the rules find in 808 submissions. Each kind of finding was read; a change of the counts wants reading."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from labtui.taxonomy.check import check_leaf, kind_by_path, name_by_path
from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.registry import RULES

COUNTS = {
    "legal.attribution-missing": 808,
    "quality.answer-repeats-question": 48,
    "quality.blank": 155,
    "quality.document-commit": 67,
    "quality.document-patterns": 11,
    "quality.document-repository": 54,
    "quality.few-seeds": 169,
    "quality.field-order": 4,
    "quality.folder-name": 102,
    "quality.key-duplicates": 4,
    "quality.long-context": 2,
    "quality.long-leaf": 5,
    "quality.long-pair": 9,
    "quality.long-seed": 41,
    "quality.mixed-grounding": 4,
    "quality.old-version": 441,
    "quality.placeholder": 64,
    "quality.question-repeated": 152,
    "quality.short-context": 30,
    "quality.unused-pairs": 40,
}


def test_what_is_found_in_the_submissions(corpus: Path) -> None:
    counts: Counter[str] = Counter()
    for name, verdict in json.loads((corpus / "verdicts.json").read_text()).items():
        path = Path("/nowhere") / verdict["path"]
        data = (corpus / "qna" / f"{name}.yaml").read_bytes()
        findings = check_leaf(data, None, "", kind_by_path(path), name=name_by_path(path))
        for finding in findings:
            assert finding.level in (RULES[finding.rule].strict, Level.WARNING, Level.INFO)
            assert finding.hint, finding
        counts.update(
            finding.rule for finding in findings if finding.rule.startswith(("legal.", "quality.", "safety."))
        )
    assert counts == COUNTS
