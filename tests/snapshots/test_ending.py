"""The end of a contribution as it looks: the check, the try, the review, the submission and what comes after."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from labtui import records
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions, tries
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import Answer, Asked, TriedLeaf, TryResult, Tuning
from labtui.contribute.records import CheckRun, Comment, Draft, ModelUsed, Problem, Request, Step
from labtui.contribute.submitting.dco import confirm
from labtui.contribute.submitting.records import Rebased, SeedConflict, SubmitStep, SubmitStepName, Submitted
from labtui.git_push import PushError
from labtui.screens.contribute.conflicts import ConflictsWindow
from labtui.screens.contribute.introducing import IntroduceWindow
from labtui.screens.contribute.panes import AFTER
from labtui.screens.contribute.submit import SubmitPane
from tests.snapshots import contributions
from tests.snapshots.contributions import ANTONYMS
from tests.snapshots.pictured import Pictured
from tests.snapshots.test_screens import SIZES, Compare, Settle, opened, rest, shows, sized

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the pictures were taken on Linux")
NARROW = SIZES[0]
ATTRIBUTION = "Title of work: Self-authored\nLicense of the work: CC-BY-SA-4.0\nCreator names: ann\n"
ADDRESS = "https://forge.example.org/island/taxonomy.git"
ANSWERS = (
    ("Which word says the contrary of early?", "Early is a word that means before.", "The contrary of early is late."),
    ("Give an antonym of brave.", "An antonym of brave is a word.", "An antonym of brave is cowardly."),
    ("Is hot the opposite of warm?", "Yes, it is.", "Yes: what is hot is not warm."),
)


def one(name: str) -> Any:
    return pytest.mark.parametrize("size", [NARROW], ids=[f"{name}_80x24"])


def whole(lab: Pictured, *, certified: bool = True) -> DraftFolder:
    """A contribution nothing is wrong with, to a taxonomy that came from a forge, of somebody git knows."""
    folder = contributions.antonyms(lab.workspace)
    folder.attribution_file(ANTONYMS).write_text(ATTRIBUTION)
    if certified:
        confirm(folder)
    for words in (
        ("config", "user.name", "Ann Example"),
        ("config", "user.email", "ann@example.org"),
        ("remote", "add", "origin", ADDRESS),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"),
    ):
        subprocess.run(["git", *words], cwd=lab.workspace.taxonomy, check=True)
    contributions.settle(folder, 4)
    return folder


@one("contribute_check")
def test_the_check(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = contributions.antonyms(lab.workspace, seeds=4)
    file = folder.leaf_file(ANTONYMS)
    file.write_text(file.read_text().replace("version: 3\n", "version: 3  \n"))
    contributions.settle(folder, 4)
    settle = opened("contribute", "4 things to put right", "Trailing spaces.", draft=folder.id, step=Step.CHECK)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_try")
def test_the_answers_of_a_try(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    sha256 = hashlib.sha256(folder.leaf_file(ANTONYMS).read_bytes()).hexdigest()
    result = TryResult(
        job="20260101T000000Z-trying-k7m2q",
        leaves=(TriedLeaf(id=ANTONYMS, sha256=sha256, seeds=5),),
        made=ModelUsed(model="smollm2-135m"),
        tuning=Tuning(seed_pairs=5, samples=12, steps=25, loss_first=3.1, loss_last=0.9, rank=8),
        asked=tuple(
            Asked(number=number, question=question, before=Answer(text=before), after=Answer(text=after))
            for number, (question, before, after) in enumerate(ANSWERS, 1)
        ),
        seconds={"before": 5.0, "generate": 20.0, "tune": 30.0, "after": 5.0},
    )
    tries.record(folder, result)
    tries.judge(folder, result.job, 1, "better")
    settle = opened("contribute", "3 of 3 answers changed", "better, you say", draft=folder.id, step=Step.TRY)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_questions")
def test_the_questions_of_a_try(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    check_questions.write(
        folder,
        (
            CheckQuestion(question=ANSWERS[0][0]),
            CheckQuestion(question=ANSWERS[1][0]),
            CheckQuestion(question=ANSWERS[2][0], origin="generated", confirmed=False),
        ),
    )
    settle = opened("contribute", ANSWERS[2][0], draft=folder.id, step=Step.TRY)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("contribute_review")
def test_the_review(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    settle = opened("contribute", "seed 1 of 5", draft=folder.id, step=Step.REVIEW)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_commands")
def test_the_commands(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "seed 1 of 5", draft=folder.id, step=Step.REVIEW)(pilot)
        await pilot.press("left")
        await shows("This will run when you submit")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_certificate")
def test_the_certificate(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab, certified=False)
    settle = opened("contribute", "Read what you sign", "Signed-off-by: Ann", draft=folder.id, step=Step.SUBMIT)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_submit")
def test_what_submitting_does(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    settle = opened("contribute", "Everything is ready", draft=folder.id, step=Step.SUBMIT)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


STEPS = (
    SubmitStep(name=SubmitStepName.DOCUMENTS, state="skipped"),
    SubmitStep(name=SubmitStepName.BASE, state="done", says="origin/main is at 4f2a9c1"),
    SubmitStep(name=SubmitStepName.WORKTREE, state="done"),
    SubmitStep(name=SubmitStepName.COMMIT, state="done", says="8c01d2e on contribute/antonyms, signed off by Ann"),
    SubmitStep(name=SubmitStepName.TIDY, state="done"),
)
PUSHING = SubmitStep(name=SubmitStepName.PUSH, state="running", says="sending", done=3, total=8)
REFUSED = PushError(
    "The branch, or something in the commit, is refused by a rule of the repository. It says: GH006: Protected branch",
    "protected",
    where=ADDRESS,
    hint="Ask whoever looks after the repository, or push to a fork of your own.",
)


def submission(folder: DraftFolder, steps: tuple[SubmitStep, ...], **state: Any) -> Settle:
    """The last step as it stands in the middle of a submission, or after it."""

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Everything is ready", draft=folder.id, step=Step.SUBMIT)(pilot)
        pane = pilot.app.screen.query_one(SubmitPane)
        pane.steps = {step.name: step for step in steps}
        for name, value in state.items():
            setattr(pane, name, value)
        pane._draw(fresh=True)
        pane.refresh_bindings()
        await rest(pilot)

    return settle


@one("contribute_submitting")
def test_a_submission_under_way(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    waiting = SubmitStep(name=SubmitStepName.REQUEST, state="waiting")
    settle = submission(whole(lab), (*STEPS, PUSHING, waiting), _working=threading.Event())
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_refused")
def test_a_submission_that_was_refused(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    failed = SubmitStep(name=SubmitStepName.PUSH, state="failed", says=REFUSED.what)
    waiting = SubmitStep(name=SubmitStepName.REQUEST, state="waiting")
    settle = submission(whole(lab), (*STEPS, failed, waiting), error=REFUSED)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_done")
def test_a_submission_that_is_through(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    url = "https://forge.example.org/island/taxonomy/pulls/14"
    done = Submitted(
        draft=folder.id,
        branch="contribute/antonyms",
        commit="c" * 40,
        base="origin/main",
        base_commit="b" * 40,
        pushed_to=ADDRESS,
        request=Request(forge="forgejo", number=14, url=url),
        notes=("The branch is in your fork ann/taxonomy.",),
    )
    assert snap_compare(lab.app(), terminal_size=size, run_before=submission(folder, (), done=done))


@one("contribute_who")
def test_whom_git_does_not_know(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Everything is ready", draft=folder.id, step=Step.SUBMIT)(pilot)
        pilot.app.push_screen(IntroduceWindow("", ""))
        await shows("Your name", "Your mail address")(pilot)
        await pilot.press(*"Ann")
        await rest(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@sized("contribute_after")
def test_what_reviewers_say(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)

    def review(draft: Draft) -> None:
        draft.branch, draft.commit, draft.submitted = "contribute/antonyms", "c" * 40, folder.fingerprint()
        too_short = Problem(message="The answer has two words.", leaf=ANTONYMS, field=("seed_examples", 4, "answer"))
        draft.request = Request(
            forge="forgejo",
            number=14,
            url="https://forge.example.org/island/taxonomy/pulls/14",
            changes_requested=True,
            checks=(
                CheckRun(name="signed off", state="passed"),
                CheckRun(name="lint", state="failed", problems=(too_short,)),
            ),
            labels=("skill", "triage-requested-changes"),
            comments=(
                Comment(
                    author="rita",
                    text="Calm has more than one opposite here. Which one should a model give first?",
                    at=records.now(),
                    path=f"{ANTONYMS}/qna.yaml",
                    line=11,
                    leaf=ANTONYMS,
                    seed=3,
                ),
                Comment(author="rita", text="Thank you, this is nearly there.", at=records.now()),
            ),
            read_at=records.now(),
        )

    folder.change(review)
    contributions.settle(folder, 4)
    settle = opened("contribute", "A reviewer asks for changes", "seed 3", draft=folder.id, step=AFTER)
    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


@one("contribute_conflict")
def test_a_conflict(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)
    conflict = SeedConflict(
        id="c1",
        leaf=ANTONYMS,
        path=("seed_examples", 2, "answer"),
        seed=3,
        field="answer",
        what="Both sides changed it differently.",
        base="Two antonyms of calm are agitated and stormy.",
        mine="Two antonyms of calm are agitated and, of the sea, stormy.",
        theirs="Two antonyms of calm are agitated and restless.",
        by="Ben, 2 days ago",
        choices=("mine", "theirs", "both", "text"),
    )
    other = SeedConflict(id="c2", leaf=ANTONYMS, what="", base=None, mine=None, theirs=None)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Everything is ready", draft=folder.id, step=Step.SUBMIT)(pilot)
        app = lab.app()
        rebased = Rebased(onto="d" * 40, done=False, conflicts=(conflict, other))
        pilot.app.push_screen(ConflictsWindow(folder, lab.workspace, app.context.config, rebased))
        await shows("1 of 2", "theirs, Ben, 2 days ago")(pilot)
        await rest(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)


THREAD = (
    ("rita", "Calm has more than one opposite here. Which one should a model give first, and is stormy not said of the"
     " sea alone? Please look at how the neighbours do it."),
    ("ann", "I meant people. Shall I say restless?"),
    ("mo", "Restless is good. And one seed with three opposites would help, too."),
)  # fmt: skip


@sized("contribute_said")
def test_what_is_said_of_a_seed(lab: Pictured, snap_compare: Compare, size: tuple[int, int]) -> None:
    folder = whole(lab)

    def review(draft: Draft) -> None:
        draft.branch, draft.commit, draft.submitted = "contribute/antonyms", "c" * 40, folder.fingerprint()
        too_short = Problem(message="The answer has four words.", leaf=ANTONYMS, field=("seed_examples", 3, "answer"))
        settled = Comment(author="mo", text="Quick as in fast?", path=f"{ANTONYMS}/qna.yaml", leaf=ANTONYMS, seed=1)
        draft.request = Request(
            forge="forgejo",
            number=14,
            url="https://forge.example.org/island/taxonomy/pulls/14",
            changes_requested=True,
            checks=(CheckRun(name="lint", state="failed", problems=(too_short,)),),
            comments=(
                msgspec.structs.replace(settled, resolved=True, at=records.now()),
                *(
                    Comment(author=author, text=text, at=records.now(), path=settled.path, leaf=ANTONYMS, seed=3)
                    for author, text in THREAD
                ),
            ),
            read_at=records.now(),
        )

    folder.change(review)
    contributions.settle(folder, 4)

    async def settle(pilot: Pilot[Any]) -> None:
        await opened("contribute", "Comments  3 open", draft=folder.id, step=AFTER)(pilot)
        await pilot.press("down", "enter")
        await shows("seed 3 of 5", "Restless is good")(pilot)

    assert snap_compare(lab.app(), terminal_size=size, run_before=settle)
