"""From a wrong answer in the chat to the signed-off branch on the fork, while somebody else's change is merged.

By keyboard, at 80x24, with real git over HTTP and a scripted model: the answer is corrected and extends a leaf of the
taxonomy; its description is changed here and upstream, and the conflict is resolved in the wizard.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList

from labtui.contribute.drafts import store
from labtui.contribute.records import Step
from labtui.screens.chat.basket_window import BasketWindow
from labtui.screens.chat.destination_window import DestinationWindow
from labtui.screens.chat.teach_window import TeachWindow
from labtui.screens.contribute.conflicts import ConflictsWindow
from labtui.screens.contribute.submit import SubmitPane
from labtui.taxonomy.leaf import read_leaf_file
from tests.contribute.submitting.lab import WORDS, Lab, cloned, make, served
from tests.git_server import GitServer, available
from tests.screens.contribute.opened import Opened
from tests.screens.test_chat import chat_on
from tests.scripted_server import Answer, ScriptedServer
from tests.taxonomy.leaves import SKILL

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")
WRONG = "Sechs."
TASK = "Name three synonyms."


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make(tmp_path, Path.home())


@pytest.fixture
def server(lab: Lab) -> Iterator[GitServer]:
    with served(lab) as server:
        cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield server


async def submitted(opened: Opened, phase: str) -> SubmitPane:
    pane = opened.pane(SubmitPane)
    await opened.until(lambda: pane.phase == phase and opened.app.focused is pane.sheet)
    if phase == "certificate":
        await opened.press("end")
        await opened.until(lambda: "enter agree, and sign it off" in opened.text)
    await opened.press("enter")
    return pane


async def test_a_wrong_answer_becomes_a_signed_off_branch_on_a_base_that_moved(lab: Lab, server: GitServer) -> None:
    with ScriptedServer(Answer(WRONG)) as model:
        async with chat_on(lab.workspace.root, model) as chat:
            opened = Opened(chat.app, chat.pilot)
            await chat.ask("Say the number six in Italian.")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, TeachWindow))
            await opened.type("Sei.")
            await chat.press("ctrl+t")
            await chat.until(lambda: isinstance(chat.app.screen, BasketWindow) and "a new contribution" in chat.text)
            await chat.press("o")
            await chat.until(lambda: isinstance(chat.app.screen, DestinationWindow))
            await opened.type("synonyms")
            await chat.until(lambda: f"extend: {WORDS}" in chat.text and "new: knowledge" not in chat.text)
            options = chat.app.screen.query_one(OptionList)
            shown = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
            place = next(at for at, line in enumerate(shown) if f"extend: {WORDS}" in line)
            await chat.until(lambda: options.highlighted == 0)
            await chat.press(*["down"] * place, "enter")
            await chat.until(lambda: f"they go to  {WORDS}" in chat.text)
            await chat.press("w")
            await chat.until(lambda: chat.app.here == "contribute" and opened.wizard.stand is not None)
            (folder,) = store.list_drafts(lab.workspace)

            # Another contributor's change of the same leaf is merged meanwhile.
            theirs = SKILL.replace(TASK, "Say numbers in Italian.").replace("answer: due", "answer: due, coppia")
            newest = lab.upstream_commit({f"{WORDS}/qna.yaml": theirs}, "Numbers, not synonyms")

            await opened.wizard.go(Step.DESCRIPTION)
            await opened.until(lambda: TASK in opened.text)
            await opened.type(" In Italian.")
            await opened.until(lambda: "In Italian." in folder.leaf_file(WORDS).read_text())
            await opened.wizard.go(Step.SUBMIT)
            await submitted(opened, "certificate")
            pane = await submitted(opened, "ready")
            await opened.until(lambda: pane.phase == "failed" and "bring it up to date" in opened.text)
            await opened.press("enter")
            await opened.until(lambda: isinstance(opened.app.screen, ConflictsWindow) and "Say numbers" in opened.text)
            assert "Ben" in opened.text
            await opened.press("t")
            await opened.until(lambda: not isinstance(opened.app.screen, ConflictsWindow))
            await submitted(opened, "ready")
            await opened.until(lambda: pane.phase == "done")
    draft = folder.load()
    assert lab.branches(lab.fork)[draft.branch] == draft.commit
    assert lab.git(lab.fork, "rev-parse", f"{draft.commit}^") == newest
    message = lab.git(lab.fork, "log", "-1", "--format=%B", draft.commit)
    assert message.rstrip().endswith("Signed-off-by: Ann Example <ann@example.org>")
    leaf = read_leaf_file(folder.leaf_file(WORDS), WORDS)
    assert leaf.description.strip() == "Say numbers in Italian."
    pairs = [(pair.question, pair.answer.strip()) for seed in leaf.seeds for pair in seed.pairs]
    assert ("Two?", "due, coppia") in pairs
    assert pairs[-1] == ("Say the number six in Italian.", "Sei.")
    committed = lab.git(lab.fork, "show", f"{draft.commit}:{WORDS}/qna.yaml")
    assert committed + "\n" == folder.leaf_file(WORDS).read_text()
    (evidence,) = folder.evidence()
    assert (evidence.answer, evidence.corrected) == (WRONG, "Sei.")
