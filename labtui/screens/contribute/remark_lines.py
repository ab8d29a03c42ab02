"""What reviewers and checks say of one place, as finished lines: folded beside the field, whole in a window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.content import Content

from labtui import signs
from labtui.contribute.records import Since
from labtui.contribute.requests.remarks import SINCE, Field, Remark
from labtui.screens.contribute.check_lines import place_words
from labtui.text import clean, shorten
from labtui.widgets.job_words import clock
from labtui.widgets.leaf_text import wrapped

FOLDED = 5
"""Lines that stand beside a field."""
ENOUGH = 2400
"""Characters of a text of which some stand there folded."""
BAR = "┃ "
"""Before each line of what was said: nobody takes it for the leaf's own words."""

SINCE_WHOLE: dict[Since, str] = {
    "": "",
    "edited": "It speaks of an earlier version: what stands here was edited since.",
    "gone": "It speaks of an earlier version: what it is about does not stand here any more.",
    "unknown": "It speaks of a version that this clone does not hold: the place may be another one.",
}


def by_field(
    remarks: Iterable[Remark], at: Callable[[Field], Field] = lambda field: field
) -> dict[Field, list[Remark]]:
    """The remarks of each field, in the order they were made; `at` says where those of a field are shown."""
    found: dict[Field, list[Remark]] = {}
    for one in remarks:
        found.setdefault(at(one.field), []).append(one)
    return found


def folded(remarks: Sequence[Remark], room: int, most: int = FOLDED) -> list[Content]:
    """A few lines of what was said of one place, what waits for an answer first; f5 shows the whole."""
    inner = max(10, room - len(BAR))
    ordered = sorted(remarks, key=lambda one: not one.waits)
    # The last line counts what does not stand here.
    shown = ordered if len(ordered) <= most else ordered[: most - 1]
    rows = [_flowing(one, inner) for one in shown]
    free = most - len(rows) - (len(shown) < len(ordered))
    lines: list[Content] = []
    for one, all_rows in zip(shown, rows, strict=True):
        more = min(free, len(all_rows) - 1) if one.waits or not ordered[0].waits else 0
        free -= more
        last = all_rows[more]
        lines += [*all_rows[:more], _ending(last, inner) if more + 1 < len(all_rows) else last]
    if len(shown) < len(ordered):
        lines.append(Content.styled(f"  {len(ordered) - len(shown)} more (f5 shows all)", "$quiet"))
    elif len(lines) < sum(len(all_rows) for all_rows in rows):
        lines[-1] = _with_key(lines[-1], inner)
    return [Content.assemble((BAR, "bold $secondary"), line) for line in lines]


def whole(remarks: Sequence[Remark], room: int, *, places: bool = False) -> list[Content]:
    """Everything that was said, in its order; with `places` below the name of what it speaks of."""
    lines: list[Content] = []
    if places:
        for field, some in by_field(remarks).items():
            lines += [Content.styled(place_words(field) or "as a whole", "bold $primary"), *whole(some, room)]
        return lines
    for one in remarks:
        lines += _head(one, room).wrap(room)
        if one.since:
            lines += wrapped(SINCE_WHOLE[one.since], room, "$warning")
        lines += [Content.assemble("  ", row) for row in wrapped(one.text.strip() or "(nothing)", max(10, room - 2))]
        lines.append(Content(""))
    return lines


def _sign(one: Remark) -> tuple[str, str]:
    if one.resolved:
        return signs.DONE, "$success"
    return (signs.FAILED, "$error") if one.check else (signs.SAID, "$accent")


def _head(one: Remark, room: int) -> Content:
    """`◆ rita, 14:05, of an earlier version`."""
    sign, style = _sign(one)
    facts = [clock(one.at) if one.at is not None else "", "resolved" if one.resolved else "", SINCE[one.since]]
    who = shorten(clean(one.author, lines=False).strip() or "somebody", max(8, room // 2))
    said = "".join(f", {fact}" for fact in facts if fact)
    return Content.assemble((f"{sign} ", f"bold {style}"), (who, "bold"), (said, "$quiet"))


def _flowing(one: Remark, room: int) -> list[Content]:
    """Who, when and what in one paragraph."""
    text = " ".join(clean(one.text[:ENOUGH]).split()) or "(nothing)"
    said = Content.assemble(_head(one, room), (": ", "$quiet"), (text, "" if one.waits else "$quiet"))
    rows = [row for row in said.wrap(room - 2) if row.plain.strip()]
    return [row if number == 0 else Content.assemble("  ", row) for number, row in enumerate(rows)]


def _ending(row: Content, room: int) -> Content:
    """The row, with a sign that more follows."""
    return Content.assemble(row if row.cell_length < room else row.truncate(room - 1), ("…", "$quiet"))


KEY = " (f5)"


def _with_key(row: Content, room: int) -> Content:
    """The row that was cut, with the key that shows the rest."""
    if row.cell_length > room - len(KEY):
        row = Content.assemble(row.truncate(room - len(KEY) - 1), ("…", "$quiet"))
    return Content.assemble(row, (KEY, "$quiet"))
