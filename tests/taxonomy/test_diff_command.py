"""`labtui taxonomy diff` and `update`, as they are typed: in a pipe, on a terminal, as JSON, and when they cannot."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from labtui import git
from labtui.cli import run
from tests.taxonomy.leaves import SKILL
from tests.taxonomy.repos import BIRDS, KNOWLEDGE, WORDS, commit, make, person, put
from tests.terminal import Terminal


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Lab:
    def __init__(self, root: Path, theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.theirs, self._capsys = root, theirs, capsys

    @property
    def taxonomy(self) -> Path:
        return self.root / "taxonomy"

    def put(self, **files: str | None) -> None:
        put(self.taxonomy, {f"{name}/qna.yaml": text for name, text in files.items()})

    def __call__(self, *words: str) -> Said:
        self._capsys.readouterr()
        code = run(["taxonomy", *words])
        captured = self._capsys.readouterr()
        return Said(code, captured.out, captured.err)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lab:
    theirs = make(tmp_path / "theirs")
    assert run(["init", str(tmp_path / "lab"), "--taxonomy", theirs.as_uri()]) == 0
    monkeypatch.chdir(tmp_path / "lab")
    return Lab(tmp_path / "lab", theirs, capsys)


def test_nothing_differs(lab: Lab) -> None:
    said = lab("diff")
    assert (said.code, said.out) == (0, "")
    assert re.fullmatch(r"No leaf differs since origin/main \(\w{7}\)\.\n", said.err)


def test_everything_at_once_in_a_pipe(lab: Lab) -> None:
    edited = SKILL.replace("tre\n", "drei\n").replace("created_by: ann", "created_by: bob")
    commit(lab.taxonomy, {f"{WORDS}/qna.yaml": edited, f"{BIRDS}/qna.yaml": None})
    lab.put(**{"knowledge/fish": "version: 3\nseed_examples:\n- question: Wet?\n  answer: Yes.\n"})
    put(lab.taxonomy, {"knowledge/new/qna.yml": SKILL})
    said = lab("diff")
    assert said.code == 0
    assert said.out == (
        f"~ {WORDS}  (1 seed edited)\n"
        "    ~ created_by\n"
        "        - ann\n"
        "        + bob\n"
        "    ~ seed 3\n"
        "          question  Three?\n"
        "        ~ answer\n"
        "            - tre\n"
        "            + drei\n"
        f"- {BIRDS}  (2 seeds)\n"
        "    - seed 1  What is a chickadee?\n"
        "    - seed 2  How does a nuthatch walk down a tree?\n"
        "+ knowledge/fish  (untracked, 1 seed)\n"
        "    + seed 1  Wet?\n"
        "! knowledge/new/qna.yml  (not read: a leaf's file is called qna.yaml)\n"
    )
    assert re.fullmatch(r"3 leaves differ since origin/main \(\w{7}\): 1 changed, 1 untracked, 1 deleted\.\n", said.err)


def test_words_are_marked_and_long_texts_cut_to_what_matters(lab: Lab) -> None:
    long = " ".join(f"word{number}" for number in range(400))
    commit(lab.taxonomy, {f"{WORDS}/qna.yaml": SKILL.replace("uno", f"It begins. {long} It ends.")})
    git.run(lab.taxonomy, "push", "--quiet", "origin", "HEAD:refs/heads/other")
    put(
        lab.taxonomy,
        {f"{WORDS}/qna.yaml": SKILL.replace("uno", f"It begins. {long.replace('word200', 'WORD')} It ends.")},
    )
    out = lab("diff", "--base", "HEAD").out
    assert "[-word200-]{+WORD+}" in out
    assert "word199" in out and "word201" in out and "…" in out
    assert "word0" not in out and len(out) < 500


def test_only_the_leaves_asked_for(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.put(**{WORDS: SKILL + "\n", BIRDS: None, "knowledge/a/b": SKILL, "knowledge/ab": KNOWLEDGE})
    assert lab("diff", "--brief", "knowledge").out.splitlines() == [
        "+ knowledge/a/b  (untracked)",
        f"> knowledge/ab  (was {BIRDS})",
    ]
    assert lab("diff", "--brief", "knowledge/a/").out == "+ knowledge/a/b  (untracked)\n"
    assert lab("diff", "--brief", BIRDS).out == f"> knowledge/ab  (was {BIRDS})\n"
    assert lab("diff", "--brief", f"taxonomy/{WORDS}/qna.yaml").out == f"~ {WORDS}\n"
    monkeypatch.chdir(lab.taxonomy / "knowledge" / "a")
    assert lab("diff", "--brief", "b").out == "+ knowledge/a/b  (untracked)\n"
    refused = lab("diff", "knowledge/nothing")
    assert (refused.code, refused.out) == (2, "")
    assert "There is no leaf 'knowledge/nothing'" in refused.err


def test_the_base_that_was_asked_for(lab: Lab) -> None:
    commit(lab.taxonomy, {f"{WORDS}/qna.yaml": SKILL + "\n"})
    assert lab("diff", "--base", "HEAD").out == ""
    assert lab("diff", "--brief", "--base", "origin/main").out == f"~ {WORDS}\n"
    assert lab("diff", "--brief", "--set", "taxonomy.base=HEAD").out == ""
    everything = lab("diff", "--brief", "--base", "empty")
    assert everything.out.splitlines() == [f"+ {WORDS}", f"+ {BIRDS}"]
    assert everything.err == "2 leaves added.\n"
    for name, near in (
        ("orign/main", "Did you mean 'origin/main'"),
        ("-x", "is not the name of"),
        ("", "is not the name"),
    ):
        refused = lab("diff", f"--base={name}")
        assert (refused.code, refused.out) == (2, "")
        assert near in refused.err


def test_json_with_and_without_brief(lab: Lab) -> None:
    lab.put(**{WORDS: SKILL.replace("uno", "un\\uD800o"), "knowledge/n": '"\\ud800": "\\udfff"\n'})
    whole, brief = json.loads(lab("diff", "--json").out), json.loads(lab("diff", "--json", "--brief").out)
    assert (
        [leaf["id"] for leaf in whole["leaves"]] == [leaf["id"] for leaf in brief["leaves"]] == [WORDS, "knowledge/n"]
    )
    assert whole["leaves"][0]["seeds"][0]["number"] == 1
    assert brief["leaves"][0]["seeds"] == []
    assert (whole["base"]["name"], whole["under_way"]) == ("origin/main", "")


def test_without_git_or_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "plain", {f"{WORDS}/qna.yaml": SKILL})
    assert run(["init", str(tmp_path / "lab"), "--taxonomy", str(tmp_path / "plain")]) == 0
    monkeypatch.chdir(tmp_path / "lab")
    here = Lab(tmp_path / "lab", tmp_path, capsys)
    refused = here("diff")
    assert (refused.code, refused.out) == (3, "")
    assert "not under git" in refused.err and "--base empty" in refused.err
    assert here("diff", "--brief", "--base", "empty").out == f"+ {WORDS}\n"
    assert here("update").code == 3


def test_on_a_terminal_with_colours_and_without_control_characters(lab: Lab) -> None:
    lab.put(**{WORDS: SKILL.replace("uno", '"u\\e[2Jn"'), "knowledge/[red]x": SKILL})
    raw = shown(lab, {})
    assert "\x1b[33m~ compositional_skills/words\x1b[0m" in raw
    assert "\x1b[2J" not in raw and "␛" in raw
    assert "knowledge/[red]x" in raw
    for variable in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b[3" not in shown(lab, variable)


def shown(lab: Lab, variables: dict[str, str]) -> str:
    command = [sys.executable, "-m", "labtui", "taxonomy", "diff"]
    with Terminal(command, folder=lab.root, environment=variables) as terminal:
        terminal.wait_for("2 leaves differ")
        return terminal.raw.decode()


def test_update_shows_what_came_and_moves(lab: Lab) -> None:
    commit(lab.theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")}, "Ein", "Bob")
    commit(lab.theirs, {"README.md": "new\n"})
    dry = lab("update", "--dry-run")
    assert dry.code == 0
    assert dry.out == f"~ {WORDS}  (1 seed edited)\n    Bob: Ein\n  and 1 other file\n"
    assert dry.err == "2 commits from origin/main would be taken over. Do it with: labtui taxonomy update\n"
    assert (lab.taxonomy / "README.md").read_text() == "hello\n"
    done = lab("update")
    assert (done.code, done.out) == (0, dry.out)
    assert re.fullmatch(r"Moved forward to \w{7}: 2 commits from origin/main\.\n", done.err)
    assert (lab.taxonomy / "README.md").read_text() == "new\n"
    again = lab("update")
    assert (again.code, again.out, again.err) == (0, "", "The branch 'main' has everything of origin/main.\n")


def test_update_never_goes_over_work(lab: Lab) -> None:
    commit(lab.theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    lab.put(**{WORDS: "mine\n"})
    for words in (["update"], ["update", "--json"]):
        said = lab(*words)
        assert said.code == 1
        assert "with uncommitted work came as well" in said.err and f"{WORDS}/qna.yaml" in said.err
        assert (lab.taxonomy / WORDS / "qna.yaml").read_text() == "mine\n"
    answer = json.loads(said.out)
    assert (answer["standing"], answer["done"], answer["in_the_way"]) == ("blocked", False, [f"{WORDS}/qna.yaml"])


def test_update_as_json(lab: Lab) -> None:
    commit(lab.theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    answer = json.loads(lab("update", "--json").out)
    assert (answer["standing"], answer["done"], answer["commits"]) == ("behind", True, 1)
    assert answer["leaves"][0]["summary"] == "1 seed edited"


def test_update_offline(lab: Lab) -> None:
    lab.theirs.rename(lab.theirs.with_name("gone"))
    said = lab("update")
    assert (said.code, said.out) == (3, "")
    assert "cannot be fetched" in said.err


def test_a_merge_under_way_is_mentioned(lab: Lab) -> None:
    commit(lab.theirs, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "ein")})
    commit(lab.taxonomy, {f"{WORDS}/qna.yaml": SKILL.replace("uno", "un")})
    git.run(lab.taxonomy, "fetch", "--quiet")
    git.run(lab.taxonomy, "merge", "origin/main", check=False, environment=person())
    said = lab("diff")
    assert said.code == 0
    assert said.out.startswith(f"! {WORDS}  (in conflict)\n    ! Line ")
    assert "A merge is under way" in said.err
    assert lab("update").code == 3
