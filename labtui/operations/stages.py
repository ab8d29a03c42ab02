"""The seven stages of the loop and what is so in each, in two short lines and a sign: Home's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from labtui.operations.overview import Counts, Overview, Tree
from labtui.records import State

if TYPE_CHECKING:
    from labtui.jobs import JobView

Mark = Literal["none", "some", "running", "waiting", "trouble"]


class Stage(msgspec.Struct, frozen=True):
    screen: str
    """The screen that opens."""
    title: str
    first: str = ""
    second: str = ""
    mark: Mark = "none"


TITLES = {
    "chat": "Experiment",
    "contribute": "Contribute",
    "review": "Review",
    "generate": "Generate",
    "train": "Train",
    "evaluate": "Evaluate",
    "release": "Release",
}
"""Screen -> stage, in the order of the loop; their number keys are 1 to 7."""


def stages(overview: Overview) -> list[Stage]:
    """Every stage, in the loop's order. What was not read yet leaves its lines empty."""
    counts = overview.counts
    return [
        _stage("chat", _experiment(overview)),
        _stage("contribute", _contribute(overview.tree, counts)),
        _stage("review", _review(counts)),
        _stage("generate", _generate(overview)),
        _stage("train", _train(overview)),
        _stage("evaluate", _evaluate(counts)),
        _stage("release", _release(counts)),
    ]


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 chat`, `1,204 samples`."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


_Said = tuple[str, str, Mark]


def _stage(screen: str, said: _Said) -> Stage:
    return Stage(screen, TITLES[screen], *said)


def _experiment(overview: Overview) -> _Said:
    counts = overview.counts
    if counts is None:
        return "", "", "none"
    if not counts.models:
        return "no model yet", "models: key 9", "none"
    chats = plural(counts.chats, "chat") if counts.chats else "ask something"
    return plural(counts.models, "model"), chats, "some" if counts.chats else "none"


def _contribute(tree: Tree | None, counts: Counts | None) -> _Said:
    if counts is None:
        return "", "", "none"
    first = plural(counts.leaves, "leaf", "leaves")
    first += f", {plural(counts.drafts, 'draft')}" if counts.drafts else ""
    mark: Mark = "some" if counts.leaves or counts.requests else "none"
    if tree is not None and tree.problem:
        return first, tree.problem, "trouble"
    if counts.requests_asking:
        return first, f"{plural(counts.requests_asking, 'request')} for you", "waiting"
    said = [f"{plural(counts.requests, 'request')} open"] if counts.requests else []
    if tree is None:
        return first, ", ".join(said), mark
    if not tree.git:
        said.append("not in git")
    elif tree.changed or not said:
        said.append(f"{tree.changed} changed" if tree.changed else "no changes")
    return first, ", ".join(said), mark


def _review(counts: Counts | None) -> _Said:
    if counts is None:
        return "", "", "none"
    if not counts.samples:
        return "no samples yet", "", "none"
    return plural(counts.samples, "sample"), f"in {plural(counts.data_sets, 'data set')}", "some"


def _generate(overview: Overview) -> _Said:
    view = _latest(overview.jobs, "generate")
    if view is not None and (said := _under_way(view)):
        return said
    counts = overview.counts
    if overview.jobs is None or counts is None:
        return "", "", "none"
    if view is not None and view.state in (State.FAILED, State.LOST):
        return f"last one {view.state}", _short_error(view), "trouble"
    if counts.data_sets:
        return plural(counts.data_sets, "data set"), _outcome(view), "some"
    return ("ready" if counts.leaves else "needs a leaf"), _outcome(view), "none"


def _train(overview: Overview) -> _Said:
    view = _latest(overview.jobs, "train")
    if view is not None and (said := _under_way(view)):
        loss = view.metrics.get("loss")
        return (said[0], f"loss {loss:.2f}", said[2]) if loss is not None else said
    counts = overview.counts
    if overview.jobs is None or counts is None:
        return "", "", "none"
    if view is not None and view.state in (State.FAILED, State.LOST):
        return f"last one {view.state}", _short_error(view), "trouble"
    if counts.adapters:
        return plural(counts.adapters, "adapter"), counts.newest_adapter, "some"
    return ("ready" if counts.samples else "needs samples"), _outcome(view), "none"


def _evaluate(counts: Counts | None) -> _Said:
    if counts is None:
        return "", "", "none"
    if counts.adapters:
        return "base and tuned", "side by side", "some"
    return "no adapter", "", "none"


def _release(counts: Counts | None) -> _Said:
    if counts is None:
        return "", "", "none"
    if counts.adapters:
        return plural(counts.adapters, "adapter"), "as GGUF file" + ("s" if counts.adapters > 1 else ""), "some"
    return "nothing yet", "", "none"


def _latest(views: list[JobView] | None, kind: str) -> JobView | None:
    """The job of a kind that counts: one that is under way before the newest that ended."""
    found = [view for view in views or () if view.spec.kind == kind]
    return next((view for view in found if not view.state.ended), found[0] if found else None)


def _under_way(view: JobView) -> _Said | None:
    if view.state == State.WAITING:
        slot = view.status.waits_for if view.status else ""
        return "waits", f"for {slot}" if slot else "", "waiting"
    if view.state == State.RUNNING:
        if view.total <= 0:
            return view.stage or "starting", "", "running"
        return f"{int(100 * view.done / view.total)} %", f"{view.done:,.0f}/{view.total:,.0f}", "running"
    return None


def _outcome(view: JobView | None) -> str:
    return f"last one {view.state}" if view is not None and view.state == State.STOPPED else ""


def _short_error(view: JobView) -> str:
    return view.error or "jobs: why"
