"""What was generated from a leaf, as finished lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from labtui import signs
from labtui.generate.journal import Sample
from labtui.operations.leaf_data import FromJob, InSet, LeafData
from labtui.text import clean, shorten, width

REASONS = 6
SHOWN_LINES = 6
"""Lines shown of a part of a sample."""


def data_lines(data: LeafData | None, seeds: Sequence[str], room: int) -> list[Content]:
    """Counts, jobs, data sets and the newest samples. `seeds` says how each seed of the leaf begins."""
    room = max(20, room)
    if data is None:
        return [Content.styled("Looking through jobs and data sets…", "$quiet")]
    if not data.jobs and not data.sets:
        return _nothing(data, room)
    lines = _counts(data, room)
    for title, rows in (
        ("jobs", [_job(job, room) for job in data.jobs]),
        ("data sets", [_set(one, room) for one in data.sets]),
    ):
        if rows:
            lines += [Content(""), Content.styled(title, "bold"), *rows]
    if data.samples:
        lines += [Content(""), Content.styled("newest samples", "bold")]
        for sample in data.samples:
            lines += _sample(sample, data.sha256, seeds, room)
    return [line if line.cell_length <= room else line.truncate(room, ellipsis=True) for line in lines]


def data_note(data: LeafData | None) -> str:
    """A short word for the view's name: how many samples were accepted."""
    return f"{data.accepted:,}" if data is not None and data.accepted else ""


def _nothing(data: LeafData, room: int) -> list[Content]:
    if not data.done:
        return [Content.styled("Looking through jobs and data sets…", "$quiet")]
    lines = _wrapped("Nothing was generated from this leaf yet.", room, "bold")
    return [*lines, Content(""), *_wrapped("g makes samples from it.", room, "$quiet")]


def _counts(data: LeafData, room: int) -> list[Content]:
    many = "one job" if len(data.jobs) == 1 else f"{len(data.jobs)} jobs"
    more = "" if data.done else ", and still reading…"
    lines: list[Content] = []
    if data.jobs:
        tried = data.accepted + data.rejected
        text = f"{data.accepted:,} accepted and {data.rejected:,} rejected of {tried:,} tries in {many}{more}"
        lines += _wrapped(text, room, "bold")
    older = data.accepted - data.present
    if data.accepted and not older:
        lines += _wrapped(f"{signs.DONE} all of the accepted from the leaf as it is now", room, "$success")
    elif older:
        words = f"{older:,} of the accepted from an earlier version of the leaf, {data.present:,} from the present one"
        lines += _wrapped(f"{signs.WARNING} {words}", room, "$warning")
    if reasons := data.reasons:
        told = [f"{count:,} {reason}" for reason, count in reasons.most_common(REASONS)]
        rest = sum(reasons.values()) - sum(count for _, count in reasons.most_common(REASONS))
        lines += _wrapped("rejected: " + " · ".join([*told, *([f"{rest:,} others"] if rest else [])]), room, "$quiet")
    return lines


def _job(job: FromJob, room: int) -> Content:
    counts = f"{job.accepted:>6,} accepted  {job.rejected:>6,} rejected"
    version = _version(job.present == job.accepted) if job.accepted else ""
    when = f"{job.last:%d %b %H:%M}" if job.last else " " * 12
    return _row(when, job.title or job.job, counts, version, room)


def _set(one: InSet, room: int) -> Content:
    counts = f"{one.samples:>6,} samples" + (f"  {one.seeds:,} own pairs" if one.seeds else "")
    when = f"{one.made:%d %b %H:%M}" if one.made else " " * 12
    return _row(when, one.name, counts, _version(one.present) if one.present is not None else "", room)


def _version(present: bool) -> str:
    return "as it is now" if present else "earlier version"


def _row(when: str, name: str, counts: str, version: str, room: int) -> Content:
    tail = f"{counts}  {version:<15}" if room >= 76 else counts
    name_room = max(8, room - len(when) - len(tail) - 4)
    shown = shorten(name, name_room)
    gap = " " * (name_room - width(shown))
    style = "$warning" if version.startswith("earlier") else "$quiet"
    return Content.assemble(
        (f"{when}  ", "$quiet"), shown, gap, "  ", tail[: len(counts)], (tail[len(counts) :], style)
    )


def _sample(sample: Sample, sha256: str, seeds: Sequence[str], room: int) -> list[Content]:
    inner = room - 4
    sign, style = (signs.DONE, "$success") if sample.accepted else (signs.FAILED, "$error")
    what = "accepted" if sample.accepted else sample.reason + (f": {sample.detail}" if sample.detail else "")
    present = sample.leaf_sha256 == sha256
    right = f" {sample.t:%d %b %H:%M} " + ("" if present else "· earlier version ")
    left = shorten(f" {sign} {what} ", max(8, room - 6 - width(right)))
    line = "─" * max(1, room - 4 - width(left) - width(right))
    body: list[Content] = []
    for letter, name in (("", "context"), ("Q", "question"), ("A", "answer")):
        if text := sample.parts.get(name, "").strip():
            body += _part(letter, text, inner, "bold" if name == "question" else "")
    if not body:
        body = _wrapped("What the teacher said stands in the job's requests.jsonl.", inner, "$quiet")
    body += _wrapped(_origin(sample, seeds, present), inner, "$quiet")
    top = Content.assemble(
        ("┌─", "$edge"), (left, f"bold {style}"), (line, "$edge"), (right, "$quiet"), ("─┐", "$edge")
    )
    framed = [
        Content.assemble(("│ ", "$edge"), part, " " * max(0, inner - part.cell_length), (" │", "$edge"))
        for part in body
    ]
    return [top, *framed, Content.styled(f"└{'─' * (room - 2)}┘", "$edge")]


def _part(letter: str, text: str, inner: int, style: str) -> list[Content]:
    start = 3 if letter else 0
    lines = _wrapped(text, max(8, inner - start), style, lines=True)
    if len(lines) > SHOWN_LINES:
        lines = [*lines[: SHOWN_LINES - 1], Content.styled(f"… {len(lines) - SHOWN_LINES + 1} more lines", "$quiet")]
    if not letter:
        return [*lines, Content("")]
    return [
        Content.assemble((f"{letter}  " if row == 0 else "   ", "bold $primary"), line)
        for row, line in enumerate(lines)
    ]


def _origin(sample: Sample, seeds: Sequence[str], present: bool) -> str:
    """Which seeds the teacher was shown, how the first one begins, and who the teacher was."""
    numbers = ", ".join(str(number) for number in sample.seeds)
    word = "seed" if len(sample.seeds) == 1 else "seeds"
    first = sample.seeds[0] if sample.seeds else 0
    begins = shorten(seeds[first - 1], 60) if present and 0 < first <= len(seeds) else ""
    about = f" (“{begins}”)" if begins and len(sample.seeds) == 1 else ""
    return f"try {sample.number} · {word} {numbers}{about} · {sample.teacher}"


def _wrapped(text: str, room: int, style: str, *, lines: bool = False) -> list[Content]:
    shown = clean(text, lines=lines).replace("\t", "    ")
    return [
        line for part in shown.split("\n") for line in (Content.styled(part, style).wrap(max(8, room)) or [Content("")])
    ]
