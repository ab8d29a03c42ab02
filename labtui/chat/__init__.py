"""Conversations: plain data with branches, kept on disk, measured against the context window. No Textual here."""
