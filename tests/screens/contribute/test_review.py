"""The review: the difference seed by seed, the commit message in one's own words, the request's text, the commands."""

from __future__ import annotations

import subprocess

from labtui.contribute.records import Step
from labtui.screens.contribute.review import ReviewPane
from labtui.workspace import Workspace
from tests.screens.contribute.finished import PLACE, SEEDS, finished, with_history
from tests.screens.contribute.opened import contribution


async def test_everything_is_seen_before_it_leaves_the_machine(workspace: Workspace) -> None:
    folder = finished(with_history(workspace))
    async with contribution(folder, workspace, Step.REVIEW) as opened:
        pane = opened.pane(ReviewPane)
        await opened.until(lambda: "Explain words of the tide" in opened.text)
        shown = "\n".join(pane.sheet.shown)
        assert all(question.split()[0] in shown for question, _ in SEEDS)
        assert "enter go on to submit" in opened.text
        await opened.press("right")
        await opened.until(lambda: "Signed-off-by: Hanako <hanako@example.org>" in "\n".join(pane.sheet.shown))
        await opened.press("right")
        await opened.until(lambda: "**Contribution checklist**" in "\n".join(pane.sheet.shown))
        await opened.press("right")
        await opened.until(lambda: "commit-tree" in "\n".join(pane.sheet.shown).replace("\n", ""))
        assert "[Commands" in opened.text
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SUBMIT)


async def test_the_message_is_kept_at_every_key_and_given_back_when_emptied(workspace: Workspace) -> None:
    folder = finished(with_history(workspace))
    async with contribution(folder, workspace, Step.REVIEW) as opened:
        pane = opened.pane(ReviewPane)
        await opened.until(lambda: pane.review is not None)
        await opened.press("right", "e")
        await opened.until(lambda: opened.focused == "review-note")
        await opened.press("ctrl+home", *["ctrl+k"] * 12)
        await opened.type("潮の言葉")
        await opened.until(lambda: folder.load().message.startswith("潮の言葉"))
        await opened.press("escape")
        await opened.until(lambda: "As you wrote it" in opened.text and "潮の言葉" in opened.text)
        await opened.press("e")
        await opened.until(lambda: opened.focused == "review-note")
        await opened.press("ctrl+home", *["delete"] * 4)
        await opened.until(lambda: folder.load().message == "")
        await opened.press("escape")
        await opened.until(lambda: "Made from what you contribute" in opened.text)


async def test_what_it_teaches_is_told_in_ones_own_words(workspace: Workspace) -> None:
    folder = finished(with_history(workspace))
    async with contribution(folder, workspace, Step.REVIEW) as opened:
        pane = opened.pane(ReviewPane)
        await opened.until(lambda: pane.review is not None)
        await opened.press("right", "right", "e")
        await opened.until(lambda: opened.focused == "review-note")
        await opened.type("Words that sailors use.")
        await opened.until(lambda: folder.load().teaches == "Words that sailors use.")
        await opened.press("escape")
        await opened.until(lambda: "- Words that sailors use." in "\n".join(pane.sheet.shown))


async def test_who_git_does_not_know_is_told_what_to_type(workspace: Workspace) -> None:
    folder = finished(with_history(workspace))
    forget_the_user(workspace)
    async with contribution(folder, workspace, Step.REVIEW) as opened:
        pane = opened.pane(ReviewPane)
        await opened.until(lambda: pane.review is not None)
        await opened.press("left")
        await opened.until(lambda: "git config --global user.name" in "\n".join(pane.sheet.shown))
        assert PLACE.rpartition("/")[2] in opened.text


def forget_the_user(workspace: Workspace) -> None:
    for setting in ("user.name", "user.email"):
        subprocess.run(["git", "config", "--unset", setting], cwd=workspace.taxonomy, check=True)
