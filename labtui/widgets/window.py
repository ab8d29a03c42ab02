"""Windows above a screen, and where the stylesheets lie."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")

PACKAGE = Path(__file__).resolve().parents[1]


def styles_dir() -> Path:
    """styles/ of the checkout, or its copy inside the installed package."""
    inside = PACKAGE / "styles"
    return inside if inside.is_dir() else PACKAGE.parent / "styles"


def stylesheets(*names: str) -> list[str | PurePath]:
    """The stylesheets of those names, as far as there are any."""
    return [path for name in names if (path := styles_dir() / f"{name}.tcss").is_file()]


class Window(ModalScreen[Answer]):
    """What every window starts from: escape closes it, and it looks like the others."""

    CSS_PATH = stylesheets("widgets")
