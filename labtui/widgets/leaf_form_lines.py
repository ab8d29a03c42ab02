"""A leaf as a form: finished lines, and the spots among them that a cursor can stand on and a field be opened at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from labtui import signs
from labtui.taxonomy.fields import SEEDS, Field, LeafFields, Path, SeedFields
from labtui.taxonomy.finding_places import BESIDE, WHOLE
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.lengths import words
from labtui.text import width
from labtui.widgets.leaf_text import SIGN, flowing, problem_lines, within, wrapped

FOLDED_LINES = 6
LABEL_CELLS = 12
COUNT_CELLS = 8
"""Kept free at the right of a question or an answer, for how many words it has."""
LEAST_ROOM = 20
Problems = Mapping[Path, Sequence[Finding]]
Notes = Mapping[Path, Sequence[Content]]
"""Question -> lines that stand below its answer."""
NO_NOTES: Notes = {}
Said = Mapping[Path, Sequence[Content]]
"""Seed or field -> lines of what others say of it: of a seed on top of its card, of a field below it."""


class Spot(NamedTuple):
    """Where something stands that the cursor can be on."""

    path: Path
    row: int
    height: int
    column: int
    """Where its text begins, and how many cells it may take."""
    cells: int
    field: Field | None
    """None: a seed as a whole."""
    head: int = -1
    """The row that shows how long it is, where that is not its first."""
    tail: int = 0
    """Rows right below it that are about it: what is wrong, what was said."""


class FormPage:
    def __init__(self, lines: list[Content], spots: list[Spot], room: int) -> None:
        self.lines = lines
        self.spots = spots
        self.room = room
        self._by_path = {spot.path: number for number, spot in enumerate(spots)}
        self.seeds = [spot for spot in spots if spot.field is None]
        """The seeds as a whole."""

    def spot(self, path: Path) -> Spot | None:
        number = self._by_path.get(path)
        return None if number is None else self.spots[number]

    def number(self, path: Path) -> int | None:
        """Which of the spots it is."""
        return self._by_path.get(path)

    def nearest(self, path: Path) -> Spot | None:
        """The spot of `path`, or of what holds it, or of what stands where it stood."""
        while path:
            if (found := self.spot(path)) is not None:
                return found
            inside = [spot for spot in self.spots if spot.path[: len(path)] == path]
            if inside:
                return inside[0]
            step = path[-1]
            path = (*path[:-1], step - 1) if isinstance(step, int) and step > 0 else path[:-1]
        return self.spots[0] if self.spots else None


EMPTY = FormPage([], [], 0)


def form_page(
    fields: LeafFields, problems: Problems, room: int, *, about: str, beside: str, unfolded: bool = False
) -> FormPage:
    """`about` is the line on top (kind and version), `beside` what attribution.txt says."""
    sheet = _Page(max(LEAST_ROOM, room), problems, unfolded)
    sheet.say(problems.get(WHOLE, ()))
    sheet.field(Field(WHOLE, "kind", about), cursor=False)
    for field in fields.top:
        sheet.field(field)
    sheet.field(Field(BESIDE, "attribution", beside))
    sheet.say(problems.get((SEEDS,), ()))
    for seed in fields.seeds:
        sheet.card(seed, len(fields.seeds))
    if not fields.seeds:
        sheet.lines += [Content(""), *wrapped("It has no seeds. a adds one.", sheet.room, "$quiet")]
    return FormPage(sheet.lines, sheet.spots, sheet.room)


def seeds_page(
    fields: LeafFields,
    problems: Problems,
    room: int,
    *,
    notes: Notes,
    end: Sequence[Field],
    said: Said = NO_NOTES,
    unfolded: bool = False,
) -> FormPage:
    """The seeds alone, with notes below their answers, and at the end a line for each thing that enter can do there.

    `notes` and `said` are as wide as `note_room(room)` says. Fields of `end` are fixed: their text is what enter does.
    """
    sheet = _Page(max(LEAST_ROOM, room), problems, unfolded, notes, said)
    sheet.say(problems.get((SEEDS,), ()))
    for seed in fields.seeds:
        sheet.card(seed, len(fields.seeds))
    sheet.lines.append(Content(""))
    for field in end:
        sheet.deed(field)
    return FormPage(sheet.lines, sheet.spots, sheet.room)


def note_room(room: int) -> int:
    """Cells of a note below an answer, on a page of so many cells."""
    return max(LEAST_ROOM, room) - 4 - 3


def unreadable_page(problem: str, place: tuple[int, int], room: int) -> FormPage:
    """Why there is no form: what is wrong and where, and where it can be put right."""
    room = max(LEAST_ROOM, room)
    where = f"Line {place[0]}, column {place[1]}: " if place != (1, 1) else ""
    lines = [*wrapped(f"{where}{problem}", room, "bold $error"), Content("")]
    lines += wrapped(
        "enter goes to that place in the file itself (the YAML view), where it can be put right.", room, "$quiet"
    )
    return FormPage(within(lines, room), [], room)


class _Page:
    def __init__(
        self, room: int, problems: Problems, unfolded: bool, notes: Notes = NO_NOTES, said: Said = NO_NOTES
    ) -> None:
        self.room = room
        self.problems, self.unfolded, self.notes, self.said = problems, unfolded, notes, said
        self.lines: list[Content] = []
        self.spots: list[Spot] = []

    def say(self, findings: Sequence[Finding]) -> None:
        self.lines += within(problem_lines(findings, self.room), self.room)

    def field(self, field: Field, *, cursor: bool = True) -> None:
        cells = max(10, self.room - LABEL_CELLS)
        text = field.text.strip()
        if field.path == BESIDE and not self.unfolded:
            text = in_short(text)
        found = self.problems.get(field.path, ()) if field.path != WHOLE else ()
        shown = list(wrapped(text, cells)) or [_nothing(field, found)]
        if cursor:
            self.spots.append(Spot(field.path, len(self.lines), len(shown), LABEL_CELLS, cells, field))
        lines = [
            Content.assemble((field.label.ljust(LABEL_CELLS) if number == 0 else " " * LABEL_CELLS, "$quiet"), line)
            for number, line in enumerate(shown)
        ]
        lines += problem_lines(_worth_saying(field, found), self.room, LABEL_CELLS)
        lines += [Content.assemble(" " * LABEL_CELLS, line) for line in _read_as(field, found, cells)]
        self.lines += within(lines, self.room)

    def deed(self, field: Field) -> None:
        """One line for something that is done with enter."""
        self.spots.append(Spot(field.path, len(self.lines), 1, 2, max(10, self.room - 2), field))
        style = "bold $primary" if field.label else "$quiet"
        self.lines += within([Content.assemble(f"{signs.CURSOR} ", (field.text, style))], self.room)

    def card(self, seed: SeedFields, count: int) -> None:
        """A seed's card. One that was drawn before is taken as it was: of a long leaf little changes at a time."""
        paths = (seed.path, *(field.path for field in seed.fields))
        wrong = [self.problems.get(path, ()) for path in paths]
        key = (
            self.room,
            self.unfolded,
            seed.number,
            count,
            tuple((field.path[2:], field.text, field.odd, field.limit, field.there) for field in seed.fields),
            tuple((n, one.level, one.message, one.hint, one.rule) for n, found in enumerate(wrong) for one in found),
            tuple((pair.path[2:], line) for pair in seed.pairs for line in self.notes.get(pair.question.path, ())),
            tuple((n, line) for n, path in enumerate(paths) for line in self.said.get(path, ())),
        )
        drawn = _CARDS.get(key)
        if drawn is None:
            if len(_CARDS) > KEPT_CARDS:
                _CARDS.clear()
            card = Card(seed, count, self.room, self.problems, self.unfolded, self.notes, self.said)
            drawn = _CARDS[key] = card.drawn
        top = len(self.lines) + 1
        self.lines.append(Content(""))
        self.lines += drawn.lines
        self.spots.append(Spot(seed.path, top, 1, 0, self.room, None))
        for field, (row, height, column, cells, tail) in zip(seed.fields, drawn.fields, strict=True):
            head = top if field is seed.context else -1
            self.spots.append(Spot(field.path, top + row, height, column, cells, field, head, tail))


class Drawn(NamedTuple):
    lines: list[Content]
    fields: list[tuple[int, int, int, int, int]]
    """Row from the card's top, height, column, cells of each field, and the rows below that are about it."""


KEPT_CARDS = 10_000
_CARDS: dict[object, Drawn] = {}


class Card:
    def __init__(
        self,
        seed: SeedFields,
        count: int,
        room: int,
        problems: Problems,
        unfolded: bool,
        notes: Notes = NO_NOTES,
        said: Said = NO_NOTES,
    ) -> None:
        self.inner, self.problems, self.unfolded, self.said = room - 4, problems, unfolded, said
        context = seed.context
        self.lines = [card_top(seed.number, count, context, words(context.text) if context else 0, room)]
        self.fields: list[tuple[int, int, int, int, int]] = []
        self.frame(said.get(seed.path, ()))
        if context is not None:
            shown = list(self._context(context))
            top = len(self.lines)
            self.frame(shown)
            tail = self.problems_of(context)
            self.fields.append((top, len(shown), 2, self.inner, tail))
        for number, pair in enumerate(seed.pairs):
            if context is not None or number:
                self.frame([Content("")])
            for letter, field in (("Q", pair.question), ("A", pair.answer)):
                self.sentence(letter, field)
            self.frame([Content.assemble("   ", line) for line in notes.get(pair.question.path, ())])
        self.frame(problem_lines(self.problems.get(seed.path, ()), self.inner))
        self.lines.append(Content.styled(f"└{'─' * (room - 2)}┘", "$edge"))
        self.drawn = Drawn(within(self.lines, room), self.fields)

    def _context(self, field: Field) -> Iterator[Content]:
        shown = wrapped(flowing(field.text.strip()), self.inner)
        if not self.unfolded and len(shown) > FOLDED_LINES + 1:
            yield from shown[:FOLDED_LINES]
            yield Content.styled(f"… {len(shown) - FOLDED_LINES} more lines (space shows them)", "$quiet")
        elif shown:
            yield from shown
        else:
            yield Content.assemble(("context: ", "$quiet"), _nothing(field, self.problems.get(field.path, ())))

    def sentence(self, letter: str, field: Field) -> None:
        cells = max(8, self.inner - 3 - COUNT_CELLS)
        style = "bold" if letter == "Q" else ""
        shown = list(wrapped(flowing(field.text.strip()), cells, style))
        shown = shown or [_nothing(field, self.problems.get(field.path, ()))]
        top = len(self.lines)
        for number, line in enumerate(shown):
            if number == 0:
                line = sentence_top(letter, line, words(field.text), field.limit, self.inner)
            else:
                line = Content.assemble("   ", line)
            self.frame([line])
        self.fields.append((top, len(shown), 5, cells, self.problems_of(field, 3)))

    def problems_of(self, field: Field, indent: int = 0) -> int:
        """What is wrong with it and what was said of it. Gives how many lines that are."""
        above, found = len(self.lines), self.problems.get(field.path, ())
        self.frame(problem_lines(_worth_saying(field, found), self.inner, indent))
        self.frame([Content.assemble(" " * indent, line) for line in _read_as(field, found, self.inner - indent)])
        self.frame([Content.assemble(" " * indent, line) for line in self.said.get(field.path, ())])
        return len(self.lines) - above

    def frame(self, lines: Sequence[Content]) -> None:
        self.lines += [framed(line, self.inner) for line in lines]


def in_short(attribution: str) -> str:
    """What attribution.txt says of whose work it is: the works and their licences, where it names them."""
    works, licences = [], []
    for line in attribution.splitlines():
        label, _, text = line.partition(":")
        if label.strip().lower() == "title of work" and text.strip():
            works.append(text.strip())
        elif label.strip().lower().startswith("licen") and text.strip():
            licences.append(text.strip())
    if not works:
        return attribution
    more = f" and {len(works) - 2} more" if len(works) > 2 else ""
    return f"{', '.join(works[:2])}{more} · {', '.join(dict.fromkeys(licences)) or 'no licence named'}"


def opened(spot: Spot, height: int, count: int, room: int) -> list[Content]:
    """What stands around a field while it is open: the room it is written in, `height` rows, and its count of words."""
    if spot.column == LABEL_CELLS:
        label = spot.field.label if spot.field else ""
        return [Content.styled(label.ljust(LABEL_CELLS), "bold"), *[Content("")] * (height - 1)]
    inner = room - 4
    rows = [Content("")] * height
    if spot.field is not None and spot.column == 5:
        letter = "Q" if spot.path[-1] == "question" else "A"
        rows[0] = sentence_top(letter, Content(""), count, spot.field.limit, inner)
    return [framed(row, inner) for row in rows]


def card_top(number: int, total: int, context: Field | None, count: int, room: int) -> Content:
    """The upper edge of a seed's card: which one, and how long its context is."""
    left = f" seed {number} of {total} "
    limit = context.limit if context is not None else 0
    right = f" context {count}{f'/{limit}' if limit else ''} words " if context is not None and count else ""
    if width(left) + width(right) > room - 5:
        right = ""
    line = "─" * max(1, room - 4 - width(left) - width(right))
    style = "bold $warning" if limit and count > limit else "$quiet"
    return Content.assemble(("┌─", "$edge"), (left, "bold"), (line, "$edge"), (right, style), ("─┐", "$edge"))


def sentence_top(letter: str, line: Content, count: int, limit: int, inner: int) -> Content:
    """The first row of a question or an answer, with its count of words at the right."""
    tail = f"{count}/{limit}" if limit else str(count or "")
    over = bool(limit) and count > limit
    gap = " " * max(0, inner - 3 - line.cell_length - width(tail))
    return Content.assemble((f"{letter}  ", "bold $primary"), line, gap, (tail, "bold $warning" if over else "$quiet"))


def framed(line: Content, inner: int) -> Content:
    gap = " " * max(0, inner - line.cell_length)
    return Content.assemble(("│ ", "$edge"), line, gap, (" │", "$edge"))


UNFINISHED = ("schema.minLength", "schema.required")


def _nothing(field: Field, found: Sequence[Finding]) -> Content:
    """What stands where a field says nothing: the sign of what that means, and a word."""
    if field.path == BESIDE:
        return Content.styled("none: no attribution.txt beside it", "$quiet italic")
    word = "empty" if field.there else "missing"
    wrong = next((finding for finding in found if finding.rule in UNFINISHED), None)
    if wrong is None:
        return Content.styled(word, "$quiet italic")
    sign, style = SIGN[wrong.level]
    return Content.assemble((f"{sign} ", f"bold {style}"), (word, f"{style} italic"))


def _worth_saying(field: Field, found: Sequence[Finding]) -> list[Finding]:
    """The findings beside a field; that it is empty stands in its place already."""
    return [finding for finding in found if field.text.strip() or finding.rule not in UNFINISHED]


def _read_as(field: Field, found: Sequence[Finding], room: int) -> tuple[Content, ...]:
    """What a value was read as that is no text, where no finding beside it says so."""
    if not field.odd or any(finding.rule == "schema.type" for finding in found):
        return ()
    hint = "the YAML view edits it" if field.fixed else "it is put in quotes when you write it"
    return wrapped(f"read as {field.odd}: {hint}", max(10, room), "$warning")
