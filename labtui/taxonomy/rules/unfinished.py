"""quality.*: what was begun and not written: empty texts, texts of a template, a merge left open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.rules.subject import Scalar, Subject

TEXTS = frozenset(("question", "answer", "context", "task_description", "created_by", "domain", "document_outline"))
"""The fields that are looked at; what a document says of itself is judged with the document."""

_KIND = r"(?:multi-?line )?(?:string|text|name|user ?name|value|answer|question|context|description|url|repo|commit)"
_PLACEHOLDER = re.compile(
    r"<[^<>\n]*\b(?:here|your|github|user[ _-]?name|string|text|name|url|repo|repository|commit|hash|pattern|question"
    r"|answer|context|description|to use)\b[^<>\n]*>"
    rf"|\[(?:your|insert|enter|add|write|fill in)\b[^\[\]\n]*\]|<{_KIND}>|\[{_KIND}\]|\{{\{{?{_KIND}\}}?\}}"
    r"|(?:enter|insert|add|write|put|type) (?:your|the|a|an|some) (?:own )?"
    r"(?:question|answer|context|text|description|name|title|domain)s?(?: here)?"
    r"|(?:your|the|my|an?|some|sample|example|dummy)"
    r" (?:question|answer|context|task description|user ?name|domain|name)(?: here)?(?: ?\d+)?"
    r"|(?:question|answer|context|pair|seed|example|sample|domain|task description|document outline) ?\d*"
    r"|your[ _-]?(?:github[ _-]?)?(?:user[ _-]?name|name|id|handle)|(?:github[ _-]?)user[ _-]?name"
    r"|(?:(?:this(?: is)?|just) )?(?:an? )?(?:test|tes|testing)(?: test)*|(?:test){2,}\w*"
    r"|to ?do|fix ?me|tbd|tba|tbc|wip|work in progress|coming soon"
    r"|to be (?:added|done|written|completed|filled(?: in)?)"
    r"|place ?holder(?: text)?|lorem ipsum\b.*|(?:asd|qwe|sdf|dfg|fgh|jkl)[a-z]*\d?[asdfghjkl]*|foo(?: ?bar)?|bar|baz"
    r"|blah(?: blah)*"
    r"|null|none|undefined|nan|x{3,}|[.…?*_-]{2,}|…",
    re.IGNORECASE | re.DOTALL,
)
_TRUE_WORDS = frozenset(
    ("none", "null", "nan", "undefined", "foo", "bar", "baz", "name", "string", "text", "example", "sample")
)
"""What may be an honest question or answer."""

_NULL = "tag:yaml.org,2002:null"
_LONGEST = 120
"""Characters beyond which a text is more than a placeholder."""


def check(subject: Subject) -> Iterator[Finding]:
    yield from _conflict(subject)
    if subject.root is None:
        return
    for scalar in subject.scalars:
        field = scalar.field
        if field not in TEXTS:
            continue
        text = scalar.text.strip()
        if not text:
            yield from _blank(subject, scalar, field)
        elif _is_placeholder(field, text) and scalar.node.tag != _NULL:
            yield subject.finding(
                "quality.placeholder",
                scalar.node,
                f"'{text.splitlines()[0]:.40}' is the text of a template or a try-out, not what '{field}' is for.",
                "Write what is meant, or remove the entry until there is something to say.",
            )
    for seed in subject.seeds:
        for pair in seed.pairs:
            if pair.question.strip() and pair.question.split() == pair.answer.split():
                yield subject.finding(
                    "quality.answer-repeats-question",
                    pair.answer_node,
                    "The answer is the question once more.",
                    "Write the answer a good assistant would give.",
                )


def _is_placeholder(field: str, text: str) -> bool:
    if len(text) > _LONGEST and text[:5].lower() != "lorem":
        return False
    if field in ("question", "answer") and text.lower() in _TRUE_WORDS:
        return False
    return _PLACEHOLDER.fullmatch(text) is not None


def _blank(subject: Subject, scalar: Scalar, field: str) -> Iterator[Finding]:
    if scalar.node.tag == _NULL or (not scalar.text and _schema_tells(subject, field)):
        return  # the schema says it
    yield subject.finding(
        "quality.blank",
        scalar.node,
        f"'{field}' is empty.",
        "Say in a sentence what the leaf teaches: it is part of every request to the teacher."
        if field == "task_description"
        else "Write a text.",
    )


def _schema_tells(subject: Subject, field: str) -> bool:
    return subject.version > 1 or field != "task_description"


_OURS = re.compile(r"^<{7} ", re.MULTILINE)
_THEIRS = re.compile(r"^>{7} ", re.MULTILINE)


def _conflict(subject: Subject) -> Iterator[Finding]:
    if "<<<<<<< " not in subject.text:
        return
    began = _OURS.search(subject.text)
    if began and _THEIRS.search(subject.text, began.end()):
        yield subject.finding(
            "quality.conflict",
            subject.place_at(began.start()),
            "A merge was left open here: both versions stand in the file, between <<<<<<< and >>>>>>>.",
            "Keep one of the two and remove the three lines of signs.",
        )
