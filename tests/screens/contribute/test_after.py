"""After submission, by keyboard alone: what reviewers say at its seed, a base that moved, conflicts seed by seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves.existing import add_existing
from labtui.contribute.records import CheckRun, Comment, Draft, Problem, Request, Step
from labtui.contribute.submitting.dco import confirm
from labtui.screens.contribute.after import AfterPane
from labtui.screens.contribute.after_lines import Found, Said
from labtui.screens.contribute.conflicts import ConflictsWindow
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.submit import SubmitPane
from labtui.taxonomy.leaf import read_leaf_file
from tests.contribute.submitting.lab import BIRDS, WORDS, Lab, cloned, make, served
from tests.git_server import GitServer, available
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution
from tests.taxonomy.leaves import SKILL

pytestmark = pytest.mark.skipif(not available(), reason="git has no http-backend here")
TEXT = "Please name the source.\n\x1b]52;c;ZXZpbA==\x07[red]Thanks[/]"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make(tmp_path, Path.home())


@pytest.fixture
def server(lab: Lab) -> Iterator[GitServer]:
    with served(lab) as server:
        cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        yield server


def reviewed(folder: DraftFolder, **facts: object) -> None:
    """The draft as if it had been handed in and read by somebody."""
    seed = ("seed_examples", 3, "answer")

    def note(draft: Draft) -> None:
        draft.branch, draft.commit, draft.submitted = "contribute/feeding", "a" * 40, folder.fingerprint()
        draft.request = Request(
            forge="github",
            number=42,
            url="https://forge.example/taxonomy/pull/42",
            changes_requested=True,
            checks=(
                CheckRun(name="dco", state="passed"),
                CheckRun(
                    name="lint",
                    state="failed",
                    problems=(Problem(message="The answer is too long.", leaf=BIRDS, field=seed),),
                ),
            ),
            comments=(
                Comment(author="mo", text="Welcome!"),
                Comment(author="mo", text=TEXT, path=f"{BIRDS}/qna.yaml", line=8, leaf=BIRDS, seed=2),
                Comment(author="mo", text="Fixed?", path=f"{BIRDS}/qna.yaml", leaf=BIRDS, seed=1, resolved=True),
            ),
            **facts,  # type: ignore[arg-type]
        )

    folder.change(note)


async def shown(opened: Opened) -> AfterPane:
    await opened.until(lambda: opened.wizard.step == AFTER)
    pane = opened.pane(AfterPane)
    await opened.until(lambda: pane.sheet.items and opened.app.focused is pane.sheet)
    return pane


async def test_a_comment_stands_with_its_seed_and_enter_goes_there(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    reviewed(folder)
    async with contribution(folder, lab.workspace, AFTER) as opened:
        pane = await shown(opened)
        assert "A reviewer asks for changes." in opened.text
        assert "1 of 2 passed" in opened.text
        assert isinstance(pane.sheet.item, Found)
        assert "enter go to where it is put right" in opened.text
        await opened.press("down", "down")
        assert isinstance(pane.sheet.item, Said)
        assert pane.sheet.item.comment.seed == 2
        assert "enter go to seed 2" in opened.text
        said = "\n".join(pane.sheet.shown)
        assert "[red]Thanks[/]" in said
        assert "\x1b" not in said
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SEEDS)


async def test_a_finding_of_a_failed_check_is_one_key_away(lab: Lab, server: GitServer) -> None:
    folder = lab.draft()
    reviewed(folder)
    async with contribution(folder, lab.workspace, AFTER) as opened:
        await shown(opened)
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SEEDS)


@pytest.mark.parametrize(
    ("state", "words"),
    [("merged", "It is merged"), ("closed", "closed without being taken in")],
    ids=["merged", "closed"],
)
async def test_how_it_ended_is_said(lab: Lab, server: GitServer, state: str, words: str) -> None:
    folder = lab.draft()
    reviewed(folder, state=state)
    async with contribution(folder, lab.workspace, AFTER) as opened:
        await shown(opened)
        assert words in opened.text
        assert "withdraw" not in opened.text
        await opened.until(lambda: "t tidy" in opened.text)


def a_changed_leaf(lab: Lab) -> DraftFolder:
    """A contribution that changes two answers of a leaf of the base."""
    folder = store.new(lab.workspace, None, "Better words")
    leaf = add_existing(folder, lab.workspace, WORDS)
    folder.leaf_file(leaf).write_text(SKILL.replace("uno", "one, single").replace("cinque", "five, quintet"))
    confirm(folder)
    return folder


async def test_a_conflict_is_resolved_seed_by_seed_and_then_submitted(lab: Lab, server: GitServer) -> None:
    folder = a_changed_leaf(lab)
    theirs = SKILL.replace("uno", "a lone one").replace("due", "a pair").replace("cinque", "a handful")
    lab.upstream_commit({f"{WORDS}/qna.yaml": theirs}, "Their words")
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        pane = opened.pane(SubmitPane)
        await opened.until(lambda: pane.phase == "ready" and opened.app.focused is pane.sheet)
        await opened.press("enter")
        await opened.until(lambda: pane.phase == "failed" and "bring it up to date" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: isinstance(opened.app.screen, ConflictsWindow))
        window = opened.app.screen
        assert isinstance(window, ConflictsWindow)
        await opened.until(lambda: "1 of 2" in opened.text and "seed 1, answer" in opened.text)
        assert "one, single" in opened.text
        assert "a lone one" in opened.text
        await opened.press("t")
        await opened.until(lambda: window.conflict is not None and window.conflict.seed == 5 and not window._busy)
        await opened.press("e")
        await opened.until(lambda: opened.focused == "conflict-text")
        await opened.press("ctrl+u")
        await opened.type("five, a handful")
        await opened.press("ctrl+s")
        await opened.until(lambda: not isinstance(opened.app.screen, ConflictsWindow))
        await opened.until(lambda: pane.phase == "ready")
        await opened.press("enter")
        await opened.until(lambda: pane.phase == "done")
    answers = [pair.answer for seed in read_leaf_file(folder.leaf_file(WORDS), WORDS).seeds for pair in seed.pairs]
    assert answers == ["a lone one", "a pair", "tre", "quattro", "five, a handful"]
    draft = folder.load()
    assert lab.branches(lab.fork)[draft.branch] == draft.commit
    parent = lab.git(lab.clone, "rev-parse", f"{draft.commit}^")
    assert parent == lab.branches(lab.upstream)["main"]


async def test_a_conflict_left_for_later_is_gone_on_with(lab: Lab, server: GitServer) -> None:
    folder = a_changed_leaf(lab)
    lab.upstream_commit({f"{WORDS}/qna.yaml": SKILL.replace("uno", "lone").replace("cinque", "hand")}, "Their words")
    lab.git(lab.clone, "fetch", "--quiet", "upstream")
    before = folder.leaf_file(WORDS).read_text()
    async with contribution(folder, lab.workspace, Step.SUBMIT) as opened:
        pane = opened.pane(SubmitPane)
        await opened.until(lambda: pane.phase == "blocked" and opened.app.focused is pane.sheet)
        await opened.press("r")
        await opened.until(lambda: isinstance(opened.app.screen, ConflictsWindow) and "1 of 2" in opened.text)
        await opened.press("m")
        await opened.until(lambda: "2 of 2" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: "1 conflict waits to be resolved." in "".join(notices(opened.app)))
        assert folder.leaf_file(WORDS).read_text() == before
        await opened.press("r")
        await opened.until(lambda: isinstance(opened.app.screen, ConflictsWindow) and "2 of 2" in opened.text)
        await opened.press("t")
        await opened.until(lambda: pane.phase == "ready")
    answers = [pair.answer for seed in read_leaf_file(folder.leaf_file(WORDS), WORDS).seeds for pair in seed.pairs]
    assert (answers[0], answers[4]) == ("one, single", "hand")
