"""The context window is full: says what would not fit, and asks what to do. Nothing is left out unasked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.chat.context import Plan
from labtui.screens.chat.flight import Choice
from labtui.screens.chat.picker import Choices
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain, content
from labtui.widgets.window import Modal


class FullWindow(Modal[Choice]):
    BINDINGS = [
        Binding("escape", "choose('back')", "back to the question"),
        Binding("d", "choose('drop')", "drop", show=False),
        Binding("a", "choose('always')", "always", show=False),
        Binding("n", "choose('new')", "new", show=False),
    ]

    def __init__(self, full: Plan, shorter: Plan, label: str) -> None:
        super().__init__()
        self._full, self._shorter, self._label = full, shorter, label

    def compose(self) -> ComposeResult:
        full, shorter = self._full, self._shorter
        with Vertical(classes="window") as window:
            window.border_title = "the context window is full"
            yield Plain(
                f"The conversation takes {full.tokens:,} tokens; {self._label} takes {full.context:,} in all, "
                "the answer included.",
                classes="what",
            )
            options = [Option(content("n  begin a new conversation with this question"), id="new")]
            if shorter.fits:
                count = len(shorter.left_out) - len(full.left_out)
                options = [
                    Option(
                        content(f"d  do not send the oldest {count} turns any more ({shorter.tokens:,} tokens stay)"),
                        "drop",
                    ),
                    Option(content("a  the same, and whenever it is full again in this conversation"), id="always"),
                    *options,
                ]
            else:
                yield Plain(
                    "The question alone is too long for it: shorten it, or choose another model.", classes="hint"
                )
            options.append(Option(content("esc  back to the question"), id="back"))
            yield Choices(*options)
            yield Plain("Turns that are not sent stay here, marked.", classes="hint quiet")
            yield HintLine()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)  # type: ignore[arg-type]

    def action_choose(self, choice: Choice) -> None:
        if choice in ("drop", "always") and not self._shorter.fits:
            return
        self.dismiss(choice)
