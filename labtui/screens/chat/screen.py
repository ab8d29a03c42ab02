"""The chat screen: its keys, and what the application hands it."""

from __future__ import annotations

from textual import on, work

from labtui.actions import bindings_for
from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Pane, Turn
from labtui.errors import LabError
from labtui.screens.chat.pane import ChatPane
from labtui.screens.chat.settings_window import SettingsWindow
from labtui.screens.chat.talking import in_one_line
from labtui.screens.chat.teaching import Teaching
from labtui.screens.chat.threads import in_thread
from labtui.widgets.transcript import Transcript


class ChatScreen(Teaching):
    NAME = "chat"
    TITLE = "chat"
    HELP = """\
Talk with a model, base or tuned, or with two of them on the same questions.

**enter** sends, **ctrl+j** begins a new line, **esc** stops an answer. Nothing is ever lost: asking again adds an
alternative (**←** **→** on a turn), editing an earlier question begins a branch, and every turn is saved at once.

**ctrl+up** goes to the turns: there **c** copies, **e** edits a question, **r** asks it again, **o** unfolds reasoning.

**ctrl+t** teaches: the last answer and what it should have been are collected and become seeds of a contribution
(**t** at any earlier turn; **F6** shows what is collected). What the model answered is kept as evidence.

**F2** chooses who answers, **F3** sets a second model beside the first, **F4** holds system prompt and sampling.
When the context window is full, you are asked what to leave out; turns that are not sent stay on the screen, marked.
"""
    BINDINGS = bindings_for("chat")

    def receive(
        self,
        model: str = "",
        adapter: str = "",
        compare: bool = False,
        conversation: str = "",
        question: str = "",
    ) -> None:
        """Opens a new conversation with `model` (and beside it the same with `adapter`, or another model, if
        `compare`), or the one of that id; without any, the last one. `question` is put into the prompt."""
        self._receive(model, adapter, compare, conversation, question)

    @work(exclusive=True, group="open")
    async def _receive(self, model: str, adapter: str, compare: bool, conversation: str, question: str) -> None:
        if not (model or adapter or conversation) and self.talk.id:
            self.prompt.focus()
        else:
            await self.open_talk(await self._asked_for(model, adapter, compare, conversation))
        if question:
            self.prompt.write(question)
        if compare and not adapter and len(self.talk.panes) == 1:
            self.choose_model(beside=True)

    async def _asked_for(self, model: str, adapter: str, compare: bool, conversation: str) -> Conversation:
        if self.keeper is None:
            return self.blank()
        store = self.keeper.store
        try:
            if conversation:
                return await self._loaded(conversation)
            if not model and not adapter and (latest := await in_thread(store.latest)) is not None:
                return latest
        except LabError as error:
            self.app.fail(error)
        try:
            model = model or await in_thread(lambda: self._default_model(adapter))
        except LabError as error:
            self.trouble = in_one_line(error)
        talk = self.blank(model, "" if compare else adapter)
        if compare and adapter:
            talk.panes.append(Pane(model=model, adapter=adapter))
        return talk

    def _default_model(self, adapter: str) -> str:
        """The model to talk with: the adapter's own base, or the one chat uses. Raises LabError."""
        from labtui.operations import serving
        from labtui.serve.models import find_model

        context = self.app.context
        if adapter and (base := find_model(adapter, context.workspace, context.config.settings).base):
            return base
        return serving.default_model(context.workspace, context.config)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def action_back_once(self) -> bool:
        """esc: stops an answer; leaves editing, the turns, the list; empties the prompt; then goes back."""
        if self.stop():
            return True
        if self.query_one("#conversations").has_focus_within or (self.listing and self.app.size.width < 100):
            from labtui.screens.chat.listing import ConversationList

            if not self.query_one(ConversationList).forget_search():
                self.show_list(False)
            return True
        if not self.prompt.has_focus:
            self.prompt.focus()
            return True
        if self.editing is not None:
            self.editing = None
            self.show_prompt_title()
            self.prompt.write(self._before_editing)
            return True
        return bool(self.prompt.put_away())

    _before_editing = ""

    def action_stop(self) -> None:
        self.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """esc means stop only while something can be stopped; other keys rest, greyed, while an answer comes."""
        if action == "stop":
            return bool(self.here)
        if action in ("again", "edit_last", "beside"):
            return None if self.here else True
        return super().check_action(action, parameters)

    async def action_again(self) -> None:
        await self.again()

    @work(exclusive=True, group="open")
    async def action_new(self) -> None:
        talk = self.blank()
        talk.system, talk.sampling = self.talk.system, self.talk.sampling
        talk.panes = [Pane(model=pane.model, adapter=pane.adapter) for pane in self.talk.panes]
        await self.open_talk(talk)
        self.prompt.focus()

    def action_conversations(self) -> None:
        inside = self.query_one("#conversations").has_focus_within
        self.show_list(not (self.listing and inside))

    def action_find(self) -> None:
        from labtui.screens.chat.listing import ConversationList

        self.show_list(True)
        self.query_one(ConversationList).find()

    def action_model(self) -> None:
        self.choose_model()

    async def action_beside(self) -> None:
        if len(self.talk.panes) == 1:
            self.choose_model(beside=True)
        elif self.here:
            self.app.say("An answer is on its way; esc stops it.", "warning")
        else:
            del self.talk.panes[1:]
            await self.show_panes()
            self.prompt.focus()
            await self.save(self.talk)

    @work(exclusive=True, group="settings")
    async def action_settings(self) -> None:
        await self.app.push_screen_wait(SettingsWindow(self.talk, self.defaults()))
        self.show_status()
        await self.save(self.talk)

    @work(exclusive=True, group="rename")
    async def action_rename(self) -> None:
        await self.rename(self.talk)

    @work(exclusive=True, group="export")
    async def action_export(self) -> None:
        try:
            await self.export(self.talk)
        except LabError as error:
            self.app.fail(error)

    def action_turns(self) -> None:
        panes = self.panes
        if panes:
            panes[self._chosen_pane()].transcript.focus()

    def action_edit_last(self) -> None:
        if (question := chats.question_of(self.talk, self.talk.panes[self._chosen_pane()])) is not None:
            self.edit(question)

    def action_copy_last(self) -> None:
        turns = self.panes[self._chosen_pane()].turns
        self.copy(next((turn for turn in reversed(turns) if turn.role == "assistant"), None))

    def action_unfold_last(self) -> None:
        for pane in self.panes:
            views = [view for view in pane.transcript.views if view.turn.reasoning]
            if views:
                views[-1].fold()

    # -- what is wanted of a turn -------------------------------------------------------------------------------------

    @on(Transcript.Wanted)
    async def _wanted_of_turn(self, event: Transcript.Wanted) -> None:
        event.stop()
        pane = next(pane for pane in self.query(ChatPane) if pane.transcript is event.transcript)
        match event.what:
            case "copy":
                self.copy(event.turn)
            case "edit" if event.turn.role == "user":
                self.edit(event.turn)
            case "again":
                turns = pane.turns
                place = turns.index(event.turn)
                question = event.turn if event.turn.role == "user" else turns[place - 1]
                await self.again(question)
            case "before" | "after":
                await self._other(pane, event.turn, -1 if event.what == "before" else 1)

    async def _other(self, pane: ChatPane, turn: Turn, by: int) -> None:
        if self.here:
            return
        place = pane.turns.index(turn)
        chats.step(self.talk, pane.pane, turn, by)
        await pane.refresh_turns()
        pane.transcript.go_to(place)
        self.show_status()
        await self.save(self.talk)

    def copy(self, turn: Turn | None) -> None:
        from labtui.text import clean

        if turn is None or not turn.text:
            self.app.say("There is nothing to copy yet.")
        else:
            self.app.copy_text(clean(turn.text))

    def edit(self, question: Turn) -> None:
        """Puts an earlier question into the prompt; sending it begins a branch."""
        if self.here:
            return
        self._before_editing = self.prompt.text
        self.editing = question
        self.show_prompt_title()
        self.prompt.write(question.text)
        self.prompt.focus()
