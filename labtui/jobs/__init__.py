"""Every long piece of work is a job: a folder, a supervisor, a worker. Start, follow, stop, resume, prune.

Nothing here knows a stage, and nothing here is heavy: the quick commands import it.
"""

from labtui.jobs.folders import Board, find, folders, list_jobs, short_id
from labtui.jobs.launch import check_resumable, resume, submit
from labtui.jobs.pruning import old_jobs, prune
from labtui.jobs.state import current
from labtui.jobs.stopping import stop
from labtui.jobs.views import JobView, Watcher, view, wait

__all__ = [
    "Board",
    "JobView",
    "Watcher",
    "check_resumable",
    "current",
    "find",
    "folders",
    "list_jobs",
    "old_jobs",
    "prune",
    "resume",
    "short_id",
    "stop",
    "submit",
    "view",
    "wait",
]
