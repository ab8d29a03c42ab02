"""schema.*: what the reference's JSON schemas demand. A draft may lack what is still to be written."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_ERROR = {"strict": Level.ERROR, "upstream": Level.ERROR, "draft": Level.ERROR}
_UNFINISHED = {"strict": Level.ERROR, "upstream": Level.ERROR, "draft": Level.WARNING}

RULES = (
    Rule(
        id="schema.required",
        finds="a field that must be there and is not",
        why="Every tool after this one relies on it.",
        fix="Add the field the message names.",
        example=Example(qna="version: 3\ncreated_by: ann\n"),
        **_UNFINISHED,
    ),
    Rule(
        id="schema.minItems",
        finds="too few entries: seeds (five), pairs of a context (three), patterns (one)",
        why="From fewer examples a teacher writes more of the same.",
        fix="Add as many as the message says.",
        example=Example(qna="version: 3\nseed_examples:\n  - question: Who?\n    answer: Ann.\n"),
        **_UNFINISHED,
    ),
    Rule(
        id="schema.minLength",
        finds="an empty text",
        why="It would be shown to the teacher as it is.",
        fix="Write it, or remove the key where it may be left out.",
        example=Example(qna='version: 3\ncreated_by: ""\n'),
        **_UNFINISHED,
    ),
    Rule(
        id="schema.type",
        finds="a value of the wrong kind, such as an unquoted `yes`, which YAML reads as true",
        why="What stands in the file and what a program reads differ. In a draft a value not yet written is a warning.",
        fix="Put the value in quotes, or into a block that begins with |.",
        example=Example(qna="version: 3\nseed_examples:\n  - question: Is ice cold?\n    answer: yes\n"),
        **_ERROR,
    ),
    Rule(
        id="schema.uniqueItems",
        finds="the same entry twice, word for word",
        why="It teaches nothing the first one does not.",
        fix="Remove one, or ask something else in it.",
        example=Example(
            qna="version: 3\nseed_examples:\n  - question: Who?\n    answer: Ann.\n"
            "  - question: Who?\n    answer: Ann.\n"
        ),
        **_ERROR,
    ),
    Rule(
        id="schema.unevaluatedProperties",
        finds="a key that does not belong there",
        why="Mostly it is a misspelt one, whose text nobody reads.",
        fix="Correct the name, or remove the key.",
        example=Example(qna="version: 3\ntask_descripton: Name synonyms.\n"),
        **_ERROR,
    ),
    Rule(
        id="schema.const",
        finds="a version that is another one than is asked for, or no number",
        why="`version: '3'` is a text, and the schema asks for the number. Profile upstream asks for the newest "
        "version in each changed leaf.",
        fix="Write: version: 3",
        example=Example(qna="version: '3'\ncreated_by: ann\n"),
        **_ERROR,
    ),
    Rule(
        id="schema.version",
        finds="a version there is no schema of",
        why="Without a schema nothing can be checked.",
        fix="Write the newest one: version: 3",
        example=Example(qna="version: 4\ncreated_by: ann\n"),
        **_ERROR,
    ),
    Rule(
        id="schema.deprecated",
        finds="knowledge of version 1 or 2",
        why="It has no contexts, and generation needs them.",
        fix="Rewrite it: labtui taxonomy upgrade says what a person must add.",
        example=Example(qna="version: 2\ncreated_by: ann\n", leaf="knowledge/a"),
        **_ERROR,
    ),
)

FAMILY = Family(
    title="`schema.*`",
    about="What the reference's JSON schemas demand. A draft may lack what is still to be written.",
    rules=RULES,
)
