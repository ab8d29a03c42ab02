"""One generation as it runs or as it was: leaf by leaf, the samples as they arrive, what to do next."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui import signs
from labtui.generate.journal import Sample
from labtui.generate.progress import LeafTally, Tally
from labtui.jobs import JobView
from labtui.records import State
from labtui.screens.base import Panel
from labtui.screens.form_run import JobRun
from labtui.screens.generate_sample import facts, whole
from labtui.text import pad, shorten, width
from labtui.widgets import job_words
from labtui.widgets.header import short_path
from labtui.widgets.job_header import JobHeader
from labtui.widgets.plain import Plain, content

KEPT = 1000
"""Samples held for the list; the journal holds all."""
SAID_CELLS = 17
SHOWS = {"all": "all", "accepted": "accepted only", "rejected": "rejected only"}


class GenerateRun(JobRun):
    class Chosen(Message):
        """A sample is to be read whole."""

        def __init__(self, samples: list[Sample], place: int) -> None:
            super().__init__()
            self.samples = samples
            self.place = place

    def __init__(self) -> None:
        super().__init__()
        self._tally: Tally | None = None
        self._samples: collections.deque[Sample] = collections.deque(maxlen=KEPT)
        self._listed: list[Sample] = []
        self._show = "all"
        self._drawn = self._words = ""

    def compose(self) -> ComposeResult:
        yield JobHeader(hide_empty=False, id="job")
        with Panel(title="leaves", id="leaf-table"), VerticalScroll(can_focus=False):
            yield Plain("", id="table")
        with Panel(title="arriving", id="arriving"):
            yield OptionList(id="samples-list", markup=False)
        with Panel(title="sample", id="sample-panel"), VerticalScroll(can_focus=False):
            yield Plain("", id="sample")
        with Vertical(id="next-step"):
            yield Plain("", id="said")

    def start(self) -> None:
        """Forgets the job shown before."""
        self.view, self._tally = None, None
        self._drawn = self._words = ""
        self._samples.clear()
        self._listed = []
        self.query_one(OptionList).clear_options()
        self.query_one(JobHeader).show(None)
        for name in ("table", "sample", "said"):
            self.query_one(f"#{name}", Plain).show("")

    def take(self, view: JobView, samples: Sequence[Sample]) -> None:
        """Shows how the job stands now; `samples` are those that came since."""
        self.view = view
        if self._tally is None:
            self._tally = Tally(view.spec.arguments)
        self._tally.take(samples)
        self.query_one(JobHeader).show(view)
        self._draw_table()
        self._said()
        if samples:
            self._samples.extend(samples)
            self._append([sample for sample in samples[-KEPT:] if self._fits(sample)])
        self._entitle()

    def cycle(self) -> None:
        """Shows all, the accepted, or the rejected samples."""
        order = list(SHOWS)
        self._show = order[(order.index(self._show) + 1) % len(order)]
        self._listed = []
        self.query_one(OptionList).clear_options()
        self._append([sample for sample in self._samples if self._fits(sample)])
        self._entitle()

    # -- the table ----------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._drawn = ""
        if self._tally is not None:
            self._draw_table()
            self._relist()

    def _draw_table(self) -> None:
        if self._tally is None or self.view is None:
            return
        # While the panel is not laid out yet the size is unknown; the next poll draws it right.
        room = max(40, self.query_one("#leaf-table").size.width - 1)
        lines = [_leaf_line(leaf, room) for leaf in self._tally.leaves.values()]
        table = Content("\n").join(lines)
        if (drawn := table.markup) != self._drawn:
            self._drawn = drawn
            self.query_one("#table", Plain).show(table)
        self.query_one("#leaf-table").styles.max_height = min(12, len(lines) + 2)

    def _entitle(self) -> None:
        tally = self._tally
        if tally is None or self.view is None:
            return
        teacher = self.view.spec.arguments.get("teacher", "")
        speed = self.view.metrics.get("tokens_per_second") if self.view.state is State.RUNNING else None
        tokens = tally.prompt_tokens + tally.completion_tokens
        parts = [f"teacher {teacher}", f"{tokens:,} tokens" if tokens else ""]
        parts.append(f"{speed:.0f} written a second" if speed else "")
        self.query_one("#leaf-table", Panel).title_it(" · ".join(part for part in parts if part))
        counts = f"{tally.accepted:,} accepted · {tally.rejected:,} rejected"
        shown = "" if self._show == "all" else f" · {SHOWS[self._show]}"
        cut = f" · the last {KEPT:,}" if len(self._samples) == KEPT else ""
        what = "samples" if self.view.state.ended else "arriving"
        self.query_one("#arriving", Panel).title_it(f"{what} · {counts}{shown}{cut}")

    # -- the samples --------------------------------------------------------------------------------------------

    def _fits(self, sample: Sample) -> bool:
        return self._show == "all" or sample.accepted == (self._show == "accepted")

    def _append(self, samples: list[Sample]) -> None:
        listed = self.query_one(OptionList)
        following = listed.highlighted is None or listed.highlighted >= len(self._listed) - 1
        self._listed += samples
        overflow = len(self._listed) - KEPT
        if overflow > 0:
            kept = None if listed.highlighted is None else max(0, listed.highlighted - overflow)
            self._listed = self._listed[overflow:]
            self._relist(kept)
        else:
            room, cells = self._room()
            listed.add_options([Option(_sample_line(sample, room, cells)) for sample in samples])
        # The newest is in sight until the reader moves up; then nothing moves under his eyes.
        if following and self._listed:
            listed.highlighted = len(self._listed) - 1
            self.call_after_refresh(listed.scroll_to_highlight)
        self._preview()

    def _relist(self, place: int | None = None) -> None:
        listed = self.query_one(OptionList)
        place = listed.highlighted if place is None else place
        room, cells = self._room()
        with listed.prevent(OptionList.OptionHighlighted):
            listed.clear_options()
            listed.add_options([Option(_sample_line(sample, room, cells)) for sample in self._listed])
            listed.highlighted = place if place is not None and place < len(self._listed) else None

    def _room(self) -> tuple[int, int]:
        """Cells of a line, and of the leaf's name in it: none where all samples are of one leaf."""
        room = max(36, self.query_one("#arriving").size.width - 1)
        several = self._tally is not None and len(self._tally.leaves) > 1
        return room, (12 if room < 90 else 20) if several else 0

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._preview()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(self._listed, event.option_index))

    def _preview(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._listed):
            sample = self._listed[place]
            self.query_one("#sample", Plain).show(Content("\n\n").join([whole(sample), facts(sample)]))

    # -- what to do next ----------------------------------------------------------------------------------------

    def _said(self) -> None:
        view = self.view
        if view is None or self._tally is None:
            return
        lines: list[Content] = []
        data = [artifact for artifact in view.artifacts if artifact.kind == "data"]
        if view.state is State.DONE and data:
            lines.append(content(f"{signs.DONE} {data[-1].note}: {short_path(Path(data[-1].path))}", "$success"))
            lines.append(content("t trains on it.", "bold"))
        elif view.state is State.RUNNING and not self._tally.accepted and view.stage in ("", "prepare", "teacher"):
            lines.append(content("The teacher is being asked for the first samples.", "$quiet"))
        elif view.state is State.RUNNING:
            lines.append(
                content("It goes on without labtui: leave with q, find it again here or among the jobs.", "$quiet")
            )
        elif view.state.ended:
            if view.error:
                lines.append(content(view.error, "$warning"))
            if view.hint and view.state is State.FAILED:
                lines.append(content(view.hint, "$quiet"))
            else:
                kept = f"Its {self._tally.accepted} samples are kept; " if self._tally.accepted else ""
                lines.append(content(f"{kept}r resumes it.", "$quiet"))
        said = Content("\n").join(lines)
        if said.plain != self._words:
            self._words = said.plain
            self.query_one("#said", Plain).show(said)
            # The line may have grown at the list's expense.
            self.call_after_refresh(self.query_one(OptionList).scroll_to_highlight)


def _leaf_line(leaf: LeafTally, room: int) -> Content:
    """`✔ synonyms   ██████▌─── 421/640   rejected: 180 cut off · 12 duplicate`.

    Without a rate: leaves are worked through one after another, so the header's is that of the present one.
    """
    name_cells = max(14, min(30, room // 4))
    bar_cells = 14 if room >= 100 else 8
    name = pad(leaf.id.rpartition("/")[2], name_cells)
    sign, style = " ", "$primary"
    if leaf.complete:
        sign, style = signs.DONE, "$success"
    elif leaf.alarming:
        sign, style = signs.WARNING, "$error"
    count = pad(f"{leaf.accepted:,}/{leaf.wanted:,}", 11)
    told = f"rejected: {leaf.why()}" if leaf.reasons else ""
    why = shorten(told, max(0, room - name_cells - bar_cells - 18))
    drawn = job_words.bar(leaf.share, bar_cells)
    filled = drawn.rstrip("─")
    return Content.assemble(
        (f"{sign} ", style),
        (name, "bold"),
        " ",
        (filled, style),
        (drawn[len(filled) :], "$edge"),
        f" {count}",
        " ",
        content(why, "$error" if leaf.alarming else "$quiet"),
    )


def _sample_line(sample: Sample, room: int, leaf_cells: int) -> Content:
    """`✔ accepted  chickadee  Where do chickadees hide food?  In bark …`; without a leaf where there is only one."""
    sign, style = (signs.DONE, "$success") if sample.accepted else (signs.FAILED, "$error")
    said = "accepted" if sample.accepted else sample.reason
    leaf = pad(sample.leaf.rpartition("/")[2], leaf_cells) + " " if leaf_cells else ""
    left = room - 2 - SAID_CELLS - 1 - width(leaf)
    question = sample.parts.get("context" if sample.kind == "grounded skill" else "question", "")
    asked = left if left < 60 else left * 9 // 20
    answer = left - asked - 2
    return Content.assemble(
        (f"{sign} ", style),
        content(pad(said, SAID_CELLS), "$quiet" if sample.accepted else "$error"),
        " ",
        content(leaf, "$quiet"),
        content(pad(" ".join(question.split()), asked)),
        "  " if answer >= 8 else "",
        content(shorten(" ".join(sample.answer.split()), answer), "$quiet") if answer >= 8 else "",
    )
