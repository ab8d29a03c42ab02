from __future__ import annotations

from pathlib import Path

import msgspec

from labtui.chat import conversations as chats
from labtui.chat import export
from labtui.chat.conversations import Conversation, Made


def talk() -> Conversation:
    made = chats.new("demo", system="Be short.")
    question = chats.ask(made, made.panes[0], "四十雀とは?")
    answer = chats.begin_answer(made, made.panes[0], question, Made(model="demo", adapter="birds"))
    answer.text, answer.end, answer.reasoning = "小さな\x1b]52;c;AAAA\x07鳥。", "stopped", "HIDDEN"
    return made


def test_markdown_shows_the_branch_and_nothing_a_terminal_would_obey() -> None:
    text = export.markdown(talk())
    assert "# 四十雀とは?" in text and "> Be short." in text
    assert "**demo + birds** (stopped)" in text
    assert "\x1b" not in text and "\x07" not in text
    assert "HIDDEN" not in text


def test_json_is_the_messages_format_of_each_pane() -> None:
    panes = msgspec.json.decode(export.json_messages(talk()))
    assert [message["role"] for message in panes[0]["messages"]] == ["system", "user", "assistant"]
    assert panes[0]["made"]["adapter"] == "birds"
    assert "HIDDEN" not in str(panes)


def test_an_export_never_replaces_a_file(tmp_path: Path) -> None:
    made = talk()
    name = export.file_name(made, "markdown")
    assert name == "四十雀とは.md"
    (tmp_path / name).write_text("mine")
    written = export.write(made, "markdown", tmp_path / name)
    assert written != tmp_path / name
    assert (tmp_path / name).read_text() == "mine"
    assert export.write(made, "json", tmp_path / "new" / "x.json").is_file()


def test_a_heading_of_signs_only_still_makes_a_name() -> None:
    made = chats.new("demo")
    chats.ask(made, made.panes[0], "/../ ?!")
    assert export.file_name(made, "json") == f"{made.id}.json"
