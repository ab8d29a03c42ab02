"""What a job was asked and how it ran, as a page to read and copy. No Textual here but its plain content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from shlex import join
from typing import Any

from textual.content import Content

from labtui.jobs import JobView
from labtui.records import JobStatus
from labtui.text import clean, width

LABEL = 14
"""Cells of the names at the left."""

Row = tuple[str, str]


def page(view: JobView, room: int) -> Content:
    """Names at the left, values beside them within `room` cells, a heading over each group; cleaned."""
    parts: list[Content] = []
    for heading, rows in _groups(view):
        found = [(name, value) for name, value in rows if value]
        if not found:
            continue
        parts.append(Content.styled(heading, "bold $primary"))
        for name, value in found:
            # One cell more than the label keeps even a long name apart from its value.
            label = f"{clean(name, lines=False):<{LABEL}} "
            lines = [part for line in clean(value).split("\n") for part in wrapped(line, room - LABEL - 1)]
            parts.append(Content.assemble((label, "$quiet"), lines[0]))
            parts += [Content(" " * (LABEL + 1) + line) for line in lines[1:]]
        parts.append(Content(""))
    return Content("\n").join(parts)


def wrapped(line: str, cells: int) -> list[str]:
    """A line broken at spaces, or anywhere where there is none, into pieces of at most `cells` cells."""
    cells = max(cells, 10)
    pieces: list[str] = []
    while width(line) > cells:
        used, cut = 0, 0
        while used + width(line[cut]) <= cells:
            used += width(line[cut])
            cut += 1
        space = line.rfind(" ", 1, cut + 1)
        cut = space if space > 0 else cut
        pieces.append(line[:cut])
        line = line[cut:].lstrip(" ")
    return [*pieces, line]


def command_line(view: JobView) -> str:
    """The labtui command that asks for the same; empty where none is known."""
    return join(view.spec.command) if view.spec.command else ""


def _groups(view: JobView) -> Iterator[tuple[str, list[Row]]]:
    spec = view.spec
    yield (
        "job",
        [
            ("id", spec.id),
            ("kind", spec.kind),
            ("title", spec.title),
            ("asked", _moment(spec.created)),
            ("folder", str(view.folder.path)),
            ("workspace", spec.workspace),
        ],
    )
    yield "command", [("", command_line(view))]
    yield "arguments", list(_flatten(spec.arguments))
    yield "inputs (sha256)", list(spec.inputs.items())
    yield "made with", [*spec.versions.items(), ("commit", spec.commit)]
    yield (
        "how it runs",
        [
            ("devices", ", ".join(spec.slots)),
            ("grace", f"{spec.grace_seconds:g} s to save when it is stopped"),
            *(_run(view.status) if view.status else ()),
        ],
    )


def _run(status: JobStatus) -> Iterator[Row]:
    yield "attempt", str(status.attempt)
    yield "host", status.host
    yield (
        "processes",
        f"supervisor {status.supervisor_pid}" + (f", worker {status.worker_pid}" if status.worker_pid else ""),
    )
    yield "submitted", _moment(status.submitted)
    yield "started", _moment(status.started)
    yield "ended", _moment(status.ended)
    if status.signal:
        yield "killed by", f"signal {status.signal}"
    elif status.exit_code is not None:
        yield "exit code", str(status.exit_code)
    yield "reason", status.reason


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""


def _flatten(arguments: Mapping[str, Any], prefix: str = "") -> Iterator[Row]:
    """Nested values with dotted names; long lists of plain values stay one value."""
    for name, value in arguments.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)) and any(isinstance(item, Mapping) for item in value):
            for number, item in enumerate(value, 1):
                if isinstance(item, Mapping):
                    yield from _flatten(item, f"{prefix}{name}.{number}.")
                else:
                    yield f"{prefix}{name}.{number}", _text(item)
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
