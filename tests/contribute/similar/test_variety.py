"""How alike seeds are: the meter moves the right way, and what is the same is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.similar.variety import MEASURED, NAMED, variety
from labtui.taxonomy.leaf import Pair, Seed


def seed(number: int, question: str, answer: str = "", context: str = "") -> Seed:
    return Seed(number, context, (Pair(question, answer),))


TEMPLATE = [seed(at, f"What does a {bird} eat?", "Seeds and insects.") for at, bird in enumerate("abcde", 1)]
VARIED = [
    seed(1, "Which berries do waxwings like best?", "Rowan berries, above all in winter."),
    seed(2, "How heavy is a goldcrest?", "About five grams."),
    seed(3, "Why do storks leave Europe in August?", "Their prey becomes scarce."),
    seed(4, "Name a bird that sings at night.", "The nightingale."),
    seed(5, "Is the cuckoo's egg the size of its host's?", "Nearly: it is a little larger."),
]


def test_seeds_from_one_template_are_alike_and_different_ones_varied() -> None:
    template, varied = variety(TEMPLATE), variety(VARIED)
    assert template.value < 0.45 < 0.75 < varied.value
    assert "very varied" in varied.says and "5 seeds" in varied.says
    assert "alike" in template.says


def test_the_most_alike_pair_is_named_first() -> None:
    found = variety([*VARIED, seed(6, "How heavy is a gold crest?", "About five grams.")])
    assert [(pair.first, pair.second) for pair in found.alike] == [(2, 6)]
    assert "seeds 2 and 6" in found.alike[0].says
    assert len(variety(TEMPLATE).alike) <= NAMED


def test_a_question_asked_again_is_named_whatever_its_case_and_last_sign() -> None:
    found = variety([*VARIED, seed(6, "how heavy is a  GOLDCREST", "I do not know.")])
    assert [(one.what, one.first, one.second) for one in found.duplicates] == [("question", 2, 6)]
    assert found.duplicates[0].says == "seed 6 asks the same as seed 2"


def test_the_same_question_about_another_context_is_no_duplicate() -> None:
    seeds = [seed(at, "Sum it up.", context=text) for at, text in enumerate(("A wren sang.", "Rain fell."), 1)]
    assert not variety(seeds).duplicates


def test_a_passage_taken_twice_is_named_where_several_questions_belong_to_it() -> None:
    pairs = (Pair("What?", "That."), Pair("Who?", "She."))
    other = (Pair("When?", "Then."), Pair("Where?", "There."))
    found = variety([Seed(1, "The wren sang.", pairs), Seed(2, "The Wren sang", other)])
    assert [(one.what, one.first, one.second) for one in found.duplicates] == [("context", 1, 2)]
    half = [seed(1, "What?", "That.", "The wren sang."), seed(2, "Who?", "She.", "The wren sang.")]
    assert [one.what for one in variety(half, passages=True).duplicates] == ["context"]
    assert not variety(half).duplicates, "a skill may show one text from several sides"


def test_one_seed_that_asks_the_same_twice_says_so() -> None:
    found = variety([Seed(1, "The wren sang.", (Pair("Who sang?", "It."), Pair("Who sang?", "The wren.")))])
    assert [(one.second, one.second_pair) for one in found.duplicates] == [(1, 2)]
    assert found.duplicates[0].says == "seed 1 asks the same twice"


def test_questions_that_begin_alike_are_remarked() -> None:
    assert "begin with “what does”" in variety(TEMPLATE).notes[0]
    assert not variety(VARIED).notes


def test_nothing_is_claimed_of_fewer_than_two_seeds() -> None:
    assert variety([]).says == variety(VARIED[:1]).says == ""
    assert variety([VARIED[0], seed(2, "", "")]).says == ""


def test_of_many_seeds_the_first_are_measured_and_it_is_said() -> None:
    found = variety([seed(at, f"Is {at} more than {at * 7}?", str(at)) for at in range(1, MEASURED + 20)])
    assert f"the first {MEASURED} seeds" in found.says


def test_scripts_without_spaces_are_compared_too() -> None:
    alike = [seed(1, "コガラは何を食べますか", "種"), seed(2, "シジュウカラは何を食べますか", "虫")]
    other = [seed(1, "コガラは何を食べますか", "種"), seed(2, "冬の森で夜どこに眠る", "樹の穴")]
    assert variety(alike).value < variety(other).value


def test_it_stops_when_asked() -> None:
    assert variety(TEMPLATE, cancelled=lambda: True).says == ""


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30)), max_size=8))
def test_any_text_gives_a_value_between_0_and_1_and_seeds_that_are_there(texts: list[tuple[str, str, str]]) -> None:
    seeds = [seed(at, *parts) for at, parts in enumerate(texts, 1)]
    found = variety(seeds)
    assert 0.0 <= found.value <= 1.0
    assert all(1 <= pair.first < pair.second <= len(seeds) and 0 <= pair.likeness <= 1 for pair in found.alike)
    assert all(1 <= one.first <= one.second <= len(seeds) for one in found.duplicates)
