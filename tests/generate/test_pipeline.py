from __future__ import annotations

from pathlib import Path

import pytest

from labtui.errors import LabError, UsageError
from labtui.generate import pipeline
from labtui.generate.pipeline import KINDS, fill

GOOD = b"""\
id: my.own
version: 1
kind: freeform skill
unlike: [question]
steps:
  - makes: [question]
    example: {user: "Topic: {topic}", assistant: "{question}"}
    ask: "Topic: {topic}"
  - makes: [answer]
    example: {user: "{question}", assistant: "{answer}"}
    ask: "{question}"
training: {user: "{question}", assistant: "{answer}"}
"""


@pytest.mark.parametrize("name", pipeline.names())
@pytest.mark.parametrize("kind", KINDS)
def test_every_pipeline_that_comes_with_it_is_valid(name: str, kind: str) -> None:
    loaded = pipeline.load(name, kind)
    assert loaded.kind == kind
    assert loaded.id.startswith(f"{name}.")
    made = {part for step in loaded.steps for part in step.makes}
    assert {"question", "answer"} <= made | set(loaded.draw)


def test_a_pipeline_is_known_by_the_bytes_of_its_file() -> None:
    one, other = (pipeline.parse(data, Path("x.yaml")) for data in (GOOD, GOOD + b"# changed\n"))
    assert len(one.sha256) == 64
    assert one.sha256 != other.sha256


def test_an_unknown_pipeline_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no pipeline 'simpel'") as caught:
        pipeline.load("simpel", "knowledge")
    assert "simple" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "said", "line"),
    [
        ((b"version: 1", b"version: one"), "Expected `int`", ""),
        ((b"makes: [answer]", b"makes: [answer"), "not valid YAML", ":"),
        ((b'    ask: "{question}"', b'    ask: "{qestion}"'), "speaks of '{qestion}'", ":11"),
        ((b"unlike: [question]", b"unlike: [questions]"), "speaks of '{questions}'", ":1"),
        ((b"steps:", b"extra: 1\nsteps:"), "unknown field `extra`", ""),
        ((b'    ask: "Topic: {topic}"', b'    ask: "{answer}"'), "speaks of '{answer}'", ""),
    ],
)
def test_a_wrong_pipeline_is_refused_with_its_place(change: tuple[bytes, bytes], said: str, line: str) -> None:
    with pytest.raises(LabError) as caught:
        pipeline.parse(GOOD.replace(*change), Path("mine.yaml"))
    assert said in caught.value.what
    assert caught.value.where.startswith(f"mine.yaml{line}")


def test_braces_inside_what_is_filled_in_stay_as_they_are() -> None:
    assert fill("{a} and {b} and {c}", {"a": "{b}", "b": "{a}"}) == "{b} and {a} and {c}"


def test_a_schema_is_asked_for_where_the_answer_is_an_object() -> None:
    step = pipeline.load("json", "freeform skill").steps[0]
    found = pipeline.schema(step)
    assert found is not None
    assert found["required"] == ["question", "answer"]
    assert pipeline.schema(pipeline.load("simple", "freeform skill").steps[0]) is None
