"""Reading YAML that may be broken or meant to harm: always a rule, a place and a sentence, never a crash or a hang."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from labtui.taxonomy.parse import MAX_DEPTH, parse
from labtui.taxonomy.source import MAX_BYTES, Unreadable, decode, read

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{name}: &{name}\n  <<: [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[" * 100_000, "yaml.depth"),
        ("{a: " * 100_000, "yaml.depth"),
        ("- " * 50_000 + "x", "yaml.depth"),
        ("".join(" " * level + "k:\n" for level in range(400)), "yaml.depth"),
        (BOMB, "safety.aliases"),
        (MERGES, "safety.aliases"),
        ("a: &a [*a]", "yaml.loop"),
        ("a: &a {b: {c: *a}}", "yaml.loop"),
        ("a: b\0c", "yaml.character"),
        ("a: b\x1b[31mc", "yaml.character"),
        ("a: 'b", "yaml.syntax"),
        ("a: b\n c: d", "yaml.syntax"),
        ("a: 1\n---\nb: 2\n", "yaml.syntax"),
        ("a: *nothing", "yaml.syntax"),
        ("{[1, 2]: x}", "yaml.value"),
        ("a: !!python/object/apply:os.system [true]", "yaml.value"),
        ("a: 2024-99-99", "yaml.value"),
        ("a: !!int " + "9" * 10_000, "yaml.value"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text: str, rule: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.rule == rule
    assert 1 <= caught.value.line <= text.count("\n") + 1
    assert caught.value.column >= 1
    assert caught.value.message.endswith(".")


def test_the_place_of_a_character_that_is_not_allowed() -> None:
    with pytest.raises(Unreadable) as caught:
        parse("created_by: ann\ndomain: bi\x07rds\n")
    assert (caught.value.line, caught.value.column) == (2, 11)
    assert "U+0007" in caught.value.message


def test_nesting_below_the_bound_is_read() -> None:
    assert parse("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)).value
    assert parse("a: [" + ", ".join("[x]" for _ in range(1000)) + "]").value["a"][999] == ["x"]


def test_honest_aliases_are_read() -> None:
    assert parse("a: &a {k: v}\nb: *a\nc:\n  <<: *a\n").value == {"a": {"k": "v"}, "b": {"k": "v"}, "c": {"k": "v"}}


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("'yes'", "yes"), ("1_000", 1000), ("12:30:45", 45045), ("0o17", "0o17"), ("017", 15), ("~", None)],
)
def test_values_are_those_of_pyyaml(text: str, value: object) -> None:
    import yamllint.rules.quoted_strings  # it teaches PyYAML to take 0o17 for a number, which the reference does not

    assert yamllint.rules.quoted_strings
    assert parse(f"a: {text}").value == {"a": value}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["\t", " ", "\n", "a: ", "|", "|-\n", "|2\n", ">\n", "'", '"', "- ", "x", "  ", "b:\n", "k: |\n  "]
        )
    )
)
def test_tabs_are_read_as_the_reference_reads_them(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        expected = yaml.safe_load(text)
    except Exception:
        with pytest.raises(Unreadable):
            parse(text)
    else:
        assert repr(parse(text).value) == repr(expected)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:- \n'\"[]{},#&*!|>%@\t0\u3042\u00e9?"), max_size=60))
def test_the_verdict_is_the_reference_s(text: str) -> None:
    """What PyYAML's own loader reads is read to the same value, and what it refuses is refused."""
    try:
        expected = yaml.safe_load(text)
    except Exception:
        with pytest.raises(Unreadable):
            parse(text)
    else:
        try:
            found = parse(text).value
        except Unreadable as trouble:
            assert trouble.rule in ("yaml.loop", "safety.aliases")
        else:
            assert repr(found) == repr(expected)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse(decode(data).text)
    except Unreadable as trouble:
        assert trouble.rule.split(".")[0] in ("yaml", "safety")


def test_bytes_that_are_no_text_say_where(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "qna.yaml"
    path.write_bytes("a: é\nb: ".encode() + b"\xff\n")
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert (caught.value.rule, caught.value.line, caught.value.column) == ("yaml.encoding", 2, 4)
    assert "0xff" in caught.value.message


def test_a_gigantic_file_is_not_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "qna.yaml"
    with open(path, "wb") as stream:
        stream.truncate(MAX_BYTES * 100)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.rule == "safety.size"
