"""The parts of the second step: the line a place is typed in, the folders there are, the leaves about the same."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from labtui import signs
from labtui.actions import bindings_for
from labtui.contribute.similar.wanted import SimilarLeaf
from labtui.screens.contribute.labelled import Line
from labtui.screens.contribute.place_looking import Looked
from labtui.text import clean, shorten

MUCH = 0.5
"""From this likeness on a leaf is said to be about the same."""


class PathLine(Line):
    BINDINGS = bindings_for("contribute.path")

    completed: Callable[[], None] | None = None
    """What takes the first folder that begins as what is typed."""

    def action_folders(self) -> None:
        self.screen.query_one(Folders).focus()

    def action_complete(self) -> None:
        if self.completed is not None:
            self.completed()


class Folders(OptionList):
    BINDINGS = bindings_for("contribute.folders")

    class Asked(Message):
        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def action_into(self) -> None:
        self.post_message(self.Asked("into"))

    def action_out(self) -> None:
        self.post_message(self.Asked("out"))

    def action_extend(self) -> None:
        self.post_message(self.Asked("extend"))

    def action_cursor_up(self) -> None:
        if not self.highlighted:
            self.screen.query_one(PathLine).focus()
        else:
            super().action_cursor_up()


class Similar(OptionList):
    BINDINGS = bindings_for("contribute.similar")

    class Asked(Message):
        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def action_extend(self) -> None:
        self.post_message(self.Asked("extend"))

    def action_beside(self) -> None:
        self.post_message(self.Asked("beside"))


def verdict_line(looked: Looked, *, stands: bool, moves: bool, unfinished: bool) -> Content:
    """What is said of the place: where the leaf would be, or why it cannot be there."""
    if looked.name:
        said = "it stands here" if stands else "it moves to" if moves else "a new leaf"
        return Content.assemble((f"{signs.DONE} ", "bold $success"), f"{said}: {looked.name}")
    if unfinished:
        return Content.styled("Go on to a folder, and give the leaf a name of its own in it.", "$quiet")
    return Content.assemble(
        (f"{signs.FAILED} ", "bold $error"),
        (clean(looked.wrong, lines=False), "$error"),
        (f" {clean(looked.hint, lines=False)}", "$quiet"),
    )


def folder_line(name: str, is_leaf: bool) -> Content:
    last = clean(name.rpartition("/")[2], lines=False)
    return Content.assemble((last, "bold"), ("  a leaf: enter or e extends it" if is_leaf else "/", "$quiet"))


def how_alike(similar: tuple[SimilarLeaf, ...]) -> str:
    if not similar:
        return "no leaf is about the same"
    what = "about the same" if similar[0].score >= MUCH else "a little alike"
    one = len(similar) == 1
    return f"{len(similar)} {'leaf' if one else 'leaves'} {what}; e extends {'it' if one else 'one'}"


def similar_lines(one: SimilarLeaf, room: int) -> Content:
    return Content.assemble(
        (shorten(one.id, room), "bold"),
        (f"\n  {shorten(' · '.join(part for part in (one.why, one.about) if part), room - 2)}", "$quiet"),
    )
