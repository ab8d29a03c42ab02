"""How a workspace stands: counts from its folders, git's word on the taxonomy, and the seven stages said from them."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import CheckRun, Draft, Request
from labtui.jobs import JobView
from labtui.journal import JobFolder
from labtui.operations.overview import Counts, Overview, Reader, Served, Tree
from labtui.operations.stages import Stage, plural, stages
from labtui.operations.watching import Watching
from labtui.records import JobSpec, JobStatus, State, now
from labtui.settings import Settings
from labtui.workspace import Workspace


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def view(kind: str, state: State, **fields: Any) -> JobView:
    spec = JobSpec(id=f"x-{kind}", kind=kind, title="t", created=now(), workspace="", arguments={})
    return JobView(folder=JobFolder(Path("x")), spec=spec, status=None, state=state, **fields)


def test_an_empty_workspace_counts_nothing(made: Workspace) -> None:
    reader = Reader(made, Settings())
    assert reader.jobs() == []
    assert reader.counts() == Counts()
    assert reader.tree() == Tree()


def test_folders_are_counted(made: Workspace) -> None:
    for name in ("a.json", "b.json", ".c.json.tmp"):
        (made.chats / name).write_text("{}")
    (made.chats / "trash").mkdir()
    (made.drafts / "no contribution").mkdir()
    store.new(made)
    (made.data / "birds").mkdir()
    (made.data / "birds" / "messages.jsonl").write_text("{}\n{}\n{}\n")
    (made.data / "birds" / "rejected.jsonl").write_text("{}\n")
    (made.data / "own.jsonl").write_text("{}\n")
    (made.data / "empty").mkdir()
    leaf = made.taxonomy / "knowledge" / "birds"
    leaf.mkdir(parents=True)
    (leaf / "qna.yaml").write_text("version: 3\n")
    counts = Reader(made, Settings()).counts()
    assert (counts.chats, counts.drafts, counts.data_sets, counts.samples, counts.leaves) == (2, 1, 2, 4, 1)


def test_contributions_are_told_apart_by_what_became_of_them(made: Workspace) -> None:
    reader = Reader(made, Settings())

    def one(**request: Any) -> DraftFolder:
        folder = store.new(made)

        def submit(draft: Draft) -> None:
            draft.commit = "1" * 40
            draft.request = Request(forge="github", number=1, url="u", **request) if request else None

        folder.change(submit)
        return folder

    def told() -> tuple[int, int, int]:
        counts = reader.counts()
        return counts.drafts, counts.requests, counts.requests_asking

    store.new(made)
    branch = one()
    assert told() == (1, 0, 0)
    opened = one(state="open")
    one(state="merged")
    one(state="closed")
    assert told() == (1, 1, 0)
    failing = CheckRun(name="lint", state="failed")
    one(state="open", checks=(failing,))
    one(state="open", changes_requested=True)
    one(state="open", mergeable=False)
    assert told() == (1, 4, 3)
    # What changes on disk is seen, and what cannot be read is a draft somebody should look at.
    opened.change(lambda draft: setattr(draft, "request", Request(forge="github", number=1, url="u", state="merged")))
    branch.draft_file.write_text("{")
    assert told() == (2, 3, 3)
    store.abandon(branch)
    assert told() == (1, 3, 3)


def test_models_and_adapters_are_told_apart(made: Workspace) -> None:
    from labtui.serve.models import ModelInfo, write_model
    from labtui.settings import Remote, Serve

    for number, name in enumerate(("older", "newer")):
        folder = made.models / name
        folder.mkdir()
        added = now() + timedelta(minutes=number)
        write_model(folder, ModelInfo(name=name, kind="adapter", path=str(folder), base="b", added=added))
    settings = Settings(serve=Serve(remotes={"far": Remote(url="http://127.0.0.1:1/v1")}))
    counts = Reader(made, settings).counts()
    assert (counts.models, counts.adapters, counts.newest_adapter) == (1, 2, "newer")


def test_a_changed_data_set_is_counted_anew(made: Workspace) -> None:
    path = made.data / "own.jsonl"
    path.write_text("{}\n")
    reader = Reader(made, Settings())
    assert reader.counts().samples == 1
    path.write_text("{}\n{}\n")
    assert reader.counts().samples == 2
    path.unlink()
    assert reader.counts().samples == 0


def test_git_tells_branch_and_changes(made: Workspace) -> None:
    git(made.taxonomy, "init", "-q", "-b", "trunk")
    git(made.taxonomy, "commit", "-q", "--allow-empty", "-m", "first")
    (made.taxonomy / "new.txt").write_text("x")
    assert Reader(made, Settings()).tree() == Tree(git=True, branch="trunk", changed=1)


def test_git_that_is_missing_is_said_not_raised(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    git(made.taxonomy, "init", "-q")
    monkeypatch.setenv("PATH", str(made.root))
    assert Reader(made, Settings()).tree().problem == "git is not installed"


def test_a_broken_repository_is_said_not_raised(made: Workspace) -> None:
    (made.taxonomy / ".git").write_text("gitdir: /nowhere\n")
    tree = Reader(made, Settings()).tree()
    assert not tree.git
    assert tree.problem


def test_a_served_model_and_its_memory(made: Workspace) -> None:
    import os

    from labtui.jobs import machine
    from labtui.records import Endpoint

    status = JobStatus(
        state=State.RUNNING,
        attempt=1,
        host="h",
        boot="b",
        supervisor_pid=1,
        supervisor_started=0,
        worker_pid=os.getpid(),
        worker_started=machine.started_at(os.getpid()),
        submitted=now(),
    )
    endpoint = Endpoint(url="http://127.0.0.1:1/v1", model="m", engine="e", adapter="a")
    served = msgspec.structs.replace(view("serve", State.RUNNING, endpoint=endpoint), status=status)
    reader = Reader(made, Settings())
    [found] = reader.served([served, view("serve", State.RUNNING), view("train", State.RUNNING)])
    assert found.label == "m + a"
    assert found.memory > 1_000_000
    another = msgspec.structs.replace(status, worker_started=status.worker_started - 100)
    [found] = reader.served([msgspec.structs.replace(served, status=another)])
    assert found.memory == 0


def stage(overview: Overview, screen: str) -> Stage:
    return next(one for one in stages(overview) if one.screen == screen)


def test_nothing_read_yet_says_nothing() -> None:
    assert {(one.first, one.second, one.mark) for one in stages(Overview())} == {("", "", "none")}


FULL = Counts(chats=1, drafts=2, data_sets=2, samples=1204, models=2, adapters=1, newest_adapter="birds", leaves=3)


@pytest.mark.parametrize(
    ("screen", "overview", "said"),
    [
        ("chat", Overview(counts=Counts()), ("no model yet", "models: key 9", "none")),
        ("chat", Overview(counts=FULL), ("2 models", "1 chat", "some")),
        ("contribute", Overview(counts=FULL), ("3 leaves, 2 drafts", "", "some")),
        ("contribute", Overview(counts=FULL, tree=Tree()), ("3 leaves, 2 drafts", "not in git", "some")),
        (
            "contribute",
            Overview(counts=Counts(leaves=1), tree=Tree(git=True, branch="main", changed=3)),
            ("1 leaf", "3 changed", "some"),
        ),
        (
            "contribute",
            Overview(counts=Counts(leaves=1, requests=2), tree=Tree(git=True, changed=3)),
            ("1 leaf", "2 requests open, 3 changed", "some"),
        ),
        (
            "contribute",
            Overview(counts=Counts(leaves=1, requests=2, requests_asking=1), tree=Tree(git=True)),
            ("1 leaf", "1 request for you", "waiting"),
        ),
        (
            "contribute",
            Overview(counts=Counts(), tree=Tree(problem="git is not installed")),
            ("0 leaves", "git is not installed", "trouble"),
        ),
        ("review", Overview(counts=FULL), ("1,204 samples", "in 2 data sets", "some")),
        ("review", Overview(counts=Counts()), ("no samples yet", "", "none")),
        ("generate", Overview(jobs=[], counts=Counts()), ("needs a leaf", "", "none")),
        ("generate", Overview(jobs=[], counts=Counts(leaves=1)), ("ready", "", "none")),
        (
            "generate",
            Overview(jobs=[view("generate", State.RUNNING, done=1204, total=1880, unit="samples")]),
            ("64 %", "1,204/1,880", "running"),
        ),
        ("generate", Overview(jobs=[view("generate", State.RUNNING, stage="load")]), ("load", "", "running")),
        (
            "generate",
            Overview(jobs=[view("generate", State.FAILED, error="no server")], counts=FULL),
            ("last one failed", "no server", "trouble"),
        ),
        ("generate", Overview(jobs=[view("generate", State.DONE)], counts=FULL), ("2 data sets", "", "some")),
        (
            "train",
            Overview(jobs=[view("train", State.RUNNING, done=5, total=10, unit="steps", metrics={"loss": 1.416})]),
            ("50 %", "loss 1.42", "running"),
        ),
        ("train", Overview(jobs=[view("train", State.WAITING)]), ("waits", "", "waiting")),
        ("train", Overview(jobs=[], counts=Counts()), ("needs samples", "", "none")),
        ("train", Overview(jobs=[], counts=FULL), ("1 adapter", "birds", "some")),
        ("evaluate", Overview(counts=FULL), ("base and tuned", "side by side", "some")),
        ("release", Overview(counts=Counts()), ("nothing yet", "", "none")),
    ],
)
def test_each_stage_says_what_is_so(screen: str, overview: Overview, said: tuple[str, str, str]) -> None:
    found = stage(overview, screen)
    assert (found.first, found.second, found.mark) == said


def test_what_is_under_way_counts_before_what_ended_later() -> None:
    views = [
        view("generate", State.FAILED, error="x"),
        view("generate", State.RUNNING, done=1, total=4, unit="samples"),
    ]
    assert stage(Overview(jobs=views, counts=FULL), "generate").first == "25 %"


def test_servers_are_no_running_jobs() -> None:
    views = [view("serve", State.RUNNING), view("train", State.RUNNING), view("train", State.DONE)]
    assert [one.spec.kind for one in Overview(jobs=views).running] == ["train"]


@pytest.mark.parametrize(("number", "text"), [(0, "0 leaves"), (1, "1 leaf"), (1204, "1,204 leaves")])
def test_numbers_are_said_with_their_noun(number: int, text: str) -> None:
    assert plural(number, "leaf", "leaves") == text


def test_watching_publishes_each_part_and_survives_a_part_that_fails(
    made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(made, Settings())
    monkeypatch.setattr(reader, "counts", lambda: 1 // 0)
    published: list[Overview] = []
    whole = threading.Event()

    def publish(overview: Overview) -> None:
        published.append(overview)
        if overview.tree is not None:
            whole.set()

    measured = threading.Event()
    watching = Watching(reader, publish, lambda meters: measured.set())
    watching.start()
    assert whole.wait(20)
    assert measured.wait(20)
    watching.stop()
    assert published[0].jobs == []
    assert published[-1].counts is None


def test_a_poke_reads_at_once(made: Workspace) -> None:
    seen: list[int] = []
    changed = threading.Event()

    def publish(overview: Overview) -> None:
        if overview.counts is not None:
            seen.append(overview.counts.chats)
            if overview.counts.chats:
                changed.set()

    watching = Watching(Reader(made, Settings()), publish, lambda meters: None)
    watching.seen = False
    watching.start()
    (made.chats / "one.json").write_text("{}")
    watching.poke()
    assert changed.wait(20)
    watching.stop()


def test_meters_are_shares_with_their_numbers() -> None:
    from labtui.operations.meters import Machine

    machine = Machine()
    machine.read()
    by_name = {meter.name: meter for meter in machine.read()}
    assert {"CPU", "MEM"} <= set(by_name)
    assert all(0 <= meter.share <= 1 for meter in by_name.values())
    assert by_name["MEM"].text.endswith("GB")
    assert by_name["CPU"].text.endswith(" %")


def test_served_is_said_with_its_adapter() -> None:
    assert Served("base", "", 0, "j").label == "base"
    assert Served("base", "birds", 0, "j").label == "base + birds"
