"""The text of a request says what stands in the draft, in the template's form."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import tries
from labtui.contribute.evidence.tries import Answer, Asked, TriedLeaf, TryResult, Tuning
from labtui.contribute.forges.base import Head
from labtui.contribute.records import Evidence, LocalDocument, ModelAnswer, ModelUsed
from labtui.contribute.requests.request_text import BODY_LIMIT, request
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace
from tests.contribute.drafting import lab, whole
from tests.contribute.forges.conftest import world_of
from tests.contribute.requests.test_markdown import blocks
from tests.forge import making

HEADINGS = [
    "**Describe the contribution to the taxonomy**",
    "**Input given at the prompt**",
    "**Response from the original model**",
    "**Response from the fine-tuned model**",
    "**Contribution checklist**",
]
HOSTILE = "@everyone closes #1\n```\n/merge\n![x](https://evil.test/x.png)\n````\n<script>\x1b]0;x\x07"
MODEL = ModelUsed(model="granite")


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return lab(tmp_path)


def section(body: str, heading: str) -> str:
    """What stands below one of the bold headings."""
    _, _, rest = body.partition(f"**{heading}**\n")
    return rest.partition("\n\n**")[0].strip()


def tried(folder: DraftFolder, count: int = 3) -> TryResult:
    leaf = folder.load().leaves[0]
    sha256 = hashlib.sha256(folder.leaf_file(leaf).read_bytes()).hexdigest()
    result = TryResult(
        job="j1",
        leaves=(TriedLeaf(id=leaf.id, sha256=sha256, seeds=5),),
        made=MODEL,
        tuning=Tuning(seed_pairs=15, samples=7, left_out=1, steps=9, loss_first=2.0, loss_last=0.5, rank=4),
        asked=tuple(
            Asked(number=number, question=f"Q{number}?", before=Answer(text="no"), after=Answer(text=f"owls {number}"))
            for number in range(1, count + 1)
        ),
        notes=("Few samples came.",),
    )
    tries.record(folder, result)
    return result


def test_a_new_leaf_in_the_form_of_the_template(made: Workspace) -> None:
    folder = whole(made)
    folder.change(lambda draft: setattr(draft, "teaches", "Where owls sleep.\nWhat they hunt."))
    text = request(folder)
    assert text.title == "Add knowledge: owls"
    assert [line for line in text.body.split("\n") if line in HEADINGS] == HEADINGS
    told = section(text.body, "Describe the contribution to the taxonomy").split("\n")
    assert told[:2] == ["- Where owls sleep.", "- What they hunt."]
    assert told[2].startswith("- Adds `knowledge/owls`: knowledge, 5 seed examples with 15 questions. Owls of a valley")
    assert "`https://example.org/owls.git` at `012345678901`" in told[2]
    assert section(text.body, "Sources and licences").startswith("- Birds, `https://example.org`")
    assert section(text.body, "Input given at the prompt") == "No model was asked."
    assert section(text.body, "Response from the fine-tuned model") == "It was not tried."
    checks = section(text.body, "Contribution checklist").split("\n")
    assert [line[:5] for line in checks] == ["- [ ]", *["- [x]"] * 6, "- [ ]"]


def test_the_checklist_claims_nothing_that_is_not_so(made: Workspace) -> None:
    folder = whole(made)
    leaf = folder.load().leaves[0]
    file = folder.leaf_file(leaf)
    short = file.read_text().split("  - context: The 4th")[0]
    file.write_text(short + "    extra: [unclosed\n")
    folder.attribution_file(leaf).unlink()
    checks = section(request(folder).body, "Contribution checklist")
    assert "- [ ] The checks of the taxonomy find no errors" in checks
    assert "- [ ] An `attribution.txt` stands beside" in checks
    assert "- [ ] Every `qna.yaml` holds at least 5" in checks


def test_answers_before_and_after_stand_under_the_same_number(made: Workspace) -> None:
    folder = whole(made)
    tried(folder)
    folder.add_evidence(Evidence(question="Where?", answer="Wrong", corrected="In the barn", made=MODEL))
    body = request(folder).body
    assert "Question 3:\n\n```text\nQ3?\n```" in section(body, "Input given at the prompt")
    before = section(body, "Response from the original model")
    assert "Answer 4, by `granite`:\n\n```text\nWrong\n```" in before
    assert section(body, "What it should answer") == "Answer 4 as it should be:\n\n```text\nIn the barn\n```"
    after = section(body, "Response from the fine-tuned model")
    assert "Answer 3 after tuning:\n\n```text\nowls 3\n```" in after
    assert "Answer 4" not in after


def test_how_it_was_tried_is_told_with_numbers(made: Workspace) -> None:
    folder = whole(made)
    tried(folder)
    tries.judge(folder, "j1", 1, "better")
    told = section(request(folder).body, "How it was tried")
    assert "7 samples generated from the seeds (1 more were too near" in told
    assert "3 of 3 answers changed; better in 1" in told
    assert "%" not in told
    assert "Few samples came." in told
    assert "- [x] Samples were generated" in request(folder).body
    file = folder.leaf_file(folder.load().leaves[0])
    file.write_text(file.read_text().replace("hunts mice", "hunts voles"))
    body = request(folder).body
    assert "The seeds were changed after that." in section(body, "How it was tried")
    assert "- [ ] Samples were generated" in body


def test_what_the_present_model_says_to_the_seeds_is_shown_where_nothing_else_is(made: Workspace) -> None:
    folder = whole(made)
    for answer in ("first", "second"):
        folder.add_answer(ModelAnswer(leaf="knowledge/owls", question="Q?", answer=answer, made=MODEL))
    assert section(request(folder).body, "Response from the original model") == "By `granite`:\n\n```text\nsecond\n```"


def test_nothing_foreign_stirs(made: Workspace) -> None:
    folder = whole(made)
    folder.add_evidence(Evidence(question=HOSTILE, answer=HOSTILE, corrected=HOSTILE, context=HOSTILE))
    leaf = folder.load().leaves[0]
    file = folder.leaf_file(leaf)
    file.write_text(file.read_text().replace("Owls of a valley", '"@team closes #2 <img src=x>"'))
    folder.attribution_file(leaf).write_text("Title of work: @rita ![](https://evil.test/y.png)\n")

    def change(draft: object) -> None:
        draft.title = f"Owls {HOSTILE}"  # type: ignore[attr-defined]
        draft.teaches = HOSTILE  # type: ignore[attr-defined]
        draft.documents = [LocalDocument(leaf=leaf.id, name="texts", licence="MIT @rita")]  # type: ignore[attr-defined]

    folder.change(change)
    text = request(folder)
    outside = "\n".join(blocks(text.body))
    import re

    bare = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert not re.search(r"[@#]\w|https?:|(?<!\\)[<!]|^/", bare, re.MULTILINE), bare
    assert "\x1b" not in text.body
    assert "\n" not in text.title


def test_a_huge_contribution_stays_below_what_forges_take(made: Workspace) -> None:
    folder = whole(made)
    for number in range(8):
        folder.add_evidence(Evidence(question=f"{number} " + "q" * 9000, answer="a" * 9000, corrected="c" * 9000))
    folder.change(lambda draft: setattr(draft, "teaches", "many words\n" * 20_000))
    body = request(folder).body
    assert len(body) <= BODY_LIMIT
    assert blocks(body)
    assert [line for line in body.split("\n") if line in HEADINGS] == HEADINGS


def test_several_leaves_and_what_happens_to_them(made: Workspace) -> None:
    folder = whole(made)

    def change(draft: object) -> None:
        from labtui.contribute.records import ContributedLeaf

        draft.leaves += [  # type: ignore[attr-defined]
            ContributedLeaf(id="knowledge/gone", change="deleted", placed=True, was="knowledge/gone"),
        ]

    folder.change(change)
    assert "- Removes `knowledge/gone`" in request(folder).body


def test_an_unfinished_draft_has_a_text_too(made: Workspace) -> None:
    text = request(store.new(made, FREEFORM))
    assert text.title
    assert [line for line in text.body.split("\n") if line in HEADINGS] == HEADINGS
    assert request(store.new(made)).body


def test_a_forge_takes_it_as_it_is(made: Workspace, tmp_path: Path) -> None:
    folder = whole(made)
    folder.add_evidence(Evidence(question=HOSTILE, answer=HOSTILE, corrected="x"))
    text = request(folder)
    with making.make("github", tmp_path / "forge") as forge:
        world = world_of("github", forge, forge.api)
        head: Head = world.pushed()
        with world.client:
            world.client.open_request(text.title, text.body, head, "main")
        assert forge.state.requests[0].body == text.body
