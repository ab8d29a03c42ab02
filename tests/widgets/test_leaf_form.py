"""The form: a cursor that goes from field to field, and one field written in where it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from labtui.taxonomy.fields import Field, Path
from labtui.widgets.leaf_form import LeafForm
from tests.lab_app import screen_text
from tests.widgets.editor_host import KNOWLEDGE, Host, page

QUESTION: Path = ("seed_examples", 0, "questions_and_answers", 0, "question")
ANSWER: Path = (*QUESTION[:4], "answer")


class FormHost(Host):
    def __init__(self) -> None:
        super().__init__(LeafForm(self.wanted, self.closed))

    def on_leaf_form_typed(self, event: LeafForm.Typed) -> None:
        self.heard.append(("typed", event.field.path, event.text))

    async def closed(self, field: Field, text: str, touched: bool) -> None:
        self.heard.append(("closed", field.path, text, touched))

    async def wanted(self, what: str, path: Path) -> None:
        self.heard.append((what, path))


@asynccontextmanager
async def shown(
    text: str = KNOWLEDGE, size: tuple[int, int] = (80, 30)
) -> AsyncIterator[tuple[LeafForm, FormHost, Pilot[None]]]:
    app = FormHost()
    form = app.held
    assert isinstance(form, LeafForm)
    async with app.run_test(size=size) as pilot:
        form.show(page(text, form.sheet.room), fresh=True)
        form.take_focus()
        await pilot.pause()
        yield form, app, pilot


async def test_the_cursor_goes_from_field_to_field() -> None:
    async with shown() as (form, app, pilot):
        assert form.path == ("domain",)
        await pilot.press("down")
        assert form.path == ("document_outline",)
        await pilot.press("up", "up")
        assert form.path == ("domain",)
        await pilot.press("end")
        assert form.path == ("seed_examples", 0, "questions_and_answers", 1, "answer")
        # Tab passes over the seed as a whole; the arrows stop at it.
        form.sheet.go_to(("seed_examples", 0, "context"))
        await pilot.press("up")
        assert form.path == ("seed_examples", 0)
        await pilot.press("tab")
        assert form.path == ("seed_examples", 0, "context")
        assert "▌" in screen_text(app)


async def test_a_field_is_written_in_its_place() -> None:
    async with shown() as (form, app, pilot):
        form.open(ANSWER)
        await pilot.pause()
        assert form.text.text == "First line,\nsecond line."
        row = next(line for line in screen_text(app).split("\n") if "First line," in line)
        assert row.startswith("▌│ A  First line,")
        await pilot.press("!", "enter", "x")
        assert form.text.region.height == 3
        lines = screen_text(app).split("\n")
        at = next(number for number, line in enumerate(lines) if "second line.!" in line)
        assert lines[at + 1].rstrip() == "▌│    x" + " " * 71 + "│"
        assert "5/250" in screen_text(app)
        await pilot.press("escape")
        assert not form.writing
        assert form.sheet.has_focus
        assert app.heard[-1] == ("closed", ANSWER, "First line,\nsecond line.!\nx", True)


async def test_tab_writes_on_in_the_next_field() -> None:
    async with shown() as (form, app, pilot):
        form.open(QUESTION)
        await pilot.pause()
        await pilot.press("!", "tab")
        assert form.path == ANSWER
        assert form.writing
        assert form.text.text == "First line,\nsecond line."
        await pilot.press("shift+tab")
        assert form.path == QUESTION
        assert [event[0] for event in app.heard if event[0] != "typed"] == ["closed", "closed"]  # type: ignore[index]


async def test_enter_ends_a_field_of_one_line() -> None:
    async with shown() as (form, app, pilot):
        form.open(("domain",))
        await pilot.pause()
        await pilot.press("s", "enter")
        assert ("closed", ("domain",), "birdss", True) in app.heard
        assert form.path == ("document_outline",)
        assert form.writing


async def test_nothing_is_told_of_a_field_that_is_only_looked_at() -> None:
    async with shown() as (form, app, pilot):
        form.open(ANSWER)
        await pilot.pause()
        await pilot.press("escape")
        assert app.heard == [("closed", ANSWER, "First line,\nsecond line.", False)]


async def test_an_open_field_stays_open_when_the_page_changes() -> None:
    async with shown() as (form, app, pilot):
        form.open(QUESTION)
        await pilot.pause()
        await pilot.press("x")
        more = KNOWLEDGE.replace("domain: birds", "domain: |\n  a\n  b\n  c")
        form.show(page(more, form.sheet.room))
        await pilot.pause()
        assert form.writing
        assert form.path == QUESTION
        row = next((line for line in screen_text(app).split("\n") if "What?x" in line), screen_text(app))
        assert row.startswith("▌│ Q  What?x")


async def test_a_field_higher_than_the_screen_scrolls_inside() -> None:
    long = KNOWLEDGE.replace("second line.", "\n          ".join(f"line {n}" for n in range(60)))
    async with shown(long, (60, 20)) as (form, app, pilot):
        form.open(ANSWER)
        await pilot.pause()
        await pilot.pause()
        assert form.text.region.height <= 18
        assert "line 59" in screen_text(app)
        await pilot.press("pageup", "pageup", "pageup", "pageup", "pageup")
        assert "First line," in screen_text(app)


async def test_keys_ask_for_what_is_done_with_seeds() -> None:
    async with shown() as (form, app, pilot):
        form.sheet.go_to(QUESTION)
        await pilot.press("a", "A", "d", "delete", "shift+up", "alt+down", "enter")
        assert app.heard == [
            ("add", QUESTION), ("add_pair", QUESTION), ("duplicate", QUESTION), ("delete", QUESTION),
            ("earlier", QUESTION), ("later", QUESTION), ("write", QUESTION),
        ]  # fmt: skip


async def test_a_mapping_where_a_text_belongs_is_not_opened() -> None:
    async with shown(KNOWLEDGE.replace("domain: birds", "domain: {a: 1}")) as (form, app, _):
        assert not form.open(("domain",))
        assert "read as a mapping: the YAML view edits it" in screen_text(app) or "a mapping" in screen_text(app)


async def test_a_terminal_made_narrower_keeps_the_field_in_its_gap() -> None:
    async with shown() as (form, _, pilot):
        form.open(ANSWER)
        await pilot.pause()
        await pilot.resize_terminal(50, 24)
        form.show(page(KNOWLEDGE, form.sheet.room))
        await pilot.pause()
        await pilot.pause()
        spot = form.sheet.gap
        assert spot is not None
        assert form.text.region.x == 1 + spot.column
        assert form.text.region.y == spot.row - round(form.sheet.scroll_offset.y)
