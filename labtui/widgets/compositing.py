"""Drawing only what is still there.

A screen below a window is drawn, but Textual lays it out again only when it is in front once more. A widget taken away
meanwhile would still be asked for its lines, no longer has its styles, and its error would end the application.
"""

from __future__ import annotations

from textual._compositor import Compositor
from textual.geometry import Region
from textual.widget import Widget


class PresentCompositor(Compositor):
    """As Textual's, without the widgets that were taken away since the last layout."""

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        return {widget: place for widget, place in super().visible_widgets.items() if widget.is_attached}
