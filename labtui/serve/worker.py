"""The worker of a serve job: loads one model, announces where it answers, and watches it until it should end."""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

from labtui import worker
from labtui.errors import LabError
from labtui.journal import atomic_write
from labtui.records import Endpoint
from labtui.serve import engines
from labtui.serve.engines import Engine, Plan, Running
from labtui.serve.find import ServeArguments, idle_seconds, touch
from labtui.serve.gguf_file import NO_TEMPLATE, cache_bytes, read_header
from labtui.serve.machine import port_taken, slots_for, threads_for
from labtui.worker import Job

HOST = "127.0.0.1"
"""Served to this machine only; SSH forwards a port where somebody wants more."""
WATCH_SECONDS = 2.0
MISSED_BEATS = 5
"""So many health checks in a row without an answer, and the server counts as dead."""


def work(job: Job) -> None:
    """Serves until asked to stop, until idle for long enough, or until the engine fails."""
    asked = job.arguments(ServeArguments)
    if asked.port and (reason := port_taken(HOST, asked.port)):
        raise LabError(
            f"The port {asked.port} cannot be used: {reason}.",
            where=f"{HOST}:{asked.port}",
            hint="Leave --port away for a free one, or stop who holds it.",
        )
    # How long OpenMP's threads spin before they sleep. Its own choice (milliseconds) is slow by a factor of twenty
    # as soon as anything else wants a core; not to spin at all is slow by two where nothing does.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    plan = _plan(asked, secrets.token_urlsafe(32))
    if not asked.template:
        job.report.warning(f"'{asked.model}' {NO_TEMPLATE}")
    job.report.stage("load", _described(asked.engine, plan))
    running = _start(job, engines.load(asked.engine), plan)
    if running is None:
        return
    atomic_write(job.folder.key_file, plan.key.encode("ascii"), mode=0o600)
    touch(job.folder)
    try:
        job.report.send(
            Endpoint(
                url=running.url,
                model=asked.model,
                engine=asked.engine,
                context=running.context,
                adapter=asked.adapter,
                threads=plan.threads,
            )
        )
        job.report.stage("serve", running.url)
        _watch(job, running, asked.idle_minutes)
    finally:
        job.folder.key_file.unlink(missing_ok=True)


def _plan(asked: ServeArguments, key: str) -> Plan:
    single, batch = threads_for(_size(asked.model_path))
    window = cache_bytes(read_header(Path(asked.model_path))) * asked.context
    return Plan(
        model=asked.model,
        path=Path(asked.model_path),
        adapter=Path(asked.adapter_path) if asked.adapter_path else None,
        host=HOST,
        port=asked.port,
        key=key,
        context=asked.context,
        parallel=slots_for(asked.parallel, window),
        threads=asked.threads or single,
        batch_threads=asked.threads or batch,
        gpu_layers=asked.gpu_layers,
        template=asked.template,
    )


def _described(engine: str, plan: Plan) -> str:
    threads = f"threads: {plan.threads} for one answer, {plan.batch_threads} for many"
    return f"{engine}, {threads}; {plan.parallel} at once, context {plan.context}"


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError as error:
        raise LabError(
            f"The model's file cannot be read ({error.strerror}).", where=path, hint="Bring it back, or add it again."
        ) from error


def _start(job: Job, engine: Engine, plan: Plan) -> Running | None:
    """Loads in a thread, so that a stop is heard meanwhile; None when it was."""
    outcome: list[Running | BaseException] = []

    def load() -> None:
        try:
            outcome.append(engine.start(plan))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=load, name="load", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        if job.stopping:
            return None
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _watch(job: Job, running: Running, idle_minutes: float) -> None:
    """Returns when the server should end; raises LabError when it died."""
    missed = 0
    seen = running.activity()
    while not job.wait(WATCH_SECONDS):
        missed = 0 if running.healthy() else missed + 1
        if missed >= MISSED_BEATS:
            raise LabError(
                "The engine does not answer any more.",
                where=running.url,
                hint=f"See its log: labtui jobs log {job.folder.id}",
            )
        now = running.activity()
        if now != seen:
            seen = now
            touch(job.folder)
        if idle_minutes and idle_seconds(job.folder) > idle_minutes * 60:
            job.report.stage("idle", f"nobody asked for {idle_minutes:g} minutes")
            return


if __name__ == "__main__":
    worker.main(work)
