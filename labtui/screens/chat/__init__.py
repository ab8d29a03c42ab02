"""The chat: conversations, one or two models answering, the prompt."""

from labtui.screens.chat.screen import ChatScreen

__all__ = ["ChatScreen"]
