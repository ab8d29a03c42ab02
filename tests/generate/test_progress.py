from __future__ import annotations

import msgspec

from labtui.generate.journal import Sample, samples_file
from labtui.generate.progress import ALARM_TRIES, SampleFollower, Tally
from labtui.journal import JobFolder, JsonLines
from labtui.workspace import Workspace
from tests.generate.teaching import FACTS, SKILL, arguments


def sample(leaf: str, number: int, reason: str = "", **others: object) -> Sample:
    return Sample(
        id=f"{leaf}{number}",
        leaf=leaf,
        leaf_sha256="",
        kind="knowledge",
        number=number,
        accepted=not reason,
        reason=reason,
        seeds=(1,),
        pipeline="simple.knowledge",
        pipeline_sha256="",
        teacher="m",
        temperature=1.0,
        min_p=0.0,
        max_tokens=9,
        sampling_seeds=(1,),
        **others,  # type: ignore[arg-type]
    )


def tally(lab: Workspace, samples: int = 6) -> Tally:
    return Tally(msgspec.to_builtins(arguments(lab, SKILL, FACTS, samples=samples)))


def test_leaves_stand_in_the_order_they_were_asked(lab: Workspace) -> None:
    found = tally(lab)
    found.take([sample(FACTS, 1), sample(SKILL, 1, "cut off", prompt_tokens=5, completion_tokens=2)])
    assert list(found.leaves) == [SKILL, FACTS]
    assert (found.accepted, found.rejected, found.wanted) == (1, 1, 12)
    assert (found.prompt_tokens, found.completion_tokens) == (5, 2)
    assert found.leaves[SKILL].why() == "1 cut off"


def test_a_leaf_that_gives_nothing_is_alarming_and_says_why(lab: Workspace) -> None:
    leaf = tally(lab).leaves[SKILL]
    for number in range(ALARM_TRIES):
        assert not leaf.alarming
        leaf.take(sample(SKILL, number, "not parsed", detail="the answer has no JSON"))
    assert leaf.alarming
    assert leaf.why() == f"{ALARM_TRIES} not parsed: the answer has no JSON"
    leaf.take(sample(SKILL, 99))
    assert not leaf.alarming


def test_arguments_of_something_else_have_no_leaves() -> None:
    assert Tally({"steps": 3}).leaves == {}


def test_a_journal_begun_anew_is_told_of(lab: Workspace) -> None:
    folder = JobFolder(lab.jobs)
    lines = JsonLines(samples_file(folder))
    follower = SampleFollower(folder)
    for number in range(3):
        lines.append(sample(SKILL, number))
    read, fresh = follower.poll()
    assert (len(read), fresh) == (3, True)
    assert follower.poll() == ([], False)
    samples_file(folder).unlink()
    JsonLines(samples_file(folder)).append(sample(SKILL, 7))
    read, fresh = follower.poll()
    assert ([found.number for found in read], fresh) == ([7], True)
