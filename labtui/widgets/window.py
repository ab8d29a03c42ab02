"""Windows above a screen, and where the stylesheets lie."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from labtui.widgets.compositing import PresentCompositor

Answer = TypeVar("Answer")

PACKAGE = Path(__file__).resolve().parents[1]


def styles_dir() -> Path:
    """styles/ of the checkout, or its copy inside the installed package."""
    inside = PACKAGE / "styles"
    return inside if inside.is_dir() else PACKAGE.parent / "styles"


def stylesheets(*names: str) -> list[str | PurePath]:
    """The stylesheets of those names, as far as there are any."""
    return [path for name in names if (path := styles_dir() / f"{name}.tcss").is_file()]


class Modal(ModalScreen[Answer]):
    """Anything that stands above a screen and gives an answer when it goes."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = PresentCompositor()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """As Textual's, but only in front.

        Textual answers for this window and then takes away the one in front, whichever that is: a choice that
        arrives after another window came up (help, a terminal become too small) would close that one, and the
        second answer of this one would end the application.
        """
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


class Window(Modal[Answer]):
    """What every window starts from: escape closes it, and it looks like the others."""

    CSS_PATH = stylesheets("widgets")
