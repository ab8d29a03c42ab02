"""`labtui review` as a person and as a script use it, on samples of a real generation, up to what a training takes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labtui import config
from labtui.operations import reviewing
from labtui.operations.training import _reviewed
from labtui.train import data
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, answering, know, make_workspace
from tests.scripted_server import ScriptedServer
from tests.terminal import labtui
from tests.test_cli_docs import fits

ANN = ("Ann", "ann@example.org")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    made = make_workspace(tmp_path / "lab")
    subprocess.run(["git", "init", "-q", made.taxonomy], check=True)
    be(made, *ANN)
    monkeypatch.chdir(made.root)
    with ScriptedServer(answering) as server:
        know(server)
        done = labtui("generate", SKILL, FACTS, "--samples", "4", "--out", "data/set", "--detach")
        assert done.returncode == 0, done.stderr
        done = labtui("jobs", "attach")
        assert done.returncode == 0, done.stderr
        yield made


def be(lab: Workspace, name: str, email: str) -> None:
    for key, value in (("user.name", name), ("user.email", email)):
        subprocess.run(["git", "-C", lab.taxonomy, "config", key, value], check=True)


def listed(*words: str) -> list[dict[str, Any]]:
    done = labtui("review", "list", *words, "--json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def trained(lab: Workspace, policy: str = "not_rejected") -> dict[str, dict[str, Any]]:
    """What a training takes: id -> record."""
    found, _ = _reviewed(lab, config.load(lab, (f"review.policy={policy}",)), lab.data / "set", keep=True)
    assert data.read(found.path) == found
    return {
        record["id"]: {**record, "facts": json.loads(record["metadata"])}
        for record in map(json.loads, found.path.read_text().splitlines())
    }


def test_what_is_rejected_edited_and_taken_against_the_machine(lab: Workspace) -> None:
    before = trained(lab)
    good = listed()
    assert {one["state"] for one in good} == {"unseen"}
    assert len([one for one in before.values() if one["facts"]["kind"] == "generated"]) == len(good) == 8
    bad = [one for one in listed("--rejected-too") if one["machine"] != "accepted" and one["content"]]
    assert bad, "the scripted teacher repeats itself"
    first, second = good[0]["id"], good[1]["id"]

    assert labtui("review", "reject", first[:10], "--reason", "wrong").returncode == 0
    done = labtui("review", "edit", second[:10], "--answer", "It is the other word.")
    assert (done.returncode, done.stderr) == (0, f"{second[:12]} edited\n")
    after = trained(lab)
    assert set(after) == set(before) - {first}
    assert after[second]["messages"][1]["content"] == "It is the other word."
    assert after[second]["messages"][0] == before[second]["messages"][0]
    assert after[second]["facts"]["edited_by"] == "Ann <ann@example.org>"
    assert {name: one for name, one in after.items() if name != second} == {
        name: one for name, one in before.items() if name not in (first, second)
    }
    for one in bad[:1]:
        assert labtui("review", "accept", one["id"]).returncode == 0
        assert trained(lab)[one["id"]]["facts"]["rejected"] == one["machine"]
    assert set(trained(lab, "everything")) == set(before)
    chosen = {name for name, one in trained(lab, "accepted").items() if one["facts"]["kind"] == "generated"}
    assert chosen == {second, *(one["id"] for one in bad[:1])}

    # The generated set itself never changes, and taking everything back gives it again.
    for name in (first, second, *(one["id"] for one in bad[:1])):
        assert labtui("review", "undo", name).returncode == 0
    assert trained(lab) == before


def test_a_plan_says_what_reviewers_left_out_and_names_the_data_set(lab: Workspace) -> None:
    labtui("review", "reject", listed()[0]["id"])
    found, words = _reviewed(lab, config.load(lab), lab.data / "set")
    assert (words, len(found.samples)) == ("1 left out", len(data.read(lab.data / "set").samples) - 1)
    assert not (lab.data / "set" / "reviewed").exists(), "a plan writes nothing"
    kept, _ = _reviewed(lab, config.load(lab), lab.data / "set", keep=True)
    again, _ = _reviewed(lab, config.load(lab), kept.path.parent, keep=True)
    assert again.path == kept.path, "a reviewed set is reviewed as the set it came from"
    assert kept.sha256 == found.sha256


def test_where_nothing_was_accepted_it_says_so_before_the_start(lab: Workspace) -> None:
    (lab.data / "set" / "messages.jsonl").write_text(
        "".join(
            line + "\n"
            for line in (lab.data / "set" / "messages.jsonl").read_text().splitlines()
            if '\\"generated\\"' in line
        )
    )
    done = labtui("--set", "review.policy=accepted", "train", "--data", "data/set", "--plan")
    assert done.returncode == 3
    assert "Reviewers have left nothing of the data set." in done.stderr
    assert "review.policy=everything" in done.stderr


def test_several_reviewers(lab: Workspace, tmp_path: Path) -> None:
    first = listed()[0]["id"]
    labtui("review", "accept", first)
    mine = tmp_path / "ann.jsonl"
    assert labtui("review", "export", str(mine)).returncode == 0
    be(lab, "Bo", "bo@example.org")
    labtui("review", "reject", first, "--reason", "unclear", "--note", "Which word?")
    assert [one["id"] for one in listed("--state", "disputed")] == [first]
    shown = labtui("review", "show", first[:8]).stdout
    assert "review   disputed" in shown
    assert "rejected by Bo <bo@example.org>" in shown
    assert "Which word?" in shown
    assert first not in trained(lab)
    done = labtui("review", "import", str(mine), "--json")
    assert json.loads(done.stdout) == {"new": 0, "known": 1}
    stats = json.loads(labtui("review", "stats", "--json").stdout)
    assert sum(leaf["states"].get("disputed", 0) for leaf in stats["leaves"]) == 1
    assert "LOOKED AT" in labtui("review", "stats").stdout


def test_the_machine_is_held_against_people(lab: Workspace) -> None:
    good = [one["id"] for one in listed()]
    labtui("review", "accept", *good[:3])
    labtui("review", "reject", *good[3:5], "--reason", "wrong")
    found = reviewing.look(lab)
    accepted = found.verdicts[0]
    assert (accepted.machine, accepted.samples, accepted.agreed, accepted.disagreed) == ("accepted", 8, 3, 2)
    assert found.reasons == {"wrong": 2}
    assert found.seen == 5


def test_what_json_prints_is_what_the_page_says(lab: Workspace) -> None:
    first, second = (one["id"] for one in listed()[:2])
    for decided in (
        labtui("review", "accept", first, "--json"),
        labtui("review", "edit", second, "--answer", "Another.", "--json"),
        labtui("review", "reject", first, "--reason", "wrong", "--note", "No.", "--json"),
        labtui("review", "undo", first, "--json"),
    ):
        for one in json.loads(decided.stdout):
            fits(one, "A decision")
    for one in listed():
        fits(one, "A sample in short")
    for line in labtui("review", "export").stdout.splitlines():
        fits(json.loads(line), "A decision")
    fits(json.loads(labtui("review", "show", second, "--json").stdout), "A sample")
    fits(json.loads(labtui("review", "stats", "--json").stdout), "A review in numbers")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["accept", "ab"], 2, "too short"),
        (["accept", "zzzz"], 2, "There is no sample 'zzzz'"),
        (["edit", "zzzz"], 2, "Nothing is to be changed"),
        (["edit", "zzzz", "--answer", " "], 2, "may not be empty"),
        (["import", "nothing.jsonl"], 3, "cannot be read"),
        (["import", "broken.jsonl"], 2, "broken.jsonl:2: This line is no decision"),
        (["list", "nojob"], 2, "There is no job 'nojob'"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_right_code(lab: Workspace, words: list[str], code: int, says: str) -> None:
    line = '{"reviewer":"A","sample":"s","content":"c","verdict":"accept"}'
    (lab.root / "broken.jsonl").write_text(f'{line}\n{{"reviewer":"A","verdict":"perhaps"}}\n')
    done = labtui("review", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not lab.reviews.exists(), "nothing was taken in"
