"""All 808 submissions: what is called fixable is fixed, and nothing else changes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from labtui.errors import LabError
from labtui.operations.taxonomy_fixing import plan_fix
from labtui.operations.taxonomy_writing import apply
from labtui.taxonomy.check import check_leaf, kind_by_path
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.fix import fix
from labtui.taxonomy.fixing.upgrade import Upgraded, upgrade
from labtui.taxonomy.fixing.values import alike_but_line_ends, same
from labtui.taxonomy.fixing.version import same_but_version
from labtui.taxonomy.lint import lint
from labtui.taxonomy.parse import parse
from labtui.taxonomy.plain_layout import is_plain
from labtui.taxonomy.source import Unreadable, decode

VERSION = re.compile(rb"^ *version: *\S+\s*\n", re.MULTILINE)


class Submission(NamedTuple):
    name: str
    path: str
    kind: str
    data: bytes


@pytest.fixture(scope="module")
def submissions(corpus: Path) -> list[Submission]:
    verdicts = json.loads((corpus / "verdicts.json").read_text())
    return [
        Submission(name, found["path"], kind_by_path(Path(found["path"])), (corpus / f"qna/{name}.yaml").read_bytes())
        for name, found in verdicts.items()
    ]


def rules(findings: list[Finding] | tuple[Finding, ...]) -> Counter[str]:
    return Counter(finding.rule for finding in findings)


def letters(data: bytes) -> Counter[str]:
    """Everything but blanks and line ends, and without the version: what no fix may touch."""
    return Counter(re.sub(r"\s", "", VERSION.sub(b"", data).decode()))


def test_every_fixable_finding_is_fixed_and_everything_else_stays(submissions: list[Submission]) -> None:
    fixable: Counter[str] = Counter()
    wrong = []
    for one in submissions:
        findings = check_leaf(one.data, None, one.path, one.kind)
        marked = [finding for finding in findings if finding.fixable]
        fixable += rules(marked)
        fixed = fix(one.data, None, one.path, one.kind)
        if not marked:
            wrong += [one.name] if (fixed.data, fixed.done) != (one.data, ()) else []
            continue
        after = check_leaf(fixed.data, None, one.path, one.kind)
        before, now = parse(decode(one.data).text).value, parse(decode(fixed.data).text).value
        holds = (
            list(fixed.done) == marked
            and list(fixed.left) == after
            and not any(finding.fixable for finding in after)
            and rules(after) <= rules(findings) - rules(marked)
            and letters(one.data) == letters(fixed.data)
            and (
                same_but_version(before, now)
                if "quality.old-version" in rules(marked)
                else same(before, now, alike_but_line_ends)
            )
        )
        wrong += [] if holds else [one.name]
    assert wrong == []
    # What people really do wrong.
    assert fixable["lint.trailing-spaces"] == 114
    assert fixable["lint.indentation"] == 18
    assert fixable["lint.new-line-at-end-of-file"] == 7
    assert fixable["lint.empty-lines"] == 4


def test_files_of_almost_the_right_name_get_it(submissions: list[Submission], tmp_path: Path) -> None:
    """Twelve people wrote qna.yml; four left a template."""
    odd = [one for one in submissions if Path(one.path).name != "qna.yaml"]
    for one in odd:
        path = tmp_path / one.name / one.path
        path.parent.mkdir(parents=True)
        path.write_bytes(one.data)
    plan = plan_fix([tmp_path])
    renamed = [change for change in plan.changes if change.target != change.path]
    assert (len(odd), len(renamed)) == (16, 12)
    assert all("layout.name" in rules(change.done) for change in renamed)
    apply(plan.changes)
    assert not list(tmp_path.rglob("qna.yml"))
    assert not [change for change in plan_fix([tmp_path]).changes if change.done]


def test_lint_is_left_only_where_it_is_content(submissions: list[Submission]) -> None:
    """Of 144 lint findings one stays: three empty lines that belong to a text."""
    left = []
    for one in submissions:
        fixed = fix(one.data, None, one.path, one.kind)
        left += [finding.rule for finding in fixed.left if finding.rule.startswith("lint.")]
    assert left == ["lint.empty-lines"]


def test_the_linter_finds_nothing_in_what_is_plain(submissions: list[Submission]) -> None:
    plain = clean = 0
    for one in submissions:
        try:
            text = decode(one.data).text
            root = parse(text).root
        except Unreadable:
            continue
        silent = not list(lint(text, one.path))
        clean += silent
        if is_plain(text, root):
            plain += 1
            assert silent, one.name
    assert plain / clean > 0.85


def test_every_readable_leaf_can_be_upgraded(submissions: list[Submission]) -> None:
    """Skills say the same afterwards; of knowledge every text is still there; nothing is called clean that is not."""
    refused: Counter[str] = Counter()
    upgraded = 0
    for one in submissions:
        try:
            new = upgrade(one.data, one.kind, None, one.path)
        except LabError as error:
            refused[error.what.partition(":")[0]] += 1
            continue
        errors = [finding for finding in check_leaf(new.data, None, one.path, one.kind) if finding.level == "error"]
        said = [finding for finding in errors if finding.rule.startswith(("yaml.", "lint.", "schema."))]
        assert len(new.missing) == len(said), one.name
        if new.data == one.data:
            continue
        upgraded += 1
        _nothing_is_lost(one, new)
    assert upgraded > 500
    assert set(refused) == {"It cannot be read", "It holds no leaf"}


def _nothing_is_lost(one: Submission, new: Upgraded) -> None:
    before, after = parse(decode(one.data).text).value, parse(decode(new.data).text).value
    assert after["version"] == 3
    if one.kind == "compositional_skills":
        assert same_but_version(before, after), one.name
        assert letters(one.data) == letters(new.data), one.name
        return
    lost = letters(one.data.replace(b"task_description", b"")) - letters(new.data)
    assert not lost, (one.name, lost)
