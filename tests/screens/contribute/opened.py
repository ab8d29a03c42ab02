"""A contribution open in the wizard, under Textual's pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from textual import events
from textual.pilot import Pilot

from labtui.app import LabApp
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import StepStanding
from labtui.screens.contribute.pane import StepPane
from labtui.screens.contribute.wizard import Wizard
from labtui.workspace import Workspace
from tests.lab_app import lab_app, screen_text, wait_until

P = TypeVar("P", bound=StepPane)
KEYS = {
    " ": "space", "?": "question_mark", "\n": "enter", ":": "colon", "/": "slash", ".": "full_stop", "-": "minus",
    "'": "apostrophe", ",": "comma", "_": "underscore", "~": "tilde", "*": "asterisk", "(": "left_parenthesis",
    ")": "right_parenthesis", "!": "exclamation_mark",
}  # fmt: skip


class Opened:
    def __init__(self, app: LabApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        for character in text:
            if character in "。、？":
                # The pilot knows no signs beyond ASCII; a terminal sends them like any letter.
                event = events.Key("ideographic", character)
                event.set_sender(self.app)
                self.app.post_message(event)
                await self.pilot.pause()
            else:
                await self.pilot.press(KEYS.get(character, character))

    async def until(self, true: Callable[[], object]) -> None:
        await wait_until(self.pilot, true)

    @property
    def wizard(self) -> Wizard:
        return self.app.screen.query_one(Wizard)

    def pane(self, kind: type[P]) -> P:
        return self.wizard.query_one(kind)

    def step(self, name: str) -> StepStanding:
        assert self.wizard.stand is not None
        return self.wizard.stand.of(name)

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.app.focused.id) if self.app.focused is not None else ""


@asynccontextmanager
async def contribution(
    folder: DraftFolder, workspace: Workspace, step: str, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Opened]:
    async with lab_app(workspace, size=size) as (app, pilot):
        app.open("contribute", draft=folder.id, step=step)
        opened = Opened(app, pilot)
        await wait_until(pilot, lambda: opened.wizard.step == step and opened.wizard.stand is not None)
        yield opened
