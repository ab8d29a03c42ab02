"""The window that shows what a fix or an upgrade would change, under the pilot."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from labtui.operations.taxonomy_fixing import Change, fixed, upgraded
from labtui.taxonomy.fixing.unified import DiffLine, Kind, unified_diff
from labtui.widgets.change_window import ChangeWindow
from labtui.widgets.sheet import Sheet
from labtui.widgets.unified_lines import MOST, folded, unified_lines
from tests.lab_app import lab_app, screen_text, wait_until
from tests.taxonomy.leaves import SKILL, write

SPOILT = SKILL.replace("uno", "uno  ")


def change_of(before: str, after: str, shown: str = "a/qna.yaml") -> Change:
    path = Path(shown)
    return Change(path=path, shown=shown, before=before.encode(), after=after.encode(), target=path, shown_target=shown)


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("escape", False), ("n", False), ("q", False)])
async def test_it_shows_the_difference_and_answers(tmp_path: Path, key: str, answer: bool) -> None:
    path = write(tmp_path / "t", "compositional_skills/a", SPOILT)
    answers: list[bool | None] = []
    async with lab_app(tmp_path / "lab") as (app, pilot):
        app.push_screen(ChangeWindow(fixed(path), "put right"), answers.append)
        await wait_until(pilot, lambda: "answer: uno··" in screen_text(app))
        text = screen_text(app)
        assert "put right" in text
        assert "1 finding put right: 1 line added, 1 removed." in text
        rows = [line.strip() for line in app.screen.query_one(Sheet).shown if "uno" in line]
        assert rows == ["6 -     answer: uno··", "6 +     answer: uno"]
        assert "y apply" in text
        await pilot.press(key)
        await wait_until(pilot, lambda: answers == [answer])
    assert path.read_text() == SPOILT


async def test_a_long_difference_scrolls(tmp_path: Path) -> None:
    before = "".join(f"line {number}\n" for number in range(200))
    async with lab_app(tmp_path) as (app, pilot):
        app.push_screen(ChangeWindow(change_of(before, before.replace("line", "row")), "fix"))
        await wait_until(pilot, lambda: "- line 0" in screen_text(app))
        assert "y apply" in screen_text(app)
        for keys, seen in (
            (["end"], "+ row 199"),
            (["home"], "- line 0"),
            (["j"] * 6, "- line 13"),
            (["pagedown"], "- line 2"),
        ):
            await pilot.press(*keys)
            await wait_until(pilot, lambda seen=seen: seen in screen_text(app))  # type: ignore[misc]


async def test_an_upgrade_says_first_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "t", "knowledge/a", "created_by: ann\nseed_examples:\n- question: 四十雀？\n  answer: a\n")
    async with lab_app(tmp_path / "lab", size=(120, 40)) as (app, pilot):
        app.push_screen(ChangeWindow(upgraded(path), "bring up to date"))
        await wait_until(pilot, lambda: "! Line 4: Seed 1, 'context' is empty" in screen_text(app))
        text = screen_text(app)
        assert "things left for you to add afterwards." in text
        assert text.index("! Line 4") < text.index("+ version: 3")
        assert "+   - question: 四十雀？" in text


async def test_foreign_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    after = "a: '[/]'\nb: '\x1b[2Jx'\n# [@click=app.bell]x[/] \u202eevil\n"
    async with lab_app(tmp_path) as (app, pilot):
        app.push_screen(ChangeWindow(change_of("", after, "[red]\x1b]0;x\x07/qna.yaml"), "fix"))
        await wait_until(pilot, lambda: "+ a: '[/]'" in screen_text(app))
        text = screen_text(app)
        assert "+ b: '␛x'" in text
        assert "[@click=app.bell]x[/] ‹U+202E›evil" in text


async def test_it_is_laid_out_anew_for_another_width(tmp_path: Path) -> None:
    long = "x" * 100
    async with lab_app(tmp_path, size=(120, 40)) as (app, pilot):
        app.push_screen(ChangeWindow(change_of("a\n", f"{long}\n"), "fix"))
        await wait_until(pilot, lambda: screen_text(app).count("  + x") + screen_text(app).count("1 + x") == 2)
        await pilot.resize_terminal(80, 24)
        sheet = app.screen.query_one(Sheet)
        await wait_until(pilot, lambda: all(cell_len(line) <= sheet.room for line in sheet.shown))
        assert "".join(line[4:] for line in sheet.shown if "xx" in line) == long


def test_lines_fit_and_lose_nothing() -> None:
    text = "- question: 四十雀は何を食べますか？ " * 5 + "end"
    lines = unified_lines([DiffLine(Kind.ADDED, text, 0, 12)], 40)
    assert all(line.cell_length <= 40 for line in lines)
    assert "".join(line.plain[5:] for line in lines) == text
    assert all(line.plain[3] == "+" for line in lines)


@pytest.mark.parametrize("text", ["", "a", "a" * 50, "word " * 20, "四" * 30, "a四 " * 20])
def test_folding_keeps_every_character(text: str) -> None:
    pieces = folded(text, 20)
    assert "".join(pieces) == text
    assert all(cell_len(piece) <= 20 for piece in pieces)


def test_a_gigantic_difference_is_cut_with_a_word() -> None:
    before = "".join(f"{number}\n" for number in range(MOST))
    lines = unified_lines(unified_diff(before.encode(), b"", "p"), 60)
    assert len(lines) == MOST + 2
    assert "lines more" in lines[-1].plain
