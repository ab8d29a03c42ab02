"""One training as it runs or as it was: its curves, the figures of now, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from labtui.jobs import JobView
from labtui.records import AnyEvent, State, now
from labtui.screens.base import Panel
from labtui.screens.form_run import JobRun
from labtui.train.history import History
from labtui.widgets import job_words
from labtui.widgets.canvas import Point, smooth
from labtui.widgets.chart import Chart, Curve
from labtui.widgets.job_header import JobHeader
from labtui.widgets.plain import Plain, content

SMALL = {"learning_rate": "learning rate", "grad_norm": "gradient norm", "tokens_per_second": "tokens a second"}
"""The small charts, shown where there is room."""
SMOOTHED_OVER = 12
"""The smoothed curve follows about this share of all points: a twelfth."""


class TrainRun(JobRun):
    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        self._smooth: list[Point] = []
        self._lowest: Point | None = None
        self._drawn: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        yield JobHeader(hide_empty=False, id="job")
        with Horizontal(id="curves"):
            with Panel(title="loss", id="loss-panel"):
                yield Chart(id="loss")
            with Panel(title="figures", id="now-panel"):
                yield Plain("", id="now")
        with Horizontal(id="small"):
            for name, title in SMALL.items():
                with Panel(title=title, classes="small-panel"):
                    yield Chart(id=name)
        with Vertical(id="next-step"):
            yield Plain("", id="said")

    def start(self) -> None:
        """Forgets the job shown before."""
        self.history = History()
        self.view = None
        self._smooth, self._lowest, self._drawn = [], None, None
        self._draw()

    def take(self, view: JobView, events: Sequence[AnyEvent]) -> None:
        """Adds what is new and draws what that changes."""
        self.view = view
        if self.history.take(events):
            loss = self.history.curves.get("loss", [])
            self._smooth, self._lowest, self._drawn = _smoothed(loss), self.history.lowest(), None
        self.query_one(JobHeader).show(view)
        self.query_one("#now", Plain).show(self._figures(view))
        self.query_one("#said", Plain).show(self._said(view))
        so = (view.state, self.history.stage, self.history.detail, self._last_step())
        if so != self._drawn:
            self._draw()
            self._drawn = so

    def toggle_scale(self) -> None:
        logarithmic = self.query_one("#loss", Chart).toggle_scale()
        self._title(logarithmic)

    def _title(self, logarithmic: bool) -> None:
        scale = "  logarithmic" if logarithmic else ""
        self.query_one("#loss-panel", Panel).title_it(f"loss  ─ smoothed  · each step{scale}")

    def _draw(self) -> None:
        curves = self.history.curves
        chart = self.query_one("#loss", Chart)
        chart.empty = _waiting_words(self.view, self.history)
        self._title(chart.logarithmic)
        span = (0.0, self._last_step())
        loss = curves.get("loss", [])
        found = [Curve(loss, "$quiet", dots=True), Curve(self._smooth, "$primary")]
        chart.show(found if loss else [], span, self.history.saved)
        for name in SMALL:
            self.query_one(f"#{name}", Chart).show([Curve(curves[name], "$secondary")] if name in curves else [], span)

    def _last_step(self) -> float:
        total = self.view.total if self.view is not None and self.view.unit == "steps" else 0
        return max(total, self.history.step, 1)

    def _figures(self, view: JobView) -> Content:
        history, rows = self.history, []
        loss = history.curves.get("loss", [])
        if loss:
            rows.append(("loss", f"{self._smooth[-1][1]:.3f}", f"from {loss[0][1]:.2f}"))
        if (lowest := self._lowest) is not None:
            rows.append(("lowest", f"{lowest[1]:.3f}", f"step {lowest[0]:.0f}"))
        if (epoch := history.last("epoch")) is not None:
            rows.append(("passes", f"{epoch:.1f}", ""))
        if (rate := history.last("learning_rate")) is not None:
            rows.append(("rate", f"{rate:.1e}", ""))
        if (norm := history.last("grad_norm")) is not None:
            rows.append(("gradient", f"{norm:.2f}", ""))
        if (speed := history.last("tokens_per_second")) is not None:
            rows.append(("speed", f"{job_words.number(speed)}", "tokens/s"))
        if (memory := history.last("memory")) is not None:
            rows.append(("memory", f"{memory / 1e9:.1f} GB", "at most"))
        if history.saved and history.saved_at is not None:
            age = job_words.duration((now() - history.saved_at).total_seconds())
            ended = view.state.ended
            rows.append(("saved", f"step {history.saved[-1]}", "" if ended else f"{age} ago"))
        # What does not fit is said in the small charts or not at all, rather than wrapped.
        room = (self.query_one("#now").size.width or 32) - 18
        return Content("\n").join(
            Content.assemble(
                (f"{what:<9}", "$quiet"),
                (f"{value:<8}", "bold"),
                (f" {note}" if len(note) <= room else "", "$quiet"),
            )
            for what, value, note in rows
        )

    def _said(self, view: JobView) -> Content:
        """What came of it or what can be done, in a line or two."""
        lines = [content(f"! {warning}", "$warning") for warning in self.history.warnings[:1]]
        if view.state is State.DONE:
            text = "Ready: c asks base and tuned the same question, side by side."
            lines.append(content(text, "$success"))
        elif view.state in (State.STOPPED, State.LOST, State.FAILED):
            where = f"from step {self.history.saved[-1]}" if self.history.saved else "from the start"
            lines.append(content(f"{view.error}  {view.hint}".strip() or f"It is {view.state.value}.", "$warning"))
            lines.append(content(f"r resumes it {where}.", "$quiet"))
        elif view.state is State.RUNNING:
            lines.append(content("It goes on without labtui; find it again here or among the jobs (j).", "$quiet"))
        return Content("\n").join(lines)


def _waiting_words(view: JobView | None, history: History) -> str:
    """What stands in the empty chart until the first step is done."""
    if view is None:
        return ""
    if view.state is State.WAITING:
        return f"Waits for {view.waits_for or 'its turn'}."
    if view.state is State.RUNNING:
        if history.stage in ("", "load"):
            return f"Loads the {history.detail or 'packages'}; the first step follows in some ten seconds."
        return "The first step is under way."
    return "No step was done."


def _smoothed(points: Sequence[Point]) -> list[Point]:
    weight = 1 - 1 / min(50.0, max(2.5, len(points) / SMOOTHED_OVER))
    values = smooth([y for _, y in points], weight)
    return [(x, y) for (x, _), y in zip(points, values, strict=True)]
