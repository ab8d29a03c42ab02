"""How a leaf differs from its base, as finished lines: fields, seeds as cards, words marked in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from labtui.taxonomy.comparing.diff_words import seeds_in_words, state_in_words
from labtui.taxonomy.comparing.file_changes import State
from labtui.taxonomy.comparing.leaf_change import Change, FieldChange, LeafChange, LineChange, OtherFile, SeedChange
from labtui.text import clean, shorten, width
from labtui.widgets.diff_words import STYLE, by_lines, sides, signed, wrapped

SIGN = {Change.ADDED: "+", Change.REMOVED: "-", Change.EDITED: "~", Change.MOVED: ">", Change.SAME: " "}
LETTERS = {"question": "Q  ", "answer": "A  "}


def leaf_change_lines(change: LeafChange, room: int, *, since: str = "", unfolded: bool = False) -> list[Content]:
    """The whole difference, each line at most `room` cells wide. `since` names the base: `origin/main (5f7158a)`.

    Without `unfolded` long texts are shown only around what differs.
    """
    room = max(20, room)
    lines = _heading(change, room, since)
    if change.problem:
        lines += [Content(""), *_plain(change.problem, room, "$warning")]
    if change.only_layout:
        words = "Only its layout differs: white space, quotes, comments or the order of keys. It says the same."
        lines += [Content(""), *_plain(words, room, "$quiet")]
    lines += _fields(change.fields, room, unfolded)
    if change.attribution is not None:
        sign = "+" if not change.attribution.before else "~" if change.attribution.after else "-"
        lines += [Content(""), *_heads(sign, "attribution.txt", "", room)]
        lines += _indented(by_lines(change.attribution, room - 4, unfolded=unfolded))
    lines += _files(change.files, room)
    for seed in change.seeds:
        lines += _seed(seed, change, room, unfolded)
    lines += _numbered(change.lines, room)
    return [line if line.cell_length <= room else line.truncate(room) for line in lines]


def _heading(change: LeafChange, room: int, since: str) -> list[Content]:
    if change.empty and change.state is State.CHANGED:
        return _plain(f"It is as it was{f' in {since}' if since else ''}.", room, "$quiet")
    words = state_in_words(change, since)
    counted = seeds_in_words(change)
    return [*_plain(words, room, "bold"), *(_plain(counted, room, "$quiet") if counted else [])]


def _fields(fields: Iterable[FieldChange], room: int, unfolded: bool) -> list[Content]:
    lines: list[Content] = []
    apart = True
    for field in fields:
        sign = SIGN[field.change]
        head = _heads(sign, field.key, f"({field.note})" if field.note else "", room)
        body = sides(field.text, room - 4, unfolded=unfolded)
        if not field.text.before and not field.text.after:
            body = [(" ", Content.styled("empty", "$quiet italic"))]
        # What only came or went stands behind its name where it is short, and close to its like.
        short = field.change is not Change.EDITED and len(body) == len(head) == 1
        short = short and head[0].cell_length + body[0][1].cell_length + 2 <= room
        if apart or not short:
            lines.append(Content(""))
        lines += [Content.assemble(head[0], "  ", body[0][1])] if short else [*head, *_indented(body)]
        apart = not short
    return lines


def _heads(sign: str, name: str, note: str, room: int) -> list[Content]:
    head = Content.assemble(
        (f"{sign} ", f"bold {STYLE[sign]}"),
        (clean(name, lines=False), "bold"),
        (f"  {clean(note)}" if note else "", "$quiet"),
    )
    return head.wrap(room)


def _indented(body: Iterable[tuple[str, Content]]) -> list[Content]:
    return [Content.assemble("  ", line) for sign, part in body for line in signed(sign, [part])]


def _seed(seed: SeedChange, change: LeafChange, room: int, unfolded: bool) -> list[Content]:
    sign = SIGN[seed.change]
    title, right = _title(seed, change)
    body: list[Content] = []
    inner = room - 4
    if seed.change is Change.MOVED:
        body = signed(" ", wrapped(seed.question, (), " ", inner - 5)[:2], "Q  ")
    pair = 0
    many = len({part.pair for part in seed.parts if part.pair}) > 1 or any(part.pair > 1 for part in seed.parts)
    for part in seed.parts:
        if part.pair != pair:
            pair = part.pair
            if body:
                body.append(Content(""))
            if many or part.note:
                body += _plain("  ".join(filter(None, (f"pair {pair}", part.note))), inner, "$quiet")
        body += _part(part, inner, unfolded)
    return _card(sign, title, right, body, room)


def _title(seed: SeedChange, change: LeafChange) -> tuple[str, str]:
    """What stands left and right in the upper edge of its card."""
    match seed.change:
        case Change.REMOVED:
            return f"former seed {seed.before} of {change.seeds_before}", "removed"
        case Change.ADDED:
            return f"seed {seed.number} of {change.seeds_after}", "added"
        case Change.MOVED:
            return f"seed {seed.number} of {change.seeds_after}", f"moved, was {seed.before}"
    moved = f", was {seed.before}" if seed.before != seed.number else ""
    return f"seed {seed.number} of {change.seeds_after}", f"edited{moved}"


def _part(part: FieldChange, inner: int, unfolded: bool) -> list[Content]:
    label = LETTERS.get(part.key, "")
    lines: list[Content] = []
    if not label and part.key and (part.key != "context" or part.pair):
        lines += _plain(part.key, inner, "bold")
    elif part.key == "context":
        lines += _plain("context", inner, "$quiet")
    if part.note and not part.pair:
        lines += _plain(part.note, inner, "$quiet")
    shown = sides(part.text, inner - 2 - len(label), unfolded=unfolded)
    for sign in ("-", "+", " "):
        lines += signed(sign, [line for one, line in shown if one == sign], label)
    return lines


def _card(sign: str, title: str, right: str, body: Sequence[Content], room: int) -> list[Content]:
    left, right = f" {sign} {title} ", f" {right} "
    if width(left) + width(right) > room - 5:
        right = ""
    line = "─" * max(1, room - 4 - width(left) - width(right))
    colour = STYLE[sign]
    top = Content.assemble(
        ("┌─", "$edge"), (left, f"bold {colour}"), (line, "$edge"), (right, colour or "$quiet"), ("─┐", "$edge")
    )
    framed = [
        Content.assemble(("│ ", "$edge"), part, " " * max(0, room - 4 - part.cell_length), (" │", "$edge"))
        for part in body
    ]
    return [Content(""), top, *framed, Content.styled(f"└{'─' * (room - 2)}┘", "$edge")]


def _files(files: Iterable[OtherFile], room: int) -> list[Content]:
    lines: list[Content] = []
    for file in files:
        sign = {State.ADDED: "+", State.UNTRACKED: "+", State.DELETED: "-"}.get(file.state, "~")
        head = Content.assemble((f"{sign} ", f"bold {STYLE[sign]}"), (shorten(file.path, room - 14), "bold"))
        lines += [Content(""), Content.assemble(head, (f"  {file.state.value}", "$quiet"))]
    return lines


def _numbered(changed: Sequence[LineChange], room: int) -> list[Content]:
    """Changed lines of a file that is no leaf on one of its sides."""
    if not changed:
        return []
    gutter = max(len(str(line.number)) for line in changed) + 1
    lines = [Content("")]
    for line in changed:
        shown = clean(line.text, lines=False).replace("\t", "    ")
        rows = Content.styled(shown, STYLE[line.sign]).wrap(max(10, room - gutter - 2)) or [Content("")]
        for number, row in enumerate(rows):
            count = f"{line.number:>{gutter - 1}} " if number == 0 else " " * gutter
            lines.append(
                Content.assemble((count, "$quiet"), (f"{line.sign} ", f"bold {STYLE[line.sign]}".strip()), row)
            )
    return lines


def _plain(text: str, room: int, style: str) -> list[Content]:
    return Content.styled(clean(text), style).wrap(room)
