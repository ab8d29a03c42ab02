"""What each start imports: quick commands no Textual, the first paint nothing heavy. Counted, never timed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.drafts import store

HEAVY = ("torch", "transformers", "llama_cpp", "xllamacpp", "git", "httpx", "gguf", "numpy", "peft")
PLOTTING = ("plotext", "matplotlib", "plotly", "textual_plotext")
SLOW_TO_IMPORT = ("yaml", "textual.widgets._markdown", "textual.widgets._text_area", "pygments", "instructlab.schema")

ASK = """
import json, sys
from labtui.__main__ import main
sys.argv = ["labtui", *json.loads(sys.argv[1])]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=open("modules.json", "w"))
"""

PAINT = """
import asyncio, json, sys
from labtui import config, workspace
from labtui.app import Context, LabApp

opened = workspace.find()
app = LabApp(Context(config=config.load(opened), workspace=opened))

async def main():
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        first = sorted(sys.modules)
        for _ in range(600):
            if app.overview.jobs is not None and app.overview.counts is not None and app.meters:
                break
            await asyncio.sleep(0.05)
        print(json.dumps({"first": first, "whole": sorted(sys.modules), "read": app.overview.counts is not None}))

asyncio.run(main())
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that were imported by the time a command line ended."""
    subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(arguments)], cwd=folder, check=False, capture_output=True, timeout=120
    )
    return set(json.loads((folder / "modules.json").read_text()))


def touched(modules: set[str], unwanted: tuple[str, ...]) -> list[str]:
    return [name for name in unwanted if any(one == name or one.startswith(f"{name}.") for one in modules)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("jobs", "--help"),
        ("jobs", "list"),
        ("jobs", "list", "--json"),
        ("model", "list"),
        ("model", "list", "--json"),
        ("taxonomy", "list"),
        ("contribute", "list"),
        ("contribute", "show"),
        ("config", "show"),
        ("config", "path"),
    ],
    ids=" ".join,
)
def test_quick_commands_import_no_textual_and_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    made = workspace.create(tmp_path)
    store.new(made, "knowledge")
    modules = imported(tmp_path, *arguments)
    assert "labtui" in modules
    assert touched(modules, ("textual", *HEAVY, *PLOTTING)) == []


def test_the_version_imports_next_to_nothing(tmp_path: Path) -> None:
    modules = imported(tmp_path, "--version")
    assert touched(modules, ("click", "msgspec", "asyncio", "yaml")) == []


def test_the_first_paint_imports_nothing_heavy(tmp_path: Path) -> None:
    workspace.create(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", PAINT], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120
    )
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["read"]
    assert touched(set(found["first"]), (*HEAVY, *PLOTTING, *SLOW_TO_IMPORT)) == []
    assert touched(set(found["whole"]), (*HEAVY, *PLOTTING, *SLOW_TO_IMPORT)) == []
