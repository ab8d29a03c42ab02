"""Leaves spoilt at random: what is called fixable is fixed, and what a file says stays."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.fix import fix
from labtui.taxonomy.fixing.values import alike_but_line_ends, same
from labtui.taxonomy.fixing.version import same_but_version
from labtui.taxonomy.lint import lint
from labtui.taxonomy.parse import parse
from labtui.taxonomy.plain_layout import is_plain
from labtui.taxonomy.source import Unreadable, decode
from tests.taxonomy.fixing.damage import leaves, spoilt

PATH = "compositional_skills/x/qna.yaml"
KIND = "compositional_skills"


def found(data: bytes) -> list[Finding]:
    return check_leaf(data, None, PATH, KIND)


def reading(data: bytes) -> object:
    return yaml.safe_load(decode(data).text)


@given(leaves())
def test_the_leaves_that_get_spoilt_are_in_order(text: str) -> None:
    findings = found(text.encode())
    assert [finding for finding in findings if finding.level == "error" or finding.fixable] == []
    assert fix(text.encode(), None, PATH, KIND).data == text.encode()


@given(spoilt())
@settings(max_examples=150)
def test_what_is_called_fixable_is_fixed_and_the_rest_stays(both: tuple[str, str]) -> None:
    data = both[1].encode()
    try:
        before = parse(decode(data).text).value
    except Unreadable:
        return
    findings = found(data)
    fixed = fix(data, None, PATH, KIND)
    assert list(fixed.done) == [finding for finding in findings if finding.fixable]
    after = found(fixed.data)
    assert list(fixed.left) == after
    assert not any(finding.fixable for finding in after)
    was, now = (Counter(finding.rule for finding in found) for found in (findings, after))
    assert now <= was
    upgraded = any(finding.rule == "quality.old-version" for finding in fixed.done)
    alike = same_but_version(before, reading(fixed.data))
    assert alike if upgraded else same(before, reading(fixed.data), alike_but_line_ends)
    if not fixed.done:
        assert fixed.data == data


@given(spoilt())
@settings(max_examples=150)
def test_looks_alone_are_always_put_right(both: tuple[str, str]) -> None:
    """Whatever of this damage leaves a file readable and says the same can be undone, whole."""
    whole, text = both
    try:
        same_as_before = same(parse(whole).value, reading(text.encode()), alike_but_line_ends)
    except yaml.YAMLError:
        return
    if same_as_before:
        rules = {finding.rule for finding in fix(text.encode(), None, PATH, KIND).left}
        assert not [rule for rule in rules if rule.startswith(("yaml.", "lint.", "schema."))]
        assert not rules & {"quality.byte-order-mark", "quality.line-ends", "quality.field-order"}


@given(spoilt(), st.integers(0, 1))
@settings(max_examples=300)
def test_the_linter_finds_nothing_in_a_plain_layout(both: tuple[str, str], which: int) -> None:
    text = decode(both[which].encode()).text
    try:
        root = parse(text).root
    except Unreadable:
        return
    if is_plain(text, root):
        assert list(lint(text, PATH)) == []


@pytest.mark.parametrize("before", [" \n\n", " \n \n", "  \n\n \n\n\n", "\n \n\n"])
def test_blank_lines_before_the_first_key_go(before: str) -> None:
    whole = "version: 3\ncreated_by: ann\ntask_description: plain\nseed_examples:\n" + "".join(
        f"- question: q{number}\n  answer: a{number}\n" for number in range(5)
    )
    assert fix((before + whole).encode(), None, PATH, KIND).data.decode() == whole
