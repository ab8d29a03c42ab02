"""Blocking work for the chat."""

from labtui.screens.threads import in_thread

__all__ = ["in_thread"]
