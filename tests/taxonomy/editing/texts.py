"""Texts and files that editing has to hold, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

ODD = (
    "yes", "No", "null", "~", "12", "0o17", "1e3", "12:30:45", "2024-01-01", ".nan", "=", "<<", "- x", "? x", ": x",
    "# x", "a # b", "a: b", "a:", "[a]", "{a}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "'a'", '"a"', "a'b",
    'a"b', "\\", "\\n", "---", "...", "--- x", " a", "a ", "\ta", "a\tb", "a\t", "a\n", "a\n\n", "a\n\n\n\n", "\na",
    "\n\n\n\na", "a\n\n\n\nb", "a \nb", "a\n b\n  c", "  a\nb", "a\n\tb", "日本語", "四十雀：鳥", "שלום", "\u202eabc",
    "👩‍👩‍👧", "a\u2028b", "a\x85b", "a\u00a0", "\ufeffa", "a\x00b", "a\x1b[31mb", "x" * 200, "word " * 60 + "end",
    "a\n" + "word " * 60 + "end\n", "#", "-", "", "é", "a\n#b\n", "a\n---\nb\n", "a\n...\n", "👍" * 90,
    "a  b " * 50 + "c",
)  # fmt: skip

PARTS = st.sampled_from(
    [" ", "  ", "\n", "\n\n", "\t", "a", "word", "word word word word", ":", ": ", " #", "#", "-", "- ", "'", '"', "\\",
     "|", ">", "é", "四十雀", "👍", "\u2028", "\x85", "\ufeff", "x" * 70, "yes", "1", "{", "]", ",", "?", "!", "&", "*",
     "%", "---", "...", "\u202e", "\x07", "<<", "=", "~"]
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.lists(PARTS, max_size=14).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40),
)
"""Carriage returns are line ends here as everywhere and never part of a text."""

KNOWLEDGE = """\
# About birds
version: 3
domain: animals  # broad
created_by: 'ann'
seed_examples:
  # The first
  - context: |
      A songbird of the north.
      It sings.

    questions_and_answers:
      - question: What is it?  # easy
        answer: >-
          A songbird that lives in the north and
          sings in the morning.
      # asked often
      - question: "Where?"
        answer: In the north of a country whose name
          goes on in another line.
      - question: When?
        answer: yes

  - context: >
      Folded text goes
      on.

      And ends.
    questions_and_answers: []
  # below

  - {context: in braces, questions_and_answers: [{question: a, answer: "b"}]}

document_outline: |-
  Birds
document:
  repo: https://example.org/birds
  commit: 0123abc
  patterns: [a.md, 'b*.md']
"""
SKILL = """\
version: 3
task_description: >-
    Four spaces.
created_by: ann
seed_examples:
- question: One?
  answer: |
    uno
- context: c
  question: Two?
  answer: "due\\nrighe"
- question: Three?
  answer:
    tre
"""
FOUR = """\
version: 3
created_by: ann
task_description:
seed_examples:
    - question: One?
      answer: 'uno'

    # about two
    - question: |+
        Two?

      answer: due
document:
    repo: x
"""
MERGED = """\
---
base: &base
  question: shared
  answer: shared
version: 3
seed_examples:
  - <<: *base
    answer: own
  - *base
  - &x
    question: q
    answer: &text a
other: *text
...
"""
FILES = (KNOWLEDGE, SKILL, FOUR, MERGED)
