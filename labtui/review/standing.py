"""What all reviewers together say of a sample. Plain data from plain data; reads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from labtui.review.records import Decision, State

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one sample stands with those who looked at it."""

    state: State = "unseen"
    by: tuple[Decision, ...] = ()
    """The decision of each reviewer that counts, in the order they were made."""
    earlier: int = 0
    """Decisions about a sample of this id that said something else then: they do not count."""

    @property
    def parts(self) -> dict[str, str]:
        """What it shall say instead, by part; the last edit counts."""
        return next((one.parts for one in reversed(self.by) if one.verdict == "accept" and one.parts), {})

    @property
    def reason(self) -> str:
        """Why it was rejected, in the words of the last who did."""
        return next((one.reason for one in reversed(self.by) if one.verdict == "reject"), "")

    def of(self, reviewer: str) -> Decision | None:
        """What this reviewer decided."""
        return next((one for one in self.by if one.reviewer == reviewer), None)


UNSEEN = Standing()


class Standings:
    """Every sample somebody decided anything of."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._latest: dict[tuple[str, str], dict[str, Decision]] = {}
        """(sample, content) -> reviewer -> the last decision."""
        self._contents: dict[str, set[str]] = {}
        """Sample -> what it said whenever it was decided of."""
        self.take(decisions)

    def take(self, decisions: Iterable[Decision]) -> None:
        """Adds decisions, in any order: of one reviewer the latest counts, whenever it is read."""
        for one in decisions:
            of_sample = self._latest.setdefault((one.sample, one.content), {})
            before = of_sample.get(one.reviewer)
            if before is None or (one.t, one.verdict) >= (before.t, before.verdict):
                of_sample[one.reviewer] = one
            self._contents.setdefault(one.sample, set()).add(one.content)

    def of(self, sample: str, content: str) -> Standing:
        """How a sample with this id and these messages stands."""
        latest = self._latest.get((sample, content), {})
        counted = sorted((one for one in latest.values() if one.verdict != "undo"), key=lambda one: one.t)
        others = self._contents.get(sample, set()) - {content}
        earlier = sum(
            one.verdict != "undo" for other in others for one in self._latest.get((sample, other), {}).values()
        )
        if not counted:
            return Standing(earlier=earlier) if earlier else UNSEEN
        return Standing(state=_state(counted), by=tuple(counted), earlier=earlier)

    def last_of(self, reviewer: str) -> datetime:
        """When this reviewer decided last."""
        times = [of[reviewer].t for of in self._latest.values() if reviewer in of]
        return max(times, default=NEVER)

    def __iter__(self) -> Iterator[Decision]:
        """Every decision that counts, of whatever content."""
        for latest in self._latest.values():
            yield from (one for one in latest.values() if one.verdict != "undo")


def _state(counted: list[Decision]) -> State:
    rejecting = sum(one.verdict == "reject" for one in counted)
    if rejecting == len(counted):
        return "rejected"
    if rejecting:
        return "disputed"
    return "edited" if any(one.parts for one in counted) else "accepted"
