"""What the commands that decide have in common."""

from __future__ import annotations

from collections.abc import Sequence

from labtui.commands._common import Lab, note, print_json
from labtui.review.records import Verdict

WORDS: dict[Verdict, str] = {"accept": "accepted", "reject": "rejected", "undo": "taken back"}
SHORT_ID = 12


def decide(
    lab: Lab,
    named: Sequence[str],
    verdict: Verdict,
    as_json: bool,
    *,
    reason: str = "",
    remark: str = "",
    parts: dict[str, str] | None = None,
) -> None:
    """Notes the decision and says so."""
    from labtui.operations import reviewing
    from labtui.review.book import DecisionBook

    workspace = lab.workspace()
    chosen = reviewing.find(workspace, named)
    who = reviewing.reviewer(workspace)
    made = reviewing.decide(
        workspace, DecisionBook(workspace), who, chosen, verdict, reason=reason, note=remark, parts=parts
    )
    if as_json:
        print_json(made)
        return
    for one in made:
        what = "edited" if one.parts else WORDS[verdict]
        note(f"{one.sample[:SHORT_ID]} {what}{f': {one.reason}' if one.reason else ''}")
