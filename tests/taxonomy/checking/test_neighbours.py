"""Near duplicates and contradictions: found where they are, and nowhere else, without comparing all with all."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.check import inspect
from labtui.taxonomy.checking.facts import Facts, facts_of
from labtui.taxonomy.checking.neighbours import COUNTED, CROWD, Member, compare, differ, member
from labtui.taxonomy.checking.remembered import Remark
from labtui.taxonomy.checking.sketches import bands, digest, likeness, shingles, words
from labtui.taxonomy.findings import Level

SENTENCE = "The tide organ of the north pier plays low notes when the flood comes in and high ones when it ebbs away"


def skill(*seeds: tuple[str, str] | tuple[str, str, str]) -> str:
    text = "version: 3\ncreated_by: ann\ntask_description: x\nseed_examples:\n"
    for question, answer, *context in seeds:
        text += f"  - question: {question!r}\n    answer: {answer!r}\n"
        text += "".join(f"    context: {one!r}\n" for one in context)
    return text


def knowledge(*seeds: tuple[str, str, str]) -> str:
    text = "version: 3\ncreated_by: ann\ndomain: x\nseed_examples:\n"
    for context, question, answer in seeds:
        text += f"  - context: {context!r}\n    questions_and_answers:\n"
        text += f"      - question: {question!r}\n        answer: {answer!r}\n"
    return text


def facts(name: str, text: str) -> Facts:
    kind = name.partition("/")[0]
    return facts_of(inspect(text.encode(), None, "qna.yaml", kind, name=name)[1])


def together(leaves: list[tuple[str, str]]) -> list[Remark]:
    known = [facts(name, text) for name, text in leaves]
    members = [member(name, one) for (name, _), one in zip(leaves, known, strict=True)]
    return compare(members, lambda leaf: known[leaf])


def said(remarks: list[Remark], rule: str = "near-duplicate") -> list[tuple[int, int, str]]:
    return [(one.leaf, one.found.line, one.found.message) for one in remarks if one.found.rule == f"quality.{rule}"]


def test_the_same_seed_in_two_leaves() -> None:
    a = skill(("Say something else.", "No."), (f"{SENTENCE}?", "Yes."))
    b = skill((f"  {SENTENCE.upper()}!", "yes"))
    assert said(together([("knowledge/a", a), ("knowledge/b", b)])) == [
        (0, 7, "Seed 2 is the same as seed 1 of knowledge/b (line 5)."),
        (1, 5, "Seed 1 is the same as seed 2 of knowledge/a (line 7)."),
    ]


def test_nearly_the_same_seed_names_the_nearest_and_counts_the_others() -> None:
    changed = SENTENCE.replace("north", "south")
    again = f"{changed} now"
    leaves = [(f"knowledge/{n}", skill((text, "yes"))) for n, text in enumerate((SENTENCE, changed, again, "Other."))]
    assert said(together(leaves)) == [
        (0, 5, "Seed 1 is nearly the same as seed 1 of knowledge/1 (line 5); 1 more leaf has one like it."),
        (1, 5, "Seed 1 is nearly the same as seed 1 of knowledge/2 (line 5); 1 more leaf has one like it."),
        (2, 5, "Seed 1 is nearly the same as seed 1 of knowledge/1 (line 5); 1 more leaf has one like it."),
    ]


def test_leaves_of_one_path_are_versions_of_each_other() -> None:
    text = skill((SENTENCE, "yes"))
    assert together([("knowledge/a", text), ("knowledge/a", text), ("knowledge/a", text + "# more\n")]) == []


def test_seeds_within_a_leaf_are_not_compared_here() -> None:
    assert (
        together([("knowledge/a", skill((SENTENCE, "y"), (SENTENCE, "y"))), ("knowledge/b", skill(("x", "y")))]) == []
    )


def test_a_context_in_common_makes_no_duplicate_of_different_questions() -> None:
    context = " ".join(f"{SENTENCE} on day {day}." for day in range(20))
    leaves = [
        ("compositional_skills/a", skill(("List the days on which it plays.", "All twenty of them.", context))),
        ("compositional_skills/b", skill(("Write a poem in three verses.", "Low, low, low it goes", context))),
    ]
    assert said(together(leaves)) == []


def test_one_finding_a_seed_however_many_are_like_it() -> None:
    leaves = [(f"knowledge/{number}", skill((f"{SENTENCE} {number}", "yes"))) for number in range(40)]
    found = said(together(leaves))
    assert [leaf for leaf, _, _ in found] == list(range(40))
    assert all("more leaves have one like it" in message for _, _, message in found)


def test_text_without_spaces() -> None:
    text = "潮の満ち引きで鳴るオルガンは、北の桟橋にあります。満ち潮のときは低い音がします。"
    near = [("knowledge/a", skill((text, "はい"))), ("knowledge/b", skill((text.replace("北", "南"), "はい")))]
    assert len(said(together(near))) == 2
    far = [
        ("knowledge/a", skill((text, "はい"))),
        ("knowledge/b", skill(("山の上の古い鐘は、冬にだけ鳴らされます。", "いいえ"))),
    ]
    assert said(together(far)) == []


def test_thousands_of_seeds_from_one_template_are_no_quadratic_step() -> None:
    """Each of twice as many costs about the same: not timed, but every comparison is counted."""
    dice = random.Random(3)
    base = [f"word{number}" for number in range(60)]

    def looked_up(count: int) -> int:
        texts = []
        for number in range(count):
            chosen = list(base)
            chosen[dice.randrange(60)] = f"other{number}"
            texts.append(chosen if number % 2 else base)
        known = [facts(f"knowledge/{n}", skill((" ".join(text), "yes"))) for n, text in enumerate(texts)]
        asked: list[int] = []
        members = [Member(f"knowledge/{n}", one.sketches, one.kind) for n, one in enumerate(known)]
        found = compare(members, lambda leaf: asked.append(leaf) or known[leaf])  # type: ignore[func-returns-value]
        assert len(said(found)) == count
        assert (
            f"{count // 2 - 2:,} more leaves" in said(found)[0][2] or "at least" in said(found)[0][2] or count < COUNTED
        )
        return len(asked)

    few, many = looked_up(300), looked_up(1200)
    assert many <= 4 * few * 1.2 + 100
    assert many <= 1200 * 2 * CROWD


def test_every_text_is_near_itself_and_its_words_in_another_dress() -> None:
    assert words("Straße, STRASSE; ﬁn  Zwölf!") == ["strasse", "strasse", "fin", "zwölf"]
    assert digest(words("A b.")) == digest(words("a  B"))
    assert shingles(["one"]) == {"one"}
    assert bands([[]]) == [b""]


@given(st.lists(st.sampled_from("abcdefghij"), min_size=30, max_size=60), st.integers(0, 29))
def test_texts_that_share_no_band_are_not_alike(found: list[str], at: int) -> None:
    """A word changed among thirty or more leaves at least one band in common, unless the two differ a lot."""
    other = [*found[:at], "changed", *found[at + 1 :]]
    first, second = bands([found, other])
    common = any(first[n : n + 8] == second[n : n + 8] for n in range(0, len(first), 8))
    assert common or likeness(shingles(found), shingles(other)) < 0.8


# -- contradictions ---------------------------------------------------------------------------------------------


def test_a_fact_answered_differently() -> None:
    a = knowledge(("Ann wrote of it.", "When was the organ of Ostrevane built?", "It was built in 1921."))
    b = knowledge(("Others did too.", "When was the organ of Ostrevane built", "In 1934, by Ann."))
    remarks = together([("knowledge/a", a), ("knowledge/b", b)])
    assert said(remarks, "contradiction") == [
        (0, 7, "knowledge/b answers this question differently (seed 1, line 7)."),
        (1, 7, "knowledge/a answers this question differently (seed 1, line 7)."),
    ]
    assert {one.found.level for one in remarks} == {Level.WARNING}


def test_of_a_skill_it_is_no_more_than_worth_knowing() -> None:
    a, b = skill(("Tell me a pun about birds.", "Toucan play.")), skill(("Tell me a pun about birds.", "Owl be back."))
    remarks = together([("compositional_skills/a", a), ("compositional_skills/b", b)])
    assert [one.found.level for one in remarks] == [Level.INFO, Level.INFO]


def test_questions_that_mean_what_their_context_makes_of_them() -> None:
    a = knowledge(("One text.", "What is this text about?", "Birds."))
    b = knowledge(("Two texts.", "What is this text about?", "Ships."))
    assert together([("knowledge/a", a), ("knowledge/b", b)]) == []
    a, b = skill(("Who came?", "Ann.", "Ann came.")), skill(("Who came?", "Bob.", "Bob came."))
    assert together([("compositional_skills/a", a), ("compositional_skills/b", b)]) == []
    b = skill(("Who came?", "Bob.", "Ann came."))
    assert len(said(together([("compositional_skills/a", a), ("compositional_skills/b", b)]), "contradiction")) == 2


def test_when_answers_differ() -> None:
    def differ_in(one: str, other: str) -> bool:
        return differ(words(one), words(other))

    assert differ_in("Yes.", "No.")
    assert differ_in("It has 12 pipes.", "It has 21 pipes.")
    assert not differ_in("Paris.", "The capital of France is Paris.")
    assert not differ_in("It is blue, as the sea is.", "It is blue as the sea is")
    assert not differ_in("In 1921.", "In May 1921, on the 3rd.")
    assert not differ_in("", "Something.")


def test_a_question_that_thousands_answer_differently_is_bounded() -> None:
    leaves = [(f"compositional_skills/{n}", skill(("Say a word.", f"word{n}"))) for n in range(1500)]
    known = [facts(name, text) for name, text in leaves]
    members = [member(name, one) for (name, _), one in zip(leaves, known, strict=True)]
    asked: list[int] = []
    found = compare(members, lambda leaf: asked.append(leaf) or known[leaf])  # type: ignore[func-returns-value]
    assert len(said(found, "contradiction")) == 1500
    assert len(asked) <= 1500 * CROWD
