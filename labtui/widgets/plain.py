"""Widgets for foreign text: cleaned, and shown as it is, with markup off.

Use these for everything that comes from a file, a model, a server or git. `Content(plain(text))` serves where a
widget wants a renderable (options, tree labels, table cells, border titles): a bare string there is read as
markup, which can crash or become clickable.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from labtui.text import clean


def content(text: object, style: str = "", *, lines: bool = False) -> Content:
    """Foreign text as a renderable without markup; one line unless `lines`. `style` is ours, never foreign."""
    return Content.styled(clean(str(text), lines=lines), style)


class Plain(Static):
    """A Static that shows text as it is, cleaned. Content made by us keeps its styles."""

    def __init__(
        self,
        text: str | Content = "",
        *,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(self._safe(text), id=id, classes=classes, markup=False)

    def show(self, text: str | Content) -> None:
        """Replaces the text."""
        self.update(self._safe(text))

    @staticmethod
    def _safe(text: str | Content) -> str | Content:
        return text if isinstance(text, Content) else clean(text)
