"""How models and servers are said in a few words. No Textual here: the command line says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labtui.serve.download import Step
from labtui.widgets.job_words import duration

if TYPE_CHECKING:
    from labtui.operations.models import Row, Server
    from labtui.serve.models import ModelInfo

KINDS = {"gguf": "model", "adapter": "adapter", "remote": "remote"}
STAGES = {
    "find": "looking it up",
    "download": "fetching",
    "check": "checking its hash",
    "unpack": "unpacking",
    "copy": "copying",
    "read": "reading its header",
}


def amount(count: float) -> str:
    """Bytes in at most four characters and a unit: `98 MB`, `4.1 GB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor * 0.9995:
            value = count / factor
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
    return f"{count:.0f} B"


def count(number: float) -> str:
    """Parameters as people say them: `135M`, `7.2B`."""
    for unit, factor in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= factor * 0.9995:
            value = number / factor
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return f"{number:.0f}" if number else ""


def kind(info: ModelInfo) -> str:
    return KINDS[info.kind]


def format_of(info: ModelInfo) -> str:
    """`llama 135M Q4_1`; an endpoint's address for a remote."""
    if info.kind == "remote":
        return urlsplit(info.path).netloc or info.path
    parts = [info.architecture, count(info.parameters) if info.kind == "gguf" else "", info.quantization]
    return " ".join(part for part in parts if part)


def context(tokens: int) -> str:
    return f"{tokens:,}" if tokens else "?"


def template(info: ModelInfo) -> str:
    """Whether the model has a chat template of its own; an adapter has its base's."""
    if info.kind != "gguf":
        return "–"
    return "yes" if info.template else "no"


def memory(server: Server) -> str:
    """Main memory it holds, as the header line says it."""
    return f"{server.memory / 2**20:,.0f} MB" if server.memory else ""


def server(server: Server) -> str:
    """`:41151 · 340 MB · idle 3 m 05 s`, or that it still loads."""
    if not server.ready:
        return "loading"
    port = urlsplit(server.url).port
    parts = [f":{port}", memory(server), idle(server)]
    return " · ".join(part for part in parts if part)


def idle(server: Server) -> str:
    """Since when nobody asked; nothing while it is in use."""
    return f"idle {duration(server.idle_seconds)}" if server.idle_seconds >= 10 else "in use"


def served(row: Row) -> str:
    if row.missing:
        return "file is gone"
    if row.info.kind == "remote":
        return "elsewhere"
    return "; ".join(server(one) for one in row.servers)


def step(step: Step) -> str:
    """`fetching 31 %  28 of 93 MB`."""
    said = STAGES.get(step.stage, step.stage)
    if step.total:
        return f"{said} {step.done * 100 // step.total} %  {amount(step.done)} of {amount(step.total)}"
    return f"{said} {amount(step.done)}" if step.done else said


def facts(info: ModelInfo) -> list[tuple[str, str]]:
    """Everything known of a model, as (name, value), for a detail view."""
    stored = {
        "own": "in the store",
        "linked": "in the store, as a second name of the same file (no second copy)",
        "referenced": "stays where it is",
    }
    rows = [
        ("kind", kind(info)),
        ("architecture", info.architecture),
        ("parameters", f"{info.parameters:,}" if info.parameters else ""),
        ("quantisation", info.quantization),
        ("size", f"{amount(info.size)} ({info.size:,} bytes)" if info.size else ""),
        ("context", f"{info.context:,} tokens" if info.context else ""),
        ("chat template", template(info) if info.kind == "gguf" else ""),
        ("licence", info.licence),
        ("base", info.base),
        ("source", info.source),
        ("stored", stored.get(info.stored, info.stored)),
        ("file" if info.kind != "remote" else "address", str(info.file) if info.kind != "remote" else info.path),
        ("sha256", info.sha256),
        ("added", f"{info.added:%Y-%m-%d %H:%M} UTC" if info.kind != "remote" else ""),
    ]
    return [(name, value) for name, value in rows if value]
