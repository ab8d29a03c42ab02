"""Settings: precedence, provenance, and errors that name file, line and the nearest valid key."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from labtui import config, paths, workspace
from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.settings import Settings
from labtui.workspace import Workspace


def user_file(text: str) -> Path:
    path = paths.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def source(loaded: Config, key: str) -> str:
    return next(row.source for row in loaded.rows() if row.key == key)


def test_defaults_need_no_file() -> None:
    loaded = config.load(environment={})
    assert loaded.settings == Settings()
    assert {row.source for row in loaded.rows()} == {"default"}


def test_each_source_overrides_the_one_below_it(lab: Workspace) -> None:
    user = user_file("chat:\n  temperature: 0.1\n  top_p: 0.1\n  min_p: 0.1\n  max_tokens: 11\n")
    lab.settings_file.write_text("version: 1\nchat:\n  top_p: 0.2\n  min_p: 0.2\n  max_tokens: 12\n")
    environment = {"LABTUI_CHAT__MIN_P": "0.3", "LABTUI_CHAT__MAX_TOKENS": "13"}
    loaded = config.load(lab, ["chat.max_tokens=14"], environment)
    chat = loaded.settings.chat
    assert (chat.temperature, chat.top_p, chat.min_p, chat.max_tokens) == (0.1, 0.2, 0.3, 14)
    assert source(loaded, "chat.temperature") == f"{user}:2"
    assert source(loaded, "chat.top_p") == f"{lab.settings_file}:3"
    assert source(loaded, "chat.min_p") == "LABTUI_CHAT__MIN_P"
    assert source(loaded, "chat.max_tokens") == "--set"
    assert source(loaded, "chat.system") == "default"


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [
        ("chat:\n  temprature: 1\n", 2, "chat.temperature"),
        ("chat:\n  # a comment\n\n  model: x\n  top-p: 1\n", 5, "chat.top_p"),
        ("jobz:\n  keep_days: 1\n", 1, "jobs"),
    ],
)
def test_an_unknown_key_names_file_line_and_nearest(text: str, line: int, near: str) -> None:
    path = user_file(text)
    with pytest.raises(UsageError) as caught:
        config.load(environment={})
    assert caught.value.where == f"{path}:{line}"
    assert near in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("chat:\n  temperature: hot\n", 2),
        ("chat:\n  temperature: 9\n", 2),
        ("chat:\n  max_tokens: 0\n", 2),
        ("serve:\n  engine: vllm9\n", 2),
        ("chat: 3\n", 1),
        ("keys:\n  - a\n", 1),
        ("- a\n", 1),
    ],
)
def test_a_wrong_value_names_file_and_line(text: str, line: int) -> None:
    path = user_file(text)
    with pytest.raises(LabError) as caught:
        config.load(environment={})
    assert caught.value.where.startswith(f"{path}:{line}")
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"chat: [",
        b"chat:\n\ttemperature: 1\n",
        b"\xff\xfe\x00",
        b"a: &a [*a]\n",
        b"chat: !!python/object/apply:os.system [id]",
        b"chat:\n  model: !x y\n",
    ],
)
def test_a_broken_or_foreign_file_is_a_sentence(data: bytes) -> None:
    path = user_file("")
    path.write_bytes(data)
    with pytest.raises(LabError) as caught:
        config.load(environment={})
    assert str(path) in caught.value.where


@pytest.mark.parametrize("text", ["", "# nothing\n", "chat:\n", "version: 1\n"])
def test_an_empty_file_changes_nothing(text: str) -> None:
    user_file(text)
    assert config.load(environment={}).settings == Settings()


def test_settings_that_reach_out_need_trust(lab: Workspace) -> None:
    lab.settings_file.write_text(
        "version: 1\nserve:\n  threads: 3\n  remotes:\n    box: {url: 'http://10.0.0.1/v1', api_key_env: TOKEN}\n"
    )
    loaded = config.load(lab, environment={})
    assert loaded.settings.serve.threads == 3
    assert loaded.settings.serve.remotes == {}
    assert [ignored.key for ignored in loaded.ignored] == ["serve.remotes"]

    workspace.remember(trusted=[str(lab.root)])
    loaded = config.load(lab, environment={})
    assert loaded.settings.serve.remotes["box"].api_key_env == "TOKEN"
    assert loaded.ignored == ()


def test_keys_merge_over_the_sources(lab: Workspace) -> None:
    user_file("keys:\n  home.open: o\n  jobs.stop: x\n")
    loaded = config.load(lab, ["keys={jobs.stop: k}"], {})
    assert loaded.settings.keys == {"home.open": "o", "jobs.stop": "k"}


@pytest.mark.parametrize("text", ["chat.model", "=3", "chat=3"])
def test_a_malformed_override_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.load(overrides=[text], environment={})
    assert caught.value.where == "--set"


def test_an_unknown_variable_is_refused_and_foreign_ones_are_not_read() -> None:
    with pytest.raises(UsageError) as caught:
        config.load(environment={"LABTUI_CHAT__TEMP": "1"})
    assert caught.value.where == "LABTUI_CHAT__TEMP"
    with pytest.raises(UsageError) as caught:
        config.load(environment={"LABTUI_CHAT_MAX_TOKENS": "9"})
    assert (caught.value.where, "LABTUI_CHAT__MAX_TOKENS" in caught.value.hint) == ("LABTUI_CHAT_MAX_TOKENS", True)
    assert config.load(environment={"LABTUI_WORKSPACE": "/x", "CHAT__TEMP": "1"}).settings == Settings()


def test_every_default_survives_a_round_trip_through_its_own_text() -> None:
    for row in config.load(environment={}).rows():
        value = row.value if isinstance(row.value, str) else msgspec.json.encode(row.value).decode()
        text = f"{row.key}={value}"
        loaded = config.load(overrides=[text], environment={})
        assert loaded.settings == Settings(), row.key


def test_every_setting_says_what_it_means() -> None:
    assert [row.key for row in config.load(environment={}).rows() if not row.meaning] == []


def test_the_base_of_a_workspace_as_init_writes_it(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "lab", "upstream/main")
    loaded = config.load(made, environment={})
    assert loaded.settings.taxonomy.base == "upstream/main"
    assert source(loaded, "taxonomy.base") == f"{made.settings_file}:5"
    made.settings_file.write_text(made.settings_file.read_text() + "chat:\n  top_p: 0.5\n")
    again = config.load(made, environment={})
    assert (again.settings.taxonomy.base, again.settings.chat.top_p) == ("upstream/main", 0.5)


@pytest.mark.parametrize("name", ["-x", "--output=/tmp/x", '"a\\nb"', "[main]"])
def test_a_base_that_could_be_an_option_is_refused(lab: Workspace, name: str) -> None:
    lab.settings_file.write_text(f"version: 1\ntaxonomy:\n  base: {name}\n")
    with pytest.raises(UsageError) as caught:
        config.load(lab, environment={})
    assert caught.value.where == f"{lab.settings_file}:3"
    assert "taxonomy.base" in caught.value.what


def test_a_long_file_of_remarks_takes_no_long_time(lab: Workspace) -> None:
    lab.settings_file.write_text("# remark\n" * 60_000 + "chat:\n  top_p: 0.5\n")
    assert config.load(lab, environment={}).settings.chat.top_p == 0.5
