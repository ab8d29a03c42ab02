"""The application under Textual's pilot, on a workspace of its own.

async with lab_app(tmp_path) as (app, pilot):
    await pilot.press("2")
    await wait_until(pilot, lambda: app.here == "chat")
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from labtui import config, workspace
from labtui.app import Context, LabApp
from labtui.workspace import Workspace

PATIENCE = 30.0


@asynccontextmanager
async def lab_app(
    root: Path | Workspace | None,
    *,
    size: tuple[int, int] = (80, 24),
    overrides: tuple[str, ...] = (),
) -> AsyncIterator[tuple[LabApp, Pilot[int]]]:
    """Runs the application on the workspace at `root` (made if it is not there), or on none."""
    opened = workspace.create(root) if isinstance(root, Path) else root
    app = LabApp(Context(config=config.load(opened, overrides), workspace=opened))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def wait_until(pilot: Pilot[Any], true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Waits until `true()` is; an error inside it counts as not yet. Fails with the screen's text."""
    end = time.monotonic() + patience
    while True:
        try:
            if true():
                return
        except Exception as error:
            if time.monotonic() > end:
                raise AssertionError(f"not in {patience} s: {error}\n{screen_text(pilot.app)}") from error
        if time.monotonic() > end:
            raise AssertionError(f"not in {patience} s:\n{screen_text(pilot.app)}")
        await pilot.pause()
        await asyncio.sleep(0.02)


def screen_text(app: Any) -> str:
    """What the screen shows, as lines of text."""
    height = app.size.height
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips[:height])


def notices(app: LabApp) -> list[str]:
    """The texts of the notices that are up."""
    return [str(notice.message) for notice in app._notifications]
