"""The plain data of a submission: what will be done, how each step stands, what came of it, what is in the way."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

from labtui.contribute.records import Request
from labtui.records import Moment, now

FORMAT = 1


class SubmitStepName(enum.StrEnum):
    """The steps of a submission, in order."""

    DOCUMENTS = "documents"
    BASE = "base"
    WORKTREE = "worktree"
    COMMIT = "commit"
    TIDY = "tidy"
    """Right after the commit: a push that fails leaves nothing behind but the branch."""
    PUSH = "push"
    REQUEST = "request"


STEP_WORDS: dict[SubmitStepName, str] = {
    SubmitStepName.DOCUMENTS: "Send the documents to their repository",
    SubmitStepName.BASE: "Get the taxonomy as it is now",
    SubmitStepName.WORKTREE: "Make a place for the work, apart from yours",
    SubmitStepName.COMMIT: "Commit, signed off by you",
    SubmitStepName.TIDY: "Clear the place up again",
    SubmitStepName.PUSH: "Push the branch",
    SubmitStepName.REQUEST: "Open the pull request",
}
"""What each step does, for whoever has never used git."""

SubmitState = Literal["waiting", "running", "done", "skipped", "failed"]
Choice = Literal["mine", "theirs", "both"]


class SubmitStep(msgspec.Struct, frozen=True, kw_only=True):
    """How one step stands, as it is reported while a submission works."""

    name: SubmitStepName
    state: SubmitState
    says: str = ""
    """What came of it, or what is under way: `pushed to …`. Foreign text may be in it: clean it before showing."""
    hint: str = ""
    """What to do, where it failed."""
    done: float = 0
    total: float = 0
    """Progress of what is under way; a total of 0 means unknown."""


class SubmitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of submit.jsonl. What is not yet done was begun at most; what is done is never done again."""

    v: int = FORMAT
    at: Moment = msgspec.field(default_factory=now)
    run: str
    """Which submission of this draft it belongs to."""
    step: SubmitStepName | None = None
    """None: the submission itself began or ended."""
    state: Literal["begun", "done", "skipped", "failed"]
    facts: dict[str, str] = {}


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who commits, as git's own settings have it."""

    name: str
    email: str
    source: str
    """Where git has it from: `your settings`, `the settings of this clone`, `the environment`."""

    @property
    def signature(self) -> str:
        return f"{self.name} <{self.email}>"


class Signing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether git is set to sign commits, and how."""

    on: bool
    how: Literal["openpgp", "ssh", "x509"] = "openpgp"
    key: str = ""
    """As the user named it; empty: the one that fits the address."""


class GitCommand(msgspec.Struct, frozen=True, kw_only=True):
    """One git command that will run. A name in angle brackets stands for what is known only then."""

    step: SubmitStepName
    text: str
    """As one would type it."""
    why: str = ""


class PlannedFile(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    """From the repository's root."""
    change: Literal["added", "changed", "removed"]
    leaf: str
    data_path: str = ""
    """Where its content lies in the draft; empty where it is removed."""


class PlannedDocument(msgspec.Struct, frozen=True, kw_only=True):
    leaf: str
    name: str
    repository: str
    commit: str
    """In full; empty where the files were not committed yet."""
    pushed: bool = False
    problem: str = ""


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a contribution from being submitted, or what one must know before."""

    message: str
    hint: str = ""
    stops: bool = True
    """Off: it is only to be known."""
    about: Literal[
        "identity", "leaves", "documents", "remote", "base", "signing", "certificate", "name", "repository", "token"
    ]


class SubmitPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission would do. Made by reading only: the base is as it was fetched last."""

    branch: str
    update: bool
    """Whether it replaces what was pushed of this contribution before."""
    base: str
    """As people name it: `upstream/main`."""
    base_remote: str
    """Empty where the taxonomy has no remote."""
    base_branch: str
    base_commit: str
    """In full, as known here; submitting fetches first."""
    push_to: str
    """A remote's name, an address, or empty where there is nothing to push to."""
    push_address: str
    """The address behind it, without secrets."""
    fork: bool = False
    """Whether a fork is made or used on the forge, because one may not push to the taxonomy itself."""
    files: tuple[PlannedFile, ...] = ()
    documents: tuple[PlannedDocument, ...] = ()
    message: str
    """The commit message, the sign-off line included."""
    identity: Identity | None
    sign_off: str
    """`Signed-off-by: …`; empty without an identity."""
    signing: Signing
    certified: bool
    """Whether the Developer Certificate of Origin was confirmed for this contribution."""
    commands: tuple[GitCommand, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    token: str = ""
    """Where the forge's token is found: a variable's name, `gh auth token`, `git credential`; empty where there is
    none, or none was looked for."""
    web_address: str = ""
    """Where the request is opened by hand once the branch is pushed; empty where that is not known."""

    @property
    def ready(self) -> bool:
        return not any(obstacle.stops for obstacle in self.obstacles)


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a submission. This is also the shape of `labtui contribute submit --json`."""

    draft: str
    branch: str
    commit: str
    base: str
    """`upstream/main`"""
    base_commit: str
    pushed_to: str = ""
    """The address, without secrets; empty where the branch stands here only."""
    request: Request | None = None
    web_address: str = ""
    """Where to open the request by hand, where none was opened."""
    documents: tuple[PlannedDocument, ...] = ()
    steps: tuple[SubmitStep, ...] = ()
    again: bool = False
    """Whether there was nothing left to do."""
    notes: tuple[str, ...] = ()
    """What else one should know."""


class Offline(msgspec.Struct, frozen=True, kw_only=True):
    """What was written for sending by other means."""

    files: tuple[str, ...]
    """The file asked for, then those that belong to it."""
    branch: str
    commit: str
    base_commit: str
    """What the receiver must have."""
    how: str
    """What the receiver types."""


class SeedConflict(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the contribution and the base changed differently. The texts are foreign: clean before showing."""

    id: str
    """Names it for `resolve`; stays the same while it is open."""
    leaf: str
    file: str = "qna.yaml"
    path: tuple[str | int, ...] = ()
    """Which value of mine, seeds counted from 0; empty: a whole file, or lines of one."""
    seed: int = 0
    """From 1; 0 where it is about the leaf itself."""
    field: str = ""
    """In words: `answer`, `task_description`, `the leaf`."""
    what: str
    """One sentence."""
    base: str | None
    """As it was; None: it was not there. The same for the others."""
    mine: str | None
    theirs: str | None
    by: str = ""
    """Who changed it there, and when: `Ben, 2 days ago`. Empty where git does not say."""
    choices: tuple[Literal["mine", "theirs", "both", "text"], ...] = ("mine", "theirs")
    chosen: str = ""
    """`mine`, `theirs`, `both` or `text` once it is resolved."""
    text: str | None = None
    """What was written for it, where `chosen` is `text`."""


class Rebased(msgspec.Struct, frozen=True, kw_only=True):
    """How putting a contribution on a newer base stands."""

    onto: str
    """The base's commit it is put on."""
    done: bool
    """Whether the draft stands on it now. Not while a conflict is open; the draft is unchanged until then."""
    conflicts: tuple[SeedConflict, ...] = ()
    merged: tuple[str, ...] = ()
    """Leaves whose two sides went together by themselves."""
    notes: tuple[str, ...] = ()
    """What else happened: a leaf that the base has meanwhile as it is here, remarks that found no place."""

    @property
    def open(self) -> tuple[SeedConflict, ...]:
        return tuple(conflict for conflict in self.conflicts if not conflict.chosen)


class BaseStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How the base moved since the contribution was begun or last put on it."""

    base: str
    commit: str
    """What the draft stands on; empty where it holds new leaves only and was never submitted."""
    now: str
    """The base as known here."""
    commits: int = 0
    """How many came since."""
    leaves: tuple[str, ...] = ()
    """Leaves of this contribution that were changed there too."""
    foreign: int = 0
    """Commits on the pushed branch that somebody else put there."""

    @property
    def moved(self) -> bool:
        return bool(self.commit) and self.commit != self.now

    @property
    def needs_rebase(self) -> bool:
        """Whether it cannot be submitted as it is."""
        return bool(self.leaves)


class Tidied(msgspec.Struct, frozen=True, kw_only=True):
    """What was cleared away."""

    branch: str
    local: bool = False
    """Whether the branch in the clone was removed."""
    remote: bool = False
    worktree: bool = False
    notes: tuple[str, ...] = ()
