from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from labtui import jobs, paths, workspace
from labtui.operations import models, serving
from labtui.screens.models_add import AddWindow
from labtui.serve.models import ModelInfo, write_model
from labtui.widgets.confirm import ConfirmWindow
from labtui.widgets.error import ErrorWindow
from labtui.widgets.model_table import ModelTable
from tests.lab_app import lab_app, screen_text, wait_until
from tests.serve.file_server import FileServer
from tests.serve.tiny import write_gguf

HOSTILE = "[red]x[/bold]\x1b]52;c;ZXZpbA==\x07\x1b[2J"


@pytest.fixture(autouse=True)
def no_additions() -> Iterator[None]:
    yield
    models.ADDITIONS.clear()


def store(name: str, folder: Path | None = None, **fields: Any) -> ModelInfo:
    folder = folder or paths.models_dir() / name
    folder.mkdir(parents=True)
    kind = fields.get("kind", "gguf")
    file = folder / ("adapter.gguf" if kind == "adapter" else "model.gguf")
    file.write_bytes(b"GGUF")
    path = folder if kind == "adapter" else file
    info = ModelInfo(**{"name": name, "kind": "gguf", "path": str(path), "size": 98_000_000, **fields})
    write_model(folder, info)
    return info


class Gated(FileServer):
    """Gives half of its file, and the rest when the gate opens."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.gate = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.headers.get("range", "bytes=0-")[6:].rstrip("-"))
        handler.send_response(206 if start else 200)
        handler.send_header("content-length", str(len(self.content) - start))
        handler.send_header("etag", self.etag)
        if start:
            handler.send_header("content-range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        handler.end_headers()
        half = max(start, len(self.content) // 2)
        handler.wfile.write(self.content[start:half])
        handler.wfile.flush()
        self.gate.wait(30)
        handler.wfile.write(self.content[half:])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_models_show_what_they_are(tmp_path: Path, size: tuple[int, int]) -> None:
    lab = workspace.create(tmp_path / "lab")
    store("smollm2", architecture="llama", parameters=135_000_000, quantization="Q4_1", context=8192, template=True)
    store("bare", architecture="llama", quantization="F16")
    store("tuned", lab.models / "tuned", kind="adapter", base="smollm2", architecture="llama")
    remote = "serve.remotes={far: {url: 'http://host:1/v1', context: 9000}}"
    async with lab_app(lab, size=size, overrides=(remote,)) as (app, pilot):
        app.open("models")
        await wait_until(pilot, lambda: "llama 135M Q4_1" in screen_text(app))
        lines = screen_text(app).splitlines()
        row = next(line for line in lines if " smollm2 " in line)
        for said in ("98 MB", "8,192", "yes"):
            assert said in row
        assert " no " in next(line for line in lines if " bare " in line)
        # The adapter stands below its base, the endpoint at the end.
        order = [name for line in lines for name in ("bare", "smollm2", "tuned", "far") if f" {name} " in line[:40]]
        assert order[:4] == ["bare", "smollm2", "tuned", "far"]
        await pilot.press("end")
        await wait_until(pilot, lambda: "http://host:1/v1" in screen_text(app))


async def test_without_models_it_says_how_to_begin(tmp_path: Path) -> None:
    async with lab_app(tmp_path / "lab") as (app, pilot):
        app.open("models")
        await wait_until(pilot, lambda: "No model yet." in screen_text(app))
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, AddWindow))
        assert "demo" in screen_text(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: not isinstance(app.screen, AddWindow))
        assert app.here == "models"


async def test_an_addition_can_be_left_and_found_again(tmp_path: Path) -> None:
    content = write_gguf(tmp_path / "tiny.gguf").read_bytes()
    with Gated(content) as server:
        async with lab_app(tmp_path / "lab") as (app, pilot):
            app.open("models", add=server.url)
            await wait_until(pilot, lambda: isinstance(app.screen, AddWindow))
            await pilot.press("enter")
            await wait_until(pilot, lambda: "fetching 4" in screen_text(app) or "fetching 5" in screen_text(app))
            await pilot.press("0")
            await wait_until(pilot, lambda: app.here == "home")
            await pilot.press("9")
            await wait_until(pilot, lambda: "fetching" in screen_text(app))
            server.gate.set()
            await wait_until(pilot, lambda: "llama" in screen_text(app) and "fetching" not in screen_text(app))
            assert app.screen.query_one(ModelTable).line.name == "tiny"
    assert models.overview(None, app.context.config)[0].info.stored == "own"


async def test_an_addition_is_broken_off_and_kept(tmp_path: Path) -> None:
    content = write_gguf(tmp_path / "tiny.gguf").read_bytes() + bytes(2_000_000)
    with Gated(content) as server:
        async with lab_app(tmp_path / "lab") as (app, pilot):
            app.open("models", add=server.url)
            await wait_until(pilot, lambda: isinstance(app.screen, AddWindow))
            await pilot.press("enter")
            await wait_until(pilot, lambda: "fetching" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
            await pilot.press("y")
            server.gate.set()
            await wait_until(pilot, lambda: "broke off" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
            await pilot.press("y")
            await wait_until(pilot, lambda: "No model yet." in screen_text(app))


async def test_a_source_that_is_none_is_said_beside_the_field(tmp_path: Path) -> None:
    async with lab_app(tmp_path / "lab") as (app, pilot):
        app.open("models", add="/nowhere/x.gguf")
        await wait_until(pilot, lambda: isinstance(app.screen, AddWindow))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "There is no such file." in screen_text(app))
        assert isinstance(app.screen, AddWindow)


async def test_a_file_that_is_no_model_ends_in_a_window(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_text("not a model")
    async with lab_app(tmp_path / "lab") as (app, pilot):
        app.open("models", add=str(path))
        await wait_until(pilot, lambda: isinstance(app.screen, AddWindow))
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, ErrorWindow))
        assert "not GGUF" in screen_text(app)


async def test_removing_asks_and_says_who_needs_it(tmp_path: Path) -> None:
    lab = workspace.create(tmp_path / "lab")
    store("base")
    store("tuned", lab.models / "tuned", kind="adapter", base="base")
    async with lab_app(lab) as (app, pilot):
        app.open("models", model="base")
        await wait_until(pilot, lambda: " base " in screen_text(app))
        await pilot.press("d")
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
        assert "base of the adapter tuned" in screen_text(app)
        await pilot.press("n")
        await wait_until(pilot, lambda: not isinstance(app.screen, ConfirmWindow))
        assert (paths.models_dir() / "base").exists()
        await pilot.press("d")
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
        await pilot.press("y")
        await wait_until(pilot, lambda: not (paths.models_dir() / "base").exists())


async def test_foreign_names_and_facts_are_only_text(tmp_path: Path) -> None:
    lab = workspace.create(tmp_path / "lab")
    store("odd", architecture=HOSTILE, licence=HOSTILE, source=HOSTILE, quantization=HOSTILE)
    async with lab_app(lab, size=(120, 40)) as (app, pilot):
        app.open("models")
        await wait_until(pilot, lambda: "odd" in screen_text(app))
        shown = screen_text(app)
        assert "\x1b" not in shown
        assert "[red]x" in shown


@pytest.mark.model
async def test_a_model_is_served_and_stopped_from_here(tmp_path: Path, demo_store: ModelInfo) -> None:
    lab = workspace.create(tmp_path / "lab")
    try:
        async with lab_app(lab, size=(120, 40)) as (app, pilot):
            app.open("models")
            await wait_until(pilot, lambda: demo_store.name in screen_text(app))
            await pilot.press("s")
            await wait_until(pilot, lambda: "http://127.0.0.1:" in screen_text(app), patience=120)
            assert "until stopped" in screen_text(app)
            await pilot.press("x")
            await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
            await pilot.press("y")
            await wait_until(pilot, lambda: "http://127.0.0.1:" not in screen_text(app))
    finally:
        for folder in serving.living(lab):
            jobs.stop(folder, wait=20)
