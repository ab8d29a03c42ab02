"""What an update of the taxonomy would bring, as finished lines."""

from __future__ import annotations

from textual.content import Content

from labtui.operations.taxonomy_updating import Standing, Update
from labtui.taxonomy.comparing.coming import ComingLeaf
from labtui.taxonomy.comparing.diff_words import count
from labtui.taxonomy.comparing.file_changes import State
from labtui.text import clean, shorten, width
from labtui.widgets.diff_words import STYLE

_SIGNS = {State.ADDED: "+", State.DELETED: "-", State.RENAMED: ">", State.CHANGED: "~"}


def standing_words(update: Update) -> str:
    """One sentence on how things stand."""
    commits = count(update.commits, "commit")
    match update.standing:
        case Standing.CURRENT:
            ahead = f", and {count(update.own, 'commit')} more" if update.own else ""
            return f"The branch '{update.branch}' has everything of {update.upstream}{ahead}."
        case Standing.BEHIND:
            return f"{commits} came from {update.upstream}. Nothing of yours is in the way."
        case Standing.BLOCKED:
            return f"{commits} came from {update.upstream}, and cannot be taken over yet."
        case Standing.REWRITTEN:
            return f"{update.upstream} is another history now."
    return f"'{update.branch}' and {update.upstream} have gone apart."


def update_lines(update: Update, room: int) -> list[Content]:
    """The advice, then what came, each line at most `room` cells wide."""
    room = max(20, room)
    lines: list[Content] = []
    for paragraph in update.advice.split("\n") if update.advice else ():
        lines += Content.styled(clean(paragraph), "$warning" if not lines else "").wrap(room)
    if lines and update.leaves:
        lines.append(Content(""))
    for leaf in update.leaves:
        lines += _leaf(leaf, room)
    if update.other_files:
        beside = f"{count(update.other_files, 'file')} outside of every leaf"
        lines.append(Content.styled(beside, "$quiet"))
    return [line if line.cell_length <= room else line.truncate(room) for line in lines]


def _leaf(leaf: ComingLeaf, room: int) -> list[Content]:
    sign = _SIGNS.get(leaf.state, "~")
    name = clean(leaf.id, lines=False)
    while width(name) > room - 2 and "/" in name.lstrip("…/"):
        name = "…/" + name.lstrip("…/").partition("/")[2]
    lines = [Content.assemble((f"{sign} ", f"bold {STYLE[sign]}"), (shorten(name, room - 2), "bold"))]
    words = [f"was {leaf.old_id}" if leaf.old_id else "", leaf.summary]
    for text in filter(None, words):
        lines.append(Content.assemble("  ", (shorten(text, room - 2), "$quiet")))
    if leaf.authors or leaf.subjects:
        who = shorten(", ".join(leaf.authors), room // 2)
        said = shorten("; ".join(leaf.subjects), max(8, room - 4 - width(who)))
        lines.append(Content.assemble("  ", (who, "$secondary"), ": " if who and said else "", said))
    return lines
