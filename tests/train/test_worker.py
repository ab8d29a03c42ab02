"""The worker as a real process: it trains, is killed and stopped anywhere, and goes on as if nothing had been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from labtui import records
from labtui import worker as frame
from labtui.journal import JobFolder, atomic_write, dump, read_events
from labtui.records import Artifact, Error, JobSpec, Metric, Stage, now
from labtui.train import recipe
from labtui.train.arguments import TrainArguments
from tests.train.tiny import sample, write_data

PATIENCE = 120.0
STEPS = 42
SAMPLES = [sample(number) for number in range(10)]


def make_job(root: Path, tiny: Path, samples: list[dict[str, Any]] = SAMPLES, **changes: Any) -> JobFolder:
    """A job folder as submitting leaves it. Ten samples, batches of four: three steps a pass."""
    data = write_data(root / "data" / "messages.jsonl", samples)
    settings: dict[str, Any] = {
        "data": str(data),
        "model": "tiny",
        "model_path": str(tiny),
        "model_sha256": "tiny",
        "name": "tuned",
        "out": str(root / "models" / "tuned"),
        "steps": STEPS,
        "rank": 4,
        "learning_rate": 1e-2,
        "checkpoint_steps": 4,
        "threads": 1,
        **changes,
    }
    folder = JobFolder(root / "jobs" / "job")
    folder.path.mkdir(parents=True)
    spec = JobSpec(
        id=root.name,
        kind="train",
        title="tuned",
        created=now(),
        workspace=str(root),
        arguments=msgspec.to_builtins(TrainArguments(**settings)),
    )
    atomic_write(folder.spec_file, dump(spec))
    return folder


def start(folder: JobFolder, attempt: int = 1) -> subprocess.Popen[bytes]:
    """Starts the worker in a process group of its own, as the supervisor does."""
    with open(folder.log_file, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "labtui.train.worker", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, frame.ATTEMPT: str(attempt)},
        )


def run(folder: JobFolder, attempt: int = 1) -> int:
    return start(folder, attempt).wait(PATIENCE)


def log_of(folder: JobFolder) -> str:
    return folder.log_file.read_text(errors="replace")


def wait_until(true: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, "it ended too soon"
        assert time.monotonic() < end
        time.sleep(0.005)


def metrics(folder: JobFolder, name: str = "loss", attempt: int = 0) -> dict[int, float]:
    """Step -> value; later attempts replace what earlier ones said."""
    return {
        event.step: event.values[name]
        for event in read_events(folder)
        if isinstance(event, Metric) and attempt in (0, event.attempt)
    }


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> JobFolder:
    """A training from start to end."""
    folder = make_job(tmp_path_factory.mktemp("unbroken"), tiny)
    assert run(folder) == 0, log_of(folder)
    return folder


def test_a_training_ends_with_an_adapter_and_its_whole_recipe(unbroken: JobFolder) -> None:
    adapter = unbroken.path.parent.parent / "models" / "tuned"
    assert {path.name for path in adapter.iterdir()} == {
        "adapter.gguf",
        "adapter_config.json",
        "adapter_model.safetensors",
        "model.json",
        "recipe.json",
    }
    made = recipe.read(adapter)
    assert made is not None
    assert (made.samples, made.steps, made.epochs, made.job) == (10, STEPS, 14.0, "unbroken0")
    assert made.loss_last < made.loss_first
    assert made.versions["torch"]
    assert made.settings.learning_rate == 1e-2
    facts = json.loads((adapter / "model.json").read_bytes())
    assert (facts["kind"], facts["base"], facts["name"]) == ("adapter", "tiny", "tuned")
    config = json.loads((adapter / "adapter_config.json").read_bytes())
    assert config["base_model_name_or_path"] == "tiny"
    artifacts = [event for event in read_events(unbroken) if isinstance(event, Artifact)]
    assert [event.kind for event in artifacts] == ["checkpoint"] * 11 + ["adapter"]
    assert artifacts[-1].sha256 == facts["sha256"]


def test_every_step_says_what_it_did(unbroken: JobFolder) -> None:
    losses = metrics(unbroken)
    assert list(losses) == list(range(1, STEPS + 1))
    rates = metrics(unbroken, "learning_rate")
    assert rates[1] < rates[2] < rates[3] < rates[4] == pytest.approx(1e-2)
    assert rates[4] > rates[8] > rates[STEPS] > 0
    assert metrics(unbroken, "epoch")[STEPS] == 14.0
    for name in ("grad_norm", "tokens_per_second", "memory"):
        assert all(value > 0 for value in metrics(unbroken, name).values())
    stages = [event.name for event in read_events(unbroken) if isinstance(event, Stage)]
    assert stages == ["load", "load", "load", "train", "save"]


def test_killed_at_any_moment_it_goes_on_with_the_same_losses(
    unbroken: JobFolder, tiny: Path, tmp_path: Path, fault_rounds: int
) -> None:
    """SIGKILL after various steps, again and again on one job, until it is through."""
    folder, begins = make_job(tmp_path / "killed", tiny), [1]
    attempt = 1
    for goal in (5, 11, 16, 22, 27)[: max(3, fault_rounds)]:
        process = start(folder, attempt)
        wait_until(lambda goal=goal, attempt=attempt: max(metrics(folder, attempt=attempt), default=0) >= goal, process)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        begins.append(saved_step(folder) + 1)
        attempt += 1
    assert run(folder, attempt) == 0, log_of(folder)
    # Nothing up to the last checkpoint was done again.
    assert [min(metrics(folder, attempt=number)) for number in range(1, attempt + 1)] == begins
    assert metrics(folder) == metrics(unbroken)
    assert metrics(folder, "grad_norm") == metrics(unbroken, "grad_norm")
    assert weights(folder) == weights(unbroken)


def saved_step(folder: JobFolder) -> int:
    """The step of the newest checkpoint on disk."""
    return max(int(path.name.partition("-")[2]) for path in (folder.path / "checkpoints").glob("step-*"))


def weights(folder: JobFolder) -> dict[str, list[float]]:
    from safetensors.numpy import load_file

    tensors = load_file(folder.path.parent.parent / "models" / "tuned" / "adapter_model.safetensors")
    return {name: values.ravel().tolist() for name, values in tensors.items()}


@pytest.mark.parametrize("way", ["file", "signal"])
def test_a_stop_saves_at_once_and_a_resume_repeats_nothing(
    unbroken: JobFolder, tiny: Path, tmp_path: Path, way: str
) -> None:
    folder = make_job(tmp_path / way, tiny)
    process = start(folder)
    wait_until(lambda: metrics(folder), process)
    if way == "file":
        folder.stop_file.touch()
    else:
        process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == frame.EXIT_STOPPED
    last = max(metrics(folder))
    assert last < STEPS
    assert (folder.path / "checkpoints" / f"step-{last:06d}").is_dir()
    folder.stop_file.unlink(missing_ok=True)
    assert run(folder, 2) == 0, log_of(folder)
    assert min(metrics(folder, attempt=2)) == last + 1
    assert metrics(folder) == metrics(unbroken)


def test_dropout_too_goes_on_from_where_it_was(tiny: Path, tmp_path: Path) -> None:
    whole, broken = (make_job(tmp_path / name, tiny, dropout=0.2, steps=20) for name in ("whole", "broken"))
    assert run(whole) == 0, log_of(whole)
    process = start(broken)
    wait_until(lambda: len(metrics(broken)) >= 5, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert run(broken, 2) == 0, log_of(broken)
    assert metrics(broken) == metrics(whole)


def test_killed_after_the_adapter_was_put_in_place_it_is_not_trained_again(unbroken: JobFolder) -> None:
    before = len(metrics(unbroken))
    assert run(unbroken, 2) == 0
    assert len(metrics(unbroken)) == before
    assert not metrics(unbroken, attempt=2)


def test_what_cannot_be_trained_is_left_out_by_id(tiny: Path, tmp_path: Path) -> None:
    odd = [
        {"id": "endless", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b" * 600}]},
        {"id": "mute", "messages": [{"role": "user", "content": "a"}]},
    ]
    folder = make_job(tmp_path / "odd", tiny, [*SAMPLES, *odd], steps=1)
    assert run(folder) == 0, log_of(folder)
    (warning,) = [event for event in read_events(folder) if isinstance(event, records.Warning)]
    assert "endless" in warning.message
    assert "mute" in warning.message
    made = recipe.read(tmp_path / "odd" / "models" / "tuned")
    assert made is not None
    assert [left.id for left in made.left_out] == ["endless", "mute"]


def error_of(folder: JobFolder) -> Error:
    return next(event for event in read_events(folder) if isinstance(event, Error))


def test_too_few_that_can_be_trained_are_refused(tiny: Path, tmp_path: Path) -> None:
    mute = [sample(100 + number, answer=" ") for number in range(11)]
    folder = make_job(tmp_path / "mute", tiny, [*SAMPLES, *mute])
    assert run(folder) == 3
    assert "Only 10 of 21 samples" in error_of(folder).message
    assert "s100" in error_of(folder).hint


def test_a_loss_that_is_no_number_stops_it_and_names_the_samples(tiny: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "nan", tiny, learning_rate=1e30, clip=1e30, warmup_steps=0)
    assert run(folder) == 3
    error = error_of(folder)
    assert "not a number" in error.message
    assert "s" in error.where
    assert not (tmp_path / "nan" / "models" / "tuned").exists()


def test_a_data_set_changed_since_is_refused(tiny: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "changed", tiny)
    spec = folder.spec()
    atomic_write(folder.spec_file, dump(msgspec.structs.replace(spec, inputs={"data": "0" * 64})))
    assert run(folder) == 3
    assert "was changed" in error_of(folder).message


def test_a_name_taken_in_the_meantime_loses_nothing(tiny: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "taken", tiny, steps=2)
    (tmp_path / "taken" / "models" / "tuned").mkdir(parents=True)
    assert run(folder) == 3
    error = error_of(folder)
    assert "was taken" in error.message
    assert (Path(error.where) / "adapter.gguf").is_file()


def test_replacing_puts_the_new_adapter_in_the_place_of_the_old(tiny: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "again", tiny, steps=2, replace=True)
    old = tmp_path / "again" / "models" / "tuned"
    old.mkdir(parents=True)
    (old / "old").write_text("old")
    assert run(folder) == 0, log_of(folder)
    assert [path.name for path in old.parent.iterdir()] == ["tuned"]
    assert not (old / "old").exists()
