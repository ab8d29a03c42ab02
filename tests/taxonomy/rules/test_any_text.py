"""Whatever a file holds: the rules say something that is true of it, and never fail."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules.registry import MOST, RULES
from tests.taxonomy.rules.look import found

ODD = "\u200b\u200d\u202e\u2067\u2069\ufeff\u0430Ωא\U000e0041\U0001d41a\U000e0100\ufe0f\x85\u2028潮ไ"
TEXT = st.text(alphabet=string.printable + ODD, max_size=60)
VALUE = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
PAIR = st.fixed_dictionaries({}, optional={"question": VALUE, "answer": VALUE, "context": VALUE})
SEED = st.one_of(
    PAIR, st.fixed_dictionaries({"context": VALUE, "questions_and_answers": st.lists(PAIR, max_size=5)}), VALUE
)
LEAF = st.fixed_dictionaries(
    {},
    optional={
        "version": st.one_of(st.integers(-1, 5), VALUE),
        "created_by": VALUE,
        "task_description": VALUE,
        "seed_examples": st.one_of(st.lists(SEED, max_size=5), VALUE),
        "document": VALUE,
        "<<": VALUE,
    },
)


def judge(data: bytes, attribution: bytes | None, kind: str = "", name: str = "") -> None:
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for profile in Profile:
        findings = check_leaf(data, attribution, "a/qna.yaml", kind, name=name, profile=profile)
        assert findings == check_leaf(data, attribution, "a/qna.yaml", kind, name=name, profile=profile)
        ours = [finding for finding in findings if finding.rule.startswith(("legal.", "quality.", "safety."))]
        for finding in ours:
            assert finding.rule in RULES
            assert finding.message and finding.hint
            assert finding.path in ("a/qna.yaml", "a/attribution.txt")
            if finding.path == "a/qna.yaml":
                assert 1 <= finding.line <= len(lines)
                assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        places = [(finding.path != "a/qna.yaml", finding.line, finding.column) for finding in findings]
        assert places == sorted(places)


@given(LEAF, st.sampled_from(["", "knowledge", "compositional_skills"]), st.booleans())
def test_any_values(values: dict[str, object], kind: str, flow: bool) -> None:
    import yaml

    judge(yaml.safe_dump(values, allow_unicode=True, default_flow_style=flow).encode(), b"")


@given(st.binary(max_size=200), st.one_of(st.none(), st.binary(max_size=200)))
@example(b"seed_examples: &a\n  - *a\n", None)
@example(b"seed_examples:\n  - &a {question: a, answer: b}\n  - *a\n", b"Title of work:\n")
@example(b"\xef\xbb\xbf\xef\xbb\xbfa: \xe2\x80\xae", b"\xff")
def test_any_bytes(data: bytes, attribution: bytes | None) -> None:
    judge(data, attribution)


@given(TEXT, TEXT)
def test_any_text(text: str, name: str) -> None:
    judge(text.encode(), text.encode(), name=f"knowledge/{name}")
    judge(f"version: 3\ntask_description: |\n  {text}\n".encode(), f"License of the work: {text}\n".encode())


def test_a_file_that_breaks_a_rule_everywhere_gets_no_endless_list() -> None:
    text = "created_by: ann\nseed_examples:\n" + "".join(f"  - question: ' '\n    answer: {n}\n" for n in range(1000))
    blank = [finding for finding in found(text) if finding.rule == "quality.blank"]
    assert len(blank) == MOST
    assert blank[-1].message.endswith("More of the kind are not listed.")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "a" * 600_000,
        "a@" * 300_000,
        "1 " * 300_000,
        "4539 1488 0343 6467 " * 30_000,
        "://" + "a:" * 300_000,
        "\u0430a" * 200_000,
        "\u200b" * 200_000,
        "\u2067" * 200_000 + "א",
        "\U0001d41a " * 100_000,
        "eyJ" * 200_000,
        "sk-" * 200_000,
        "DE75 " * 100_000,
        "-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "Title of work: x\n" * 4_000,
    ],
    ids=range(14),
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    data = f"version: 1\ntask_description: '{text}'\n".encode()
    check_leaf(data, text.encode()[:65536], "a/qna.yaml", "")
