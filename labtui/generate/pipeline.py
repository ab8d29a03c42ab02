"""Pipelines: which requests make one sample, and with which words. They lie in files of their own (prompts/).

A pipeline is a list of steps. Each step shows the teacher examples from the leaf's seeds as earlier turns of a
conversation, asks for something new in the same form and keeps the answer under the names in `makes`. What a step
made can be used by the later ones and by `training`, the record a model is trained on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from labtui.errors import LabError, UsageError

FOLDER = Path(__file__).parent / "prompts"
DEFAULT = "simple"
KINDS = {"freeform skill": "freeform", "grounded skill": "grounded", "knowledge": "knowledge"}
"""Kind of leaf -> name of its file in a pipeline's folder."""

_NAME = re.compile(r"\{(\w+)\}")


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One example: what is asked and what the teacher is shown to have answered."""

    user: str
    assistant: str
    again: str = ""
    """Asks instead of `user` from the second example on, where what `user` says (a long text) already stands."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    makes: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Names of what the answer holds."""
    answers: Literal["text", "json"] = "text"
    """`text`: the whole answer is the one thing in `makes`. `json`: an object with those names, schema-bound
    where the engine offers it, parsed tolerantly where not."""
    system: str = ""
    example: Turn
    ask: str
    alone: str = ""
    """Asks instead of `ask` where no example fits the teacher's window."""
    examples_from: Literal["seeds", "seed"] = "seeds"
    """`seeds`: pairs of different seeds. `seed`: the pairs of the one seed whose context the try speaks of."""
    examples: Annotated[int, Meta(ge=0, le=20)] = 3
    max_tokens: Annotated[int, Meta(ge=1)] = 0
    """Longest answer; the lower of this and the setting counts. 0: the setting alone."""
    heat: Annotated[float, Meta(ge=0, le=2)] = 1.0
    """Times generate.temperature: variety belongs into questions, care into answers."""


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    user: str
    assistant: str


class Pipeline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(min_length=1)]
    version: int
    kind: str
    """Of the leaves it is for."""
    about: str = ""
    topics: Literal["words", "context", "none"] = "words"
    """Where the word comes from that makes one try differ from the next: a list of everyday words, the context
    the try speaks of, or none."""
    draw: tuple[str, ...] = ()
    """Parts taken over as they are from one of the seeds shown, instead of being asked for."""
    unlike: tuple[str, ...]
    """What makes two samples the same, by name: a second one with the same text there is left out."""
    from_text: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Least share of an answer's telling words that must stand in its context or question; 0 asks nothing."""
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    training: Training
    sha256: str = ""
    """Of the file it was read from."""


def load(name: str, kind: str, folder: Path = FOLDER) -> Pipeline:
    """The pipeline `name` for leaves of that kind. Raises UsageError where there is none, LabError where the file
    is wrong, with its line."""
    path = folder / name / f"{KINDS.get(kind, kind)}.yaml"
    try:
        data = path.read_bytes()
    except OSError as error:
        known = ", ".join(names(folder))
        raise UsageError(
            f"There is no pipeline '{name}' for a {kind}.", where="generate.pipeline", hint=f"There are: {known}"
        ) from error
    return parse(data, path)


def names(folder: Path = FOLDER) -> list[str]:
    """Every pipeline there is."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.yaml")))


def parse(data: bytes, path: Path) -> Pipeline:
    """A pipeline from the bytes of its file. Raises LabError that names the line."""
    import yaml

    try:
        pipeline = msgspec.convert(yaml.safe_load(data), Pipeline)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise LabError(f"The pipeline is not valid YAML: {problem}.", where=where) from error
    except msgspec.ValidationError as error:
        raise LabError(f"The pipeline is wrong: {error}.", where=str(path)) from error
    _check_names(pipeline, data, path)
    return msgspec.structs.replace(pipeline, sha256=hashlib.sha256(data).hexdigest())


GIVEN = {"task", "outline", "domain", "topic", "context", "question", "answer"}
"""What every pipeline may speak of in its examples: the seed's own parts, and the leaf's."""


def _check_names(pipeline: Pipeline, data: bytes, path: Path) -> None:
    made = {"task", "outline", "domain", "topic", *pipeline.draw}
    if pipeline.topics == "context":
        made.add("context")
    places: list[tuple[str, set[str]]] = []
    for step in pipeline.steps:
        places += [(step.system, made)]
        places += [(text, GIVEN) for text in (step.example.user, step.example.assistant, step.example.again)]
        places += [(step.ask, set(made)), (step.alone, set(made))]
        made |= set(step.makes)
    places += [(pipeline.training.user, made), (pipeline.training.assistant, made)]
    places += [("".join(f"{{{name}}}" for name in pipeline.unlike), made)]
    for text, known in places:
        for name in _NAME.findall(text):
            if name not in known:
                raise LabError(
                    f"The pipeline speaks of '{{{name}}}', which nothing has made there.",
                    where=f"{path}:{_line_of(data, name)}",
                    hint=f"There are: {', '.join(sorted(known))}",
                )


def _line_of(data: bytes, name: str) -> int:
    found = data.find(f"{{{name}}}".encode())
    return data.count(b"\n", 0, found) + 1 if found >= 0 else 1


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with each `{name}` replaced once; braces inside the values are left alone."""
    return _NAME.sub(lambda match: values.get(match.group(1), match.group()), template).strip()


def names_in(template: str) -> list[str]:
    """What a template speaks of, in its order."""
    return _NAME.findall(template)


def as_messages(form: Training, values: Mapping[str, str]) -> list[dict[str, str]]:
    """The record a model is trained on."""
    return [
        {"role": "user", "content": fill(form.user, values)},
        {"role": "assistant", "content": fill(form.assistant, values)},
    ]


def schema(step: Step) -> dict[str, Any] | None:
    """The JSON schema of the step's answer, where it is to be JSON."""
    if step.answers != "json":
        return None
    return {
        "type": "object",
        "properties": {name: {"type": "string", "minLength": 1} for name in step.makes},
        "required": list(step.makes),
        "additionalProperties": False,
    }
