"""The check: what is wrong, by step; enter leads to the field, F puts right what a machine can."""

from __future__ import annotations

from labtui.contribute.records import Step
from labtui.screens.contribute.check import CheckPane
from labtui.screens.contribute.check_lines import Spot
from labtui.widgets.change_window import ChangeWindow
from labtui.widgets.why_window import WhyWindow
from labtui.workspace import Workspace
from tests.lab_app import notices
from tests.screens.contribute.finished import PLACE, SEEDS, finished, qna
from tests.screens.contribute.opened import contribution


async def test_a_finished_contribution_goes_on_to_the_try(workspace: Workspace) -> None:
    folder = finished(workspace)
    async with contribution(folder, workspace, Step.CHECK) as opened:
        await opened.until(lambda: "Nothing is wrong" in opened.text and "enter go on" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.TRY)


async def test_enter_leads_from_a_finding_to_its_field(workspace: Workspace) -> None:
    folder = finished(workspace)
    folder.leaf_file(PLACE).write_text(qna((*SEEDS[:4], SEEDS[0])), encoding="utf-8")
    async with contribution(folder, workspace, Step.CHECK) as opened:
        pane = opened.pane(CheckPane)
        await opened.until(lambda: isinstance(pane.sheet.item, Spot))
        assert "enter go to where it is put right" in opened.text
        await opened.press("w")
        await opened.until(lambda: isinstance(opened.app.screen, WhyWindow))
        await opened.press("escape")
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SEEDS)


async def test_a_machine_puts_right_what_it_can_once_it_was_shown(workspace: Workspace) -> None:
    folder = finished(workspace)
    file = folder.leaf_file(PLACE)
    file.write_text(file.read_text().replace("version: 3\n", "version: 3   \n").rstrip("\n"), encoding="utf-8")
    async with contribution(folder, workspace, Step.CHECK) as opened:
        await opened.until(lambda: "puts 2 of them right" in opened.text)
        await opened.press("F")
        await opened.until(lambda: isinstance(opened.app.screen, ChangeWindow))
        await opened.press("escape")
        assert file.read_text().startswith("version: 3   \n")
        await opened.press("F")
        await opened.until(lambda: isinstance(opened.app.screen, ChangeWindow))
        await opened.press("y")
        await opened.until(lambda: "2 things put right." in "".join(notices(opened.app)))
        await opened.until(lambda: "puts 2 of them" not in opened.text)
    assert file.read_text() == qna(SEEDS)
