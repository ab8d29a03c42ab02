"""The worker as a process of its own, against a scripted server over a real socket."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from labtui import records
from labtui.generate.dataset import read_card
from labtui.generate.journal import Request, Sample, requests_file, samples_file
from labtui.generate.remote import RemoteTeacher
from labtui.journal import JobFolder, atomic_write, dump, read_events, read_lines
from labtui.records import Artifact, Error, Progress
from labtui.worker import ATTEMPT, EXIT_STOPPED
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, TEXTS, answering, arguments, by_leaf, spec_of, well
from tests.scripted_server import Answer, ScriptedServer

ALL = (SKILL, TEXTS, FACTS)


def make_job(lab: Workspace, server: ScriptedServer, name: str, *leaves: str, **others: Any) -> JobFolder:
    remote = RemoteTeacher(url=server.url, model="scripted", context=others.pop("context", 4096))
    asked = arguments(lab, *leaves, remote=remote, **{"out": str(lab.data / name), **others})
    folder = JobFolder(lab.jobs / name)
    folder.path.mkdir(mode=0o700)
    atomic_write(folder.spec_file, dump(spec_of(lab, asked, name)))
    return folder


def start(folder: JobFolder, attempt: int = 1) -> subprocess.Popen[bytes]:
    with open(folder.log_file, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "labtui.generate.worker", str(folder.path)],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env={**os.environ, ATTEMPT: str(attempt)},
        )


def finish(folder: JobFolder, attempt: int = 1) -> int:
    return start(folder, attempt).wait(120)


def samples_of(folder: JobFolder) -> list[Sample]:
    return list(read_lines(samples_file(folder), Sample))


def requests_of(folder: JobFolder) -> list[Request]:
    return list(read_lines(requests_file(folder), Request))


def last_error(folder: JobFolder) -> Error:
    return [event for event in read_events(folder) if isinstance(event, Error)][-1]


def until(true: Callable[[], object], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def slowly(request: dict[str, Any]) -> Answer:
    """As `answering`, after a while that differs from request to request."""
    answer = answering(request)
    drawn = len(answer.pieces[0]) * 7 % 5
    return Answer(*answer.pieces, finish=answer.manner.finish, first_delay=0.01 + drawn * 0.012)


def test_it_leaves_a_data_set_that_says_what_made_it(lab: Workspace) -> None:
    with ScriptedServer(answering) as server:
        folder = make_job(lab, server, "one", *ALL)
        assert finish(folder) == 0
    out = lab.data / "one"
    records = [json.loads(line) for line in (out / "messages.jsonl").read_text().splitlines()]
    assert all(set(record) == {"id", "messages", "metadata", "unmask"} for record in records)
    facts = [json.loads(record["metadata"]) for record in records]
    assert [len([fact for fact in facts if fact["kind"] == kind]) for kind in ("generated", "seed")] == [18, 25]
    card = read_card(out)
    assert card is not None
    assert (card.records, card.samples, card.seeds) == (43, 18, 25)
    assert [leaf.ending for leaf in card.leaves] == ["enough"] * 3
    accepted = [sample for sample in samples_of(folder) if sample.accepted]
    assert {record["id"] for record, fact in zip(records, facts, strict=True) if fact["kind"] == "generated"} == {
        sample.id for sample in accepted
    }
    events = read_events(folder)
    assert [event.sha256 for event in events if isinstance(event, Artifact)] == [card.id]
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total, progress[-1].unit) == (18, 18, "samples")


def test_training_reads_what_generation_wrote(lab: Workspace) -> None:
    from labtui.train import data

    with ScriptedServer(answering) as server:
        assert finish(make_job(lab, server, "one", *ALL)) == 0
    found = data.read(lab.data / "one")
    assert len(found.samples) == 43
    assert all([message.role for message in sample.messages] == ["user", "assistant"] for sample in found.samples)
    assert not any(sample.unmask for sample in found.samples)
    card = read_card(lab.data / "one")
    assert card is not None
    assert card.id == found.sha256


def test_the_seeds_can_be_left_out(lab: Workspace) -> None:
    with ScriptedServer(answering) as server:
        assert finish(make_job(lab, server, "one", include_seeds=False)) == 0
    assert len((lab.data / "one" / "messages.jsonl").read_text().splitlines()) == 6


def test_killed_at_random_moments_it_ends_as_an_unbroken_run(lab: Workspace, fault_rounds: int) -> None:
    drawn = random.Random()
    wanted = {"samples": 14, "tries": 6.0, "concurrency": 4}
    with ScriptedServer(slowly) as server:
        whole = make_job(lab, server, "whole", *ALL, **wanted)
        assert finish(whole) == 0
        broken = make_job(lab, server, "broken", *ALL, **wanted)
        server.requests.clear()
        attempt = 0
        for _ in range(fault_rounds):
            attempt += 1
            worker = start(broken, attempt)
            before = len(requests_of(broken))
            with contextlib.suppress(AssertionError):
                goal = before + drawn.randint(0, 12)
                until(
                    lambda goal=goal, worker=worker: len(requests_of(broken)) >= goal or worker.poll() is not None, 20
                )
            time.sleep(drawn.random() * 0.05)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            if drawn.random() < 0.5:
                # A write that was cut in two.
                for path in (samples_file(broken), requests_file(broken)):
                    if path.exists():
                        with open(path, "ab") as stream:
                            stream.write(b'{"v":1,"t":"2026-')
        assert finish(broken, attempt + 1) == 0
        asked = len(server.requests)
    assert by_leaf(samples_of(broken)) == by_leaf(samples_of(whole))
    assert (lab.data / "broken" / "messages.jsonl").read_bytes() == (lab.data / "whole" / "messages.jsonl").read_bytes()
    keys = [(request.sample, request.step) for request in requests_of(broken)]
    assert len(keys) == len(set(keys))
    # Only what was under way when a kill came was asked twice.
    assert asked <= len(keys) + 4 * (attempt + 1)


def test_samples_that_come_together_are_all_told(lab: Workspace) -> None:
    asked: list[dict[str, Any]] = []

    def then_nothing(request: dict[str, Any]) -> Answer:
        asked.append(request)
        answer = answering(request)
        return answer if len(asked) <= 30 else Answer(*answer.pieces, finish=answer.manner.finish, first_delay=30)

    def told_all() -> bool:
        accepted = sum(sample.accepted for sample in samples_of(folder))
        told = [event.done for event in read_events(folder) if isinstance(event, Progress)]
        return len(asked) > 30 and accepted > 1 and told[-1] == accepted

    with ScriptedServer(then_nothing) as server:
        folder = make_job(lab, server, "one", samples=40, concurrency=4)
        worker = start(folder)
        try:
            until(told_all, 20)
        finally:
            worker.kill()
            worker.wait()


def test_asked_to_stop_it_stops_at_once_and_goes_on_later(lab: Workspace) -> None:
    with ScriptedServer(slowly) as server:
        folder = make_job(lab, server, "one", samples=12)
        worker = start(folder)
        until(lambda: any(sample.accepted for sample in samples_of(folder)))
        folder.stop_file.touch()
        assert worker.wait(20) == EXIT_STOPPED
        assert not (lab.data / "one" / "messages.jsonl").exists()
        folder.stop_file.unlink()
        before = len(requests_of(folder))
        accepted = sum(sample.accepted for sample in samples_of(folder))
        server.requests.clear()
        assert finish(folder, 2) == 0
    assert len(requests_of(folder)) == before + len(server.requests)
    told = [event for event in read_events(folder) if isinstance(event, Progress) and event.attempt == 2]
    assert {event.base for event in told} == {accepted}
    assert told[0].done == accepted, "rate and ETA must leave out what an earlier attempt made"
    assert [event.done for event in told] == sorted(event.done for event in told)


def test_a_teacher_that_answers_rubbish_ends_with_a_sentence(lab: Workspace) -> None:
    with ScriptedServer(Answer("")) as server:
        folder = make_job(lab, server, "one", samples=20)
        assert finish(folder) == 3
        asked = len(server.requests)
    error = last_error(folder)
    assert error.message == (
        "The teacher 'scripted' gave no sample that can be used in 50 tries: 50 empty (no question)."
    )
    assert 50 <= asked < 60
    assert not (lab.data / "one").exists()
    assert "requests.jsonl" in error.hint


def test_a_leaf_that_gives_too_few_is_told_of_and_the_rest_is_kept(lab: Workspace) -> None:
    def half(request: dict[str, Any]) -> Answer:
        text, finish = well(request["messages"], request["seed"])
        return Answer(text, finish="length" if "birds" in request["messages"][0]["content"] else finish)

    with ScriptedServer(half) as server:
        folder = make_job(lab, server, "one", SKILL, FACTS, tries=3.0)
        assert finish(folder) == 0
    warnings = [event.message for event in read_events(folder) if isinstance(event, records.Warning)]
    assert any(f"{FACTS} gave 0 of 6 samples in 18 tries: 18 cut off" in message for message in warnings)
    card = read_card(lab.data / "one")
    assert card is not None
    assert [leaf.accepted for leaf in card.leaves] == [6, 0]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500, body=b'{"error": {"message": "out of memory"}}'),
        Answer(status=401, body=b'{"error": {"message": "bad key"}}'),
        Answer(body=b"<html>Bad gateway</html>", headers={"content-type": "text/html"}),
    ],
    ids=["500", "401", "html"],
)
def test_a_server_that_refuses_ends_it_with_what_it_says(lab: Workspace, answer: Answer) -> None:
    with ScriptedServer(answer) as server:
        folder = make_job(lab, server, "one")
        assert finish(folder) == 3
        assert len(server.requests) < 20
    assert last_error(folder).message


def test_a_server_that_goes_away_loses_nothing(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ScriptedServer(slowly).start()
    whole = make_job(lab, server, "whole", samples=12)
    assert finish(whole) == 0
    folder = make_job(lab, server, "one", samples=12)
    worker = start(folder)
    until(lambda: len(requests_of(folder)) > 4)
    port = server.port
    server.close()
    assert worker.wait(90) == 3
    error = last_error(folder)
    assert "went away after" in error.message
    assert "labtui jobs resume one" in error.hint
    with ScriptedServer(answering, port=port):
        assert finish(folder, 2) == 0
    assert by_leaf(samples_of(folder)) == by_leaf(samples_of(whole))


def test_answers_that_break_off_in_the_middle_are_asked_again(lab: Workspace) -> None:
    dying = [lambda request: Answer("What is", " the", die_after=1)] * 3
    with ScriptedServer(*dying, answering) as server:
        folder = make_job(lab, server, "one")
        assert finish(folder) == 0
    assert len({request.sample for request in requests_of(folder)}) >= 6
    assert not any(request.text == "What is" for request in requests_of(folder))


def test_a_prompt_beyond_the_window_is_a_rejected_try(lab: Workspace) -> None:
    beyond = {"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 900, "n_ctx": 512, "message": "x"}}
    with ScriptedServer(Answer(status=400, body=json.dumps(beyond).encode())) as server:
        folder = make_job(lab, server, "one", tries=1.0)
        assert finish(folder) == 3
    assert {sample.reason for sample in samples_of(folder)} == {"too long"}
    assert "does not fit the teacher's window" in last_error(folder).message


def test_a_leaf_that_changes_later_is_not_noticed_by_a_resume(lab: Workspace) -> None:
    leaf = lab.taxonomy / SKILL / "qna.yaml"
    with ScriptedServer(slowly) as server:
        whole = make_job(lab, server, "whole", samples=10)
        assert finish(whole) == 0
        folder = make_job(lab, server, "one", samples=10)
        worker = start(folder)
        until(lambda: len(requests_of(folder)) > 2)
        worker.kill()
        worker.wait()
        leaf.write_text(leaf.read_text().replace("cold", "freezing"))
        assert finish(folder, 2) == 0
    assert by_leaf(samples_of(folder)) == by_leaf(samples_of(whole))


def test_a_leaf_that_changed_before_the_start_is_refused(lab: Workspace) -> None:
    with ScriptedServer(answering) as server:
        folder = make_job(lab, server, "one")
        leaf = lab.taxonomy / SKILL / "qna.yaml"
        leaf.write_text(leaf.read_text() + "# later\n")
        assert finish(folder) == 3
    assert "changed since it was asked for" in last_error(folder).message


def test_prompts_that_changed_begin_anew_and_say_so(lab: Workspace) -> None:
    with ScriptedServer(answering) as server:
        folder = make_job(lab, server, "one")
        assert finish(folder) == 0
        for name in ("samples.jsonl", "requests.jsonl"):
            path = folder.path / name
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            for line in lines:
                line["id" if "id" in line else "sample"] = "an id under other prompts"
            path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        plan = folder.path / "plan.json"
        plan.write_text(plan.read_text().replace('"freeform skill": "', '"freeform skill": "0'))
        assert finish(folder, 2) == 0
    assert any(
        "prompts are not those" in event.message for event in read_events(folder) if isinstance(event, records.Warning)
    )
    assert "an id under other prompts" not in {sample.id for sample in samples_of(folder)}
    assert (folder.path / "samples.before-2.jsonl").exists()


def test_a_folder_that_cannot_be_made_is_told_of_before_anything_is_asked(lab: Workspace) -> None:
    place = lab.data / "one"
    place.write_text("a file where a folder should be")
    with ScriptedServer(answering) as server:
        folder = make_job(lab, server, "one", out=str(place / "inside"))
        assert finish(folder) == 3
        assert server.requests == []
        error = last_error(folder)
        assert "cannot be written" in error.message
        assert str(place) in error.where
        place.unlink()
        assert finish(folder, 2) == 0


def test_a_data_set_that_cannot_be_written_at_the_end_is_made_later(lab: Workspace) -> None:
    place = lab.data / "one"

    def spoil(request: dict[str, Any]) -> Answer:
        if not place.exists():
            place.write_text("a file where a folder should be")
        return answering(request)

    with ScriptedServer(spoil) as server:
        folder = make_job(lab, server, "one")
        assert finish(folder) == 3
        error = last_error(folder)
        assert "cannot be written" in error.message
        assert "resume" in error.hint
        place.unlink()
        server.requests.clear()
        assert finish(folder, 2) == 0
        assert server.requests == []


def test_a_folder_that_holds_something_else_is_left_alone(lab: Workspace) -> None:
    place = lab.data / "one"
    place.mkdir()
    (place / "diary.txt").write_text("dear")
    with ScriptedServer(answering) as server:
        folder = make_job(lab, server, "one")
        assert finish(folder) == 2
    assert [path.name for path in place.iterdir()] == ["diary.txt"]


def test_the_same_words_on_another_day_make_the_same_data(lab: Workspace) -> None:
    ids = []
    with ScriptedServer(slowly) as server:
        for name in ("one", "two"):
            assert finish(make_job(lab, server, name, *ALL, concurrency=1 if name == "one" else 4)) == 0
            card = read_card(lab.data / name)
            assert card is not None
            ids.append(card.id)
    assert ids[0] == ids[1]


def test_a_key_is_read_from_the_environment_and_written_nowhere(
    lab: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(answering, key="s3cret-key") as server:
        remote = RemoteTeacher(url=server.url, model="scripted", api_key_env="TEACHER_KEY")
        folder = make_job(lab, server, "one")
        asked = arguments(lab, remote=remote, out=str(lab.data / "one"))
        atomic_write(folder.spec_file, dump(spec_of(lab, asked, "one")))
        assert finish(folder) == 3
        assert "TEACHER_KEY" in last_error(folder).hint
        monkeypatch.setenv("TEACHER_KEY", "s3cret-key")
        assert finish(folder, 2) == 0
    for path in [*folder.path.rglob("*"), *(lab.data / "one").rglob("*")]:
        if path.is_file():
            assert b"s3cret-key" not in path.read_bytes(), path
