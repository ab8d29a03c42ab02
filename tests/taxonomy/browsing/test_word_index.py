"""The index of words: never misses, says what it is sure of, and stays within its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.browsing import word_index
from labtui.taxonomy.browsing.wanted import folded
from labtui.taxonomy.browsing.word_index import WordIndex, slots_in

TEXTS = st.text(st.sampled_from("abcdeé_-.1 四十雀はABC\n") | st.characters(), max_size=80)


def held(index: WordIndex, word: str, slots: int) -> tuple[list[int], list[int]]:
    may, do = index.holding(word, slots)
    return slots_in(may), slots_in(do)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_what_a_text_holds_is_never_missed_and_what_is_sure_is_so(texts: list[str], data: st.DataObject) -> None:
    texts = [folded(text) for text in texts]
    index = WordIndex()
    for slot, text in enumerate(texts):
        index.learn(slot, text)
    text = data.draw(st.sampled_from(texts))
    begin = data.draw(st.integers(0, len(text)))
    for word in text[begin : data.draw(st.integers(begin, len(text)))].split():
        may, do = held(index, word, len(texts))
        assert {slot for slot, text in enumerate(texts) if word in text} <= set(may)
        assert all(word in texts[slot] for slot in do) and set(do) <= set(may)


def test_parts_of_words_are_known_for_sure() -> None:
    index = WordIndex()
    for slot, text in enumerate(["chickadee birds", "chick", "四十雀は鳥", "black-capped"]):
        index.learn(slot, text)
    for word, leaves in (("chick", [0, 1]), ("kadee", [0]), ("b", [0, 3]), ("ch", [0, 1]), ("鳥", [2]), ("十雀", [2])):
        assert held(index, word, 4) == (leaves, leaves), word
    for word, leaves in (("四十雀", [2]), ("black-c", [3]), ("-", [0, 1, 2, 3])):
        assert held(index, word, 4) == (leaves, []), word
    assert held(index, "chickens", 4) == ([], [])
    # What was asked for before narrows what is asked for next, and only then.
    for word, leaves in (("chi", [0, 1]), ("chicka", [0]), ("capped", [3]), ("bird", [0])):
        assert held(index, word, 4)[0] == leaves, word


def test_frequent_and_rare_words_among_many_leaves() -> None:
    index = WordIndex()
    for slot in range(3000):
        index.learn(slot, f"every third{slot % 3} own{slot} {'late' if slot > 2500 else ''}")
    assert held(index, "every", 3000)[0] == list(range(3000))
    assert held(index, "third1", 3000)[1] == list(range(1, 3000, 3))
    assert held(index, "own2718", 3000)[1] == [2718]
    assert held(index, "late", 3000)[1] == list(range(2501, 3000))
    assert held(index, "every", 10)[0] == list(range(10))


def test_words_of_any_length() -> None:
    index = WordIndex()
    long = "".join(chr(97 + number * 7 % 26) for number in range(500))
    index.learn(0, long)
    index.learn(1, "x" * 5000 + "needle")
    assert held(index, long[100:124], 2) == ([0, 1], [0])
    assert held(index, long[77:377], 2)[0] == [0, 1]
    assert held(index, "needle", 2) == ([1], [])


def test_beyond_its_bounds_it_is_unsure_and_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "MOST_WORDS", 50)
    index = WordIndex()
    index.learn(0, " ".join(f"alpha{number}" for number in range(50)))
    before = index.bytes
    for slot in range(1, 200):
        index.learn(slot, f"beta{slot} alpha7")
    # Bits and numbers of leaves, and no word more.
    assert index.bytes - before < 200 * 200
    assert held(index, "beta9", 200) == (list(range(1, 200)), [])
    assert held(index, "alpha7", 200) == (list(range(200)), [0])
    monkeypatch.setattr(word_index, "MOST_OF_LEAF", 5)
    crowded = WordIndex()
    crowded.learn(0, " ".join(f"word{number}" for number in range(9)))
    assert held(crowded, "word8", 1) == ([0], [])
