from __future__ import annotations

from labtui.generate.form import Form, common_form, room

THREE_LINES = [f"Short: {word}.\nWhy: because {word}.\nTry: {word} today." for word in "abcdef"]
LISTS = ["- one\n- two", "- one", "- one\n- two\n- three", "- four"]


def test_lines_with_fixed_beginnings_are_a_form() -> None:
    form = common_form(THREE_LINES)
    assert (form.lines, form.markers) == (3, ("Short:", "Why:", "Try:"))
    assert form.misses("Short: x.\nWhy: y.\nTry: z.") == ""
    assert form.misses("Short: x.\nWhy: y.") == "2 lines where the seeds have 3"
    assert form.misses("Short: x.\nBecause: y.\nTry: z.") == "line 2 does not begin with 'Why:'"


def test_a_list_of_any_length_keeps_its_bullets() -> None:
    form = common_form(LISTS)
    assert form.lines == 0
    assert form.misses("- a\n- b\n- c\n- d") == ""
    assert form.misses("a and b") == "line 1 does not begin with '-'"


def test_signs_of_a_single_line_are_counted() -> None:
    form = common_form(f"{word}: a, b, c" for word in ("quick", "happy", "big", "brave"))
    assert form.misses("calm: quiet, still, peaceful") == ""
    assert "commas" in form.misses("calm: quiet, still")
    assert "colons" in form.misses("quiet, still, peaceful")
    assert form.misses("calm:\nquiet, still, peaceful") == "2 lines where the seeds have 1"


def test_text_that_was_only_wrapped_alike_asks_nothing() -> None:
    assert common_form(f"The {word} was wrapped\nafter this." for word in "abcdef") == Form()


def test_seeds_that_differ_ask_nothing() -> None:
    assert common_form(["a", "b\nc", "d", "e\nf\ng"]) == Form()


def test_few_seeds_ask_nothing() -> None:
    assert common_form(THREE_LINES[:3]) == Form()


def test_one_seed_that_differs_ends_the_agreement() -> None:
    assert common_form([*THREE_LINES, "Short: a.\nWhy: b.\nDo: c."]).markers == ("Short:", "Why:", "")


def test_questions_about_a_text_are_only_asked_to_stay_on_one_line() -> None:
    form = common_form(["What: a, b?", "What: c, d?", "What: e, f?", "What: g, h?"], lines_only=True)
    assert form.misses("Something else?") == ""
    assert form.misses("Something\nelse?")


def test_room_is_twice_the_longest_and_never_more_than_allowed() -> None:
    assert room(["x" * 36, "x" * 72], 256) == 72
    assert room(["x" * 5000], 256) == 256
    assert room([], 256) == 256
