"""Saves the open conversation without holding up the screen."""

from __future__ import annotations

import asyncio

import msgspec

from labtui.chat.conversations import Conversation, merge
from labtui.chat.store import ChatStore
from labtui.errors import LabError
from labtui.screens.chat.threads import in_thread


class Keeper:
    """One save at a time; what changed meanwhile is saved right after."""

    def __init__(self, store: ChatStore) -> None:
        self.store = store
        self._busy = asyncio.Lock()

    async def save(self, conversation: Conversation) -> bool:
        """Saves, and takes in what another application added. True where it added something. Raises LabError."""
        async with self._busy:
            copy = msgspec.json.decode(msgspec.json.encode(conversation), type=Conversation)
            theirs = await in_thread(lambda: self.store.save(copy))
        if theirs is None:
            return False
        before = len(conversation.turns)
        merge(conversation, theirs)
        return len(conversation.turns) != before

    def save_now(self, conversation: Conversation) -> None:
        """Saves at once, for the moment of leaving. A disk that refuses is not worth keeping the user for."""
        try:
            self.store.save(conversation)
        except LabError:
            return
