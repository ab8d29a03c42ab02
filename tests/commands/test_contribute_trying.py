"""`labtui contribute try` as a person and as a script use it."""

from __future__ import annotations

import json

import pytest

from labtui import jobs
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.workspace import Workspace
from tests.terminal import labtui
from tests.trying.conftest import draft, lab, teacher
from tests.trying.trial import QUESTIONS

__all__ = ["draft", "lab", "teacher"]
ASKED = [word for question in QUESTIONS for word in ("--question", question.question)]


@pytest.fixture(autouse=True)
def inside(lab: Workspace, draft: DraftFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab.root)


def test_from_questions_to_answers(lab: Workspace, draft: DraftFolder) -> None:
    planned = labtui("contribute", "try", *ASKED, "--plan")
    assert planned.returncode == 0, planned.stderr
    assert "questions  3" in planned.stdout
    assert jobs.list_jobs(lab) == []
    assert check_questions.read(draft) == ()
    done = labtui("contribute", "try", draft.short_id, *ASKED, "--samples", "2", "--steps", "2", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"draft", "job", "done", "result", "verdicts", "stale"}
    assert (answer["draft"], answer["done"], answer["stale"]) == (draft.id, True, [])
    assert [asked["number"] for asked in answer["result"]["asked"]] == [1, 2, 3]
    assert [question.question for question in check_questions.read(draft)] == [one.question for one in QUESTIONS]
    shown = labtui("contribute", "try", "--show")
    assert shown.returncode == 0, shown.stderr
    assert "1. What is the opposite of big?" in shown.stdout
    (counts,) = [line for line in shown.stdout.splitlines() if "of 3 answers changed" in line]
    assert "%" not in counts
    (view,) = jobs.list_jobs(lab)
    assert view.spec.command[:3] == ("labtui", "contribute", "try")


def test_proposals_are_printed_and_not_kept(draft: DraftFolder) -> None:
    done = labtui("contribute", "try", "--propose", "2")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert f"labtui contribute try {draft.short_id} --question" in done.stderr
    assert check_questions.read(draft) == ()


def test_questions_of_a_file_take_the_place_of_those_there_are(draft: DraftFolder) -> None:
    check_questions.write(draft, QUESTIONS)
    draft.path.parent.parent.joinpath("asked.json").write_text(
        json.dumps([{"question": f"Is {word} a word?"} for word in ("one", "two", "three")])
    )
    done = labtui("contribute", "try", "--questions", "asked.json", "--plan", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["questions"] == 3


def test_a_kept_question_that_became_a_seed_is_named_and_can_be_taken_away(lab: Workspace, draft: DraftFolder) -> None:
    check_questions.write(draft, [CheckQuestion(question="What is the opposite of hot?"), *QUESTIONS])
    refused = labtui("contribute", "try")
    assert refused.returncode == 2
    assert "Take it away with: --forget 1" in refused.stderr
    assert len(check_questions.read(draft)) == 4
    assert labtui("contribute", "try", "--forget", "5", "--forget", "1").returncode == 2
    assert labtui("contribute", "try", "--forget", "1", "--plan").returncode == 0
    done = labtui("contribute", "try", "--forget", "1", "--forget", "2", "--forget", "3")
    assert "At least 3 check questions are needed: 2 more to go." in done.stderr
    assert [question.question for question in check_questions.read(draft)] == [QUESTIONS[2].question]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--show"], 3, "Nothing was tried yet."),
        ([], 2, "At least 3 check questions are needed: 3 to go."),
        (["--question", "What is the opposite of hot?"], 2, "question 1: It asks the same as seed 1."),
        (["--questions", "nothing.json"], 2, "--questions nothing.json: cannot be read"),
        (["--questions", "labtui.yaml"], 2, "holds no check questions"),
        ([*ASKED, "--model", "tinny"], 2, "'tiny'"),
        (["nobody"], 2, "There is no contribution 'nobody'."),
        (["--propose", "0"], 2, "At least one question"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_nothing_wrong(
    lab: Workspace, draft: DraftFolder, words: list[str], code: int, says: str
) -> None:
    done = labtui("contribute", "try", *words)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert jobs.list_jobs(lab) == []
    assert all("hot" not in question.question for question in check_questions.read(draft))
