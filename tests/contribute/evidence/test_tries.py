"""Results of tries with a contribution: kept once, judged, and known to be stale when the seeds change."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions, tries
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import Answer, Asked, TriedLeaf, TryResult, Tuning
from labtui.contribute.records import ContributedLeaf, ModelUsed
from labtui.errors import LabError, UsageError
from labtui.journal import atomic_write

LEAF = "compositional_skills/words/opposites"


@pytest.fixture
def draft(tmp_path: Path) -> DraftFolder:
    folder = store.new(workspace.create(tmp_path / "lab"))
    atomic_write(folder.leaf_file(LEAF), b"version: 3\n")
    folder.change(lambda draft: draft.leaves.append(ContributedLeaf(id=LEAF)))
    return folder


def result(draft: DraftFolder, job: str = "j1", answers: int = 3) -> TryResult:
    """A try whose first answer alone stayed as it was."""
    sha256 = hashlib.sha256(draft.leaf_file(LEAF).read_bytes()).hexdigest()
    return TryResult(
        job=job,
        leaves=(TriedLeaf(id=LEAF, sha256=sha256, seeds=5),),
        made=ModelUsed(model="m"),
        tuning=Tuning(seed_pairs=5, samples=3, steps=9, loss_first=2.0, loss_last=0.5, rank=4),
        asked=tuple(
            Asked(
                number=number,
                question="?",
                before=Answer(text="same "),
                after=Answer(text=" same\n" if number == 1 else "other"),
            )
            for number in range(1, answers + 1)
        ),
    )


def test_a_result_is_kept_once_a_job(draft: DraftFolder) -> None:
    for job in ("j1", "j1", "j2"):
        tries.record(draft, result(draft, job))
    assert [kept.job for kept in tries.results(draft)] == ["j1", "j2"]
    latest = tries.latest(draft)
    assert latest is not None
    assert latest.job == "j2"


def test_a_torn_line_costs_that_line_alone(draft: DraftFolder) -> None:
    tries.record(draft, result(draft))
    with open(draft.trying / tries.TRIES, "ab") as stream:
        stream.write(b'{"v":1,"job":"to')
    tries.record(draft, result(draft, "j2"))
    assert [kept.job for kept in tries.results(draft)] == ["j1", "j2"]


def test_the_last_verdict_counts_and_can_be_taken_back(draft: DraftFolder) -> None:
    tries.record(draft, result(draft))
    for number, verdict in ((1, "better"), (2, "worse"), (1, "same"), (2, "")):
        tries.judge(draft, "j1", number, verdict)
    assert tries.verdicts(draft, "j1") == {1: "same"}
    with pytest.raises(UsageError, match="no answer 4"):
        tries.judge(draft, "j1", 4, "better")
    with pytest.raises(UsageError, match="no answer 1"):
        tries.judge(draft, "j2", 1, "better")


def test_seeds_that_changed_make_it_stale_and_another_place_does_not(draft: DraftFolder) -> None:
    made = result(draft)
    assert tries.stale(draft, made) == []
    other = "compositional_skills/language/opposites"
    draft.leaf_file(LEAF).parent.rename(draft.taxonomy / "moved")
    draft.leaf_file(other).parent.parent.mkdir(parents=True)
    (draft.taxonomy / "moved").rename(draft.leaf_file(other).parent)
    draft.change(lambda found: setattr(found.leaves[0], "id", other))
    assert tries.stale(draft, made) == []
    draft.leaf_file(other).write_text("version: 3\nseed_examples: []\n")
    assert tries.stale(draft, made) == [other, LEAF]


def test_few_are_counted_and_never_told_in_percent(draft: DraftFolder) -> None:
    few = result(draft)
    assert tries.counts(few, {}) == "2 of 3 answers changed"
    judged = tries.counts(few, {2: "better", 3: "worse"})
    assert judged == "2 of 3 answers changed; better in 1, worse in 1, by the contributor's judgement"
    assert "%" not in tries.counts(result(draft, answers=9), {2: "better"})
    assert tries.counts(result(draft, answers=10), {2: "better"}).startswith(
        "9 of 10 (90%) answers changed; better in 1"
    )


def test_check_questions_are_read_as_they_were_written(draft: DraftFolder) -> None:
    assert check_questions.read(draft) == ()
    asked = (CheckQuestion(question="何ですか"), CheckQuestion(question="?", context="A text.", confirmed=False))
    check_questions.write(draft, asked)
    assert check_questions.read(draft) == asked
    assert check_questions.confirmed(asked) == asked[:1]
    assert asked[1].text == "A text.\n\n?"


@pytest.mark.parametrize("data", [b"no json", b"[]", b'{"v":1,"questions":[{"question":3}]}', b"\xff", b'{"v":9}'])
def test_a_file_that_is_none_of_ours_gets_a_sentence(draft: DraftFolder, data: bytes) -> None:
    atomic_write(check_questions.path_of(draft), data)
    with pytest.raises(LabError) as raised:
        check_questions.read(draft)
    assert raised.value.where.endswith("check_questions.json")
    assert raised.value.hint
