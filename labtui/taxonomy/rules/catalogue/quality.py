"""quality.*: what makes a leaf teach badly although every validator lets it pass."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_ERROR = {"strict": Level.ERROR, "upstream": Level.ERROR, "draft": Level.ERROR}
_INFO = {"strict": Level.INFO, "upstream": Level.INFO, "draft": Level.INFO}


def _seed(text: str, *, kind: str = "compositional_skills") -> Example:
    return Example(qna=f"version: 3\nseed_examples:\n{text}", leaf=f"{kind}/a")


def _knowledge(context: str, pairs: int = 1) -> str:
    asked = "".join(
        f"      - question: What about {number}?\n        answer: Nothing.\n" for number in range(1, pairs + 1)
    )
    return f"  - context: {context}\n    questions_and_answers:\n{asked}"


RULES = (
    Rule(
        id="quality.mixed-grounding",
        finds="seeds with a context beside seeds without one",
        why="Generation takes the whole leaf for what its first seed is: contexts are dropped, or asked for in vain.",
        fix="Give every seed a context, or none; split the leaf where both are meant.",
        example=_seed(
            "  - question: Shorten it.\n    answer: It rains.\n    context: Rain is falling.\n"
            "  - question: Say hello.\n    answer: Hello!\n"
        ),
    ),
    Rule(
        id="quality.question-repeated",
        finds="a question asked twice about the same context, apart from case and spacing",
        why="The teacher learns from what differs between the seeds. A number behind the answer only hides the "
        "repetition from the schema. Of a skill whose answers really differ it is only mentioned.",
        fix="Ask something else, and keep the better answer.",
        example=_seed(
            "  - question: Name a colour.\n    answer: Red.\n  - question: name  a colour\n    answer: Red. 2\n",
        ),
    ),
    Rule(
        id="quality.context-repeated",
        finds="two seeds of a knowledge leaf with the same context",
        why="The teacher sees one passage twice and the rest of the document less.",
        fix="Take another passage, or add the questions to the first seed.",
        example=_seed(_knowledge("The tide comes in.") + _knowledge("The tide  comes in."), kind="knowledge"),
    ),
    Rule(
        id="quality.unused-pairs",
        finds="more than three pairs in a context",
        why="Generation shows the teacher the first three; the others are never read.",
        fix="Put the best three first, or give the others a context of their own.",
        example=_seed(_knowledge("The tide comes in.", pairs=4), kind="knowledge"),
        **_INFO,
    ),
    Rule(
        id="quality.few-seeds",
        finds="a skill of version 1 with fewer than five seeds",
        why="The schema of version 1 is content with one; the later ones ask for five, since a teacher shown few "
        "examples repeats them.",
        fix="Add as many as the message says.",
        example=Example(qna="created_by: ann\nseed_examples:\n  - question: Who?\n    answer: Ann.\n"),
    ),
    Rule(
        id="quality.long-context",
        finds="a context of a knowledge leaf of more than 500 words",
        why="Context, examples and the document's chunk must fit into the teacher's window together. Where a script "
        "puts no spaces between words, two letters count as one.",
        fix="Keep the passage the questions are about.",
        example=_seed(_knowledge("‹tide × 501›"), kind="knowledge"),
    ),
    Rule(
        id="quality.short-context",
        finds="a context of a knowledge leaf of fewer than eight words",
        why="It is a heading: the answers are not in it, and the teacher learns to make them up.",
        fix="Copy the passage of the document that answers the questions.",
        example=_seed(_knowledge("About tides"), kind="knowledge"),
    ),
    Rule(
        id="quality.long-pair",
        finds="a question or answer of a knowledge leaf of more than 250 words",
        why="Three such pairs leave no room for the document.",
        fix="Say it shorter, or ask two questions.",
        example=_seed(
            "  - context: The tide comes in twice a day.\n    questions_and_answers:\n"
            "      - question: When?\n        answer: ‹twice × 251›\n",
            kind="knowledge",
        ),
    ),
    Rule(
        id="quality.long-seed",
        finds="a context that has more than 750 words together with its pairs",
        why="A request shows several seeds at once.",
        fix="Shorten the context to what its questions need.",
        example=_seed("  - question: Shorten it.\n    answer: ‹rain × 300›\n    context: ‹rain × 460›\n"),
    ),
    Rule(
        id="quality.long-leaf",
        finds="questions and answers of more than about 2,300 words together",
        why="The seeds of a leaf go into one request.",
        fix="Keep the seeds that differ most, or split the leaf.",
        example=_seed("  - question: Tell a story.\n    answer: ‹rain × 2300›\n"),
    ),
    Rule(
        id="quality.placeholder",
        finds="the text of a template or a try-out instead of one that is meant",
        why="It would be taught word for word.",
        fix="Write what is meant, or remove the entry until there is something to say.",
        example=_seed("  - question: Your question here\n    answer: TODO\n"),
    ),
    Rule(
        id="quality.blank",
        finds="a text that is empty, or white space only, where the schema lets it pass",
        why="An empty task description is part of every request all the same.",
        fix="Say in a sentence what the leaf teaches.",
        example=_seed('  - question: " "\n    answer: Ann.\n'),
    ),
    Rule(
        id="quality.answer-repeats-question",
        finds="an answer that is the question once more",
        why="The model would learn to echo.",
        fix="Write the answer a good assistant would give.",
        example=_seed("  - question: It is cold.\n    answer: It is cold.\n"),
    ),
    Rule(
        id="quality.cut-off",
        finds="a text without quotes that a # cuts off",
        why="Behind white space a # begins a remark: the rest of the line is not part of the text.",
        fix="Put the text in quotes, or into a block that begins with |.",
        example=_seed("  - question: What is C #?\n    answer: A language.\n"),
    ),
    Rule(
        id="quality.conflict",
        finds="a merge left open, with lines of <<<<<<< and >>>>>>>",
        why="Both versions stand in the file, and mostly it is no YAML any more.",
        fix="Keep one of the two and remove the lines of signs.",
        example=Example(qna="<<<<<<< HEAD\nversion: 3\n=======\nversion: 2\n>>>>>>> theirs\n"),
        **_ERROR,
    ),
    Rule(
        id="quality.key-duplicates",
        finds="a key that stands twice, in a file the linter does not read (version 1)",
        why="Only the last one counts; the first text is lost without a word.",
        fix="Remove one of the two, or begin a new entry with a hyphen.",
        example=Example(qna="created_by: ann\ncreated_by: bob\n"),
    ),
    Rule(
        id="quality.field-order",
        finds="`version` behind the seeds",
        why="It decides how all that stands before it is read.",
        fix="Put it at the top of the file.",
        example=Example(qna="seed_examples:\n  - question: Who?\n    answer: Ann.\nversion: 3\n"),
        **_INFO,
    ),
    Rule(
        id="quality.old-version",
        finds="a skill of version 1 or 2",
        why="The schema still accepts it, but the taxonomy's CI holds every changed leaf to version 3.",
        fix="Rewrite it: labtui taxonomy upgrade does so without loss.",
        example=Example(qna="version: 2\ncreated_by: ann\n"),
        **_INFO,
    ),
    Rule(
        id="quality.byte-order-mark",
        finds="a byte-order mark at the beginning",
        why="UTF-8 needs none, and some tools take it for part of the first key.",
        fix="Save the file without one.",
        example=Example(qna="‹U+FEFF›version: 3\n"),
        **_INFO,
    ),
    Rule(
        id="quality.line-ends",
        finds="line ends of several kinds in one file",
        why="Editors then rewrite the whole file with the next change.",
        fix="Use the kind that is most frequent everywhere.",
        example=Example(qna="version: 3‹U+000D›\ncreated_by: ann\n"),
        **_INFO,
    ),
    Rule(
        id="quality.folder-name",
        finds="a folder that is not named in lower case with underscores",
        why="Names that differ in case alone fall together on other systems, and spaces break scripts. "
        "miscellaneous_unknown is the right place when in doubt.",
        fix="Rename it; labtui taxonomy move keeps its history.",
        example=Example(qna="version: 3\n", leaf="knowledge/Ocean-Tides"),
        **_INFO,
    ),
)

FAMILY = Family(
    title="`quality.*`",
    about="What makes a leaf teach badly although every validator lets it pass.",
    rules=RULES,
)
