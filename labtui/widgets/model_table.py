"""All models in lines, each adapter below its base, and what is being added. It reads nothing: the screen does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual.content import Content
from textual.message import Message

from labtui import signs
from labtui.text import pad, shorten, width
from labtui.widgets import job_words, model_words
from labtui.widgets.line_table import LineTable

if TYPE_CHECKING:
    from labtui.operations.models import Addition, Row, Unfinished

EMPTY = """\
No model yet.

Press a to add one. What stands there already, demo, is SmolLM2 135M:
98 MB, Apache-2.0, quick on any machine; enter fetches it.

A model is one GGUF file. It may also be a file of yours, an address,
or hf:ORG/NAME on the hub.
"""
WIDE = 100
"""Cells from which on the kind has a column of its own."""
KIND, SIZE, CONTEXT = 8, 8, 8


class Line(msgspec.Struct, frozen=True):
    """One line of the table: a model, an addition under way, or one that broke off."""

    name: str
    row: Row | None = None
    addition: Addition | None = None
    unfinished: Unfinished | None = None
    below: bool = False
    """It is an adapter and stands below its base."""

    @property
    def key(self) -> str:
        kind = self.row.info.kind if self.row is not None else "addition"
        return f"{kind}/{self.name}"


def lines(rows: Iterable[Row], additions: Iterable[Addition], rests: Iterable[Unfinished]) -> list[Line]:
    """What the table shows, from the top: additions, models with their adapters, what stands alone."""
    rows = list(rows)
    under_way = [addition for addition in additions if not addition.ended]
    busy = {addition.name for addition in under_way}
    found = [Line(addition.name, addition=addition) for addition in under_way]
    models = [row for row in rows if row.info.kind == "gguf"]
    for model in models:
        found.append(Line(model.info.name, row=model))
        found += [Line(row.info.name, row=row, below=True) for row in rows if row.info.base == model.info.name]
    bases = {model.info.name for model in models}
    alone = [row for row in rows if row.info.kind != "gguf" and row.info.base not in bases]
    found += [Line(row.info.name, row=row) for row in alone]
    found += [Line(rest.name, unfinished=rest) for rest in rests if rest.name not in busy]
    return found


class ModelTable(LineTable):
    class Opened(Message):
        """The chosen line was clicked again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._lines: list[Line] | None = None

    @property
    def line(self) -> Line | None:
        """The chosen line."""
        return self._lines[self.chosen] if self._lines and 0 <= self.chosen < len(self._lines) else None

    def show(self, found: Sequence[Line]) -> None:
        """Takes all lines as they stand; the chosen one stays chosen."""
        before = self.line.key if self.line else ""
        self._lines = list(found)
        self.keep_chosen([line.key for line in self._lines], before)
        if self.redraw_if_changed():
            self.post_message(self.Chosen())

    def choose(self, name: str) -> bool:
        for number, line in enumerate(self._lines or ()):
            if line.name == name:
                self.chosen = number
                return True
        return False

    def line_count(self) -> int:
        return len(self._lines or ())

    def heading(self, room: int) -> str:
        return _header(room)

    def line_at(self, row: int, room: int) -> Content:
        return _row((self._lines or [])[row], room)

    def in_place_of_lines(self) -> Content:
        return Content.styled(EMPTY if self._lines is not None else "", "$quiet")

    def opened(self, row: int) -> Message:
        return self.Opened()


def _columns(room: int) -> tuple[int, int, int, int, int]:
    """Cells for name, kind, format, template and where it is served."""
    if room >= WIDE:
        left = room - KIND - SIZE - CONTEXT - 10
        format_cells = 20
        served = max(30, min(44, (left - format_cells) // 2))
        return left - format_cells - served, KIND, format_cells, 10, served
    left = room - SIZE - CONTEXT - 5
    format_cells = 17
    served = max(14, min(24, left - format_cells - 18))
    return max(10, left - format_cells - served), 0, format_cells, 5, served


def _header(room: int) -> str:
    name, kind, format_cells, template, served = _columns(room)
    named = pad("  name", name) + (pad("kind", kind) if kind else "")
    named += f"{'size':>{SIZE - 1}} " + pad("format", format_cells)
    named += f"{'context':>{CONTEXT - 1}} " + pad("template" if template > 5 else "chat", template)
    return named + pad("served", served)


def _row(line: Line, room: int) -> Content:
    if line.addition is not None:
        return _adding(line.addition, room)
    name, kind, format_cells, template, served = _columns(room)
    if line.unfinished is not None:
        rest = line.unfinished
        arrived = f"broke off after {model_words.amount(rest.size)}; adding it again goes on"
        head = pad(f"{signs.STOPPED} {rest.name}", name)
        return Content.assemble((head, "$quiet"), (shorten(arrived, room - name), "$warning"))
    assert line.row is not None  # noqa: S101 - one of the three is there
    info = line.row.info
    said, style = _served(line.row, served)
    described = model_words.format_of(info)
    if not kind and info.kind != "gguf":
        described = f"{model_words.kind(info)} {described}"
    ready = any(server.ready for server in line.row.servers)
    sign = signs.RUNNING if ready else signs.WAITING if line.row.servers else " "
    sign = signs.FAILED if line.row.missing else sign
    shown = f"{sign} └ {info.name}" if line.below else f"{sign} {info.name}"
    context = model_words.context(info.context) if info.kind != "adapter" else ""
    parts: list[tuple[str, str]] = [(pad(shorten(shown, name - 1), name), "bold" if info.kind == "gguf" else "")]
    if kind:
        parts.append((pad(model_words.kind(info), kind), "$quiet"))
    size = model_words.amount(info.size) if info.size else ""
    parts += [
        (f"{size:>{SIZE - 1}} ", ""),
        (pad(shorten(described, format_cells - 1), format_cells), ""),
        (f"{context:>{CONTEXT - 1}} ", ""),
        (pad(model_words.template(info), template), "$warning" if info.kind == "gguf" and not info.template else ""),
        (pad(said, served), style),
    ]
    return Content.assemble(*parts)


def _served(row: Row, cells: int) -> tuple[str, str]:
    if row.missing:
        return "file is gone", "$error"
    if not row.servers:
        return ("elsewhere", "$quiet") if row.info.kind == "remote" else ("", "")
    said = model_words.server(row.servers[0])
    if width(said) > cells:
        # The address and the memory; the idle time stands below, from near.
        said = said.rpartition(" · ")[0]
    more = f" +{len(row.servers) - 1}" if len(row.servers) > 1 else ""
    return shorten(said + more, cells), "$success" if row.servers[0].ready else "$warning"


def _adding(addition: Addition, room: int) -> Content:
    name = _columns(room)[0]
    step = addition.step
    parts: list[tuple[str, str]] = [(pad(shorten(f"{signs.NEW}{addition.name}", name - 1), name), "bold")]
    cells = 12 if room < WIDE else 24
    if step.total:
        drawn = job_words.bar(step.done / step.total, cells)
        filled = drawn.rstrip("─")
        parts += [(filled, "$primary"), (drawn[len(filled) :] + " ", "$edge")]
    parts.append((shorten(model_words.step(step), max(10, room - name - cells - 1)), ""))
    return Content.assemble(*parts)
