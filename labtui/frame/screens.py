"""Screens by the name their user knows, each made when it is first opened, and the way back."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import PurePath
from typing import Any

from textual.screen import ModalScreen

from labtui.errors import LabError
from labtui.frame.context import Context
from labtui.frame.overseeing import Overseeing
from labtui.screens.base import LabScreen

SCREENS = (
    "home",
    "chat",
    "contribute",
    "review",
    "generate",
    "train",
    "evaluate",
    "release",
    "taxonomy",
    "models",
    "jobs",
    "welcome",
)
"""Every screen by the name its user knows; `labtui.screens.NAME` holds its class `NameScreen`, or else it is one of
the stages that `labtui.screens.stage` shows in a window."""


class ScreensByName(Overseeing):
    def __init__(self, context: Context, css_path: list[str | PurePath]) -> None:
        self._trail: list[str] = []
        super().__init__(context, css_path)

    def open(self, name: str, **arguments: Any) -> None:
        """Shows the screen of that name and hands it `arguments`. Windows above the present one close."""
        if self.context.workspace is None and name == "home":
            name = "welcome"
        while isinstance(self.screen, ModalScreen) and len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        if not _has_module(name) and name in SCREENS:
            from labtui.screens.stage import StageWindow

            if name in StageWindow.STAGES:
                self.push_screen(StageWindow(name, self.overview, self.context.workspace))
                return
        try:
            screen = self.screen_named(name)
        except LabError as error:
            self.fail(error)
            return
        here = self.here
        if name != here:
            self._trail = [] if name == "home" else [*(one for one in self._trail if one != name), here]
            self._front(screen)
        screen.hand_over(arguments)

    def _front(self, screen: LabScreen) -> None:
        """Brings a screen to the front. The stack is the first screen and at most one more (and windows)."""
        if screen is self.screen_stack[0]:
            self.pop_screen()
        elif len(self.screen_stack) == 1:
            self.push_screen(screen)
        else:
            self.switch_screen(screen)
        self.watch_for(screen.NAME)

    @property
    def here(self) -> str:
        """The name of the screen in front, windows aside."""
        return screen.NAME if (screen := self.lab_screen()) else "home"

    def screen_named(self, name: str) -> LabScreen:
        """The one screen of that name, made when first asked for. Raises LabError where there is none."""
        screen = self._installed_screens.get(name)
        if isinstance(screen, LabScreen):
            return screen
        made = _load_screen(name)()
        self.install_screen(made, name)
        return made

    def forget_screens(self) -> None:
        """Only Home stays, which reads the context anew; every other screen may hold what belongs to a workspace."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        for name in SCREENS:
            screen = self._installed_screens.get(name)
            if isinstance(screen, LabScreen) and screen is not self.screen_stack[0]:
                self.uninstall_screen(name)
                if screen.is_running:
                    screen.remove()
        self._trail = []

    def action_open(self, name: str) -> None:
        self.open(name)

    async def action_back(self) -> None:
        screen = self.screen
        if isinstance(screen, ModalScreen):
            screen.dismiss(None)
        elif isinstance(screen, LabScreen) and not screen.action_back_once():
            home = "home" if self.context.workspace else "welcome"
            target = self._trail.pop() if self._trail else home
            if target != self.here:
                self._front(self.screen_named(target))


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(f"labtui.screens.{name}") is not None


def _load_screen(name: str) -> type[LabScreen]:
    if name not in SCREENS or not _has_module(name):
        raise LabError(f"There is no screen '{name}' in this installation.")
    screen: type[LabScreen] = getattr(importlib.import_module(f"labtui.screens.{name}"), f"{name.title()}Screen")
    return screen
