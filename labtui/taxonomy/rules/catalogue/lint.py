"""lint.*: what yamllint finds, configured as the reference configures it. Files of version 1 are not linted."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule


def _rule(name: str, finds: str, why: str, fix: str, qna: str, level: Level) -> Rule:
    return Rule(
        id=f"lint.{name}",
        finds=finds,
        why=why,
        fix=fix,
        example=Example(qna=qna),
        strict=Level.ERROR,
        upstream=level,
        draft=Level.ERROR,
    )


RULES = (
    _rule(
        "trailing-spaces",
        "spaces at the end of a line",
        "Nobody sees them, and they show up as changes.",
        "Remove them.",
        "version: 3  \n",
        Level.ERROR,
    ),
    _rule(
        "new-line-at-end-of-file",
        "a last line without a line break",
        "Tools that append to the file would glue two lines together.",
        "End the last line with a line break.",
        "version: 3",
        Level.ERROR,
    ),
    _rule(
        "key-duplicates",
        "a key that stands twice in the same mapping",
        "Only the last one counts; the first text is lost without a word.",
        "Remove one of the two, or begin a new entry with a hyphen.",
        "version: 3\ncreated_by: ann\ncreated_by: bob\n",
        Level.ERROR,
    ),
    _rule(
        "indentation",
        "lines indented by different numbers of spaces",
        "A reader takes the wrong line for the child of another.",
        "Indent by the same number of spaces everywhere, lists included.",
        "version: 3\ndocument:\n  repo: https://example.com/a\n  patterns:\n     - a.md\n",
        Level.WARNING,
    ),
    _rule(
        "empty-lines",
        "more than two empty lines, or empty lines at the beginning or end",
        "They say nothing.",
        "Remove them.",
        "version: 3\n\n\n\ncreated_by: ann\n",
        Level.WARNING,
    ),
    _rule(
        "colons",
        "spaces before a colon, or several after it",
        "Columns lined up by hand come apart with the next change.",
        "Write one space after a colon and none before it.",
        "version:  3\n",
        Level.WARNING,
    ),
    _rule(
        "commas",
        "spaces before a comma, or none or several after it",
        "It keeps lists in brackets readable.",
        "Write one space after a comma and none before it.",
        "version: 3\ndocument: {patterns: [a.md,b.md]}\n",
        Level.WARNING,
    ),
    _rule(
        "hyphens",
        "several spaces after a hyphen",
        "It moves all lines of the entry.",
        "Write one space after a hyphen.",
        "version: 3\ndocument:\n  patterns:\n    -   a.md\n",
        Level.WARNING,
    ),
    _rule(
        "braces",
        "several spaces inside braces",
        "It keeps mappings in braces readable.",
        "Write at most one.",
        "version: 3\ndocument: {  repo: https://example.com/a }\n",
        Level.WARNING,
    ),
    _rule(
        "brackets",
        "several spaces inside brackets",
        "It keeps lists in brackets readable.",
        "Write at most one.",
        "version: 3\ndocument: {patterns: [  a.md]}\n",
        Level.WARNING,
    ),
)

FAMILY = Family(
    title="`lint.*`",
    about="What yamllint finds, configured as the reference configures it. Files of version 1 are not linted. "
    "`ilab` takes each of these findings for an error; the taxonomy's CI takes it as the linter has it.",
    rules=RULES,
)
