"""yaml.* and layout.*: whether there is a file that can be read at all. The reference stops here."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_ERROR = {"strict": Level.ERROR, "upstream": Level.ERROR, "draft": Level.ERROR}

RULES = (
    Rule(
        id="yaml.syntax",
        finds="text that is no YAML",
        why="Nothing of such a file is read; it stops a generation for everybody.",
        fix="Look at the line named and the one before it: mostly a colon, a quote or the indentation is wrong.",
        example=Example(qna="version: 3\ntask_description: Answer: briefly\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.value",
        finds="a value YAML can write but nobody can use",
        why="A date that does not exist or a key that is a list makes the reader give up.",
        fix="Put the value in quotes.",
        example=Example(qna="version: 3\ncreated_by: 2024-02-31\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.character",
        finds="a character YAML does not allow",
        why="Control characters come with text copied from terminals; most editors do not show them.",
        fix="Remove it.",
        example=Example(qna="version: 3\ntask_description: bold ‹U+001B›[1m text\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.encoding",
        finds="bytes that are not UTF-8",
        why="The reader does not guess encodings, and neither does any other tool on the way.",
        fix="Save the file as UTF-8.",
        example=Example(qna="version: 3\ntask_description: caf‹0xE9›\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.depth",
        finds="nesting beyond a hundred levels",
        why="A qna.yaml needs four; deeper ones only serve to exhaust a reader.",
        fix="Write it flat.",
        example=Example(qna="version: ‹[ × 101›1‹] × 101›\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.loop",
        finds="an alias that contains itself",
        why="Written out, such a file never ends.",
        fix="Write the text out instead of using & and *.",
        example=Example(qna="version: 3\nseed_examples: &seeds\n  - *seeds\n"),
        **_ERROR,
    ),
    Rule(
        id="yaml.empty",
        finds="a file without content",
        why="A generation skips the leaf without a word.",
        fix="Write the leaf, or remove the file.",
        example=Example(qna="# to come\n"),
    ),
    Rule(
        id="yaml.unreadable",
        finds="a file the system does not let us read",
        why="What cannot be read cannot be checked.",
        fix="Give yourself the right to read it: chmod u+r qna.yaml",
        example=None,
        **_ERROR,
    ),
    Rule(
        id="layout.name",
        finds="a YAML file in the taxonomy that is not called qna.yaml",
        why="Nobody reads it: a leaf is found by that name alone.",
        fix="Rename it to qna.yaml, or move it out of the taxonomy.",
        example=Example(qna="version: 3\n", file="qna.yml"),
        **_ERROR,
    ),
    Rule(
        id="layout.missing",
        finds="a qna.yaml that is no file, or is not there",
        why="A leaf is a folder that holds a file qna.yaml; a folder or a pipe of that name holds nothing.",
        fix="Move what is in it one level up, or rename it.",
        example=Example(qna="", file="qna.yaml/"),
        **_ERROR,
    ),
)

FAMILY = Family(
    title="`yaml.*` and `layout.*`",
    about="Whether there is a file that can be read at all. The reference stops here.",
    rules=RULES,
)
