"""A job as one JSON value: what `--json` prints (docs/cli.md). Times are UTC, spans are seconds."""

from __future__ import annotations

from typing import Any

from labtui.jobs.folders import short_id
from labtui.jobs.views import JobView


def document(view: JobView) -> dict[str, Any]:
    status, spec = view.status, view.spec
    return {
        "id": view.folder.id,
        "short_id": short_id(view.folder),
        "kind": spec.kind,
        "title": spec.title,
        "state": str(view.state),
        "attempt": view.attempt,
        "waits_for": view.waits_for,
        "stage": view.stage,
        "done": view.done,
        "total": view.total,
        "unit": view.unit,
        "rate": view.rate,
        "eta": view.eta,
        "elapsed": view.elapsed,
        "created": spec.created,
        "started": status.started if status else None,
        "ended": status.ended if status else None,
        "last_event": view.last_event,
        "host": status.host if status else spec.host,
        "exit_code": status.exit_code if status else None,
        "signal": status.signal if status else None,
        "metrics": view.metrics,
        "warnings": view.warnings,
        "error": view.error,
        "hint": view.hint,
        "problem": view.problem,
        "endpoint": {"url": view.endpoint.url, "model": view.endpoint.model} if view.endpoint else None,
        "artifacts": [
            {"kind": made.kind, "path": made.path, "sha256": made.sha256, "note": made.note} for made in view.artifacts
        ],
        "folder": str(view.folder.path),
    }
