"""What bad input gets, as a user meets it: a sentence, the right exit code, and nothing lost.

What each part says about its own bad input is tested with that part; here stands what only a whole process shows.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from labtui import jobs, paths, workspace
from labtui.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE
from labtui.records import State
from labtui.workspace import Workspace
from tests.jobs.test_disks import _namespaces_work
from tests.scripted_server import Answer, ScriptedServer
from tests.serve.tiny import write_gguf
from tests.terminal import Terminal, labtui, labtui_command

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LEAF = "compositional_skills/writing/three_line_answers"
HIDING = """
import importlib.machinery, os
found = importlib.machinery.PathFinder.find_spec

def find(name, path=None, target=None):
    hidden = name.partition(".")[0] in os.environ["HIDDEN"].split(",")
    return None if hidden else found(name, path, target)

importlib.machinery.PathFinder.find_spec = find
"""
"""A sitecustomize: the packages named in HIDDEN are as if they were not installed."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo workspace, made once and copied for each test."""
    root = tmp_path_factory.mktemp("demo") / "lab"
    done = labtui("init", str(root), "--demo", env={**os.environ, "HOME": str(root.parent)})
    assert done.returncode == EXIT_OK, done.stderr
    return root


@pytest.fixture
def lab(demo: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(demo, tmp_path / "lab", symlinks=True)
    return Workspace(tmp_path / "lab")


def refused(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    """A sentence on standard error, and nothing else."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    for words in says:
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "Something went wrong" not in done.stderr


def user_settings(text: str) -> Path:
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


BROKEN = {
    "an unknown key": ("chat: {temprature: 1}\n", EXIT_USAGE, ":1: There is no setting 'chat.temprature'"),
    "a wrong type": ("chat:\n  top_p: much\n", EXIT_USAGE, ":2: 'much' does not fit chat.top_p"),
    "no YAML": ("chat: [1,2\n", EXIT_FAILED, "not valid YAML"),
    "another format": ('[package]\nname = "x"\n', EXIT_FAILED, "not valid YAML"),
    "a list": ("- a\n- b\n", EXIT_FAILED, "must be a mapping"),
    "a key that is a list": ("chat:\n  ? [1, 2]\n  : 3\n", EXIT_FAILED, ":2: A key of 'chat' is not a word"),
    "a section that is a list": ("? [1, 2]\n: 3\n", EXIT_FAILED, ":1: A section's name is not a word"),
    "a tag": ('chat: {top_p: !!python/object/apply:os.system ["id"]}\n', EXIT_FAILED, "not plain YAML"),
    "aliases": ("keys: &a {b: c}\nchat: *a\n", EXIT_FAILED, ":2: Settings are written out"),
    "nesting without end": ("chat: " + "[" * 100_000 + "]" * 100_000 + "\n", EXIT_FAILED, "more than 20 levels"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_settings_are_named_with_their_place(name: str) -> None:
    text, code, says = BROKEN[name]
    file = user_settings(text)
    refused(labtui("config", "show", "chat.top_p"), code, str(file), says)
    assert file.read_text() == text


def test_settings_that_are_no_text_or_no_file() -> None:
    file = user_settings("")
    file.write_bytes(b"\xff\xfe\x00c")
    refused(labtui("config", "show"), EXIT_FAILED, str(file), "not UTF-8")
    file.unlink()
    file.mkdir()
    refused(labtui("config", "show"), EXIT_FAILED, str(file), "directory")


def test_the_application_says_it_on_the_terminal_before_it_draws(tmp_path: Path) -> None:
    lab = workspace.create(tmp_path / "lab")
    for spoiled, code, says in (
        ("chat: {temprature: 1}\n", EXIT_USAGE, "There is no setting"),
        ("chat: [1,2\n", EXIT_FAILED, "not valid YAML"),
        ("chat: {top_p: 0.5}\nversion: 99\n", EXIT_FAILED, "newer labtui"),
    ):
        lab.settings_file.write_text(spoiled)
        with Terminal(labtui_command(), folder=lab.root) as terminal:
            assert terminal.wait_for_exit() == code
            assert says in " ".join(terminal.text.split())
            assert "Traceback" not in terminal.text
            assert b"\x1b[?1049h" not in terminal.raw
        assert lab.settings_file.read_text() == spoiled


@pytest.mark.parametrize("arguments", [(), ("--set", "chat.top_p=0.5")])
@pytest.mark.parametrize("redirect", ["2>{file}", "2>&-", ">{file}", "<{file}"])
def test_a_stream_that_is_no_terminal_is_said(tmp_path: Path, redirect: str, arguments: tuple[str, ...]) -> None:
    """Textual draws on standard error: sent elsewhere, it would run unseen and take the keys."""
    workspace.create(tmp_path / "lab")
    (tmp_path / "file").write_text("")
    command = " ".join((*labtui_command(*arguments), redirect.format(file=tmp_path / "file")))
    with Terminal(["sh", "-c", command], folder=tmp_path / "lab") as terminal:
        assert terminal.wait_for_exit() == EXIT_USAGE
        assert "labtui: The application" in terminal.text
        assert "Traceback" not in terminal.text


def test_outputs_in_ascii_lose_nothing_and_break_nothing(lab: Workspace) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    with ScriptedServer(Answer("日本語 ✓")) as server:
        user_settings(f"serve:\n  remotes:\n    there: {{url: {server.url}, model: scripted}}\n")
        done = labtui("--workspace", str(lab.root), "chat", "hi", "--model", "there", env=environment)
        assert done.returncode == EXIT_OK, done.stderr
        assert "\\u65e5\\u672c\\u8a9e" in done.stdout
        refused(
            labtui("--workspace", str(lab.root), "generate", LEAF, "--teacher", "there", env=environment), EXIT_FAILED
        )
        done = labtui("--workspace", str(lab.root), "jobs", "list", env=environment)
    assert done.returncode == EXIT_OK, done.stderr
    assert done.stdout.isascii()
    assert "failed" in done.stdout


def test_an_argument_that_is_no_text_is_refused(lab: Workspace) -> None:
    command = [os.fsencode(part) for part in labtui_command("--workspace", str(lab.root), "chat")]
    done = subprocess.run([*command, b"caf\xe9"], capture_output=True, text=True, timeout=60)
    refused(done, EXIT_USAGE, "caf", "UTF-8")


@pytest.mark.parametrize("home", [None, "", "relative", "/proc/nowhere"])
def test_a_home_that_is_none(lab: Workspace, home: str | None, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    if home is not None:
        environment["HOME"] = home
    for arguments in (("taxonomy", "list"), ("jobs", "list"), ("model", "list", "--json")):
        done = labtui("--workspace", str(lab.root), *arguments, env=environment, cwd=tmp_path)
        assert done.returncode == EXIT_OK, done.stderr
    assert Path(labtui("config", "path", env=environment, cwd=tmp_path).stdout.strip()).is_absolute()
    assert not (tmp_path / "relative").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place nobody may write to; macOS has no /proc")
def test_a_home_nobody_may_write_to_is_named(lab: Workspace) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": "/proc/nowhere", "EDITOR": "true"}
    for arguments in (("config", "edit"), ("config", "trust")):
        refused(labtui("--workspace", str(lab.root), *arguments, env=environment), EXIT_FAILED, "/proc/nowhere")


@pytest.mark.parametrize(
    ("hidden", "arguments", "extra"),
    [
        ("xllamacpp,llama_cpp", ("chat", "hi", "--model", "{gguf}"), "local"),
        ("llama_cpp", ("chat", "hi", "--model", "{gguf}", "--set", "serve.engine=llama_cpp"), "llama"),
        ("torch", ("train", "--data", "{data}", "--model", "{gguf}", "--steps", "1", "--out", "x"), "train"),
        ("huggingface_hub", ("model", "add", "hf:org/name"), "local"),
    ],
)
def test_what_is_not_installed_is_named_with_the_command_that_installs_it(
    lab: Workspace, tmp_path: Path, hidden: str, arguments: tuple[str, ...], extra: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(HIDING)
    (tmp_path / "data.jsonl").write_text(
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
    )
    gguf = write_gguf(tmp_path / "tiny.gguf")
    filled = [part.format(gguf=gguf, data=tmp_path / "data.jsonl") for part in arguments]
    done = labtui(
        "--workspace",
        str(lab.root),
        *filled,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "HIDDEN": hidden},
    )
    refused(done, EXIT_FAILED, "not installed", f"pip install 'labtui[{extra}]'")
    assert jobs.list_jobs(lab) == []


def test_without_git_everything_else_works(lab: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "env").symlink_to("/usr/bin/env")
    environment = {**os.environ, "PATH": str(tmp_path / "bin")}
    for arguments in (("--demo",), ("--taxonomy", "https://localhost:9/x.git")):
        refused(labtui("init", str(tmp_path / "new"), *arguments, env=environment), EXIT_FAILED, "git is not installed")
        assert not (tmp_path / "new").exists()
    listed = labtui("--workspace", str(lab.root), "taxonomy", "list", env=environment)
    assert (listed.returncode, LEAF in listed.stdout) == (EXIT_OK, True)
    with Terminal(labtui_command(), folder=lab.root, environment=environment) as terminal:
        terminal.wait_for("leaves")
        terminal.press("8")
        terminal.wait_for("taxonomy")
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == EXIT_OK


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(""), "no sample that can be used"),
        (Answer("Keep them dry."), "no sample that can be used"),
        (Answer(body=b"<html>hi</html>"), "not what an OpenAI-compatible server says"),
        (Answer(body=b"data: null\n\ndata: [DONE]\n\n"), "not what an OpenAI-compatible server says"),
        (Answer(status=404, body=b'{"error": {"message": "no \\u001b[2J model"}}'), "no ␛ model"),
    ],
)
def test_a_teacher_that_answers_rubbish(lab: Workspace, answer: Answer, says: str) -> None:
    with ScriptedServer(answer) as server:
        user_settings(f"serve:\n  remotes:\n    there: {{url: {server.url}, model: scripted}}\n")
        done = labtui("--workspace", str(lab.root), "generate", LEAF, "--teacher", "there", "--samples", "2")
    refused(done, EXIT_FAILED, says, "labtui jobs log")
    assert jobs.list_jobs(lab)[0].state is State.FAILED
    assert list(lab.data.iterdir()) == []


def test_a_server_that_is_not_there(lab: Workspace) -> None:
    user_settings(
        "serve:\n  remotes:\n    gone: {url: http://127.0.0.1:9/v1, model: x}\n"
        "    unknown: {url: http://nowhere.invalid/v1, model: x}\n    odd: {url: nonsense, model: x}\n"
    )
    for model, code, says in (
        ("gone", EXIT_FAILED, "nothing listens there"),
        ("unknown", EXIT_FAILED, "nowhere.invalid"),
        ("odd", EXIT_USAGE, "serve.remotes.odd.url"),
    ):
        refused(labtui("--workspace", str(lab.root), "chat", "hi", "--model", model), code, says)


def test_ctrl_c_leaves_with_130_wherever_it_falls(lab: Workspace) -> None:
    """At once (imports), and in the middle of an answer."""
    with ScriptedServer(Answer("one ", "two", wait_after=1)) as server:
        user_settings(f"serve:\n  remotes:\n    there: {{url: {server.url}, model: scripted}}\n")
        command = labtui_command("--workspace", str(lab.root), "chat", "hi", "--model", "there")
        for reached in (lambda: True, server.waiting.is_set):
            code, said = interrupted(command, reached)
            assert code in (EXIT_INTERRUPTED, -signal.SIGINT)
            # Python itself, before any of our code runs, dies of the signal.
            assert "labtui" not in said or code == EXIT_INTERRUPTED
        assert code == EXIT_INTERRUPTED
        assert "Traceback" not in said


def interrupted(command: list[str], reached: Callable[[], bool]) -> tuple[int, str]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not reached():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        return process.returncode, said


@pytest.mark.skipif(not _namespaces_work(), reason="needs Linux with user and mount namespaces")
def test_a_workspace_on_a_read_only_disk_can_be_read_and_refuses_to_be_written(lab: Workspace) -> None:
    script = f'mount --bind "{lab.root}" "{lab.root}" && mount -o remount,ro,bind "{lab.root}" && exec "$@"'

    def there(*arguments: str) -> subprocess.CompletedProcess[str]:
        inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
        return subprocess.run(
            [*inside, *labtui_command("--workspace", str(lab.root), *arguments)],
            capture_output=True,
            text=True,
            timeout=120,
        )

    with ScriptedServer() as server:
        user_settings(f"serve:\n  remotes:\n    there: {{url: {server.url}, model: scripted}}\n")
        for arguments in (("taxonomy", "list"), ("jobs", "list"), ("chat", "hi", "--model", "there")):
            assert there(*arguments).returncode == EXIT_OK
        refused(there("generate", LEAF, "--teacher", "there"), EXIT_FAILED, str(lab.jobs), "Read-only file system")
        assert list(lab.jobs.iterdir()) == []


def test_a_workspace_deleted_under_the_application(lab: Workspace) -> None:
    with Terminal(
        labtui_command(), folder=lab.root.parent, environment={"LABTUI_WORKSPACE": str(lab.root)}
    ) as terminal:
        terminal.wait_for("leaves")
        shutil.rmtree(lab.root)
        for key in "12345678910jj":
            terminal.press(key)
            terminal.press("esc", "esc", "esc")
        terminal.press("ctrl+q")
        terminal.wait_for(lambda _: not terminal.alive or "Leave" in terminal.text)
        if terminal.alive:
            terminal.press("enter")
        assert terminal.wait_for_exit() == EXIT_OK
        assert "Traceback" not in terminal.text


def test_a_model_file_cut_after_it_was_added(lab: Workspace, tmp_path: Path) -> None:
    done = labtui("model", "add", str(write_gguf(tmp_path / "m.gguf")), "--copy", "--name", "m")
    assert done.returncode == EXIT_OK, done.stderr
    (file,) = (paths.models_dir() / "m").glob("*.gguf")
    os.truncate(file, file.stat().st_size // 2)
    refused(labtui("--workspace", str(lab.root), "chat", "hi", "--model", "m"), EXIT_FAILED, str(file), "not whole")
    assert jobs.list_jobs(lab) == []


def test_a_port_in_use(lab: Workspace, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        gguf = str(write_gguf(tmp_path / "m.gguf"))
        done = labtui("--workspace", str(lab.root), "model", "serve", gguf, "--port", port)
    refused(done, EXIT_FAILED, f"The port {port} cannot be used", "--port")
    assert jobs.list_jobs(lab)[0].state is State.FAILED
