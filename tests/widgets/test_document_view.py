"""The document of a leaf: read, searched, marked with the keyboard, fetched on request."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from labtui import git, themes
from labtui.taxonomy.leaf import Document
from labtui.widgets.document_view import DocumentView
from tests import git_server
from tests.git_server import GitServer
from tests.lab_app import screen_text, wait_until
from tests.test_git import make

TEXT = """\
# The tide organ

The **tide organ** of Pell is played by the [sea](https://example.org). It stands in the harbour
wall and has thirty-one copper pipes.

Salt turns copper green, and the pipes are
cleaned every April.
"""
CONTEXTS = (
    "The tide organ of Pell is played by the sea.",
    "Salt turns copper green, and all of the pipes are cleaned every April.",
    "Nothing of this kind stands in any document whatsoever.",
)


class Reader(App[None]):
    CSS = "Screen { layout: vertical; }"

    def __init__(
        self, document: Document | None, contexts: tuple[str, ...] = CONTEXTS, root: Path | None = None
    ) -> None:
        super().__init__()
        self.asked = (document, contexts, root)
        self.marked: list[str] = []

    def compose(self) -> ComposeResult:
        yield DocumentView(id="document")

    def on_mount(self) -> None:
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.THEMES[0].name
        self.view.show(*self.asked)
        self.view.focus()

    @property
    def view(self) -> DocumentView:
        return self.query_one(DocumentView)

    def on_document_view_context_marked(self, message: DocumentView.ContextMarked) -> None:
        self.marked.append(message.text)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    files = {
        "organ.md": TEXT,
        "other.md": "# Other\n\nthe quick brown fox jumps over the lazy dog\n",
        "paper.pdf": "%PDF",
    }
    return make(tmp_path / "served" / "docs", files)


def document(repo: object, *patterns: str, commit: str = "main") -> Document:
    return Document(str(repo), commit, patterns or ("organ.md",))


async def stands(app: Reader, pilot: Pilot[None]) -> str:
    await wait_until(pilot, lambda: app.view.pages and app.view.standings)
    return screen_text(app)


async def test_the_text_stands_there_with_the_seeds_in_the_margin(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        text = await stands(app, pilot)
        assert "organ.md" in text and "@" in text
        assert "seeds 1 found · in part 2 to" in text and "not found 3" in text
        rows = text.splitlines()
        first = next(row for row in rows if "The **tide organ**" in row)
        second = next(row for row in rows if "Salt turns" in row)
        assert first[1:4] == " 1│" and second[1:4] == " 2┆"
        assert next(row for row in rows if "cleaned every" in row)[1:4] == "  ┆"
        assert next(row for row in rows if "harbour" in row or "wall and" in row)[1:4] in ("  │", "   ")


async def test_what_is_marked_by_rows_is_what_stands_in_the_document(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        await pilot.press("down", "down", "v", "down")
        said = screen_text(app)
        assert "in seed 1 already" in said
        await pilot.press("enter")
        (marked,) = app.marked
        assert marked in TEXT and marked.startswith("The **tide organ**") and len(marked) > 90
        assert f"marked {len(marked.split())}/500 words" in said
        assert "marked" not in screen_text(app)


async def test_words_paragraphs_and_the_other_end_are_marked_too(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        await pilot.press("end", "v", "left", "left", "enter")
        await pilot.press("end", "v", "up", "o", "left", "enter")
        await pilot.press("end", "v", "v", "enter")
        await pilot.press("end", "v", "up", "right", "right", "enter")
        await pilot.press("end", "v", "escape")
        assert app.marked == [
            "cleaned",
            "Salt turns copper green, and the pipes are\ncleaned every",
            "Salt turns copper green, and the pipes are\ncleaned every April.",
            "copper green, and the pipes are\ncleaned every April.",
        ]


async def test_seeds_and_matches_are_gone_to_one_by_one(repo: Path) -> None:
    app = Reader(document(repo, "*.md"))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        scroll = app.view.text

        def here() -> str:
            row = scroll.rows.at(scroll.cursor)
            return TEXT[scroll.rows.starts[row] :][:10]

        await pilot.press("n")
        assert here().startswith("The **tide")
        await pilot.press("n")
        assert here().startswith("Salt")
        await pilot.press("N")
        assert here().startswith("The **tide")
        await pilot.press("slash", *"pipes", "enter")
        assert "1 of 2 found: pipes" in screen_text(app)
        await pilot.press("n")
        assert "2 of 2 found: pipes" in screen_text(app)
        await pilot.press("escape", "n")
        assert "found: pipes" not in screen_text(app)
        assert here().startswith("The **tide")


async def test_a_search_goes_over_the_end_of_a_line(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        await pilot.press("slash", *"are cleaned", "enter")
        assert "1 of 1 found" in screen_text(app)
        await pilot.press("slash", *"Xyzzy", "enter")
        assert "nothing found" in screen_text(app)


async def test_several_files_one_after_the_other(repo: Path) -> None:
    app = Reader(document(repo, "*.md", "*.pdf"))
    async with app.run_test(size=(80, 24)) as pilot:
        text = await stands(app, pilot)
        assert "file 1 of 3" in text
        await pilot.press("right_square_bracket")
        assert "quick brown fox" in screen_text(app) and "(1) found" in screen_text(app)
        await pilot.press("right_square_bracket")
        assert "needs a converter" in screen_text(app)
        await pilot.press("v", "down", "enter", "right_square_bracket", "n")
        assert app.marked == [] and "organ.md" in screen_text(app)


async def test_a_leaf_that_is_edited_keeps_the_place(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        await pilot.press("end")
        cursor = app.view.text.cursor
        app.view.show(document(repo), ("cleaned every April",), None)
        await wait_until(pilot, lambda: len(app.view.standings) == 1)
        assert "seeds 1 found" in screen_text(app)
        assert app.view.text.cursor == cursor


async def test_asked_twice_before_it_is_there_it_still_comes(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(5):
            app.view.show(document(repo), CONTEXTS, None)
        assert "seeds 1 found" in await stands(app, pilot)


async def test_a_narrow_window_breaks_the_text_anew_and_keeps_the_place(repo: Path) -> None:
    app = Reader(document(repo))
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(app, pilot)
        await pilot.press("end", "up")
        before = app.view.text.cursor
        await pilot.resize_terminal(30, 12)
        await wait_until(pilot, lambda: app.view.text.room < 30)
        row = app.view.text.rows.at(before)
        assert app.view.text.scroll_offset.y <= row < app.view.text.scroll_offset.y + app.view.text.size.height
        await pilot.press("v", "v", "enter")
        assert app.marked == ["Salt turns copper green, and the pipes are\ncleaned every April."]


async def test_without_a_document_it_says_why(repo: Path, tmp_path: Path) -> None:
    for wanted, shows in (
        (None, "points to no document"),
        (document(tmp_path / "gone"), "There is no folder"),
        (document(repo, commit="f" * 40), "has no commit fff"),
        (document(repo, "gone.md"), "name no Markdown or PDF file"),
        (document("<url>"), "text of the template"),
    ):
        app = Reader(wanted)
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_until(pilot, lambda shows=shows, app=app: shows in screen_text(app))
            await pilot.press("v", "down", "n", "N", "slash", "end", "right", "enter", "escape")
            assert app.marked == []


async def test_a_document_on_the_network_is_fetched_with_a_key(repo: Path) -> None:
    if not git_server.available():
        pytest.skip("git was installed without http-backend")
    with GitServer(repo.parent) as server:
        head = git.head(repo)
        assert head is not None
        app = Reader(document(f"{server.address}/docs/.git", commit=head.sha))
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_until(pilot, lambda: "was not fetched yet" in screen_text(app))
            assert "d fetches it" in screen_text(app) and server.requests == []
            await pilot.press("d")
            assert "seeds 1 found" in await stands(app, pilot)
            await pilot.press("d")
            await wait_until(pilot, lambda: app.view._fetching is None)
            assert "seeds 1 found" in await stands(app, pilot)


async def test_a_fetch_is_stopped_with_the_same_key(repo: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/docs"
        app = Reader(document(address, commit="f" * 40))
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_until(pilot, lambda: "was not fetched yet" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: "d or esc stops it" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: "was not fetched yet" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: "d or esc stops it" in screen_text(app))
            await pilot.press("escape")
            await wait_until(pilot, lambda: "was not fetched yet" in screen_text(app))
            await pilot.press("d")
            await wait_until(pilot, lambda: "d or esc stops it" in screen_text(app))
            assert app.view.back()
            await wait_until(pilot, lambda: "was not fetched yet" in screen_text(app))
            assert not app.view.back()


async def test_a_large_document_is_read_at_once(repo: Path) -> None:
    lines = "".join(f"Line {number} of a long document with a few words of its own.\n" for number in range(12_000))
    made = make(repo.parent / "large", {"large.md": lines})
    app = Reader(document(made, "large.md"), ("Line 11000 of a long document with a few words of its own.",))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "seeds 1 found" in await stands(app, pilot)
        await pilot.press("n")
        assert "Line 11000 of a long" in screen_text(app)
        await pilot.press("home", "v", "end")
        assert "!" in screen_text(app) and "156,000/500 words" in screen_text(app)


async def test_scripts_of_all_kinds_are_marked_as_they_stand(tmp_path: Path) -> None:
    text = "\ufeff# 題\r\n\r\n東京は日本の首都です。\tタブ\r\nالقاهرة هي عاصمة مصر\r\ncafe\u0301 zero\u200bwidth\r\n"
    repo = tmp_path / "docs"
    make(repo, {"a.txt": "x"})
    (repo / "a.md").write_bytes(text.encode())
    from tests.test_git import commit

    commit(repo, {}, "More")
    app = Reader(document(repo, "a.md"), ("首都です", "عاصمة مصر"))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "seeds 1 2 found" in await stands(app, pilot)
        await pilot.press("down", "down", "v", "enter", "down", "v", "enter", "down", "v", "enter")
        assert app.marked == ["東京は日本の首都です。\tタブ", "القاهرة هي عاصمة مصر", "cafe\u0301 zerowidth"]
