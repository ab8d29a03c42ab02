"""`labtui chat` as a process: the answer alone on standard output, whatever the server does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from labtui import paths, workspace
from tests.scripted_server import Answer, ScriptedServer
from tests.terminal import Terminal

LABTUI = [sys.executable, "-m", "labtui"]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return workspace.create(tmp_path / "lab").root


def remote(server: ScriptedServer) -> None:
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text(
        f"serve:\n  remotes:\n    box: {{url: '{server.url}', context: 4096}}\n", encoding="utf-8"
    )


def chat(
    lab: Path, server: ScriptedServer, *arguments: str, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    remote(server)
    command = [*LABTUI, "chat", "--model", "box", *arguments]
    return subprocess.run(command, cwd=lab, input=given or "", capture_output=True, text=True, timeout=60)


def test_the_answer_stands_alone_on_standard_output(lab: Path) -> None:
    with ScriptedServer(Answer("<think>hm</think>\n\n小さな", "鳥です。")) as server:
        done = chat(lab, server, "四十雀とは?")
    assert (done.returncode, done.stdout) == (0, "小さな鳥です。\n")
    assert server.requests[0]["messages"] == [{"role": "user", "content": "四十雀とは?"}]


def test_the_question_comes_from_standard_input_below_the_argument(lab: Path) -> None:
    with ScriptedServer(Answer("ok")) as server:
        assert chat(lab, server, given="from a pipe\n").stdout == "ok\n"
        assert chat(lab, server, "Summarise:", given="a text\n").stdout == "ok\n"
    asked = [request["messages"][0]["content"] for request in server.requests]
    assert asked == ["from a pipe", "Summarise:\n\na text"]


def test_options_reach_the_model_and_wrong_ones_are_refused(lab: Path) -> None:
    with ScriptedServer(Answer("ok")) as server:
        done = chat(lab, server, "q", "-s", "Be kind.", "-t", "0.25", "--seed", "5", "--max-tokens", "9")
        assert done.returncode == 0
        request = server.requests[0]
        assert (request["temperature"], request["seed"], request["max_tokens"]) == (0.25, 5, 9)
        assert request["messages"][0] == {"role": "system", "content": "Be kind."}
        wrong = chat(lab, server, "q", "-t", "9")
        assert wrong.returncode == 2 and wrong.stdout == "" and "chat.temperature" in wrong.stderr
        assert len(server.requests) == 1


def test_json_holds_answer_reasoning_and_what_made_it(lab: Path) -> None:
    with ScriptedServer(Answer("Blue.", reasoning=("let me see",))) as server:
        done = chat(lab, server, "colour?", "--json")
    found = msgspec.json.decode(done.stdout)
    assert (found["answer"], found["reasoning"], found["end"]) == ("Blue.", "let me see", "done")
    assert found["made"]["model"] == "box" and found["speed"]["completion_tokens"] == 2


def test_a_death_in_the_middle_prints_what_came_and_fails(lab: Path) -> None:
    with ScriptedServer(Answer("half ", "an ", "answer", die_after=2)) as server:
        done = chat(lab, server, "q")
    assert (done.returncode, done.stdout) == (3, "half an \n")
    assert "the connection broke" in done.stderr and "Traceback" not in done.stderr


def test_nobody_there_fails_with_a_sentence(lab: Path) -> None:
    with ScriptedServer() as server:
        pass
    done = chat(lab, server, "q")
    assert (done.returncode, done.stdout) == (3, "")
    assert "does not answer" in done.stderr and "Traceback" not in done.stderr


def test_no_question_and_no_terminal_is_wrong_usage(lab: Path) -> None:
    with ScriptedServer() as server:
        done = chat(lab, server)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no question" in done.stderr


def test_a_question_longer_than_the_window_is_refused_and_not_sent(lab: Path) -> None:
    with ScriptedServer(context=4096) as server:
        done = chat(lab, server, given="word " * 9000)
    assert done.returncode == 3 and "4,096" in done.stderr
    assert server.requests == []


def test_ctrl_c_keeps_what_came_and_exits_with_130(lab: Path) -> None:
    with ScriptedServer(Answer("one ", "two ", "three", wait_after=2)) as server:
        remote(server)
        with Terminal([*LABTUI, "chat", "--model", "box", "count"], folder=lab) as terminal:
            terminal.wait_for("one two")
            terminal.press("ctrl+c")
            assert terminal.wait_for_exit() == 130
            assert "Traceback" not in terminal.text


def test_a_terminal_gets_the_answer_as_it_comes_and_clean(lab: Path) -> None:
    with ScriptedServer(Answer("one \x1b]52;c;QQ", "==\x07two ", "three", wait_after=2)) as server:
        remote(server)
        with Terminal([*LABTUI, "chat", "--model", "box", "count"], folder=lab) as terminal:
            terminal.wait_for("two")
            assert "three" not in terminal.text
            server.go()
            terminal.wait_for("three")
        assert b"\x1b]52" not in bytes(terminal.raw)


def test_no_question_in_a_terminal_opens_the_application_on_the_chat(lab: Path) -> None:
    with ScriptedServer(Answer("hello")) as server:
        remote(server)
        with Terminal([*LABTUI, "chat", "--model", "box"], folder=lab) as terminal:
            terminal.wait_for("Ask anything")
            terminal.press("h", "i", "enter")
            terminal.wait_for("hello")
