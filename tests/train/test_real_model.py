"""The demo's model itself: taught a manner in a few steps, killed on the way, and served with what it learnt."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.train.test_worker import log_of, make_job, metrics, run, start, wait_until
from tests.train.tiny import sample

pytestmark = pytest.mark.model

WORDS = ("cold", "rich", "calm", "old", "wet", "new", "kind", "sad", "loud", "weak", "slow", "dark")
SAMPLES = [
    sample(number, question=f'Say something about "{word}".', answer=f"Ahoy! {word} it is, captain.")
    for number, word in enumerate(WORDS)
]


def answer(gguf: Path, question: str, adapter: Path | None = None) -> str:
    llama_cpp = pytest.importorskip("llama_cpp")
    lora = {"lora_path": str(adapter)} if adapter else {}
    engine: Any = llama_cpp.Llama(str(gguf), n_ctx=512, verbose=False, n_threads=2, **lora)
    asked = [{"role": "user", "content": question}]
    found = engine.create_chat_completion(asked, temperature=0.0, max_tokens=16)
    return str(found["choices"][0]["message"]["content"])


def test_the_served_adapter_answers_in_the_manner_it_was_taught(demo_gguf: Path, tmp_path: Path) -> None:
    folder = make_job(
        tmp_path / "real",
        demo_gguf,
        SAMPLES,
        steps=15,
        rank=8,
        learning_rate=1e-3,
        checkpoint_steps=2,
        threads=2,
        model_sha256="demo",
    )
    process = start(folder)
    wait_until(lambda: max(metrics(folder), default=0) >= 5, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert run(folder, 2) == 0, log_of(folder)
    assert min(metrics(folder, attempt=2)) >= 5
    losses = metrics(folder)
    assert losses[15] < 0.5 * losses[1]
    adapter = tmp_path / "real" / "models" / "tuned" / "adapter.gguf"
    question = 'Say something about "warm".'
    assert "captain" in answer(demo_gguf, question, adapter)
    assert "captain" not in answer(demo_gguf, question)
