"""The line above the prompt: how full the window is, what is not sent, what is wrong."""

from __future__ import annotations

from textual.content import Content

from labtui import signs
from labtui.chat.conversations import Conversation, branch
from labtui.serve.client import estimate_tokens
from labtui.text import clean

METER = 10
NEARLY = 0.8
"""Fuller than this the meter warns."""


def status_line(talk: Conversation, typed: str, trouble: str = "", collected: int = 0) -> Content:
    """`collected`: answers that wait to be made seeds of."""
    if trouble:
        return Content.styled(f"! {clean(trouble, lines=False)}", "$warning")
    used, window, exact = used_tokens(talk)
    if not talk.turns and not typed.strip() and not talk.system.strip():
        return Content.assemble(*_waiting(collected), ("a new conversation", "$quiet"))
    parts: list[tuple[str, str] | str] = [*_waiting(collected), ("context ", "$quiet")]
    about = "" if exact else "~"
    if window:
        full = min(1.0, used / window)
        style = "$warning" if full > NEARLY else "$primary"
        filled = round(full * METER)
        parts += [("━" * filled, style), ("╌" * (METER - filled), "$edge"), f" {about}{used:,} / {window:,}"]
    else:
        parts.append(f"{about}{used:,} tokens")
    if typed.strip():
        parts.append((f" + ~{estimate_tokens([{'content': typed}]):,} typed", "$quiet"))
    if talk.left_out:
        parts.append((f" · {len(talk.left_out)} turns not sent", "$warning"))
    if talk.system.strip():
        parts.append((f" · system: {clean(talk.system, lines=False)}", "$quiet"))
    return Content.assemble(*parts)


def _waiting(collected: int) -> list[tuple[str, str] | str]:
    """First, as what stands behind a long system prompt is not seen."""
    return [(f"{signs.UNSAVED} {collected} to be taught", "$secondary"), (" · ", "$quiet")] if collected else []


def used_tokens(talk: Conversation) -> tuple[int, int, bool]:
    """(tokens the fullest branch takes, its window or 0, whether the server counted them)."""
    fullest = (0, 0, True)
    for pane in talk.panes:
        turns = branch(talk, pane.leaf)
        after: list[dict[str, str]] = []
        for turn in reversed(turns):
            counted = turn.speed.prompt_tokens if turn.speed else 0
            if turn.made and turn.speed and counted:
                used = counted + turn.speed.completion_tokens + (estimate_tokens(after) if after else 0)
                fullest = max(fullest, (used, turn.made.context, not after))
                break
            if turn.text:
                after.append({"content": turn.text})
        else:
            fullest = max(fullest, (estimate_tokens(after) if after else 0, 0, not after))
    return fullest
