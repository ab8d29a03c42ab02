"""The line that offers unsaved edits of an earlier time: go on with them, or drop them."""

from __future__ import annotations

from textual.message import Message

from labtui import signs
from labtui.actions import bindings_for
from labtui.widgets.plain import Plain


class DraftOffer(Plain, can_focus=True):
    BINDINGS = bindings_for("taxonomy.offer")
    DEFAULT_CSS = """
    DraftOffer { height: auto; display: none; background: $panel; color: $accent; text-style: bold; padding: 0 1; }
    DraftOffer.-offered { display: block; }
    DraftOffer:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    class Answered(Message):
        def __init__(self, take: bool) -> None:
            super().__init__()
            self.take = take

    @property
    def offered(self) -> bool:
        return self.has_class("-offered")

    def offer(self, when: str, other: str = "") -> None:
        """`when`: the time of the edits; `other`: what else one should know of them."""
        more = f" ({other})" if other else ""
        self.show(f"{signs.CHANGED} unsaved edits of {when}{more}: enter to go on with them, d to drop them")
        self.add_class("-offered")

    def withdraw(self) -> None:
        self.remove_class("-offered")

    def action_take(self) -> None:
        self.post_message(self.Answered(True))

    def action_drop(self) -> None:
        self.post_message(self.Answered(False))
