"""Rules that need more than one leaf by itself: its folders, its neighbours, or the document it points to."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_ERROR = {"strict": Level.ERROR, "upstream": Level.ERROR}
"""At most: what only may go wrong one day is a warning."""


def _document(repo: str, commit: str, pattern: str) -> Example:
    return Example(
        qna=f"version: 3\ndocument:\n  repo: {repo}\n  commit: {commit}\n  patterns:\n    - '{pattern}'\n",
        leaf="knowledge/a",
    )


_REPO, _COMMIT = "https://github.com/ann/tides", "4f2a9c31d07be85a6c19f3e2b7d048a5c6e1f390"

RULES = (
    Rule(
        id="quality.folder-unreadable",
        finds="a folder the system does not let us list",
        why="What is in it was not checked; the reference passes over it without a word.",
        fix="Give yourself the right to list it: chmod u+rx FOLDER",
        strict=Level.ERROR,
        upstream=Level.ERROR,
        draft=Level.ERROR,
    ),
    Rule(
        id="quality.near-duplicate",
        finds="a seed that says nearly the same as one in another leaf",
        why="The same thing taught twice weighs twice, and a change to one of the two is forgotten in the other.",
        fix="Look at the leaf named; keep one of the two, or say what differs.",
    ),
    Rule(
        id="quality.contradiction",
        finds="a question that another leaf answers differently",
        why="A model taught both learns neither.",
        fix="Find out which answer is right, and correct the other leaf.",
    ),
    Rule(
        id="quality.document-repository",
        finds="a document's repository that is no address, or, with --documents, cannot be reached",
        why="Generation clones it; without it there is no document.",
        fix="Write the address of a git repository everybody may read.",
        example=_document("https://github.com/ann/tides/blob/main/a.md", _COMMIT, "tides.md"),
        **_ERROR,
    ),
    Rule(
        id="quality.document-commit",
        finds="a document's commit that is none, is shortened, or, with --documents, is not in the repository",
        why="The full number is the only name of a commit that never means another one.",
        fix="Write all forty digits: git rev-parse HEAD prints them.",
        example=_document(_REPO, "the newest one", "tides.md"),
        **_ERROR,
    ),
    Rule(
        id="quality.document-patterns",
        finds="patterns that mix kinds of files or, with --documents, match none",
        why="A leaf is made from Markdown or from PDF, not from both, and from nothing at all without a match.",
        fix="Write a path from the repository's root, such as tides.md or tides/*.md.",
        example=_document(_REPO, _COMMIT, "tides.docx"),
        **_ERROR,
    ),
)

FAMILY = Family(
    title="`quality.*` beyond the leaf",
    about="What shows only around a leaf: in its folders, beside other leaves, or in the document it points to.",
    rules=RULES,
)
