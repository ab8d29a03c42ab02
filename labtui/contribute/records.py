"""The plain data of a contribution: what its folder `drafts/<id>/` holds.

`draft.json` is a `Draft`, replaced as a whole; the `.jsonl` files are journals, one Struct a line, only appended to.
Every kind of file and line carries a format version `v`. All times are UTC.
"""

from __future__ import annotations

import enum
from typing import Any, Literal

import msgspec

from labtui.records import Moment, now

FORMAT = 1


class Step(enum.StrEnum):
    """The wizard's steps, in order."""

    KIND = "kind"
    PLACE = "place"
    DESCRIPTION = "description"
    DOCUMENT = "document"
    SEEDS = "seeds"
    ATTRIBUTION = "attribution"
    CHECK = "check"
    TRY = "try"
    REVIEW = "review"
    SUBMIT = "submit"


StepState = Literal["todo", "done", "problem", "optional", "unneeded"]
Change = Literal["new", "changed", "renamed", "deleted"]
Since = Literal["", "edited", "gone", "unknown"]
"""What became of a place that somebody spoke of: it says the same, something else, it is not there any more, or the
version that was spoken of is not here."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a step from being done."""

    message: str
    hint: str = ""
    leaf: str = ""
    field: tuple[str | int, ...] = ()
    """The path of the value in qna.yaml, or one key of attribution.txt; empty where it is about the whole step."""
    rule: str = ""
    """The taxonomy rule that found it, where one did."""
    level: Literal["error", "warning", "info"] = "error"


class StepStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a step stands. Derived from the files, never remembered."""

    step: Step
    state: StepState
    says: str = ""
    """A few words beside the step: `5 seeds`, `2 of 5 seeds`, `knowledge`."""
    problems: tuple[Problem, ...] = ()


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed into a leaf of another kind and has no field now. It comes back with that kind."""

    fields: dict[str, str] = {}
    """`domain`, `document_outline`, `task_description`."""
    document: dict[str, Any] = {}
    contexts: dict[str, str] = {}
    """By question."""
    passages: list[str] = []
    """Contexts nothing was asked about yet."""
    places: dict[str, str] = {}
    """By top folder: where the leaf was placed."""


class ContributedLeaf(msgspec.Struct, kw_only=True):
    """One leaf of a contribution. Its files stand in `taxonomy/<id>/`."""

    id: str
    """Where it stands in the taxonomy; `knowledge/untitled` and the like as long as it is not placed."""
    kind: str = ""
    """KNOWLEDGE, GROUNDED or FREEFORM of `labtui.taxonomy`; empty while it is not chosen."""
    change: Change = "new"
    placed: bool = False
    was: str = ""
    """The id in the base of a leaf that is renamed; for every other one that exists in the base, its own id."""
    sent: str = ""
    """Its id in the commit that was pushed last: what reviewers say there is found again after it was moved."""
    aside: Aside | None = None
    """What its kind was changed away from; nothing of it is committed."""
    becoming: str = ""
    """The kind it is being changed to; still set where that was interrupted, and the file may be of either kind."""


class LocalDocument(msgspec.Struct, kw_only=True):
    """Files on this machine that go to a document repository before the branch is pushed."""

    leaf: str
    name: str
    """The folder below `documents/` that holds the copies."""
    came_from: str = ""
    licence: str = ""
    repository: str = ""
    """The repository's address or path, once it is chosen."""
    branch: str = ""
    """That repository's main branch, as far as it was asked."""
    commit: str = ""
    """The full SHA, once the files are committed."""
    pushed: bool = False


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer wrote. Foreign text: clean it before showing."""

    author: str
    text: str
    at: Moment | None = None
    path: str = ""
    line: int = 0
    """From 1; 0 where it is about the whole request or file."""
    commit: str = ""
    """The commit in which the line counts; empty where the forge does not say."""
    leaf: str = ""
    seed: int = 0
    """From 1, where the line lies in a seed; 0 elsewhere."""
    field: tuple[str | int, ...] = ()
    """The path of the value in qna.yaml as it is now, or `attribution.txt`; empty where it is about the whole leaf."""
    since: Since = ""
    """What became of the place since the version it speaks of."""
    resolved: bool = False
    url: str = ""


class CheckRun(msgspec.Struct, frozen=True, kw_only=True):
    """A check that the forge made of the request. Foreign text: clean it before showing."""

    name: str
    state: Literal["waiting", "passed", "failed", "skipped"]
    says: str = ""
    url: str = ""
    problems: tuple[Problem, ...] = ()
    """Of a failed one: what it speaks of in the contribution, as far as its words tell."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A pull or merge request, as the forge last described it."""

    forge: str
    """`github`, `gitlab` or `forgejo`."""
    number: int
    url: str
    state: Literal["open", "merged", "closed"] = "open"
    changes_requested: bool = False
    mergeable: bool | None = None
    """None where the forge has not worked it out."""
    head: str = ""
    """The commit the forge knows as its newest."""
    checks: tuple[CheckRun, ...] = ()
    labels: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    read_at: Moment | None = None


class Draft(msgspec.Struct, kw_only=True):
    """draft.json: one contribution."""

    v: int = FORMAT
    id: str
    """Also the folder's name."""
    title: str = ""
    made: Moment = msgspec.field(default_factory=now)
    changed: Moment = msgspec.field(default_factory=now)
    step: Step = Step.KIND
    """Where the wizard stands."""
    leaves: list[ContributedLeaf] = []
    taxonomy: str = ""
    """The clone it is for."""
    base: str = ""
    """The commit that `base/` was taken from; empty while nothing was."""
    documents: list[LocalDocument] = []
    teaches: str = ""
    """What it teaches, in the contributor's words, for the request's text."""
    message: str = ""
    """The commit message, where the contributor wrote one; empty: made from the leaves."""
    signed_off_at: Moment | None = None
    """When the Developer Certificate of Origin was confirmed for this contribution."""
    branch: str = ""
    commit: str = ""
    """The commit that was pushed last."""
    submitted: str = ""
    """The fingerprint of what was submitted last: the draft differs from it where more was written since."""
    sent_text: str = ""
    """The fingerprint of title and text that the request was given last; empty where that is not known."""
    request: Request | None = None


class ModelUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered, and how it was asked: enough to ask the same again."""

    model: str
    model_sha256: str = ""
    adapter: str = ""
    adapter_sha256: str = ""
    engine: str = ""
    system: str = ""
    sampling: dict[str, float | int | None] = {}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """evidence.jsonl: a question, what the model answered before, and what it should have answered."""

    v: int = FORMAT
    at: Moment = msgspec.field(default_factory=now)
    leaf: str = ""
    question: str
    answer: str
    """The model's own, as it wrote it: clean it before showing."""
    corrected: str
    context: str = ""
    made: ModelUsed | None = None
    conversation: str = ""
    turn: str = ""


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """answers.jsonl: what the present model answers to a seed's question."""

    v: int = FORMAT
    at: Moment = msgspec.field(default_factory=now)
    leaf: str
    question: str
    context: str = ""
    answer: str
    cut: bool = False
    """It was longer than was waited for: only its beginning stands here."""
    made: ModelUsed
