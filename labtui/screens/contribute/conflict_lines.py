"""One conflict of a rebase as finished lines: as it was, as you have it, as it is there now."""

from __future__ import annotations

from textual.content import Content

from labtui import signs
from labtui.contribute.submitting.records import SeedConflict
from labtui.taxonomy.comparing.word_spans import Span, change
from labtui.text import clean, shorten
from labtui.widgets.diff_words import wrapped as marked
from labtui.widgets.leaf_text import wrapped

CHOSEN = {
    "mine": "Yours is taken.",
    "theirs": "Theirs is taken.",
    "both": "Both are taken, yours first.",
    "text": "What you wrote is taken.",
}
KEYS = {"mine": "m takes yours", "theirs": "t takes theirs", "both": "b takes both", "text": "e writes it anew"}


def place_of(conflict: SeedConflict) -> str:
    """What it is about: `seed 3, answer`."""
    seed = f"seed {conflict.seed}" if conflict.seed else ""
    words = ", ".join(filter(None, (seed, conflict.field.replace("_", " "))))
    return clean(words or conflict.file, lines=False)


def conflict_lines(conflict: SeedConflict, number: int, total: int, room: int) -> list[Content]:
    """The whole conflict, each line at most `room` cells wide."""
    room = max(20, room)
    lines = [
        Content.assemble((f"{number} of {total}  ", "$quiet"), (place_of(conflict), "bold $primary")),
        Content.styled(shorten(clean(conflict.leaf, lines=False), room), "$quiet"),
        *wrapped(conflict.what, room),
    ]
    if conflict.chosen:
        words = CHOSEN.get(conflict.chosen, "It is resolved.")
        lines.append(Content.assemble((f"{signs.DONE} ", "bold $success"), (words, "$success")))
    lines += _side("as it was", "", conflict.base, (), " ", room)
    base = conflict.base or ""
    mine = change(base, conflict.mine or "").added if conflict.mine is not None else ()
    theirs = change(base, conflict.theirs or "").added if conflict.theirs is not None else ()
    lines += _side("yours", KEYS["mine"], conflict.mine, mine if base else (), "+", room)
    by = f"theirs, {conflict.by}" if conflict.by else "theirs"
    lines += _side(by, KEYS["theirs"], conflict.theirs, theirs if base else (), "~", room)
    if conflict.chosen == "text" and conflict.text is not None:
        lines += _side("what you wrote", "", conflict.text, (), " ", room)
    return [line.truncate(room) if line.cell_length > room else line for line in lines]


def _side(name: str, key: str, text: str | None, spans: tuple[Span, ...], sign: str, room: int) -> list[Content]:
    head = Content.assemble((clean(name, lines=False), "bold $secondary"), (f"   {key}" if key else "", "$accent"))
    lines = [Content(""), head]
    if text is None:
        return [*lines, Content.styled("  (removed)" if key else "  (was not there)", "$quiet")]
    return [*lines, *(Content.assemble("  ", row) for row in marked(text, spans, sign, room - 2))]
