"""Tokens: found where people keep them, sent only where they are meant for, never shown."""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import msgspec
import pytest

from labtui import git
from labtui.contribute.forges.address import forge_address
from labtui.contribute.forges.base import ForgeAddress, ForgeError
from labtui.contribute.forges.making import connect
from labtui.contribute.forges.tokens import Token, git_credentials, missing, token
from labtui.settings import Contribute

SECRET = "-".join(("gh", "0123456789"))


def at(url: str, **forges: object) -> ForgeAddress:
    address = forge_address(url, msgspec.convert({"forges": forges}, Contribute))
    assert address is not None
    return address


GITHUB = at("git@github.com:lab/taxonomy")
GITLAB = at("git@gitlab.com:lab/taxonomy")
CODEBERG = at("git@codeberg.org:lab/taxonomy")
COMPANY = at("git@git.acme.test:lab/taxonomy", **{"git.acme.test": "github"})
GUESSED = msgspec.structs.replace(COMPANY, kind="gitlab", named=False)


def held(address: ForgeAddress, **variables: str) -> str:
    found = token(address, variables, ask_gh=lambda host: "", ask_git=lambda address: None)
    return f"{found.source}={found.reveal()}" if found is not None else ""


@pytest.mark.parametrize(
    ("address", "variables", "expected"),
    [
        (GITHUB, {"GITHUB_TOKEN": "a"}, "GITHUB_TOKEN=a"),
        (GITHUB, {"GH_TOKEN": "b", "GITHUB_TOKEN": "a"}, "GH_TOKEN=b"),
        (GITHUB, {"GH_TOKEN": " ", "GITHUB_TOKEN": " a\n"}, "GITHUB_TOKEN=a"),
        (GITHUB, {"GITLAB_TOKEN": "x", "GH_ENTERPRISE_TOKEN": "y"}, ""),
        (COMPANY, {"GITHUB_TOKEN": "a"}, ""),
        (COMPANY, {"GH_ENTERPRISE_TOKEN": "e"}, "GH_ENTERPRISE_TOKEN=e"),
        (GITLAB, {"GITLAB_TOKEN": "l", "GITHUB_TOKEN": "a"}, "GITLAB_TOKEN=l"),
        (CODEBERG, {"CODEBERG_TOKEN": "c", "FORGEJO_TOKEN": "f"}, "CODEBERG_TOKEN=c"),
        (CODEBERG, {"GITEA_TOKEN": "g"}, "GITEA_TOKEN=g"),
        (GUESSED, {"GITLAB_TOKEN": "l"}, ""),
        (GUESSED, {"GITLAB_TOKEN": "l", "GITLAB_HOST": "https://git.acme.test/"}, "GITLAB_TOKEN=l"),
        (GUESSED, {"GITLAB_TOKEN": "l", "GITLAB_HOST": "git.other.test"}, ""),
    ],
)
def test_a_variable_counts_for_the_hosts_it_is_meant_for(
    address: ForgeAddress, variables: dict[str, str], expected: str
) -> None:
    assert held(address, **variables) == expected


def test_a_variable_named_in_the_settings_is_the_only_one_looked_at() -> None:
    address = at("git@github.com:lab/taxonomy", **{"github.com": {"kind": "github", "token_env": "MY_TOKEN"}})
    assert held(address, GITHUB_TOKEN="a") == ""
    assert held(address, GITHUB_TOKEN="a", MY_TOKEN="m") == "MY_TOKEN=m"


@pytest.mark.parametrize("wrong", ["two words", "line\nbreak", "umlaut-ä", "\x1b[0m", "x" * 5000])
def test_what_cannot_be_a_token_is_said_without_showing_it(wrong: str) -> None:
    with pytest.raises(ForgeError) as refused:
        held(GITHUB, GITHUB_TOKEN=wrong)
    assert (refused.value.refusal, refused.value.where) == ("token", "GITHUB_TOKEN")
    assert wrong not in str(refused.value)


def test_a_token_cannot_be_written_or_shown_by_accident() -> None:
    one = Token(SECRET, "GITHUB_TOKEN")
    assert repr(one) == str(one) == f"{one}" == "Token(GITHUB_TOKEN)"
    with pytest.raises(TypeError):
        pickle.dumps(one)
    with pytest.raises(TypeError):
        msgspec.json.encode(one)
    assert not hasattr(one, "__dict__")


def a_program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_gh_is_asked_for_this_host_and_not_told_our_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    script = f'echo "$*|${{GH_TOKEN-unset}}|$GH_PROMPT_DISABLED" >> {log}\necho {SECRET}\n'
    a_program(tmp_path / "bin", "gh", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("GH_TOKEN", "wrong")
    found = token(COMPANY, {}, ask_git=lambda address: None)
    assert found is not None
    assert (found.reveal(), found.source) == (SECRET, "gh auth token")
    assert log.read_text() == "auth token --hostname git.acme.test|unset|1\n"


@pytest.mark.parametrize("script", ["exit 1\n", "exec sleep 60\n", "echo\n"])
def test_a_gh_that_knows_nothing_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr("labtui.contribute.forges.tokens.GH_SECONDS", 0.2)
    a_program(tmp_path / "bin", "gh", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert token(GITHUB, {}, ask_git=lambda address: None) is None


def test_gits_credential_helper_is_asked_last(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script = f"cat >> {asked}\nprintf 'username=ann\\npassword={SECRET}\\n'\n"
    helper = a_program(tmp_path / "bin", "helper", script)
    git.run(None, "config", "--global", "credential.helper", str(helper))
    found = token(CODEBERG, {}, ask_gh=lambda host: "")
    assert found is not None
    assert (found.reveal(), found.source, found.user) == (SECRET, "git credential", "ann")
    assert "host=codeberg.org" in asked.read_text()
    assert git_credentials(CODEBERG, found) == ("ann", SECRET)
    assert token(CODEBERG, {"FORGEJO_TOKEN": "f"}).source == "FORGEJO_TOKEN"  # type: ignore[union-attr]


def test_nobody_is_asked_for_a_password(tmp_path: Path) -> None:
    assert token(GITLAB, {}) is None
    helper = a_program(tmp_path / "bin", "helper", "exit 1\n")
    git.run(None, "config", "--global", "credential.helper", str(helper))
    assert token(GITLAB, {}) is None


@pytest.mark.parametrize("address", [GITHUB, GITLAB, CODEBERG, COMPANY, GUESSED])
def test_without_a_token_one_is_told_how_to_give_one(address: ForgeAddress) -> None:
    error = missing(address, {})
    assert error.refusal == "token"
    assert address.web in error.hint
    assert ("export" in error.hint) == address.named
    assert ("contribute.forges" in error.hint) == (not address.named)


def test_connecting_needs_a_token() -> None:
    with pytest.raises(ForgeError) as refused:
        connect(GITLAB, {})
    assert refused.value.refusal == "token"
    with connect(GITLAB, {"GITLAB_TOKEN": "l"}) as forge:
        assert forge.address == GITLAB


def test_the_users_of_a_push_over_https() -> None:
    names = [git_credentials(address, Token(SECRET, "X"))[0] for address in (GITHUB, GITLAB, CODEBERG)]
    assert names == ["x-access-token", "oauth2", "oauth2"]
