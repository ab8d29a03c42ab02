"""What the palette (ctrl+p) offers: every screen under its own name, what can be done here, jobs, models, themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from labtui import actions, keys
from labtui.operations.stages import TITLES
from labtui.text import clean
from labtui.themes import DESCRIPTIONS
from labtui.widgets.window import stylesheets

if TYPE_CHECKING:
    from labtui.app import LabApp

SCREEN_HELP = {
    "home": "The loop, the jobs, the machine",
    "chat": "Ask a model, base and tuned side by side",
    "contribute": "Bring what the model should learn to those who train it",
    "review": "Look at the samples",
    "generate": "Write samples from the leaves",
    "train": "Train an adapter on samples",
    "evaluate": "Compare what was trained",
    "release": "Hand on what was trained",
    "taxonomy": "The leaves and what is wrong with them",
    "models": "Add, serve and remove models",
    "jobs": "Follow, stop and resume long work",
    "welcome": "Open or make a workspace",
}
JOBS_OFFERED = 30


class Command(NamedTuple):
    name: str
    help: str
    run: Callable[[], object]


class Palette(CommandPalette):
    CSS_PATH = stylesheets("widgets")

    def _action_command_list(self, action: str) -> None:
        # In a terminal too small for the list it has no lines, and Textual pages from one line to another.
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class LabCommands(Provider):
    """Asked anew each time the palette opens, so that it says what can be done now."""

    @property
    def lab(self) -> LabApp:
        return self.app  # type: ignore[return-value]

    async def discover(self) -> Hits:
        for command in self.commands():
            yield DiscoveryHit(Content.styled(command.name, "bold"), command.run, text=command.name, help=command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            score = matcher.match(command.name)
            if score > 0:
                shown = matcher.highlight(command.name)
                yield Hit(score, shown, command.run, text=command.name, help=command.help)

    def commands(self) -> Iterator[Command]:
        yield from self._here()
        yield from self._screens()
        yield from self._jobs()
        yield from self._everywhere()

    def _here(self) -> Iterator[Command]:
        """What the keys of the screen below can do now."""
        everywhere = {action.id for action in actions.actions_for("app")}
        seen = set()
        for namespace, binding, enabled, tooltip in self.screen.active_bindings.values():
            if not binding.id or binding.id in everywhere or binding.id in seen or not enabled:
                continue
            seen.add(binding.id)
            scope = binding.id.partition(".")[0]
            run = partial(self.lab.run_action, binding.action, namespace)
            yield Command(f"{scope}: {binding.description}", f"{tooltip} ({keys.written(binding.key)})", run)

    def _screens(self) -> Iterator[Command]:
        for name, description in SCREEN_HELP.items():
            if name == self.lab.here or (name == "home" and self.lab.context.workspace is None):
                continue
            stage = f", stage {TITLES[name]}" if name in TITLES else ""
            yield Command(name, description + stage, partial(self.lab.open, name))

    def _jobs(self) -> Iterator[Command]:
        for view in (self.lab.overview.jobs or ())[:JOBS_OFFERED]:
            title = clean(f"{view.spec.kind} {view.spec.title}", lines=False)
            open_it = partial(self.lab.open, "jobs", job=view.folder.id)
            yield Command(f"job: {title}", f"{view.state}, {view.folder.id}", open_it)

    def _everywhere(self) -> Iterator[Command]:
        lab = self.lab
        for theme, description in DESCRIPTIONS.items():
            if theme != lab.theme:
                yield Command(f"theme: {theme.removeprefix('labtui-')}", description, partial(lab.choose_theme, theme))
        for action in actions.actions_for("app"):
            if action.name in ("help", "jump", "debug", "leave"):
                shown = ", ".join(keys.keys_of(action, lab.keymap))
                run = partial(lab.run_action, action.command or action.name)
                yield Command(action.label, f"{action.tooltip} ({shown})", run)
