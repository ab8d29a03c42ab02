"""What the present model answers to the seeds: asked once, kept at once, stopped when wanted, told honestly."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from labtui import paths
from labtui import workspace as workspaces
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.asking_model import SAMPLING, SeedAnswer, ask, asked_so_far, verdict
from labtui.contribute.leaves import adding as leaves
from labtui.contribute.records import ModelUsed
from labtui.serve.client import ServerGone
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from tests.scripted_server import Answer, ScriptedServer
from tests.terminal import labtui
from tests.test_cli_docs import fits

MADE = ModelUsed(model="box", model_sha256="aa", system="Be brief.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspaces.create(tmp_path / "lab").root


def contribution(root: Path, kind: str, *seeds: tuple[str, str, str]) -> tuple[DraftFolder, str]:
    folder = store.new(workspaces.Workspace(root), kind)
    leaf = folder.load().leaves[0].id
    for question, answer, context in seeds:
        leaves.add_seed(folder, leaf, question, answer, context)
    return folder, leaf


BIRDS = ("What do tits eat?", "Seeds.", ""), ("And owls?", "Mice.", "")


def test_each_question_is_asked_and_its_answer_kept_as_it_comes(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    seen: list[tuple[SeedAnswer, int]] = []
    with ScriptedServer(Answer("Seeds, ", "mostly."), Answer("Bread.", finish="length")) as server:
        asked = ask(
            folder, leaf, server.target(), MADE, on_answer=lambda one: seen.append((one, len(folder.answers())))
        )
        sent = server.requests
    assert [one.answer.answer for one in asked if one.answer] == ["Seeds, mostly.", "Bread."]
    assert [one.answer.cut for one in asked if one.answer] == [False, True]
    assert [(one.question, kept) for one, kept in seen] == [("What do tits eat?", 1), ("And owls?", 2)]
    assert sent[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What do tits eat?"},
    ]
    assert sent[0]["temperature"] == 0 and folder.answers()[0].made.sampling == msgspec.to_builtins(SAMPLING)
    assert asked == asked_so_far(folder, leaf)
    assert verdict(asked).says == "1 of 2 answers come near, by their words"


def test_what_was_asked_is_not_asked_again_but_of_another_model_or_on_request(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    with ScriptedServer(Answer("Bread.")) as server:
        target = server.target()
        ask(folder, leaf, target, MADE)
        leaves.add_seed(folder, leaf, "And wrens?", "Spiders.")
        assert [one.answer is None for one in asked_so_far(folder, leaf)] == [False, False, True]
        ask(folder, leaf, target, MADE)
        assert len(server.requests) == 3
        ask(folder, leaf, target, msgspec.structs.replace(MADE, model_sha256="bb"))
        assert len(server.requests) == 6
        ask(folder, leaf, target, msgspec.structs.replace(MADE, model_sha256="bb"), again=True)
        assert len(server.requests) == 9


def test_knowledge_is_asked_without_its_context_and_a_grounded_skill_with_it(root: Path) -> None:
    text = "Tits eat seeds."
    with ScriptedServer(Answer("Seeds.")) as server:
        for kind in (KNOWLEDGE, GROUNDED):
            folder, leaf = contribution(root, kind, ("What do tits eat?", "Seeds.", text))
            ask(folder, leaf, server.target(), MADE)
        assert [request["messages"][-1]["content"] for request in server.requests] == [
            "What do tits eat?",
            f"{text}\n\nWhat do tits eat?",
        ]


def test_a_model_that_knows_all_is_said_to_need_no_teaching(root: Path) -> None:
    seeds = [(f"What is {number} + 1?", f"It is {number + 1}.", "") for number in range(3)]
    folder, leaf = contribution(root, FREEFORM, *seeds)

    def answer(request: dict[str, Any]) -> Answer:
        return Answer(f"It is {int(request['messages'][-1]['content'].split()[2]) + 1}.")

    with ScriptedServer(answer) as server:
        found = verdict(ask(folder, leaf, server.target(), MADE))
    assert found.needless and "judge" in found.says
    assert found.says.startswith("it may need no teaching here: 3 of 3 answers")
    assert not verdict(asked_so_far(folder, leaf)[:2]).needless, "two answers prove nothing"


def test_it_stops_within_a_question_and_keeps_what_was_answered(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    stop = threading.Event()
    with ScriptedServer(Answer("Seeds."), Answer("Mi", "ce", wait_after=1)) as server:
        watcher = threading.Thread(target=lambda: (server.waiting.wait(20), stop.set()))
        watcher.start()
        asked = ask(folder, leaf, server.target(), MADE, cancelled=stop.is_set)
        watcher.join()
        server.go()
    assert [one.answer is not None for one in asked] == [True, False]


def test_a_server_that_dies_is_said_and_nothing_is_lost(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    with ScriptedServer(Answer("Seeds."), Answer("Mi", "ce", die_after=1)) as server, pytest.raises(ServerGone):
        ask(folder, leaf, server.target(), MADE)
    assert [one.answer is not None for one in asked_so_far(folder, leaf)] == [True, False]


def test_a_question_that_was_changed_has_no_answer_and_one_reworded_in_case_keeps_it(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    with ScriptedServer(Answer("Bread.")) as server:
        ask(folder, leaf, server.target(), MADE)
    file = folder.leaf_file(leaf)
    text = file.read_text()
    file.write_text(text.replace("What do tits eat?", "what do tits eat").replace("And owls?", "And eagles?"))
    assert [one.answer is not None for one in asked_so_far(folder, leaf)] == [True, False]


def test_the_command_asks_and_says_how_near(root: Path) -> None:
    folder, leaf = contribution(root, FREEFORM, *BIRDS)
    with ScriptedServer(Answer("Seeds."), Answer("Bread \x1b[31mred.")) as server:
        paths.config_file().parent.mkdir(parents=True, exist_ok=True)
        paths.config_file().write_text(f"serve:\n  remotes:\n    box: {{url: '{server.url}', context: 4096}}\n")
        done = labtui("contribute", "ask", folder.short_id, "--workspace", str(root))
        assert done.returncode == 0, done.stderr
        assert "the model: Seeds." in done.stdout and "the same answer" in done.stdout
        assert "far: 0 of 1 telling words; not: mice" in done.stdout
        assert "1 of 2 answers come near" in done.stdout
        asked = json.loads(labtui("contribute", "ask", "--workspace", str(root), "--json").stdout)
        assert len(server.requests) == 2, "nothing is asked twice"
    fits(asked, "What a model knows")
    [told] = asked["leaves"]
    assert told["leaf"] == leaf and told["verdict"]["near"] == 1
    assert [one["nearness"]["level"] for one in told["questions"]] == ["same", "far"]
    refused = labtui("contribute", "ask", "--leaf", "knowledge/none", "--workspace", str(root))
    assert refused.returncode == 2 and "holds no leaf" in refused.stderr
