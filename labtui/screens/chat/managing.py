"""What can be done with conversations as wholes: open, search, rename, delete, export, and who answers in them."""

from __future__ import annotations

from textual import on, work

from labtui.chat import conversations as chats
from labtui.chat import export
from labtui.chat.conversations import Conversation, Pane
from labtui.errors import LabError, UsageError
from labtui.screens.chat.answering import Answering
from labtui.screens.chat.listing import ConversationList, Names
from labtui.screens.chat.picker import ModelPicker, Who, answerers
from labtui.screens.chat.talking import NO_WORKSPACE
from labtui.screens.chat.threads import in_thread
from labtui.widgets.prompt_line import LineWindow


class Managing(Answering):
    def __init__(self) -> None:
        super().__init__()
        self._search = ""
        self._deleted: list[tuple[str, str]] = []
        """(id, heading) of what was deleted, the last at the end."""

    @property
    def listing(self) -> bool:
        return self.has_class("-listing")

    def show_list(self, shown: bool) -> None:
        self.set_class(shown, "-listing")
        if shown:
            self.listed()
            self.query_one(Names).focus()
        else:
            self.prompt.focus()

    def listed(self) -> None:
        if self.listing and self.keeper is not None:
            self._list()

    @work(exclusive=True, group="list")
    async def _list(self) -> None:
        store, search = self.store, self._search
        found = await in_thread(lambda: store.summaries(search))
        self.query_one(ConversationList).show(found, self.talk.id)

    @on(ConversationList.Searched)
    def _searched(self, event: ConversationList.Searched) -> None:
        self._search = event.text
        self.listed()

    @on(Names.Wanted)
    @work
    async def _wanted_of_list(self, event: Names.Wanted) -> None:
        try:
            match event.what:
                case "open":
                    await self.open_talk(await self._loaded(event.id))
                    if self.app.size.width < 100:
                        self.show_list(False)
                    self.prompt.focus()
                case "rename":
                    await self.rename(await self._loaded(event.id))
                case "delete":
                    await self._delete(event.id)
                case "undo":
                    await self._undelete()
                case "export":
                    await self.export(await self._loaded(event.id))
        except LabError as error:
            self.app.fail(error)

    async def _loaded(self, talk_id: str) -> Conversation:
        """The conversation of that id: the one held here, if it is, else from disk. Raises LabError."""
        held = [self.talk, *(flight.conversation for flight in self.flights)]
        if found := next((talk for talk in held if talk.id == talk_id), None):
            return found
        store = self.store
        return await in_thread(lambda: store.load(talk_id))

    async def rename(self, talk: Conversation) -> None:
        title = await self.app.push_screen_wait(LineWindow("What shall the conversation be called?", talk.heading))
        if title:
            chats.rename(talk, title)
            await self.save(talk)

    async def _delete(self, talk_id: str) -> None:
        talk = await self._loaded(talk_id)
        if any(flight.conversation is talk for flight in self.flights):
            self.app.say("An answer is being written in it; stop it first.", "warning")
            return
        store = self.store
        await in_thread(lambda: store.delete(talk_id))
        self._deleted.append((talk_id, talk.heading))
        if talk is self.talk:
            self.talk = self.blank(self.talk.panes[0].model, self.talk.panes[0].adapter)
            await self.open_talk(self.talk)
        self.app.say(f"Deleted “{talk.heading}”. u brings it back.")
        self.listed()

    async def _undelete(self) -> None:
        if not self._deleted:
            self.app.say("Nothing was deleted since labtui was opened.")
            return
        talk_id, heading = self._deleted.pop()
        store = self.store
        await in_thread(lambda: store.undelete(talk_id))
        self.app.say(f"“{heading}” is back.")
        self.listed()

    async def export(self, talk: Conversation) -> None:
        workspace = self.app.context.workspace
        if workspace is None:
            raise UsageError(NO_WORKSPACE)
        proposed = workspace.chats / "exports" / export.file_name(talk, "markdown")
        given = await self.app.push_screen_wait(
            LineWindow("Write it where?", str(proposed), detail=".md: to read   .json: as messages")
        )
        if given:
            from pathlib import Path

            path = Path(given)
            form = "json" if path.suffix.lower() == ".json" else "markdown"
            written = await in_thread(lambda: export.write(talk, form, path))
            self.app.say(f"Written to {written}")

    # -- who answers --------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="choose")
    async def choose_model(self, beside: bool = False) -> None:
        context = self.app.context

        def look() -> list[Who]:
            from labtui.operations import serving
            from labtui.serve.models import list_models

            models = list_models(context.workspace, context.config.settings)
            served = serving.served(context.workspace) if context.workspace else []
            ready = [(target.name, target.adapter) for _, target in served if target is not None]
            return answerers(models, ready)

        try:
            choices = await in_thread(look)
        except LabError as error:
            self.app.fail(error)
            return
        talk = self.talk
        place = self._chosen_pane()
        current = None if beside else Who(talk.panes[place].model, talk.panes[place].adapter)
        title = "who answers beside" if beside else "who answers"
        who = await self.app.push_screen_wait(ModelPicker(title, choices, current))
        if who is None or talk is not self.talk:
            return
        if beside:
            talk.panes.append(Pane(model=who.model, adapter=who.adapter, leaf=self._shared_leaf(talk)))
        else:
            talk.panes[place].model, talk.panes[place].adapter = who.model, who.adapter
        await self.show_panes()
        self.prompt.focus()
        await self.save(talk)

    def _chosen_pane(self) -> int:
        """The pane the reader is in; the first one from the prompt."""
        return next((place for place, pane in enumerate(self.panes) if pane.has_focus_within), 0)

    @staticmethod
    def _shared_leaf(talk: Conversation) -> str:
        """A second pane begins with the whole branch of the first, so that the next question goes to both."""
        return talk.panes[0].leaf
