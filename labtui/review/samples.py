"""The samples there are to review: those of a generation, in the order they were decided, with what would be trained.

for found in reviewable(folder):          # a generation's job folder; while it runs, what there is so far
    found.sample, found.messages, found.content
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from labtui.errors import LabError
from labtui.generate import pipeline
from labtui.generate.arguments import KIND, GenerateArguments, Plan
from labtui.generate.journal import Sample, samples_file
from labtui.generate.pipeline import Training
from labtui.generate.plan import content_hash
from labtui.journal import JobFolder, read_lines

PLAN = "plan.json"
Messages = list[dict[str, str]]


class Reviewable(msgspec.Struct, frozen=True, kw_only=True):
    """One sample as a reviewer meets it."""

    sample: Sample
    messages: Messages
    """What a model would be trained on; empty where the sample is no whole one, or its form is not known any more."""
    content: str
    """sha256 of the messages; of a sample without any it is empty, and nothing can be decided of it."""
    job: str = ""
    """Id of the generation that made it."""

    @property
    def id(self) -> str:
        return self.sample.id


class Forms:
    """How the parts of a sample become messages: one form a kind of leaf, as the generation had them."""

    def __init__(self, forms: dict[str, Training]) -> None:
        self._forms = forms

    def messages(self, kind: str, values: Mapping[str, str]) -> Messages:
        """Empty where the form is not known or a part it needs is missing."""
        form = self._forms.get(kind)
        if form is None:
            return []
        needed = pipeline.names_in(f"{form.user} {form.assistant}")
        return pipeline.as_messages(form, values) if all(values.get(name, "").strip() for name in needed) else []


def forms_of(folder: JobFolder) -> Forms:
    """As kept in the job; for jobs of an earlier labtui from the pipelines, where they are still the same."""
    try:
        plan = msgspec.json.decode((folder.path / PLAN).read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        return Forms({})
    if plan.training:
        return Forms(plan.training)
    found = {}
    for kind, sha256 in plan.pipelines.items():
        try:
            used = pipeline.load(_pipeline_of(folder), kind)
        except LabError:
            continue
        if used.sha256 == sha256:
            found[kind] = used.training
    return Forms(found)


def _pipeline_of(folder: JobFolder) -> str:
    try:
        return msgspec.convert(folder.spec().arguments, GenerateArguments).pipeline
    except (LabError, msgspec.ValidationError):
        return ""


def is_generation(folder: JobFolder) -> bool:
    try:
        return folder.spec().kind == KIND and samples_file(folder).is_file()
    except LabError:
        return False


def reviewable(folder: JobFolder) -> Iterator[Reviewable]:
    """Every decided try of a generation that said something, accepted by the machine or not."""
    forms = forms_of(folder)
    for sample in read_lines(samples_file(folder), Sample):
        yield as_reviewable(sample, forms, folder.id)


def as_reviewable(sample: Sample, forms: Forms, job: str = "") -> Reviewable:
    messages = forms.messages(sample.kind, {"topic": sample.topic, **sample.parts})
    content = content_hash(messages) if messages else ""
    if sample.content and content != sample.content:
        # The journal's word counts: it was hashed when it was made.
        messages, content = [], sample.content
    return Reviewable(sample=sample, messages=messages, content=content, job=job)
