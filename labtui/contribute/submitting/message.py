"""The commit message: made from the leaves where the contributor wrote none, always with the sign-off at its end."""

from __future__ import annotations

import re
import textwrap

from labtui.contribute.records import ContributedLeaf, Draft
from labtui.text import without_controls

SUBJECT_LIMIT = 72
"""Characters of a first line that every list of commits shows whole."""
WIDTH = 72
NAMED_AT_MOST = 20
_VERBS = {"new": "Add", "changed": "Improve", "renamed": "Move", "deleted": "Remove"}
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S.*|\(cherry picked from commit .*\)")


def proposed(draft: Draft) -> str:
    """The message for a contribution whose contributor wrote none: what is done to which leaf, and what it teaches."""
    leaves = draft.leaves
    parts = [_subject(leaves)]
    if draft.teaches.strip():
        parts.append("\n".join(textwrap.fill(_line(line), WIDTH) for line in draft.teaches.strip().splitlines()))
    lines = [f"{_VERBS[leaf.change]} {leaf.id}{_was(leaf)}" for leaf in leaves[:NAMED_AT_MOST]]
    if len(leaves) > NAMED_AT_MOST:
        lines.append(f"and {len(leaves) - NAMED_AT_MOST} more leaves")
    if lines:
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def signed_off(message: str, signature: str) -> str:
    """`message` without control characters, with `Signed-off-by: SIGNATURE` as its last line, once."""
    text = "\n".join(line.rstrip() for line in without_controls(message).strip().split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", text)
    if not signature:
        return f"{text}\n"
    line = sign_off(signature)
    kept = [other for other in text.split("\n") if other != line]
    text = "\n".join(kept).rstrip()
    last = text.rpartition("\n\n")[2].split("\n") if "\n\n" in text else []
    joint = "\n" if last and all(_TRAILER.fullmatch(other) for other in last) else "\n\n"
    return f"{text}{joint}{line}\n"


def sign_off(signature: str) -> str:
    return f"Signed-off-by: {signature}"


def _subject(leaves: list[ContributedLeaf]) -> str:
    if not leaves:
        return "Nothing yet"
    changes = {leaf.change for leaf in leaves}
    verb = _VERBS[leaves[0].change] if len(changes) == 1 else "Change"
    if len(leaves) > 1:
        common = _common([leaf.id for leaf in leaves])
        return _cut(f"{verb} {len(leaves)} leaves{f' in {common}' if common else ''}")
    leaf = leaves[0]
    what = "knowledge" if leaf.id.startswith("knowledge/") else "skill"
    name = " ".join(part.replace("_", " ") for part in leaf.id.split("/")[-1:])
    parent = leaf.id.split("/")[-2].replace("_", " ") if leaf.id.count("/") > 1 else ""
    return _cut(f"{verb} {what}: {name}{f' ({parent})' if parent else ''}")


def _common(names: list[str]) -> str:
    first, last = min(names).split("/"), max(names).split("/")
    same = 0
    while same < min(len(first), len(last)) - 1 and first[same] == last[same]:
        same += 1
    return "/".join(first[:same])


def _cut(text: str) -> str:
    return text if len(text) <= SUBJECT_LIMIT else f"{text[: SUBJECT_LIMIT - 1].rstrip()}…"


def _line(text: str) -> str:
    return " ".join(text.split())


def _was(leaf: ContributedLeaf) -> str:
    return f" (was {leaf.was})" if leaf.change == "renamed" else ""
