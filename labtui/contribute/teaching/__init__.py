"""From corrected answers of the chat to seeds."""
