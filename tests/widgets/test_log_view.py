"""The log on screen: follows its end, lets go when the reader scrolls, searches, copies, and shows only text."""

from __future__ import annotations

from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from labtui.themes import DEFAULT, THEMES
from labtui.widgets.log_view import FindInput, LogStatus, LogView
from tests.lab_app import screen_text, wait_until


class Host(App[None]):
    def __init__(self, path: Path | None) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT
        self.path = path
        self.copied = ""

    def compose(self) -> ComposeResult:
        yield LogView(self.path)

    def on_mount(self) -> None:
        self.query_one(LogView).focus()

    def copy_text(self, text: str) -> None:
        self.copied = text

    @property
    def log_view(self) -> LogView:
        return self.query_one(LogView)

    @property
    def status(self) -> str:
        return self.query_one(LogStatus).render().plain


def lines(start: int, stop: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(start, stop))


def append(path: Path, data: bytes) -> None:
    with open(path, "ab") as stream:
        stream.write(data)


async def shown(pilot: Pilot[None], text: str) -> None:
    await wait_until(pilot, lambda: text in screen_text(pilot.app))


async def test_it_follows_the_end_as_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 100))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 99")
        append(path, lines(100, 300))
        await shown(pilot, "line 299")
        assert "line 99" not in screen_text(app)
        assert "following" in app.status


async def test_scrolling_up_lets_go_and_the_end_takes_hold_again(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 100))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("up")
        top = app.log_view.lines.scroll_offset.y
        append(path, lines(100, 150))
        await wait_until(pilot, lambda: "paused, 50 new lines" in app.status)
        assert app.log_view.lines.scroll_offset.y == top
        assert "line 149" not in screen_text(app)
        await pilot.press("G")
        await shown(pilot, "line 149")
        assert "following" in app.status


async def test_reaching_the_end_by_scrolling_follows_again(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 100))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("pageup")
        assert "paused" in app.status
        await pilot.press("pagedown")
        await wait_until(pilot, lambda: "following" in app.status)


async def test_the_beginning_of_a_large_file_is_one_key_away(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 400_000))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 399999")
        await wait_until(pilot, lambda: "400,000 lines" in app.status)
        await pilot.press("g")
        await shown(pilot, "line 0")


async def test_a_reader_in_the_tail_keeps_their_place_while_the_beginning_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 400_000))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.log_view.lines
        await shown(pilot, "line 399999")
        await pilot.press("pageup")
        text = screen_text(app)
        await wait_until(pilot, lambda: view.snapshot.complete)
        await pilot.pause()
        # The gutter learns the numbers; the lines stay.
        first = next(line for line in text.splitlines() if "line 3" in line).rpartition("line ")[2].split()[0]
        assert f"line {first}" in screen_text(app).splitlines()[0]


async def test_a_progress_bar_is_one_line_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"start\n  0%|     |\r")
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "0%|     |")
        append(path, b" 50%|##   |\r")
        await shown(pilot, "50%|##   |")
        assert " 0%|" not in screen_text(app)
        append(path, b"100%|#####|\nend\n")
        await shown(pilot, "end")
        assert "100%|#####|" in screen_text(app)
        assert "50%" not in screen_text(app)
        assert app.log_view.lines.snapshot.lines == 3


async def test_a_cut_file_is_shown_anew(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 100))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("g")
        path.write_bytes(b"another beginning\n")
        await shown(pilot, "another beginning")
        assert "line 0" not in screen_text(app)


async def test_a_file_that_comes_later_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: "no output yet" in app.status)
        path.write_bytes(b"here it is\n")
        await shown(pilot, "here it is")


async def test_search_counts_jumps_and_goes_around(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 1000))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 999")
        await pilot.press("slash", *"line 77")
        await wait_until(pilot, lambda: "11 lines with 'line 77'" in app.status)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "11 of 11" in app.status)
        await shown(pilot, "line 779")
        await pilot.press("n")
        await wait_until(pilot, lambda: "1 of 11" in app.status)
        await shown(pilot, "line 77")
        await pilot.press("N")
        await wait_until(pilot, lambda: "11 of 11" in app.status)
        append(path, b"line 77 again\n")
        await wait_until(pilot, lambda: "of 12" in app.status)


async def test_escape_leaves_the_search_step_by_step(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 10))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 9")
        await pilot.press("slash", "9")
        assert isinstance(app.focused, FindInput)
        await pilot.press("escape")
        assert app.focused is app.log_view.lines
        assert app.log_view.lines.found is None
        assert app.log_view.back() is False


async def test_japanese_is_found_and_keeps_its_width(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("学習を開始\n損失 1.23 ✔\n", encoding="utf-8")
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "損失 1.23 ✔")
        app.log_view.lines.search("損失")
        await wait_until(pilot, lambda: "1 line with" in app.status)
        assert all(strip.cell_length == 80 for strip in app.screen._compositor.render_strips())


async def test_nothing_of_a_hostile_log_reaches_the_screen_but_text(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(
        b"\x1b]52;c;aGFja2Vk\x07\x1b[2J\x9b2J\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ "
        + "\u202eback [/red] [@click=app.bell]press[/]".encode()
        + b"\n\x1b[31mred\x1b[0m\n"
    )
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "[@click=app.bell]press[/]")
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in segment.text)
                assert "\u202e" not in segment.text
                assert segment.style is None or (segment.style.link is None and "@click" not in segment.style.meta)
        red = [s for strip in app.screen._compositor.render_strips() for s in strip if s.text.startswith("red")]
        assert red and red[0].style and red[0].style.color and red[0].style.color.triplet


async def test_copying_takes_what_is_in_sight_or_from_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(lines(0, 100))
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "line 99")
        await pilot.press("y")
        assert app.copied.splitlines()[-1] == "line 99"
        assert len(app.copied.splitlines()) == app.log_view.lines.size.height
        await pilot.press("g", "v", "G", "y")
        assert app.copied == "\n".join(f"line {number}" for number in range(100))


async def test_long_lines_scroll_sideways_and_say_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"abc" + b"x" * 9000 + b"\n")
    app = Host(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "abcx")
        view = app.log_view.lines
        await wait_until(pilot, lambda: view.max_scroll_x > 1000)
        await pilot.press("right")
        assert "abcx" not in screen_text(app)
        view.scroll_to(x=view.max_scroll_x, animate=False)
        await shown(pilot, "7.0 kB more")
