"""Turns on the screen: what grows is drawn, what stands stays, and the reader's place is the reader's."""

from __future__ import annotations

from textual.app import App, ComposeResult

from labtui.chat.conversations import End, Role, Speed, Turn
from labtui.records import now
from labtui.widgets.transcript import Transcript


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Transcript()

    def on_transcript_wanted(self, event: Transcript.Wanted) -> None:
        self.wanted.append((event.turn.id, event.what))

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)


def turn(name: str, role: Role, text: str = "", end: End = "done") -> Turn:
    return Turn(id=name, role=role, text=text, end=end, created=now())


def shown(app: Host) -> str:
    return "\n".join(line for view in app.transcript.views for line in view.shown)


async def test_a_growing_answer_is_drawn_and_settles() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        answer = turn("a", "assistant", end="writing")
        await app.transcript.show([turn("q", "user", "why?"), answer])
        view = app.transcript.views[1]
        view.begin()
        for piece in ("It is ", "**very** ", "blue.\n\n- one\n", "- two"):
            answer.text += piece
            view.follow()
            await pilot.pause()
        assert view.region.height == len(view.shown)
        answer.end = "done"
        answer.speed = Speed(completion_tokens=4, tokens_per_second=12.0, first_token_seconds=0.25)
        view.settle()
        await pilot.pause()
        assert list(view.shown) == [
            "It is very blue.", "", "• one", "• two", "4 tokens · 12 tok/s · first 0.2 s",
        ]  # fmt: skip


async def test_what_stands_is_not_made_anew() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        turns = [turn("q", "user", "one"), turn("a", "assistant", "two")]
        await app.transcript.show(turns)
        before = list(app.transcript.views)
        await app.transcript.show([*turns, turn("q2", "user", "three")])
        assert list(app.transcript.views)[:2] == before
        await app.transcript.show([turns[0], turn("b", "assistant", "other")])
        await pilot.pause()
        assert app.transcript.views[0] is before[0]
        assert "other" in shown(app) and "two" not in shown(app)


async def test_a_narrower_window_wraps_again_and_keeps_every_word() -> None:
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        text = "四十雀は小さな鳥です。" * 8 + " and " + "words " * 30
        await app.transcript.show([turn("a", "assistant", text)])
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        view = app.transcript.views[0]
        assert max(len(line) for line in view.shown) <= 40
        assert "".join(view.shown).replace(" ", "").startswith(text.replace(" ", "")[:80])


async def test_keys_speak_of_the_turn_under_the_cursor() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        await app.transcript.show([turn("q", "user", "one"), turn("a", "assistant", "two")])
        app.transcript.focus()
        await pilot.pause()
        await pilot.press("c", "up", "e", "r")
        assert app.wanted == [("a", "copy"), ("q", "edit"), ("q", "again")]
        marks = [view.render_line(0).text[0] for view in app.transcript.views]
        assert marks == ["▌", " "]


async def test_a_long_conversation_is_one_widget_a_turn() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        turns = [turn(str(number), "assistant" if number % 2 else "user", "# a\n\n- b\n- c\n") for number in range(400)]
        await app.transcript.show(turns)
        await pilot.pause()
        assert len(app.transcript.query("*")) == 401
