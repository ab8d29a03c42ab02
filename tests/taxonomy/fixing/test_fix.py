"""What a machine puts right, what it leaves alone, and that it says so beforehand."""

from __future__ import annotations

import pytest

from labtui.taxonomy.check import check_leaf, untried
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.fixing.engine import LINES
from labtui.taxonomy.fixing.fix import fix, repaired
from labtui.taxonomy.profiles import Profile
from tests.taxonomy.leaves import SKILL

PATH = "compositional_skills/x/qna.yaml"
KIND = "compositional_skills"


def fixed(text: str, kind: str = KIND) -> str:
    return fix(text.encode(), None, PATH, kind).data.decode()


def fixable(text: str, kind: str = KIND) -> list[str]:
    return [finding.rule for finding in check_leaf(text.encode(), None, PATH, kind) if finding.fixable]


def test_a_clean_file_stays_as_it_is() -> None:
    result = fix(SKILL.encode(), None, PATH, KIND)
    assert (result.data, result.done) == (SKILL.encode(), ())


@pytest.mark.parametrize(
    ("whole", "spoilt"),
    [
        ("answer: uno\n", "answer: uno  \n"),
        ("answer: uno\n", "answer:   uno\n"),
        ("answer: uno\n", "answer : uno\n"),
        ("  - question: One?\n    answer: uno\n", "  -   question: One?\n      answer: uno\n"),
        ("version: 3\n", "version: 3\nversion: 3\n"),
        ("version: 3\n", "\n\nversion: 3\n"),
        ("answer: due\n", "answer: due\n\n\n\n\n"),
        ("answer: cinque\n", "answer: cinque"),
        ("answer: cinque\n", "answer: cinque\n\n\n"),
        ("answer: cinque\n", "answer: cinque\n  \n"),
        ("version: 3\n", "\ufeffversion: 3\n"),
        ("answer: tre\n", "answer: tre\r\n"),
    ],
)
def test_looks_are_put_right(whole: str, spoilt: str) -> None:
    text = SKILL.replace(whole, spoilt, 1)
    assert text != SKILL
    assert fixable(text)
    back = fixed(text)
    # Two empty lines in the middle are allowed, and stay.
    assert back in (SKILL, SKILL.replace("answer: due\n", "answer: due\n\n\n"))


def test_a_list_at_another_step_is_moved_with_everything_in_it() -> None:
    whole = """\
version: 3
created_by: ann
task_description:
  Name three synonyms.
seed_examples:
"""
    seeds = SKILL.partition("seed_examples:\n")[2].replace(
        "  - question: Five?", "  # a remark\n  - question: |\n      Five?\n"
    )
    seeds = seeds.replace("Five?\n\n", "Five?\n\n      Or six?\n")
    deeper = "".join(f"   {row}" if row.strip() else row for row in seeds.splitlines(keepends=True))
    assert fixable(whole + seeds) == []
    assert fixable(whole + deeper) == ["lint.indentation"]
    assert fixed(whole + deeper) == whole + seeds


def test_spaces_in_a_list_written_in_brackets() -> None:
    text = SKILL.replace("seed_examples:", "document_outline: [a,b ,  c,  {x:  1 ,  y: 2}]\nseed_examples:")
    assert {"lint.commas", "lint.colons"} <= set(fixable(text))
    assert "document_outline: [a, b, c, {x: 1, y: 2}]\n" in fixed(text)


def test_blanks_at_the_end_of_a_block_s_lines_are_taken_away() -> None:
    """They are content, but nothing a reader sees; the reference refuses them."""
    text = SKILL.replace("answer: tre\n", "answer: |\n      tre  \n       \n      quattro \n")
    assert fixable(text) == ["lint.trailing-spaces"] * 3
    assert "answer: |\n      tre\n\n      quattro\n" in fixed(text)


def test_empty_lines_inside_a_text_are_content() -> None:
    text = SKILL.replace("answer: tre\n", "answer: |\n      tre\n\n\n\n\n      quattro\n")
    assert "lint.empty-lines" not in fixable(text)
    assert fixed(text) == text


def test_blanks_whose_loss_would_make_two_seeds_the_same_stay() -> None:
    text = SKILL.replace("answer: uno\n", "answer: |\n      uno\n").replace("Two?", "One?")
    text = text.replace("answer: due\n", "answer: |\n      uno \n").replace("Five?", "Five?  ")
    assert fixable(text) == ["lint.trailing-spaces"]
    assert "uno \n" in fixed(text)
    assert "Five?\n" in fixed(text)


def test_keys_written_twice_that_differ_are_for_a_person() -> None:
    text = SKILL.replace("created_by: ann\n", "created_by: ann\ncreated_by: bea\n")
    assert fixable(text) == []
    assert fixed(text) == text


def test_an_entry_said_twice_keeps_its_remark() -> None:
    text = SKILL.replace("created_by: ann\n", "created_by: ann\ncreated_by: ann  # who?\n")
    assert fixable(text) == []


def test_what_one_reads_first_comes_first() -> None:
    rest = SKILL.replace("version: 3\ncreated_by: ann\n", "").rstrip("\n")
    text = f"# All about threes\n{rest}\n# by\ncreated_by: ann\nversion: 3"
    assert "quality.field-order" in fixable(text)
    back = fixed(text)
    assert back.startswith(
        "# All about threes\nversion: 3\ntask_description: Name three synonyms.\n# by\ncreated_by: ann\n"
    )
    assert back.endswith("answer: cinque\n")


def test_an_alias_is_not_moved_before_what_it_means() -> None:
    text = (
        SKILL.replace("version: 3\ncreated_by: ann\n", "").replace("One?", "&who ann")
        + "created_by: *who\nversion: 3\n"
    )
    assert fix(text.encode(), None, PATH, KIND).data == text.encode()
    assert fixable(text) == []


def test_line_ends_and_the_mark_stay_where_nothing_is_wrong_with_them() -> None:
    text = SKILL.replace("answer: tre", "answer: tre  ").replace("\n", "\r\n")
    assert fixed(text) == SKILL.replace("\n", "\r\n")


def test_an_old_skill_is_raised_to_the_newest_version() -> None:
    for old in ("version: 2\n", "version: 1\n", ""):
        text = SKILL.replace("version: 3\n", old)
        assert fixable(text) == ["quality.old-version"]
        assert fixed(text) == SKILL


def test_an_old_skill_is_tidied_where_the_new_version_asks_for_it() -> None:
    text = SKILL.replace("version: 3\n", "version: 1\n").replace("uno", "uno  ").rstrip("\n")
    assert fixable(text) == ["quality.old-version"]
    assert fixed(text) == SKILL


def test_an_old_skill_that_would_not_be_in_order_is_left() -> None:
    few = "\n".join(SKILL.replace("version: 3", "version: 1").splitlines()[:8]) + "\n"
    assert fixable(few) == []
    assert fixed(few) == few
    twice = SKILL.replace("version: 3\n", "version: 1\n").replace("answer: tre", "answer: |\n      a\n\n\n\n\n      b")
    assert fixed(twice) == twice


def test_the_upstream_profile_asks_for_the_newest_version() -> None:
    for old in ("version: 2\n", ""):
        text = SKILL.replace("version: 3\n", old).encode()
        how = {"profile": Profile.UPSTREAM, "highest": True}
        findings = check_leaf(text, b"x", PATH, KIND, **how)  # type: ignore[arg-type]
        assert [finding.fixable for finding in findings if finding.rule in ("schema.const", "schema.required")] == [
            True
        ]
        assert fix(text, b"x", PATH, KIND, **how).data == SKILL.encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"a: [", b"- a\n- b  \n", b"\x00", b"a: &a [*a]  \n", b"version: 3\n\t  x: 1\n"]
)
def test_what_cannot_be_read_stays(data: bytes) -> None:
    result = fix(data, None, PATH, KIND)
    assert (result.data, result.done) == (data, ())


@pytest.mark.parametrize(
    ("whole", "tabbed", "put_right"),
    [
        ("version: 3\n", "version:\t3\n", "version: 3\n"),
        ("version: 3\n", "version: \t 3\t\n", "version: 3\n"),
        ("created_by: ann\n", "created_by: ann\t# me\n", "created_by: ann # me\n"),
        ("seed_examples:\n", "seed_examples:\t\n", "seed_examples:\n"),
        ("answer: uno\n", 'answer:\t"u\tno"\n', 'answer: "u\tno"\n'),
        ("answer: uno\n", "answer:\t|\n      a\tb\n", "answer: |\n      a\tb\n"),
    ],
)
def test_tabs_between_words_become_blanks(whole: str, tabbed: str, put_right: str) -> None:
    text = SKILL.replace(whole, tabbed, 1)
    assert fixable(text) == ["yaml.syntax"]
    assert fixed(text) == SKILL.replace(whole, put_right, 1)


@pytest.mark.parametrize(
    "tabbed", ["version: 3\n\t\n", "\tversion: 3\n", "version: 3\n\tx: 1\n", "version: 3\tx\n", "version:\t!!int 3\n"]
)
def test_tabs_whose_meaning_is_not_sure_stay(tabbed: str) -> None:
    text = SKILL.replace("version: 3\n", tabbed)
    assert fixable(text) == []
    assert fixed(text) == text


def test_a_file_read_for_the_first_time_is_put_right_as_well() -> None:
    text = SKILL.replace("version: 3", "version:\t3").replace("uno", "uno  ").rstrip("\n")
    assert fixable(text) == ["yaml.syntax"]
    assert fixed(text) == SKILL


def test_findings_say_exactly_what_is_fixed() -> None:
    text = SKILL.replace("answer: uno\n", "answer: |\n      uno  \n\n\n\n\n      x\n").replace("due", "due ")
    findings = check_leaf(text.encode(), None, PATH, KIND)
    result = fix(text.encode(), None, PATH, KIND)
    assert [finding for finding in findings if finding.fixable] == list(result.done)
    assert {finding.rule for finding in result.done} == {"lint.trailing-spaces"}
    assert "lint.empty-lines" in {finding.rule for finding in result.left}


def test_many_things_in_one_large_file_take_bounded_work() -> None:
    """A file so large that only a few tries are affordable is repaired in one go or not at all, never for minutes."""
    seed = "  - question: Q{0}?  \n    answer: |\n      a  \n"
    text = SKILL + "".join(seed.format(number) for number in range(3000))
    calls: list[int] = []

    def check(data: bytes) -> list[Finding]:
        calls.append(len(data))
        return untried(data, None, PATH, KIND)[0]

    result = repaired(text.encode(), untried(text.encode(), None, PATH, KIND)[0], check, KIND)
    assert not [finding for finding in result.left if finding.rule.startswith("lint.")]
    assert "  \n" not in result.data.decode()
    assert len(calls) <= LINES / text.count("\n")
