"""The frame around the screens: opening, going back, leaving, help, palette, jump mode, themes, keymap, notices."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from textual.command import CommandList
from textual.widgets import Input

from labtui import paths, workspace
from labtui.app import LabApp
from labtui.errors import EXIT_OK, LabError
from labtui.frame import look, screens
from labtui.frame.screens import SCREENS
from labtui.frame.speaking import CLIPBOARD_LIMIT
from labtui.screens.base import LabScreen
from labtui.screens.help import HelpWindow
from labtui.screens.stage import StageWindow
from labtui.widgets.confirm import ConfirmWindow
from labtui.widgets.error import ErrorWindow
from labtui.widgets.jump import JumpWindow
from labtui.widgets.loop_map import LoopMap
from labtui.widgets.small import SmallWindow
from tests.lab_app import lab_app, notices, screen_text, wait_until

HOSTILE = "\x1b]52;c;QQ==\x07[red]x[/][@click=app.bell]\u202e"


class NoteScreen(LabScreen):
    """A screen of the tests' own: remembers what it was given, has a step back and a search of its own."""

    NAME = "chat"
    TITLE = "note"
    HELP = "What **this** is for."

    def __init__(self) -> None:
        super().__init__()
        self.given: list[dict[str, object]] = []
        self.steps = 0
        self.found = 0
        self.lost = ""

    def body(self):  # type: ignore[no-untyped-def]
        yield Input(id="entry")

    def receive(self, **arguments: object) -> None:
        self.given.append(arguments)

    def action_back_once(self) -> bool:
        self.steps -= 1
        return self.steps >= 0

    def action_find(self) -> None:
        self.found += 1

    def unsaved(self) -> str:
        return self.lost


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the tests' own screen in the place of the chat."""
    load = screens._load_screen
    monkeypatch.setattr(screens, "_load_screen", lambda name: NoteScreen if name == "chat" else load(name))


def the_note(app: LabApp) -> NoteScreen:
    screen = app.screen_named("chat")
    assert isinstance(screen, NoteScreen)
    return screen


async def test_home_comes_first(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        assert app.here == "home"
        assert isinstance(app.focused, LoopMap)
        await wait_until(pilot, lambda: "no samples yet" in screen_text(app))


@pytest.mark.usefixtures("note")
async def test_a_screen_gets_its_arguments_each_time_and_stays_alive(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.open("chat", model="m", adapter="a")
        await wait_until(pilot, lambda: the_note(app).given)
        first = the_note(app)
        app.open("home")
        app.open("chat")
        await wait_until(pilot, lambda: len(the_note(app).given) == 2)
        assert the_note(app) is first
        assert first.given == [{"model": "m", "adapter": "a"}, {}]


@pytest.mark.usefixtures("note")
async def test_esc_goes_one_step_back_and_never_leaves(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.open("chat")
        await pilot.pause()
        the_note(app).steps = 1
        await pilot.press("escape")
        assert app.here == "chat"
        await pilot.press("escape")
        assert app.here == "home"
        for _ in range(3):
            await pilot.press("escape")
        assert app.here == "home"
        assert app.is_running


@pytest.mark.usefixtures("note")
async def test_digits_and_letters_are_text_inside_an_input(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("1")
        await wait_until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("q", "2", "question_mark", "slash", "j")
        assert app.here == "chat"
        assert app.screen.query_one("#entry", Input).value == "q2?/j"


@pytest.mark.usefixtures("note")
async def test_windows_close_when_another_screen_opens(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.fail(LabError("first"))
        app.fail(LabError("second"))
        await pilot.pause()
        app.open("chat")
        await wait_until(pilot, lambda: isinstance(app.screen, NoteScreen))
        assert len(app.screen_stack) == 2


async def test_a_stage_without_a_screen_says_what_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "_has_module", lambda name: name != "review")
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("3")
        await wait_until(pilot, lambda: isinstance(app.screen, StageWindow))
        assert "messages.jsonl" in screen_text(app)
        assert "coming soon" not in screen_text(app).lower()
        await pilot.press("down", "c")
        copied = paths.state_dir() / "copied.txt"
        await wait_until(pilot, copied.exists)
        assert copied.read_text() == str(tmp_path / "data")
        await pilot.press("escape")
        assert app.here == "home"
        assert not isinstance(app.screen, StageWindow)


async def test_an_unknown_screen_is_an_error_in_a_window(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.open("nowhere")
        await wait_until(pilot, lambda: "There is no screen 'nowhere'" in screen_text(app))


async def test_an_error_shows_what_where_and_hint_and_can_be_copied(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.fail(LabError(f"It broke {HOSTILE}.", where="file:3 [/x]", hint="Mend it."))
        await wait_until(pilot, lambda: isinstance(app.screen, ErrorWindow) and "It broke" in screen_text(app))
        shown = screen_text(app)
        assert "It broke" in shown
        assert "[red]x[/]" in shown
        assert "file:3 [/x]" in shown
        assert "Mend it." in shown
        await pilot.press("c")
        await wait_until(pilot, (paths.state_dir() / "copied.txt").exists)
        assert "Mend it." in app.clipboard
        await pilot.press("escape")
        assert app.here == "home"


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False), ("enter", False)])
async def test_confirm_waits_for_the_answer(tmp_path: Path, key: str, answer: bool) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        answers: list[bool] = []

        async def asking() -> None:
            answers.append(await app.confirm("Remove [x]?", "It is gone then.", yes="Remove"))

        app.run_worker(asking())
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
        assert "Remove [x]?" in screen_text(app)
        await pilot.press(key)
        await wait_until(pilot, lambda: answers == [answer])


async def test_ask_calls_back_on_yes_only(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        done: list[str] = []
        app.ask("Sure?", then=lambda: done.append("first"))
        await pilot.press("escape")
        app.ask("Sure?", then=lambda: done.append("second"))
        await pilot.press("y")
        await wait_until(pilot, lambda: done == ["second"])


async def test_notices_take_text_as_it_is(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.say(f"path [/home/u] {HOSTILE}", "warning", title="[b]")
        await wait_until(pilot, lambda: "path [/home/u]" in screen_text(app))
        assert "\x1b" not in notices(app)[0]


async def test_help_explains_the_screen_and_its_keys(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(100, 50)) as (app, pilot):
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: "The loop is the way" in screen_text(app))
        shown = screen_text(app)
        assert "Open the stage or the job" in shown
        assert "Search every command" in shown
        await pilot.press("f1")
        assert not isinstance(app.screen, HelpWindow)


@pytest.mark.usefixtures("note")
async def test_find_belongs_to_the_screen(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("slash")
        await wait_until(pilot, lambda: any("nothing to search" in text for text in notices(app)))
        app.open("chat")
        await pilot.pause()
        app.set_focus(None)
        await pilot.press("slash")
        assert the_note(app).found == 1


async def test_jump_mode_goes_where_the_letter_stands(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("ctrl+g")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpWindow))
        await pilot.press("s")
        await wait_until(pilot, lambda: app.focused is not None and app.focused.id == "jobs")
        await pilot.press("ctrl+g", "escape")
        assert app.focused is not None
        assert app.focused.id == "jobs"


async def test_the_palette_knows_every_screen_and_what_can_be_done_here(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(100, 40)) as (app, pilot):
        from labtui.screens.palette import LabCommands

        provider = LabCommands(app.screen)
        names = [command.name for command in provider.commands()]
        assert set(SCREENS) - {"home"} <= set(names)
        assert "home: open" in names
        assert "theme: light" in names
        assert "theme: dark" not in names
        await pilot.press("ctrl+p", *"theme light")
        await wait_until(pilot, lambda: "for bright rooms" in screen_text(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.theme == "labtui-light")


async def test_the_theme_is_remembered(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.choose_theme("labtui-contrast")
        await wait_until(pilot, lambda: workspace.remembered().theme == "labtui-contrast")
    async with lab_app(tmp_path) as (app, _):
        assert app.theme == "labtui-contrast"
    async with lab_app(tmp_path, overrides=("interface.theme=labtui-ansi",)) as (app, _):
        assert app.theme == "labtui-ansi"


async def test_a_foreign_theme_in_the_state_file_is_no_error(tmp_path: Path) -> None:
    workspace.remember(theme="dracula [/]")
    async with lab_app(tmp_path) as (app, _):
        assert app.theme == "labtui-dark"


async def test_keys_can_be_remapped_by_action(tmp_path: Path) -> None:
    overrides = ("keys={app.jump: ctrl+o, home.open: 'o,f5', app.nonsense: x}",)
    async with lab_app(tmp_path, overrides=overrides) as (app, pilot):
        assert any("there is no action 'app.nonsense'" in text for text in notices(app))
        await pilot.press("ctrl+g")
        assert not isinstance(app.screen, JumpWindow)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpWindow))
        await pilot.press("escape")
        await pilot.press("end", "f5")
        await wait_until(pilot, lambda: isinstance(app.screen, StageWindow))


async def test_q_leaves_with_the_good_exit_code(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert app.return_value == EXIT_OK


@pytest.mark.usefixtures("note")
async def test_leaving_asks_where_something_would_be_lost(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.open("chat")
        await pilot.pause()
        the_note(app).lost = "A half answer."
        await pilot.press("ctrl+q")
        await wait_until(pilot, lambda: "A half answer." in screen_text(app))
        await pilot.press("escape")
        assert app.is_running
        await pilot.press("ctrl+q", "y")
        await pilot.pause()
        assert app.return_value == EXIT_OK


async def test_ctrl_c_says_how_to_leave(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.press("ctrl+c")
        await wait_until(pilot, lambda: any("ctrl+q" in text for text in notices(app)))


async def test_a_small_terminal_gets_a_sentence_until_it_grows(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        await pilot.resize_terminal(40, 10)
        await wait_until(pilot, lambda: "60x20" in screen_text(app) and "40x10" in screen_text(app))
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: "the loop" in screen_text(app))
        assert not isinstance(app.screen, SmallWindow)
        assert len(app.screen_stack) == 1


async def test_an_answer_that_comes_late_closes_no_other_window(tmp_path: Path) -> None:
    """A choice made just before another window came up used to answer twice, which ended the application."""
    async with lab_app(tmp_path) as (app, pilot):
        answers: list[bool] = []

        async def asking() -> None:
            answers.append(await app.confirm("Remove it?"))

        app.run_worker(asking())
        await wait_until(pilot, lambda: isinstance(app.screen, ConfirmWindow))
        question = app.screen
        await pilot.resize_terminal(40, 10)
        await wait_until(pilot, lambda: isinstance(app.screen, SmallWindow))
        question.dismiss(True)
        await pilot.pause()
        assert isinstance(app.screen, SmallWindow)
        assert answers == []
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: app.screen is question)
        app.open("jobs")
        await wait_until(pilot, lambda: answers == [False])
        assert app.here == "jobs"


async def test_the_palette_has_no_page_to_turn_in_a_tiny_terminal(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(20, 1)) as (app, pilot):
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: app.screen.query_one(CommandList).option_count > 0)
        await pilot.press("pageup", "pagedown", "ctrl+home", "ctrl+end")
        await pilot.press("escape")
        assert app.crash is None


async def test_a_long_text_is_copied_to_the_file_only(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.copy_text("x" * (CLIPBOARD_LIMIT + 1))
        await wait_until(pilot, lambda: any("Too long" in text for text in notices(app)))
        assert app.clipboard == ""
        assert len((paths.state_dir() / "copied.txt").read_text()) == CLIPBOARD_LIMIT + 1


async def test_a_lone_surrogate_can_be_copied(tmp_path: Path) -> None:
    async with lab_app(tmp_path) as (app, pilot):
        app.copy_text("name \udcff")
        await wait_until(pilot, lambda: any("Copied" in text for text in notices(app)))
        assert app.clipboard == "name ?"


async def test_debug_information_names_versions_paths_and_sources(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 60), overrides=("interface.bell=true",)) as (app, pilot):
        await pilot.press("f12")
        await wait_until(pilot, lambda: "textual" in screen_text(app))
        await pilot.press("c")
        await wait_until(pilot, lambda: app.clipboard)
        assert str(tmp_path) in app.clipboard
        assert "labtui-dark" in app.clipboard
        assert "interface.bell" in app.clipboard
        assert "--set" in app.clipboard


async def test_ascii_draws_with_ascii_only(tmp_path: Path) -> None:
    async with lab_app(tmp_path, size=(120, 40), overrides=("interface.ascii=true",)) as (app, pilot):
        await wait_until(pilot, lambda: "no samples yet" in screen_text(app))
        assert screen_text(app).isascii()


async def test_no_color_draws_in_greys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with lab_app(tmp_path) as (app, pilot):
        await wait_until(pilot, lambda: "no samples yet" in screen_text(app))
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    red, green, blue = colour.get_truecolor() if colour else (0, 0, 0)
                    assert red == green == blue


async def test_every_theme_paints(tmp_path: Path) -> None:
    from labtui.themes import NAMES

    async with lab_app(tmp_path) as (app, pilot):
        for name in NAMES:
            app.theme = name
            await pilot.pause()
            assert "the loop" in screen_text(app)


@pytest.mark.parametrize(
    ("setting", "variable", "animated"),
    [("auto", "", True), ("auto", "SSH_TTY", False), ("on", "SSH_TTY", True), ("off", "", False)],
)
async def test_animations_are_off_over_ssh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, variable: str, animated: bool
) -> None:
    monkeypatch.delenv("TEXTUAL_ANIMATIONS")
    if variable:
        monkeypatch.setenv(variable, "/dev/pts/9")
    assert look.animated(setting) is animated


async def test_an_ignored_setting_of_an_untrusted_workspace_is_told(tmp_path: Path) -> None:
    opened = workspace.create(tmp_path)
    opened.settings_file.write_text("version: 1\nserve:\n  remotes:\n    far: {url: 'http://example.org/v1'}\n")
    async with lab_app(opened) as (app, pilot):
        await wait_until(pilot, lambda: any("serve.remotes does not count" in text for text in notices(app)))


async def test_another_workspace_starts_anew(tmp_path: Path) -> None:
    first, second = workspace.create(tmp_path / "first"), workspace.create(tmp_path / "second")
    chats = {"id": "x"}
    (second.chats / "one.json").write_text(json.dumps(chats))
    async with lab_app(first, size=(120, 40)) as (app, pilot):
        await wait_until(pilot, lambda: "first" in screen_text(app))
        app.enter(second)
        await wait_until(pilot, lambda: "second" in screen_text(app).splitlines()[0])
        assert workspace.remembered().workspace == str(second.root)
        assert app.context.workspace is not None
        assert app.context.workspace.root == second.root


async def test_a_job_that_ends_is_told(tmp_path: Path) -> None:
    from labtui.jobs import JobView
    from labtui.journal import JobFolder
    from labtui.records import JobSpec, State, now

    def seen(state: State, kind: str = "train", error: str = "") -> JobView:
        name = f"20260101T000000-{kind}-abc"
        spec = JobSpec(
            id=name, kind=kind, title=f"birds {HOSTILE}", created=now(), workspace=str(tmp_path), arguments={}
        )
        fields = {field.name: field for field in msgspec.structs.fields(JobView)}
        given = {"folder": JobFolder(tmp_path / name), "spec": spec, "status": None, "state": state, "error": error}
        return JobView(**{key: value for key, value in given.items() if key in fields})

    async with lab_app(tmp_path) as (app, pilot):
        app._tell_of_ends([seen(State.DONE)])
        assert notices(app) == []
        app._tell_of_ends([seen(State.RUNNING), seen(State.RUNNING, "serve")])
        app._tell_of_ends([seen(State.FAILED, error="no memory"), seen(State.STOPPED, "serve")])
        await wait_until(pilot, lambda: len(notices(app)) == 1)
        assert "failed" in notices(app)[0]
        assert "no memory" in notices(app)[0]
        assert "\x1b" not in notices(app)[0]


async def test_without_a_workspace_the_welcome_comes(tmp_path: Path) -> None:
    async with lab_app(None) as (app, pilot):
        assert app.here == "welcome"
        app.open("home")
        await pilot.press("0", "escape")
        assert app.here == "welcome"
