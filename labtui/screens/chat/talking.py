"""The open conversation on the screen: its panes, its prompt, its place on disk."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import TextArea

from labtui.chat import conversations as chats
from labtui.chat.conversations import Conversation, Pane
from labtui.chat.store import ChatStore
from labtui.errors import LabError, UsageError
from labtui.records import now
from labtui.screens.base import LabScreen
from labtui.screens.chat.flight import Flight
from labtui.screens.chat.keeper import Keeper
from labtui.screens.chat.listing import ConversationList
from labtui.screens.chat.pane import ChatPane
from labtui.screens.chat.status import status_line
from labtui.screens.chat.threads import in_thread
from labtui.serve.client import Sampling
from labtui.widgets.plain import Plain
from labtui.widgets.prompt import Prompt

EMPTY = "Ask anything. What is asked and answered is kept in this workspace; a model that is not served is started."
NO_WORKSPACE = "There is no workspace open: a chat is kept in one, and its model is served from one. 0 leads home."
DRAFT_SECONDS = 1.0
"""How long after the last keystroke a question that was not sent is kept on disk."""


def in_one_line(error: LabError) -> str:
    """What first: of a long line only the beginning is seen."""
    return " ".join(part for part in (error.what, error.hint, error.where) if part).replace("\n", " ")


class Talking(LabScreen):
    def __init__(self) -> None:
        super().__init__()
        self.talk = Conversation(id="", created=now(), changed=now())
        self.flights: list[Flight] = []
        """Every answer on its way, of whichever conversation."""
        self.keeper: Keeper | None = None
        self.trouble = ""
        """What the status line says is wrong."""
        self.collected = 0
        """Answers that wait to be made seeds of."""

    def body(self) -> ComposeResult:
        with Horizontal(id="chat"):
            yield ConversationList()
            with Vertical(id="talk"):
                yield Horizontal(id="panes")
                yield Plain("", id="status")
                with Horizontal(id="ask"):
                    yield Plain(">", id="sign")
                    yield Prompt(id="prompt", placeholder="ask, enter sends, ^j begins a new line")

    def on_mount(self) -> None:
        if (workspace := self.app.context.workspace) is not None:
            self.keeper = Keeper(ChatStore(workspace.chats))
        self._draft_timer = self.set_timer(DRAFT_SECONDS, self._keep_draft, pause=True)
        self.prompt.focus()

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def store(self) -> ChatStore:
        """Raises UsageError where no workspace is open."""
        if self.keeper is None:
            raise UsageError(NO_WORKSPACE)
        return self.keeper.store

    @property
    def panes(self) -> list[ChatPane]:
        return list(self.query(ChatPane))

    def defaults(self) -> Sampling:
        chat = self.app.context.config.settings.chat
        return Sampling(
            temperature=chat.temperature,
            top_p=chat.top_p,
            min_p=chat.min_p,
            max_tokens=chat.max_tokens,
            seed=chat.seed,
        )

    def blank(self, model: str = "", adapter: str = "") -> Conversation:
        """A new conversation with the settings as they are."""
        return chats.new(model, adapter, system=self.app.context.config.settings.chat.system, sampling=self.defaults())

    # -- opening and showing ---------------------------------------------------------------------------------------

    async def open_talk(self, talk: Conversation) -> None:
        """Shows a conversation in place of the present one, which keeps its draft and its answers on the way."""
        await self.keep_draft()
        running = next((flight.conversation for flight in self.flights if flight.conversation.id == talk.id), None)
        self.talk = running or talk
        self.trouble = ""
        await self.show_panes()
        with self.prompt.prevent(TextArea.Changed):
            self.prompt.write(self.talk.draft)
        self.recall()
        self.listed()

    async def show_panes(self) -> None:
        """Makes a pane for each of the conversation's, and fills them."""
        holder = self.query_one("#panes", Horizontal)
        with self.app.batch_update():
            await holder.remove_children()
            panes = [ChatPane(self.talk, pane) for pane in self.talk.panes]
            await holder.mount_all(panes)
            for pane in panes:
                pane.flight = next((flight for flight in self.flights if flight.pane is pane.pane), None)
        await self.show_turns()

    async def show_turns(self) -> None:
        empty = EMPTY if self.keeper else NO_WORKSPACE
        for pane in self.panes:
            await pane.refresh_turns(empty)
        self.show_status()

    def pane_of(self, pane: Pane) -> ChatPane | None:
        return next((shown for shown in self.panes if shown.pane is pane), None)

    def show_status(self) -> None:
        status = self.query_one("#status", Plain)
        status.set_class(bool(self.trouble), "-trouble")
        status.show(status_line(self.talk, self.prompt.text, self.trouble, self.collected))

    @work(exclusive=True, group="recall")
    async def recall(self) -> None:
        """Gives the prompt the questions asked before, this conversation's last."""
        if self.keeper is None:
            return
        store = self.keeper.store
        past = await in_thread(store.prompts)
        own = chats.prompts([self.talk])
        self.prompt.recall_from([*(text for text in past if text not in own), *own])

    def listed(self) -> None:
        """The list of conversations may have changed."""

    # -- keeping ---------------------------------------------------------------------------------------------------

    async def save(self, talk: Conversation) -> None:
        """Saves a conversation; a disk that refuses is said and does not lose what is shown."""
        if self.keeper is None or not (talk.turns or talk.draft):
            return
        try:
            added = await self.keeper.save(talk)
        except LabError as error:
            self.trouble = in_one_line(error)
            self.show_status()
            return
        if added and talk is self.talk:
            await self.show_turns()
        self.listed()

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.talk.draft = self.prompt.text
        self._draft_timer.reset()
        self._draft_timer.resume()
        self.show_status()

    @work(exclusive=True, group="draft")
    async def _keep_draft(self) -> None:
        self._draft_timer.pause()
        await self.keep_draft()

    async def keep_draft(self) -> None:
        talk = self.talk
        if talk.turns or talk.draft:
            await self.save(talk)
        elif self.keeper is not None and talk.id:
            store = self.keeper.store
            await in_thread(lambda: store.discard(talk.id))

    def on_unmount(self) -> None:
        """The application ends: what is half written is kept as it is."""
        if self.keeper is None:
            return
        for talk in [self.talk, *(flight.conversation for flight in self.flights)]:
            if talk.turns or talk.draft:
                self.keeper.save_now(talk)
