"""Pages behind tabs that stay on the page that was asked for last."""

from __future__ import annotations

from textual.widgets import TabbedContent, TabPane


class TabPages(TabbedContent):
    """Textual turns back to a page when it hears that something in it has got the focus. It hears that late: of keys
    pressed quickly one after the other, the page of an earlier one would win. Here the focus follows the page only."""

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        event.stop()
        event.prevent_default()
