"""The prompt in a host of its own: what sends, what does not, what comes back."""

from __future__ import annotations

from textual import events, on
from textual.app import App, ComposeResult

from labtui.widgets.prompt import Prompt


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def compose(self) -> ComposeResult:
        yield Prompt()

    @on(Prompt.Sent)
    def _sent(self, event: Prompt.Sent) -> None:
        self.sent.append(event.text)


async def test_enter_sends_and_ctrl_j_begins_a_line() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press(*"one", "ctrl+j", *"two", "enter")
        assert app.sent == ["one\ntwo"]
        assert app.query_one(Prompt).text == ""
        await pilot.press("enter", "space", "enter")
        assert app.sent == ["one\ntwo"], "nothing is not sent"


async def test_keys_that_come_in_a_burst_keep_their_order() -> None:
    app = Host()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.focus()
        await pilot.pause()
        for key in [*"a question", "enter", *"the next"]:
            name = "space" if key == " " else key
            app.post_message(events.Key(name, key if len(key) == 1 else "\r"))
        await pilot.pause()
        await pilot.pause()
        assert app.sent == ["a question"]
        assert prompt.text == "the next"


async def test_pasted_text_is_cleaned_and_never_sends() -> None:
    app = Host()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.post_message(events.Paste("one\r\ntwo\x1b]52;c;QQ==\x07\x1b[2J\u202ethree\n"))
        await pilot.pause()
        assert prompt.text.startswith("one\ntwo") and prompt.text.endswith("three\n")
        assert not set(prompt.text) & set("\x1b\x07\r\u202e")
        assert app.sent == []


async def test_the_arrows_recall_earlier_questions_and_give_the_own_text_back() -> None:
    app = Host()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.recall_from(["first", "second\nof two lines"])
        await pilot.press(*"mine", "up")
        assert prompt.text == "second\nof two lines"
        await pilot.press("up")
        assert prompt.text == "first"
        await pilot.press("up", "down")
        assert prompt.text == "second\nof two lines", "above the first there is nothing"
        await pilot.press("down")
        assert prompt.text == "mine"


async def test_a_question_of_several_lines_is_moved_in_before_it_is_left() -> None:
    app = Host()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.recall_from(["old"])
        prompt.write("one\ntwo")
        await pilot.press("up")
        assert prompt.text == "one\ntwo"
        await pilot.press("up")
        assert prompt.text == "old"
