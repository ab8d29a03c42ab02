"""A seed's context is found in its document however it was copied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.documents.locate import Searchable, locate
from labtui.taxonomy.leaf import read_leaf_file

PAGE = """\
# The *tide* organ

The [tide organ](https://example.org/tide_(organ) "wikilink") of **Pell** isn't
played by hand – it is played by the sea.[^1] It has `31` pipes, and caf&eacute;s
around it <!-- remark --> stand <b>close</b>.

> - Salt turns copper green,
>   and the pipes are cleaned — every April.

[^1]: A footnote.
"""


@pytest.mark.parametrize(
    ("context", "begins", "ends"),
    [
        ("The tide organ of Pell isn't played by hand", "The [tide", "by hand"),
        ("the tide\norgan   of pell isn’t played by hand - it is", "The [tide", "it is"),
        ("It has 31 pipes, and cafés around it stand close.", "It has", "close"),
        ("Salt turns copper green, and the pipes are cleaned -- every April.", "Salt", "April"),
        ("The *tide* organ\n\nThe [tide organ](https://example.org/tide_(organ) 'x') of", "The *tide", "of"),
        ("cafe\u0301s", "caf&", "&eacute;s"),
        ("sea. It has", "sea", "It has"),
    ],
)
def test_marks_spaces_quotes_and_dashes_make_no_difference(context: str, begins: str, ends: str) -> None:
    found = locate(context, PAGE)
    assert found.share == 1.0
    (span,) = found.spans
    text = PAGE[span.start : span.end]
    assert text.startswith(begins) and text.endswith(ends), text


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("東京は日本の首都です。\n人口は約千四百万人で、", "首都です。人口は約 千四百万人"),
        ("القاهرة هي عاصمة مصر\nوأكبر مدنها", "هي عاصمة مصر وأكبر"),
        ("กรุงเทพมหานครเป็นเมืองหลวง", "เป็นเมืองหลวง"),
        ("दिल्ली भारत की राजधानी है", "भारत की राजधानी"),
        ("ﬁnal Ａ１ STRASSE", "final a1 straße"),
        ("co\u00adop\u00aderate zero\u200bwidth", "cooperate zerowidth"),
        ("one\r\ntwo\tthree", "one two three"),
    ],
)
def test_every_script_is_compared_by_its_words(text: str, context: str) -> None:
    assert locate(context, text).share == 1.0


def test_words_are_not_cut() -> None:
    assert locate("art of war", "the start of warming") == ((), 0.0)


@pytest.mark.parametrize("context", ["", "   \n", "***", "—", "nothing of this stands anywhere in there"])
def test_what_is_not_there_is_nowhere(context: str) -> None:
    assert locate(context, PAGE) == ((), 0.0)
    assert locate(context, "") == ((), 0.0)


WORDS = [f"w{number}" for number in range(2000)]


def test_a_context_that_was_mended_is_found_in_part_with_how_much() -> None:
    text = " ".join(WORDS)
    context = " ".join([*WORDS[500:540], "other", *WORDS[541:580]])
    found = locate(context, text)
    assert found.share == pytest.approx(79 / 80)
    assert [text[start:end] for start, end in found.spans] == [" ".join(WORDS[500:580])]


def test_a_context_from_several_places_is_found_in_pieces() -> None:
    text = " ".join(WORDS)
    found = locate(" ".join(WORDS[1500:1530] + WORDS[20:60]), text)
    assert found.share == 1.0
    assert [text[start:end].split()[0] for start, end in found.spans] == ["w20", "w1500"]


def test_a_few_common_words_are_no_finding() -> None:
    assert locate("w1 w2 w3 and then something else entirely", " ".join(WORDS)).spans == ()


@given(st.text(max_size=200), st.text(max_size=80))
def test_any_text_gives_spans_within_it_in_order(text: str, context: str) -> None:
    found = locate(context, text)
    assert 0.0 <= found.share <= 1.0
    assert bool(found.spans) == (found.share > 0)
    edges = [edge for span in found.spans for edge in span]
    assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)


@given(
    st.lists(st.sampled_from(["bird", "tree", "sea", "salt", "wind", "stone", "rope"]), min_size=1, max_size=60),
    st.data(),
)
def test_every_part_of_a_text_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    joint = data.draw(st.sampled_from([" ", "\n", " **", ", ", " — ", "\n> - ", "\t"]))
    assert locate(" ".join(words[start:end]), joint.join(words)).share == 1.0


@pytest.mark.parametrize(
    "text",
    ["](" * 150_000, "<!--" * 75_000, "<a" * 150_000, "&" * 300_000, "][" * 150_000, "](a(b" * 60_000, "a " * 150_000],
    ids=lambda text: text[:5],
)
@pytest.mark.timeout(120)
def test_hostile_documents_hold_nothing_up(text: str) -> None:
    """Each takes a tenth of a second; work that grew with the square of the text would run into the time limit."""
    assert Searchable(text).locate("b c d e " + "z " * 1000) == ((), 0.0)


def test_the_contexts_of_the_corpus_stand_in_their_document(corpus: Path) -> None:
    leaf_file = next((corpus / "taxonomy").rglob("phoenix/qna.yaml"))
    document = Searchable((corpus / "documents" / "phoenix.md").read_text())
    shares = [document.locate(seed.context).share for seed in read_leaf_file(leaf_file, "knowledge/phoenix").seeds]
    assert len(shares) == 5 and min(shares) > 0.95


def test_the_contexts_of_the_demo_stand_in_its_documents() -> None:
    import labtui.demo

    demo = Path(next(iter(labtui.demo.__path__)))
    for file in sorted((demo / "taxonomy" / "knowledge").rglob("qna.yaml")):
        name = re.sub(r"\W", "_", file.parent.name)
        document = Searchable((demo / "documents" / f"{name}.md").read_text())
        assert [document.locate(seed.context).share for seed in read_leaf_file(file, "knowledge/x").seeds] == [1.0] * 5
