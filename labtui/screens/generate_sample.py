"""One sample whole: what was made, why it was rejected, and what made it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from labtui import signs
from labtui.generate.journal import Sample
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain, content
from labtui.widgets.window import Modal

NAMES = {"context": "text", "question": "question", "answer": "answer"}
ORDER = ("context", "question", "answer")


class SampleWindow(Modal[None]):
    """Left and right go to the neighbours."""

    BINDINGS = [
        Binding("escape,enter,q", "dismiss", "close", tooltip="Close this window"),
        Binding("left,p", "go(-1)", "before", tooltip="The sample before"),
        Binding("right,n", "go(1)", "next", tooltip="The next sample"),
        Binding("c,y", "copy", "copy", tooltip="Copy question and answer"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, samples: Sequence[Sample], place: int) -> None:
        super().__init__()
        self._samples = samples
        self._place = place

    @property
    def sample(self) -> Sample:
        return self._samples[self._place]

    def compose(self) -> ComposeResult:
        with Vertical(classes="window -wide", id="sample-window"):
            with VerticalScroll(can_focus=True):
                yield Plain("", id="sample-text")
            yield HintLine()

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        window = self.query_one("#sample-window", Vertical)
        window.border_title = content(f"{headline(self.sample)}  ({self._place + 1} of {len(self._samples)})")
        self.query_one("#sample-text", Plain).show(Content("\n\n").join([whole(self.sample), facts(self.sample)]))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_go(self, by: int) -> None:
        self._place = min(len(self._samples) - 1, max(0, self._place + by))
        self._show()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        parts = [self.sample.parts[name] for name in ORDER if self.sample.parts.get(name)]
        self.app.copy_text("\n\n".join(parts))  # type: ignore[attr-defined]


def headline(sample: Sample) -> str:
    name = sample.leaf.rpartition("/")[2]
    if sample.accepted:
        return f"{signs.DONE} accepted  {name}, try {sample.number}"
    return f"{signs.FAILED} {sample.reason}  {name}, try {sample.number}"


def whole(sample: Sample) -> Content:
    """Everything it holds, each part under its name."""
    parts: list[Content] = []
    if not sample.accepted:
        why = sample.reason + (f": {sample.detail}" if sample.detail else "")
        parts.append(content(f"Rejected, {why}.", "$error"))
    for name in (*ORDER, *(other for other in sample.parts if other not in ORDER)):
        if text := sample.parts.get(name):
            label = Content.styled(f"{NAMES.get(name, name)}\n", "bold $accent")
            parts.append(Content.assemble(label, content(text, lines=True)))
    if not sample.parts:
        parts.append(content("What the teacher said stands in requests.jsonl.", "$quiet"))
    return Content("\n\n").join(parts)


def facts(sample: Sample) -> Content:
    """What made it, in two quiet lines."""
    seeds = ", ".join(str(number) for number in sample.seeds)
    first = f"{sample.leaf}  seeds {seeds}" + (f"  topic {sample.topic}" if sample.topic else "")
    second = (
        f"{sample.teacher}  {sample.pipeline}  temperature {sample.temperature:g}  "
        f"{sample.prompt_tokens + sample.completion_tokens:,} tokens  {sample.id[:12]}"
    )
    return Content("\n").join([content(first, "$quiet"), content(second, "$quiet")])
