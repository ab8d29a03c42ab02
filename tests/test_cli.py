"""The command line's frame: exit codes, where words go, and what an error of ours does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from labtui import __version__, cli, paths, workspace
from tests.terminal import labtui


def test_version_and_help_answer_on_standard_output() -> None:
    assert labtui("--version").stdout == f"labtui {__version__}\n"
    for flag in ("--help", "-h"):
        done = labtui(flag)
        assert (done.returncode, done.stderr) == (0, "")
        for name in cli.COMMANDS:
            assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = labtui(name, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: labtui " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chatt"], "Did you mean 'chat'?"),
        (["--nonsense"], "No such option"),
        (["config", "show", "chat.nope"], "There is no setting 'chat.nope'"),
        (["config", "show", "--set", "chat.temprature=1"], "Did you mean 'chat.temperature'?"),
        (["--workspace", "/nowhere", "config", "show"], "is not a workspace"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_so_on_standard_error(arguments: list[str], says: str) -> None:
    done = labtui(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_settings_are_accepted_before_and_after_the_command() -> None:
    for arguments in (
        ["--set", "chat.top_p=0.5", "config", "show", "chat.top_p", "--json"],
        ["config", "show", "chat.top_p", "--json", "--set", "chat.top_p=0.5"],
    ):
        (row,) = json.loads(labtui(*arguments).stdout)
        assert (row["value"], row["source"]) == (0.5, "--set")


def test_config_edit_opens_a_commented_file_and_checks_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text(p.read_text() + 'chat: {topp: 1}')\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
    done = labtui("config", "edit")
    text = paths.config_file().read_text()
    assert "# temperature: 0.7" in text
    assert done.returncode == 2
    assert "Did you mean 'chat.top_p'?" in done.stderr

    paths.config_file().unlink()
    monkeypatch.setenv("EDITOR", "true")
    assert labtui("config", "edit").returncode == 0
    monkeypatch.setenv("EDITOR", "no-such-editor")
    done = labtui("config", "edit")
    assert done.returncode == 3
    assert "EDITOR" in done.stderr


def test_trust_is_remembered(tmp_path: Path) -> None:
    root = workspace.create(tmp_path / "lab").root
    assert labtui("--workspace", str(root), "config", "trust").returncode == 0
    assert workspace.remembered().trusted == [str(root)]


def test_system_info_answers_without_a_workspace() -> None:
    facts = {
        (fact["group"], fact["name"]): fact["value"] for fact in json.loads(labtui("system", "info", "--json").stdout)
    }
    assert facts["labtui", "version"] == __version__
    assert facts["paths", "workspace"] == "none"


def test_an_error_of_ours_is_named_logged_and_exits_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError("\x1b]52;c;aGk=\x07boom")

    monkeypatch.setattr("labtui.config.load", explode)
    assert cli.run(["config", "show"]) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "boom" in said
    assert str(paths.log_file()) in said
    assert "\x1b" not in said
    assert "Traceback" not in said
    assert "Traceback" in paths.log_file().read_text()


def test_a_reader_that_goes_away_is_not_an_error() -> None:
    script = f"'{sys.executable}' -m labtui config show | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""


def test_without_a_terminal_the_application_says_what_to_do() -> None:
    done = labtui(stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "terminal" in done.stderr
    assert "Traceback" not in done.stderr
