"""Leaves of a contribution: added, placed, made another kind, given seeds, taken out. Nothing typed is ever lost."""

from __future__ import annotations

import contextlib
import functools
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtui.contribute.attribution.works import WorkFields
from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence import check_questions
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.leaves import relocating
from labtui.contribute.leaves.adding import (
    add_existing,
    add_leaf,
    add_seed,
    place,
    read_attribution,
    remove_leaf,
    set_kind,
    write_attribution,
)
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import ContributedLeaf, Draft, Evidence, LocalDocument, Request
from labtui.errors import LabError, UsageError
from labtui.taxonomy.check import check_file
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED, read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.drafting import BIRDS, WORDS, contexts, lab
from tests.taxonomy import repos


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Never written to: contributions only read it."""
    return lab(tmp_path_factory.mktemp("made"))


@pytest.fixture
def made(clone: Workspace) -> Any:
    yield clone
    shutil.rmtree(clone.drafts)
    clone.drafts.mkdir()


@pytest.fixture
def folder(made: Workspace) -> DraftFolder:
    return store.new(made)


def values(folder: DraftFolder, leaf: ContributedLeaf) -> Any:
    return yaml.safe_load(folder.leaf_file(leaf).read_text())


def lint(folder: DraftFolder, leaf: ContributedLeaf) -> list[str]:
    return [one.rule for one in check_file(folder.leaf_file(leaf)) if one.rule.startswith(("lint.", "yaml."))]


# -- added and taken out ------------------------------------------------------------------------------------------


def test_several_leaves_that_are_not_placed_stand_side_by_side(folder: DraftFolder) -> None:
    ids = [add_leaf(folder, kind).id for kind in (KNOWLEDGE, KNOWLEDGE, GROUNDED, FREEFORM)]
    assert ids == [
        "knowledge/untitled",
        "knowledge/untitled_2",
        "compositional_skills/grounded/untitled",
        "compositional_skills/untitled",
    ]
    assert [leaf.id for leaf in folder.load().leaves] == ids


def test_a_new_leaf_names_who_contributes_it(folder: DraftFolder, clean_environment: Path) -> None:
    (clean_environment / ".gitconfig").write_text("[user]\n\tname = Ann Lee\n")
    leaf = add_leaf(folder, FREEFORM)
    assert values(folder, leaf)["created_by"] == "Ann Lee"
    assert read_attribution(folder, leaf)[0].creators == "Ann Lee"


def test_one_taken_out_is_kept_aside(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    add_seed(folder, leaf, "Q?", "A.")
    text = folder.leaf_file(leaf).read_text()
    folder.change(lambda draft: draft.documents.append(LocalDocument(leaf=leaf.id, name="notes")))
    remove_leaf(folder, leaf)
    draft = folder.load()
    assert (draft.leaves, draft.documents) == ([], [])
    assert not (folder.taxonomy / "compositional_skills").exists()
    assert (folder.path / ".removed" / leaf.id / "qna.yaml").read_text() == text
    again = add_leaf(folder, FREEFORM)
    assert again.id == leaf.id
    remove_leaf(folder, again)
    assert (folder.path / ".removed" / f"{leaf.id}.2" / "qna.yaml").is_file()
    with pytest.raises(UsageError, match="holds no leaf"):
        remove_leaf(folder, leaf)


# -- from the taxonomy --------------------------------------------------------------------------------------------


def test_one_of_the_taxonomy_comes_as_it_is_in_the_base(made: Workspace, folder: DraftFolder) -> None:
    file = made.taxonomy / BIRDS / "qna.yaml"
    committed = file.read_bytes()
    file.write_bytes(committed + b"# not committed\n")
    try:
        leaf = add_existing(folder, made, BIRDS)
    finally:
        file.write_bytes(committed)
    assert (leaf.change, leaf.was, leaf.kind, leaf.placed) == ("changed", BIRDS, KNOWLEDGE, True)
    base = folder.base_file(leaf)
    assert base is not None
    assert folder.leaf_file(leaf).read_bytes() == base.read_bytes() == committed
    assert folder.attribution_file(leaf).is_file()
    assert add_existing(folder, made, BIRDS) == leaf
    assert len(folder.load().leaves) == 1
    assert len(folder.load().base) == 40


def test_one_that_is_in_no_commit_comes_as_it_lies_there(made: Workspace, folder: DraftFolder) -> None:
    repos.put(made.taxonomy, {"compositional_skills/new/qna.yaml": repos.KNOWLEDGE})
    try:
        leaf = add_existing(folder, made, "compositional_skills/new")
    finally:
        shutil.rmtree(made.taxonomy / "compositional_skills/new")
    assert (leaf.change, leaf.was) == ("new", "")
    assert folder.base_file(leaf) is None


def test_one_there_is_none_of_is_refused(made: Workspace, folder: DraftFolder) -> None:
    with pytest.raises(UsageError, match="no leaf") as refused:
        add_existing(folder, made, "knowledge/bird")
    assert BIRDS in refused.value.hint
    assert folder.load().leaves == []


def test_a_taxonomy_below_the_repository_s_top(tmp_path: Path) -> None:
    from labtui import workspace

    made = workspace.create(tmp_path / "lab")
    made.taxonomy.rmdir()
    repos.make(tmp_path / "repository", {f"inner/{BIRDS}/qna.yaml": contexts()})
    made.taxonomy.symlink_to(tmp_path / "repository" / "inner")
    folder = store.new(made)
    leaf = add_existing(folder, made, BIRDS)
    assert folder.leaf_file(leaf).read_text() == contexts()
    assert leaf.was == BIRDS


# -- places -------------------------------------------------------------------------------------------------------


def test_placing_takes_everything_along(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    add_seed(folder, leaf, "Q?", "A.", "A context.")
    folder.add_evidence(Evidence(leaf=leaf.id, question="Q?", answer="wrong", corrected="A."))
    folder.add_evidence(Evidence(leaf="another", question="Q?", answer="wrong", corrected="A."))
    folder.change(lambda draft: draft.documents.append(LocalDocument(leaf=leaf.id, name="notes")))
    asked = [CheckQuestion(question="When?", leaf=leaf.id), CheckQuestion(question="Who?", leaf="another")]
    check_questions.write(folder, asked)
    text = folder.leaf_file(leaf).read_text()
    placed = place(folder, leaf, "science/owls")
    assert [question.leaf for question in check_questions.read(folder)] == [placed.id, "another"]
    assert (placed.id, placed.placed) == ("knowledge/science/owls", True)
    assert folder.leaf_file(placed).read_text() == text
    assert not (folder.taxonomy / "knowledge/untitled").exists()
    assert [line.leaf for line in folder.evidence()] == [placed.id, "another"]
    assert folder.load().documents[0].leaf == placed.id
    assert place(folder, placed, "knowledge/science/owls") == placed
    # Below its own folder, and back up.
    deeper = place(folder, placed, "knowledge/science/owls/snowy")
    assert [path.relative_to(folder.taxonomy).as_posix() for path in folder.taxonomy.rglob("qna.yaml")] == [
        f"{deeper.id}/qna.yaml"
    ]
    assert place(folder, deeper, "knowledge/science/owls").id == placed.id


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (BIRDS, "in the taxonomy already"),
        ("Big Owls", "lower case"),
        ("compositional_skills/owls", "no place for knowledge"),
        ("knowledge", "folder of its own"),
        ("../owls", "named by its place"),
        ("knowledge/untitled", "the leaf's name"),
        ("knowledge/owls/untitled", "the leaf's name"),
        ("knowledge/taken", "This contribution has a leaf"),
        ("knowledge/elsewhere", "Another contribution has a leaf"),
        ("foundational_skills/owls", "no place for knowledge"),
    ],
)
def test_a_place_that_cannot_be_taken_is_refused(made: Workspace, folder: DraftFolder, name: str, said: str) -> None:
    place(folder, add_leaf(folder, KNOWLEDGE), "taken")
    other = store.new(made, KNOWLEDGE)
    place(other, other.load().leaves[0], "elsewhere")
    leaf = add_leaf(folder, KNOWLEDGE)
    before = folder.fingerprint()
    with pytest.raises(UsageError) as refused:
        place(folder, leaf, name)
    assert said in refused.value.what
    assert folder.fingerprint() == before


def test_a_place_the_clone_lost_but_the_base_has_is_taken(made: Workspace, folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    here = made.taxonomy / WORDS
    here.rename(made.root / "aside")
    try:
        with pytest.raises(UsageError, match="in the taxonomy already"):
            place(folder, leaf, WORDS)
    finally:
        (made.root / "aside").rename(here)


def _ask(request: Request, draft: Draft) -> None:
    draft.request = request


def test_the_place_of_what_was_merged_or_put_aside_is_not_held(made: Workspace, folder: DraftFolder) -> None:
    for end in ("merged", "aside"):
        other = store.new(made, KNOWLEDGE)
        place(other, other.load().leaves[0], f"owls_{end}")
        if end == "aside":
            store.abandon(other)
        else:
            request = Request(forge="github", number=1, url="", state="merged")
            other.change(functools.partial(_ask, request))
        assert place(folder, add_leaf(folder, KNOWLEDGE), f"owls_{end}").placed


def test_a_leaf_of_the_base_is_renamed_and_back(made: Workspace, folder: DraftFolder) -> None:
    leaf = add_existing(folder, made, BIRDS)
    renamed = place(folder, leaf, "knowledge/fowl")
    assert (renamed.change, renamed.was) == ("renamed", BIRDS)
    assert folder.base_file(renamed) == folder.base / BIRDS / "qna.yaml"
    assert place(folder, renamed, BIRDS).change == "changed"


def test_what_a_killed_move_left_behind_is_in_nobody_s_way(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    left = folder.taxonomy / "knowledge/owls/qna.yaml"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    placed = place(folder, leaf, "owls")
    assert values(folder, placed)["version"] == 3
    assert (folder.path / ".removed/knowledge/owls/qna.yaml").read_text() == "half"


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.mark.parametrize("moment", ["_copy", "folder.change", "_remove", "_rename_in"])
@pytest.mark.parametrize("after", [False, True])
def test_a_move_that_is_killed_leaves_the_leaf_whole(
    folder: DraftFolder, monkeypatch: pytest.MonkeyPatch, moment: str, after: bool
) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    add_seed(folder, leaf, "Q?", "A.", "A context.")
    folder.add_evidence(Evidence(leaf=leaf.id, question="Q?", answer="wrong", corrected="A."))
    text = folder.leaf_file(leaf).read_text()
    owner: Any = folder if moment == "folder.change" else relocating
    name = moment.rpartition(".")[2]
    real = getattr(owner, name)

    def killed(*arguments: Any) -> Any:
        if after:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(Killed):
            place(folder, leaf, "owls")
    again = DraftFolder(folder.path)
    (now,) = again.load().leaves
    assert again.leaf_file(now).read_text() == text
    placed = place(again, now, "owls")
    assert again.leaf_file(placed).read_text() == text
    assert again.attribution_file(placed).is_file()
    assert [line.question for line in again.evidence()] == ["Q?"]
    again.fingerprint()


# -- kinds --------------------------------------------------------------------------------------------------------


def test_what_does_not_fit_a_kind_comes_back_with_it(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    folder.leaf_file(leaf).write_text(contexts())
    leaf = place(folder, leaf, "owls")
    skill = set_kind(folder, leaf, GROUNDED)
    assert (skill.id, skill.placed) == ("compositional_skills/grounded/untitled", False)
    seeds = values(folder, skill)["seed_examples"]
    assert len(seeds) == 15 and all(set(seed) == {"context", "question", "answer"} for seed in seeds)
    freeform = set_kind(folder, skill, FREEFORM)
    assert freeform.id == "compositional_skills/untitled"
    edit(folder, freeform, lambda editor: editor.set(("task_description",), "Tell of owls."))
    add_seed(folder, freeform, "And at dusk?", "They wake.")
    assert all(set(seed) == {"question", "answer"} for seed in values(folder, freeform)["seed_examples"])
    back = set_kind(folder, freeform, KNOWLEDGE)
    assert (back.id, back.placed) == ("knowledge/owls", True)
    expected = yaml.safe_load(contexts())
    expected["seed_examples"].append(
        {"context": "", "questions_and_answers": [{"question": "And at dusk?", "answer": "They wake."}]}
    )
    assert values(folder, back) == expected
    again = set_kind(folder, back, FREEFORM)
    assert values(folder, again)["task_description"] == "Tell of owls."
    assert lint(folder, again) == []


def test_a_passage_nothing_was_asked_about_is_kept(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    edit(folder, leaf, lambda editor: editor.set(("seed_examples", 0, "context"), "A marked passage."))
    freeform = set_kind(folder, leaf, FREEFORM)
    assert values(folder, freeform)["seed_examples"] == [{"question": "", "answer": ""}]
    grounded = set_kind(folder, freeform, GROUNDED)
    assert values(folder, grounded)["seed_examples"][0]["context"] == "A marked passage."
    knowledge = set_kind(folder, grounded, KNOWLEDGE)
    assert values(folder, knowledge)["seed_examples"][0]["context"] == "A marked passage."


def test_an_attribution_somebody_wrote_stays(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    skill = set_kind(folder, leaf, FREEFORM)
    assert "Link to work" not in folder.attribution_file(skill).read_text()
    write_attribution(folder, skill, [WorkFields(title="Owls", licence="MIT")])
    before = folder.attribution_file(skill).read_text()
    assert folder.attribution_file(set_kind(folder, skill, KNOWLEDGE)).read_text() == before


def test_the_kind_of_what_is_in_the_taxonomy_stays(made: Workspace, folder: DraftFolder) -> None:
    leaf = add_existing(folder, made, BIRDS)
    with pytest.raises(UsageError, match="exists in the taxonomy"):
        set_kind(folder, leaf, FREEFORM)
    assert set_kind(folder, leaf, KNOWLEDGE) == leaf


def test_a_file_that_cannot_be_read_is_not_made_anew(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    folder.leaf_file(leaf).write_text("a: [")
    with pytest.raises(LabError, match="before its file can be read"):
        set_kind(folder, leaf, KNOWLEDGE)
    assert folder.leaf_file(leaf).read_text() == "a: ["


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1, max_size=40)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5), st.permutations([KNOWLEDGE, GROUNDED]))
def test_no_kind_loses_a_word(folder: DraftFolder, asked: list[tuple[str, str, str]], kinds: list[str]) -> None:
    """Whatever is asked, told and cited stands in every kind that has a place for it, on the way there and back."""
    leaf = add_leaf(folder, GROUNDED)
    kept = set()
    for context, question, answer in asked:
        try:
            add_seed(folder, leaf, question, answer, context)
        except UsageError:  # no question, or asked twice
            continue
        kept.add((context.strip(), question.strip(), answer.strip()))
    for kind in [*kinds, FREEFORM, *kinds]:
        leaf = set_kind(folder, leaf, kind)
        assert lint(folder, leaf) == []
        read = read_leaf_file(folder.leaf_file(leaf), leaf.id)
        found = {
            (seed.context.strip(), pair.question.strip(), pair.answer.strip())
            for seed in read.seeds
            for pair in seed.pairs
        }
        if kind == FREEFORM:
            assert {one[1:] for one in found if one[1]} == {one[1:] for one in kept}
        elif len({question for _, question, _ in kept}) == len(kept):
            assert {one for one in found if one[1]} == kept
    remove_leaf(folder, leaf)


# -- seeds --------------------------------------------------------------------------------------------------------


def test_a_knowledge_seed_takes_three_pairs(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    fields = [add_seed(folder, leaf, f"Q{number}?", "A.", "Owls sleep.") for number in range(4)]
    assert fields == [
        ("seed_examples", 0, "questions_and_answers", 0, "question"),
        ("seed_examples", 0, "questions_and_answers", 1, "question"),
        ("seed_examples", 0, "questions_and_answers", 2, "question"),
        ("seed_examples", 1, "questions_and_answers", 0, "question"),
    ]
    assert add_seed(folder, leaf, "Without?", "A.") == ("seed_examples", 2, "questions_and_answers", 0, "question")
    assert lint(folder, leaf) == []


def test_an_empty_seed_is_filled_before_one_is_added(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, GROUNDED)
    assert add_seed(folder, leaf, "Q?", "Long\nanswer", "C") == ("seed_examples", 0, "question")
    assert add_seed(folder, leaf, "Q2?", "A: yes # no", "C") == ("seed_examples", 1, "question")
    seeds = values(folder, leaf)["seed_examples"]
    assert [seed["answer"].strip() for seed in seeds] == ["Long\nanswer", "A: yes # no"]
    assert lint(folder, leaf) == []


def test_a_freeform_skill_without_seeds_becomes_grounded_with_the_first_context(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    add_seed(folder, leaf, "Q?", "A.", "C")
    (now,) = folder.load().leaves
    assert (now.kind, now.id) == (GROUNDED, "compositional_skills/grounded/untitled")
    plain = add_leaf(folder, FREEFORM)
    add_seed(folder, plain, "Q?", "A.")
    with pytest.raises(UsageError, match="no context"):
        add_seed(folder, plain, "Q2?", "A.", "C")
    assert len(values(folder, plain)["seed_examples"]) == 1


@pytest.mark.parametrize("kind", [KNOWLEDGE, GROUNDED, FREEFORM])
def test_a_question_is_not_asked_twice(folder: DraftFolder, kind: str) -> None:
    leaf = add_leaf(folder, kind)
    context = "" if kind == FREEFORM else "C"
    add_seed(folder, leaf, "What is it?", "A.", context)
    with pytest.raises(UsageError, match="Seed 1 asks"):
        add_seed(folder, leaf, " what IS  it", "B.", context)
    with pytest.raises(UsageError, match="needs a question"):
        add_seed(folder, leaf, "  ", "B.", context)


def test_a_file_that_cannot_be_read_takes_no_seed(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    folder.leaf_file(leaf).write_text("a: [")
    with pytest.raises(LabError):
        add_seed(folder, leaf, "Q?", "A.")
    folder.leaf_file(leaf).unlink()
    with pytest.raises(LabError):
        add_seed(folder, leaf, "Q?", "A.")


# -- attribution --------------------------------------------------------------------------------------------------


def test_works_are_written_and_read_and_other_lines_stay(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, KNOWLEDGE)
    file = folder.attribution_file(leaf)
    file.write_text("Title of work: Old\nCopyright: someone\n")
    works = [
        WorkFields(title="Owls", link="https://example.org", revision="7", licence="CC-BY-4.0", creators="Ann, Bo"),
        WorkFields(title="Mäuse", licence="MIT", creators="日本"),
    ]
    write_attribution(folder, leaf, works)
    assert read_attribution(folder, leaf) == works
    assert "Copyright: someone" in file.read_text()
    write_attribution(folder, leaf, works[1:])
    assert read_attribution(folder, leaf) == works[1:]
    file.unlink()
    assert read_attribution(folder, leaf) == []
    write_attribution(folder, leaf, works)
    assert read_attribution(folder, leaf) == works


def test_what_is_no_text_does_not_come_into_the_file(folder: DraftFolder) -> None:
    leaf = add_leaf(folder, FREEFORM)
    write_attribution(folder, leaf, [WorkFields(title="a\x1b[31mb\nTitle of work: c", licence="MIT")])
    (work,) = read_attribution(folder, leaf)
    assert (work.title, work.licence) == ("ab Title of work: c", "MIT")


@pytest.mark.parametrize("write", range(1, 6))
def test_a_change_of_kind_that_was_killed_is_carried_out_when_a_seed_comes(
    made: Workspace, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    folder = store.new(made, KNOWLEDGE)
    (leaf,) = folder.load().leaves
    add_seed(folder, leaf, "Who sings?", "An owl.", "Owls sing.")
    real, count = DraftFolder.change, [0]

    def dying(self: DraftFolder, function: Any) -> Draft:
        count[0] += 1
        if count[0] == write:
            raise KeyboardInterrupt
        return real(self, function)

    monkeypatch.setattr(DraftFolder, "change", dying)
    with contextlib.suppress(KeyboardInterrupt):
        set_kind(folder, leaf, GROUNDED)
    monkeypatch.setattr(DraftFolder, "change", real)
    (left,) = folder.load().leaves
    add_seed(folder, left, "Who barks?", "A dog.", "Dogs bark.")
    (after,) = folder.load().leaves
    read = read_leaf_file(folder.leaf_file(after), after.id)
    assert (after.becoming, read.kind, read.problem) == ("", after.kind, "")
    assert after.kind == (KNOWLEDGE if write == 1 else GROUNDED)
    assert [pair.question for seed in read.seeds for pair in seed.pairs] == ["Who sings?", "Who barks?"]
    assert [seed.context for seed in read.seeds] == ["Owls sing.", "Dogs bark."]
