"""A leaf as finished lines, three ways: as a form, as its YAML, as what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from textual.content import Content

from labtui import signs
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import Leaf, Pair, Seed
from labtui.text import clean, shorten, width

CONTEXT_WORDS = 500
PAIR_WORDS = 250
"""What the taxonomy's guides allow a context, and a question or an answer."""
FOLDED_LINES = 6
HAND_WRAPPED = 60
"""A line of so many cells was most likely broken for the file's sake, not for the sentence's."""
SIGN = {
    Level.ERROR: (signs.FAILED, "$error"),
    Level.WARNING: (signs.WARNING, "$warning"),
    Level.INFO: ("·", "$quiet"),
}
LABEL_CELLS = 12


def form(leaf: Leaf, findings: Sequence[Finding], room: int, *, unfolded: bool = False) -> list[Content]:
    """Fields above, then each seed as a card, every problem at the part it speaks of."""
    room = max(20, room)
    lines: list[Content] = []
    if leaf.problem:
        lines += _wrap(leaf.problem, room, "bold $error")
        lines += [Content(""), *_wrap("The YAML view shows the file as it is.", room, "$quiet")]
        return _within(lines, room)
    placed = _placed(leaf, findings)
    lines += _problems(placed.get(("", 0), []), room)
    for label, key, text in _fields(leaf):
        lines += _field(label, text, room, "" if (key, 0) in placed else leaf.odd.get(key, ""))
        lines += _problems(placed.get((key, 0), []), room, LABEL_CELLS)
    lines += _field("attribution", _attribution(leaf, unfolded), room, "")
    for seed in leaf.seeds:
        lines += _card(leaf, seed, placed.get(("seed", seed.number), []), room, unfolded)
    if not leaf.seeds:
        lines += [Content(""), *_wrap("It has no seeds.", room, "$quiet")]
    return _within(lines, room)


def _fields(leaf: Leaf) -> list[tuple[str, str, str]]:
    """(label, key in the file, text)"""
    rows = [("kind", "version", f"{leaf.kind}, version {leaf.version}")]
    if leaf.kind == KNOWLEDGE:
        rows += [("domain", "domain", leaf.domain), ("outline", "document_outline", leaf.outline)]
        rows.append(("document", "document", _document(leaf)))
    if leaf.description or leaf.kind != KNOWLEDGE:
        rows.append(("task", "task_description", leaf.description))
    rows.append(("by", "created_by", leaf.created_by))
    return rows


def _attribution(leaf: Leaf, unfolded: bool) -> str:
    """What stands beside the leaf about whose work it is: in short the works and their licences."""
    if not leaf.attribution.strip():
        return "none: no attribution.txt beside it"
    works, licences = [], []
    for line in leaf.attribution.splitlines():
        label, _, text = line.partition(":")
        if label.strip().lower() == "title of work" and text.strip():
            works.append(text.strip())
        elif label.strip().lower().startswith("licen") and text.strip():
            licences.append(text.strip())
    if unfolded or not works:
        return leaf.attribution.strip()
    more = f" and {len(works) - 2} more" if len(works) > 2 else ""
    return f"{', '.join(works[:2])}{more} · {', '.join(dict.fromkeys(licences)) or 'no licence named'}"


def _document(leaf: Leaf) -> str:
    document = leaf.document
    if document is None:
        return ""
    repo = document.repo.rstrip("/").removesuffix(".git")
    short = repo.rpartition("/")[2] or repo
    commit = document.commit[:7] if re.fullmatch(r"[0-9a-f]{40}", document.commit) else document.commit
    return f"{short} @{commit} · {', '.join(document.patterns)}\n{document.repo}"


def _field(label: str, text: str, room: int, odd: str) -> list[Content]:
    shown = _wrap(text.strip(), max(10, room - LABEL_CELLS), "" if text.strip() else "$quiet") or [
        Content.styled("empty", "$quiet italic")
    ]
    if odd:
        shown.append(Content.styled(f"read as {odd}: quotes make it text", "$warning"))
    return [
        Content.assemble((label.ljust(LABEL_CELLS) if number == 0 else " " * LABEL_CELLS, "$quiet"), line)
        for number, line in enumerate(shown)
    ]


def _card(leaf: Leaf, seed: Seed, findings: list[Finding], room: int, unfolded: bool) -> list[Content]:
    inner = room - 4
    count = _words(seed.context)
    limit = f"/{CONTEXT_WORDS}" if leaf.kind == KNOWLEDGE else ""
    left = f" seed {seed.number} of {len(leaf.seeds)} "
    right = f" context {count}{limit} words " if seed.context else ""
    over = leaf.kind == KNOWLEDGE and count > CONTEXT_WORDS
    if width(left) + width(right) > room - 5:
        right = ""
    line = "─" * max(1, room - 4 - width(left) - width(right))
    top = Content.assemble(
        ("┌─", "$edge"), (left, "bold"), (line, "$edge"), (right, "$warning" if over else "$quiet"), ("─┐", "$edge")
    )
    body: list[Content] = []
    if seed.context:
        context = _wrap(_flowing(seed.context.strip()), inner, "")
        if not unfolded and len(context) > FOLDED_LINES + 1:
            more = len(context) - FOLDED_LINES
            context = [*context[:FOLDED_LINES], Content.styled(f"… {more} more lines (space shows them)", "$quiet")]
        body += context
    for number, pair in enumerate(seed.pairs):
        if seed.context or number:
            body.append(Content(""))
        body += _pair(pair, inner)
    body += _problems(findings, inner)
    framed = [_framed(part, inner) for part in body]
    return [Content(""), top, *framed, Content.styled(f"└{'─' * (room - 2)}┘", "$edge")]


def _pair(pair: Pair, inner: int) -> list[Content]:
    lines: list[Content] = []
    for letter, text, style in (("Q", pair.question, "bold"), ("A", pair.answer, "")):
        count = _words(text)
        tail = f" {count}" if count <= PAIR_WORDS else f" {count}/{PAIR_WORDS}"
        wrapped = _wrap(_flowing(text.strip()), max(8, inner - 3 - width(tail)), style) or [
            Content.styled("empty", "$warning")
        ]
        for number, line in enumerate(wrapped):
            start = (f"{letter}  ", "bold $primary") if number == 0 else ("   ", "")
            if number == 0:
                gap = " " * max(0, inner - 3 - line.cell_length - width(tail))
                line = Content.assemble(line, gap, (tail, "$quiet" if count <= PAIR_WORDS else "$warning"))
            lines.append(Content.assemble(start, line))
    return lines


def _framed(line: Content, inner: int) -> Content:
    gap = " " * max(0, inner - line.cell_length)
    return Content.assemble(("│ ", "$edge"), line, gap, (" │", "$edge"))


def _problems(findings: Iterable[Finding], room: int, indent: int = 0) -> list[Content]:
    lines: list[Content] = []
    for finding in findings:
        sign, style = SIGN[finding.level]
        text = _wrap(f"{finding.message}  {finding.hint}".strip(), max(10, room - indent - 2), style)
        for number, line in enumerate(text):
            lines.append(Content.assemble(" " * indent, (f"{sign} " if number == 0 else "  ", f"bold {style}"), line))
    return lines


def _placed(leaf: Leaf, findings: Sequence[Finding]) -> dict[tuple[str, int], list[Finding]]:
    """Which part of the form each finding belongs to, by its line: a field, a seed, or the whole."""
    tops = sorted((line, key) for key, line in leaf.lines.items())
    placed: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        seed = next((seed for seed in leaf.seeds if seed.line <= finding.line <= seed.last_line), None)
        field = next((key for line, key in reversed(tops) if line <= finding.line), "")
        if seed is not None:
            place = ("seed", seed.number)
        elif field == "seed_examples" or finding.rule in ("schema.required", "schema.unevaluatedProperties"):
            place = ("", 0)
        else:
            place = (field, 0)
        placed.setdefault(place, []).append(finding)
    known = {key for _, key, _ in _fields(leaf)}
    for place in [place for place in placed if place[0] not in known and place[0] not in ("", "seed")]:
        placed.setdefault(("", 0), []).extend(placed.pop(place))
    return placed


def _flowing(text: str) -> str:
    """Prose that its author broke by hand at some width, as paragraphs; lists, verse and tables stay as they are."""
    lines = text.split("\n")
    joined = lines[:1]
    for before, line in pairwise(lines):
        if width(before) >= HAND_WRAPPED and _PROSE.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


_PROSE = re.compile(r"[^\W\d_]|[\"'(\[]")


_CHARACTER = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_CHARACTER}]|[^\\s{_CHARACTER}]+")


def _words(text: str) -> int:
    """Words between spaces; where a script writes none (Japanese, Chinese), each character counts."""
    return len(_WORD.findall(text))


def _within(lines: list[Content], room: int) -> list[Content]:
    """The lines, those cut off that do not fit into a pane too narrow for them."""
    return [line if line.cell_length <= room else line.truncate(room) for line in lines]


def _wrap(text: str, room: int, style: str) -> list[Content]:
    if not text:
        return []
    shown = clean(text).replace("\t", "    ")
    return [line for part in shown.split("\n") for line in (Content.styled(part, style).wrap(room) or [Content("")])]


# -- the file itself -------------------------------------------------------------------------------------------------

_KEY = re.compile(r"^(\s*(?:- +)*)([\w.-]+|'[^']*'|\"[^\"]*\")(\s*:)(?=\s|$)")
_DASHES = re.compile(r"^\s*(?:- +|-$)+")


def source(leaf: Leaf, findings: Sequence[Finding], room: int) -> tuple[list[Content], list[int]]:
    """The file with line numbers, and each problem below the line it is in; also the rows of the problems."""
    raw = leaf.raw.removesuffix("\n").split("\n")
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(min(max(1, finding.line), len(raw)), []).append(finding)
    gutter = len(str(len(raw))) + 3
    whole, room = max(20, room), max(12, room - gutter)
    lines: list[Content] = []
    places: list[int] = []
    for number, text in enumerate(raw, 1):
        wrong = by_line.get(number, [])
        sign, style = SIGN[wrong[0].level] if wrong else (" ", "")
        shown = clean(text, lines=True).replace("\n", " ").replace("\t", "    ")
        line = _coloured(shown)
        for finding in wrong:
            line = _underlined(line, finding)
        parts = [line] if len(shown) <= room and width(shown) <= room else line.wrap(room)
        if wrong:
            places.append(len(lines))
        for index, part in enumerate(parts):
            head = f"{sign} {number:>{gutter - 3}} " if index == 0 else " " * gutter
            lines.append(Content.assemble((head, f"bold {style}" if wrong and index == 0 else "$quiet"), part))
        for finding in wrong:
            mark, colour = SIGN[finding.level]
            message = _wrap(f"{finding.message}  {finding.hint}".strip(), max(10, room - 2), colour)
            lines += [
                Content.assemble(" " * gutter, (f"{mark} " if row == 0 else "  ", f"bold {colour}"), part)
                for row, part in enumerate(message)
            ]
    return _within(lines, whole), places


def _underlined(line: Content, finding: Finding) -> Content:
    """The line with the word underlined at which the problem stands."""
    start = min(finding.column - 1, len(line.plain) - 1)
    if start < 0:
        return line
    rest = re.match(r"\s+|\S+", line.plain[start:])
    style = SIGN[finding.level][1]
    return line.stylize(f"underline {style}", start, start + len(rest.group() if rest else " "))


def _coloured(text: str) -> Content:
    """Keys, list dashes and comments stand out; the rest is as it is."""
    content = Content(text)
    if text.lstrip().startswith("#"):
        return content.stylize("$quiet italic")
    if found := _KEY.match(text):
        return content.stylize("$quiet", 0, found.end(1)).stylize("bold $secondary", found.start(2), found.end(2))
    if found := _DASHES.match(text):
        return content.stylize("$quiet", 0, found.end())
    return content


# -- what is wrong ---------------------------------------------------------------------------------------------------


def problems(findings: Sequence[Finding], room: int) -> list[Content]:
    """Every finding: where, what, and what to do."""
    if not findings:
        lines = [Content.assemble((f"{signs.DONE} ", "bold $success"), "Nothing is wrong with it."), Content("")]
        lines += _wrap("Checked as InstructLab checks it: YAML, lint, schema, file name.", max(20, room), "$quiet")
        return _within(lines, max(20, room))
    lines = []
    for finding in sorted(findings, key=lambda finding: (finding.line, finding.column)):
        sign, style = SIGN[finding.level]
        where = f"line {finding.line}, column {finding.column}"
        gap = max(2, room - 2 - width(where) - width(finding.rule))
        lines.append(
            Content.assemble(
                (f"{sign} ", f"bold {style}"), (where, "bold"), " " * gap, (shorten(finding.rule, room - 4), "$quiet")
            )
        )
        lines += [Content.assemble("  ", line) for line in _wrap(finding.message, max(10, room - 2), "")]
        lines += [Content.assemble("  ", line) for line in _wrap(finding.hint, max(10, room - 2), "$quiet")]
        lines.append(Content(""))
    return _within(lines[:-1], max(20, room))
