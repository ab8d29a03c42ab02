"""How a job is said in a few words: state, progress, rate, time left. No Textual here.

Nothing is said by colour or by a sign alone: the word always stands beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from labtui import signs
from labtui.records import State, now

if TYPE_CHECKING:
    from labtui.jobs import JobView

SILENT_AFTER = 120.0
"""Seconds without an event after which a running job is said to be silent."""

SECONDS = "seconds"
"""The unit of a job that counts its work in seconds: its rate would say nothing."""

SIGNS = {
    State.WAITING: signs.WAITING,
    State.RUNNING: signs.RUNNING,
    State.DONE: signs.DONE,
    State.FAILED: signs.FAILED,
    State.STOPPED: signs.STOPPED,
    State.LOST: "?",
    State.UNCONFIRMED: "~",
}

COLOURS = {
    State.WAITING: "$warning",
    State.RUNNING: "$primary",
    State.DONE: "$success",
    State.FAILED: "$error",
    State.STOPPED: "$quiet",
    State.LOST: "$error",
    State.UNCONFIRMED: "$warning",
}
"""Style of each state as a variable of the theme."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def sign(state: State) -> str:
    return SIGNS[state]


def bar(fraction: float, cells: int) -> str:
    """A progress bar of exactly `cells` cells: `██████▌───`."""
    eighths = int(min(1.0, max(0.0, fraction)) * cells * 8)
    whole, rest = divmod(eighths, 8)
    drawn = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return drawn + "─" * (cells - len(drawn))


def duration(seconds: float) -> str:
    """A span of time in its two largest units: `42 s`, `3 m 05 s`, `1 h 12 m`, `2 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} m {rest:02d} s" if minutes < 10 else f"{minutes} m"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} m"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def number(value: float) -> str:
    """A count as people write it: `1,204`, `0.25`, `12.5`."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def rate(per_second: float | None, unit: str = "") -> str:
    """`14,200 tokens/s`, or per minute or hour where a second is too short: `31 samples/min`."""
    if per_second is None or per_second <= 0:
        return ""
    for factor, name in ((1, "s"), (60, "min"), (3600, "h")):
        if per_second * factor >= 1 or name == "h":
            return f"{number(float(f'{per_second * factor:.3g}'))} {unit}/{name}".replace(" /", "/")
    return ""


def progress(view: JobView) -> str:
    """`1,204/1,880 samples`; without a known total `1,204 samples`; empty before the first progress."""
    return counted(view.done, view.total, view.unit) if view.total > 0 or view.done else ""


def counted(done: float, total: float, unit: str) -> str:
    """So much of so much. Work of several kinds is counted in seconds: `1 m 20 s of about 4 m`."""
    if unit == SECONDS and total > 0:
        return f"{duration(done)} of about {duration(total)}" if done < total else duration(done)
    return f"{number(done)}/{number(total)} {unit}".strip() if total > 0 else f"{number(done)} {unit}".strip()


def fraction(view: JobView) -> float | None:
    """Share that is done, 0 to 1; None where the total is not known."""
    return view.share


def percent(view: JobView) -> str:
    share = fraction(view)
    # A job is at 100 % when everything is done, not when it rounds to it.
    return "" if share is None else f"{int(share * 100)} %"


def state(view: JobView) -> str:
    """The state in words, with what it waits for or where it runs: `waits for train-cpu`."""
    if view.problem:
        return "unreadable"
    if view.state == State.WAITING and view.waits_for:
        return f"waits for {view.waits_for}"
    if view.state == State.UNCONFIRMED:
        where = f"on {view.status.host}" if view.status else "not confirmed"
        seen = f", last event {clock(view.last_event)}" if view.last_event else ""
        return f"{where}{seen}"
    return str(view.state)


def clock(moment: datetime) -> str:
    """The local time of an event; with the date where it was not today."""
    local = moment.astimezone()
    return local.strftime("%H:%M" if local.date() == now().astimezone().date() else "%d %b %H:%M")


def day_or_clock(moment: datetime) -> str:
    """The same in at most six cells: the time of today, else the day."""
    local = moment.astimezone()
    return local.strftime("%H:%M" if local.date() == now().astimezone().date() else "%d %b")


def silence(view: JobView) -> str:
    """`no event for 12 m` where a running job says nothing for long; silence is not failure."""
    # A served model has nothing to say while nobody asks it.
    if view.silence is None or view.silence < SILENT_AFTER or view.endpoint is not None:
        return ""
    return f"no event for {duration(view.silence)}"


def eta(seconds: float) -> str:
    """Time left, to the minute where it is more than one: more would be a lie."""
    return f"ETA {duration(seconds if seconds < 60 else round(seconds / 60) * 60).removesuffix(' 00 s')}"


def times(view: JobView) -> list[str]:
    """Rate, time left, time taken: what stands beside the bar, the more important first."""
    found = []
    if view.state == State.RUNNING:
        if view.eta is not None:
            found.append(eta(view.eta))
        if view.unit != SECONDS and (pace := rate(view.rate, view.unit)):
            found.append(pace)
    if view.elapsed:
        verb = "took" if view.state.ended else "for"
        found.append(f"{verb} {duration(view.elapsed)}")
    return found
