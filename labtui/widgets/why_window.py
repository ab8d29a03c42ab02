"""Why a rule exists, what it does about it, and an example: what the registry of rules knows, in a window."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from labtui.taxonomy.findings import Finding
from labtui.text import clean
from labtui.widgets.hints import HintLine
from labtui.widgets.plain import Plain
from labtui.widgets.window import Window


class WhyWindow(Window[None]):
    BINDINGS = [
        Binding("escape,q,enter,w", "dismiss", "close"),
        Binding("up,k", "scroll(-1)", "scroll", show=False),
        Binding("down,j", "scroll(1)", "scroll", show=False),
    ]

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._finding = finding

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = Content(clean(self._finding.rule, lines=False))
            with VerticalScroll(can_focus=True):
                yield Plain(why(self._finding))
            yield HintLine()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def why(finding: Finding) -> Content:
    """The finding, then its rule: what it finds, why, what to do, and text that breaks it."""
    from labtui.taxonomy.rules.registry import RULES

    parts: list[tuple[str, str] | str] = [(f"{clean(finding.message)}\n", "bold")]
    rule = RULES.get(finding.rule)
    if rule is None:
        parts.append(f"\n{clean(finding.hint)}\n" if finding.hint else "")
        return Content.assemble(*parts)
    parts += [
        f"\nIt finds {rule.finds}.\n",
        ("\nWhy\n", "bold $primary"),
        f"{rule.why}\n",
        ("\nWhat to do\n", "bold $primary"),
        f"{rule.fix}\n",
    ]
    if finding.fixable:
        parts.append(("A machine can put this one right: F shows how.\n", "$success"))
    if rule.example is not None:
        parts += [("\nFor example\n", "bold $primary"), (clean(rule.example.qna), "$quiet")]
    return Content.assemble(*parts)
