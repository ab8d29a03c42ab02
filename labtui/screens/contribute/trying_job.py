"""The job of a try: started, followed, stopped and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from labtui.errors import LabError
from labtui.jobs import JobView, Watcher
from labtui.records import State
from labtui.screens.contribute.trying_lines import stage_lines
from labtui.screens.job_detail import follow
from labtui.screens.threads import in_thread
from labtui.widgets.event_lines import EventLine, EventLines
from labtui.widgets.job_header import JobHeader
from labtui.widgets.plain import Plain

if TYPE_CHECKING:
    from labtui.journal import JobFolder
from labtui.screens.contribute.trying_base import ANSWERS, JOB
from labtui.screens.contribute.trying_questions import TryQuestions


class TryJob(TryQuestions):
    class JobRead(Message):
        def __init__(self, job: str, view: JobView, lines: list[EventLine]) -> None:
            super().__init__()
            self.job, self.view, self.lines = job, view, lines

    @work(exclusive=True, group="contribute-start-try", exit_on_error=False)
    async def _start(self) -> None:
        from labtui.operations.trying import start_try

        workspace, config = self.app.context.workspace, self.app.context.config
        if workspace is None:
            return
        await self.flush()
        asked = tuple(self.questions)

        def start() -> JobFolder:
            return start_try(workspace, config, self.folder, asked, say=lambda words: None)

        try:
            job = await in_thread(start)
        except LabError as error:
            self.app.fail(error)
            return
        self.app.look_again()
        self._begin_following(job.id)
        self.action_view(JOB)

    def _begin_following(self, job: str) -> None:
        self._job, self._view = job, None
        self.query_one(EventLines).clear()
        self.query_one(JobHeader).show(None)
        self._follower = self._follow(job)

    @work(thread=True, exclusive=True, group="contribute-follow-try", exit_on_error=False)
    def _follow(self, job: str) -> None:
        from labtui import jobs

        worker, workspace = get_current_worker(), self.app.context.workspace
        if workspace is None:
            return
        try:
            watcher = Watcher(jobs.find(workspace, job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)
            return
        ended = False

        def tell(view: JobView, lines: list[EventLine]) -> None:
            nonlocal ended
            ended = view.state.ended
            self.post_message(self.JobRead(job, view, lines))

        follow(watcher, tell, lambda: worker.is_cancelled or (ended and not watcher.behind))

    @on(JobRead)
    def _on_job(self, event: JobRead) -> None:
        event.stop()
        if event.job != self._job:
            return
        before, self._view = self._view, event.view
        self.query_one(JobHeader).show(event.view)
        self.query_one("#try-stages", Plain).show(Content("\n").join(stage_lines(event.view)))
        self.query_one(EventLines).add(event.lines)
        if before is None or before.state != event.view.state:
            if before is not None and event.view.state is State.DONE:
                self.post_message(self.Changed())
                self.app.say("Tried: the answers before and after are there.")
            self._look()
            self.refresh_bindings()

    def action_seen(self) -> None:
        if self._view is not None and self._view.state is State.DONE:
            self.action_view(ANSWERS)

    def action_stop(self) -> None:
        detail = "What it has done is kept, and it can be resumed."
        self.app.ask("Stop this try?", detail, then=self._stop, yes="Stop it")

    @work(thread=True, exclusive=True, group="contribute-stop-try", exit_on_error=False)
    def _stop(self) -> None:
        from labtui import jobs

        workspace = self.app.context.workspace
        try:
            if workspace is not None:
                jobs.stop(jobs.find(workspace, self._job))
        except LabError as error:
            self.app.call_from_thread(self.app.fail, error)

    @work(exclusive=True, group="contribute-resume-try", exit_on_error=False)
    async def action_resume(self) -> None:
        from labtui import jobs
        from labtui.operations.resuming import resume_job

        workspace, config, job = self.app.context.workspace, self.app.context.config, self._job
        if workspace is None:
            return
        try:
            await in_thread(lambda: resume_job(workspace, config, jobs.find(workspace, job), lambda words: None))
        except LabError as error:
            self.app.fail(error)
            return
        self._begin_following(job)

    def action_log(self) -> None:
        self.app.open("jobs", job=self._job)
