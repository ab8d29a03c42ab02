"""How the steps stand: said from the files alone, each problem at the field where it is put right."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.drafts.views import contribution, rows, title_of
from labtui.contribute.leaves.adding import add_existing, add_leaf, add_seed, place, remove_leaf, set_kind
from labtui.contribute.leaves.leaf_files import edit
from labtui.contribute.records import Draft, LocalDocument, Problem, Request, Step, StepStanding
from labtui.contribute.standing.beside import look_beside
from labtui.contribute.standing.steps import next_step, ready, standings
from labtui.errors import UsageError
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, GROUNDED
from labtui.workspace import Workspace
from tests.contribute.drafting import ATTRIBUTION, BIRDS, WORDS, contexts, lab, whole


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Never written to: contributions only read it."""
    return lab(tmp_path_factory.mktemp("made"))


@pytest.fixture
def made(clone: Workspace) -> Any:
    yield clone
    shutil.rmtree(clone.drafts)
    clone.drafts.mkdir()


def states(folder: DraftFolder, leaf: str = "") -> dict[str, str]:
    return {one.step.value: one.state for one in standings(folder, leaf)}


def step(folder: DraftFolder, wanted: Step, leaf: str = "") -> StepStanding:
    return next(one for one in standings(folder, leaf) if one.step is wanted)


def rules(problems: tuple[Problem, ...], level: str = "error") -> set[str]:
    return {problem.rule for problem in problems if problem.level == level}


def test_an_empty_contribution_waits_for_its_kind(made: Workspace) -> None:
    folder = store.new(made)
    found = standings(folder)
    assert [one.step for one in found] == list(Step)
    first = next_step(found)
    assert first is not None and first.step is Step.KIND
    assert not ready(found)


def test_a_whole_one_is_ready(made: Workspace) -> None:
    folder = whole(made)
    assert states(folder) == {
        "kind": "done",
        "place": "done",
        "description": "done",
        "document": "done",
        "seeds": "done",
        "attribution": "done",
        "check": "done",
        "try": "optional",
        "review": "todo",
        "submit": "todo",
    }
    says = {one.step.value: one.says for one in standings(folder)}
    assert says["seeds"] == "5 seeds"
    assert says["place"] == "owls"
    assert says["attribution"] == "CC-BY-SA-4.0"
    assert says["document"] == "owls.git"
    assert says["check"] == "nothing wrong"
    assert (says["review"], says["submit"]) == ("ready", "ready")
    assert ready(standings(folder))


def test_what_waits_to_be_written_is_no_problem(made: Workspace) -> None:
    folder = store.new(made, KNOWLEDGE)
    found = states(folder)
    assert set(found.values()) == {"done", "todo", "optional"}
    assert {name for name, state in found.items() if state == "done"} == {"kind"}
    leaf = folder.load().leaves[0]
    add_seed(folder, leaf, "Where do owls sleep?", "In the barn.", "Owls sleep in the barn of the valley all day.")
    assert step(folder, Step.SEEDS).says == "0 of 5 seeds"
    assert {problem.field for problem in step(folder, Step.DESCRIPTION).problems} == {
        ("domain",),
        ("document_outline",),
        ("created_by",),
    }


def write(folder: DraftFolder, path: tuple[str | int, ...], text: str) -> None:
    edit(folder, folder.load().leaves[0], lambda editor: editor.set(path, text))


FIRST = ("seed_examples", 0, "questions_and_answers", 0)


@pytest.mark.parametrize(
    ("path", "text", "where", "rule", "field"),
    [
        ((*FIRST, "question"), "What does owl 2 say of where it eats?", Step.CHECK, "", ()),
        ((*FIRST, "question"), "TODO", Step.SEEDS, "quality.placeholder", (*FIRST, "question")),
        ((*FIRST, "answer"), "", Step.SEEDS, "schema.minLength", (*FIRST, "answer")),
        ((*FIRST, "answer"), "Turn \u202eround", Step.SEEDS, "safety.direction", (*FIRST, "answer")),
        (("domain",), "lorem ipsum", Step.DESCRIPTION, "quality.placeholder", ("domain",)),
        (("document", "repo"), "no address", Step.DOCUMENT, "quality.document-repository", ("document", "repo")),
        (("document", "commit"), "a..b", Step.DOCUMENT, "quality.document-commit", ("document", "commit")),
    ],
)
def test_a_problem_stands_at_its_step_and_field(
    made: Workspace, path: tuple[str | int, ...], text: str, where: Step, rule: str, field: tuple[str | int, ...]
) -> None:
    folder = whole(made)
    write(folder, path, text)
    if not rule:
        assert states(folder)["check"] == "done"
        return
    problem = next(problem for problem in step(folder, where).problems if problem.rule == rule)
    assert (problem.level, problem.field, problem.leaf) == ("error", field, "knowledge/owls")
    assert step(folder, where).state == ("todo" if rule == "schema.minLength" else "problem")
    assert not ready(standings(folder))
    assert problem in step(folder, Step.CHECK).problems


@pytest.mark.parametrize(
    ("text", "state", "rule", "field"),
    [
        (None, "todo", "legal.attribution-missing", ("title",)),
        ("", "todo", "legal.attribution-empty", ("title",)),
        ("hello\n", "problem", "legal.attribution-unparsable", ("title",)),
        (ATTRIBUTION.replace("CC-BY-SA-4.0", "GPL-3.0-only"), "problem", "legal.licence-not-accepted", ("licence",)),
        (ATTRIBUTION.replace("CC-BY-SA-4.0", "mine"), "problem", "legal.licence-unknown", ("licence",)),
        (ATTRIBUTION.replace("CC-BY-SA-4.0", ""), "todo", "legal.licence-missing", ("licence",)),
        (ATTRIBUTION.replace("Ann", ""), "todo", "legal.attribution-field", ("creators",)),
        (ATTRIBUTION + ATTRIBUTION.replace("CC-BY-SA-4.0", "mine"), "problem", "legal.licence-unknown", ("licence", 1)),
    ],
)
def test_attribution(made: Workspace, text: str | None, state: str, rule: str, field: tuple[str | int, ...]) -> None:
    folder = whole(made)
    file = folder.attribution_file("knowledge/owls")
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    standing = step(folder, Step.ATTRIBUTION)
    assert standing.state == state
    assert [problem.field for problem in standing.problems if problem.rule == rule] == [field]


def test_what_a_leaf_of_the_base_had_wrong_is_not_laid_to_the_contributor(made: Workspace) -> None:
    folder = store.new(made)
    leaf = add_existing(folder, made, BIRDS)
    base = folder.base_file(leaf)
    assert base is not None
    text = contexts().replace("domain: birds", "domain: TODO")
    for file in (folder.leaf_file(leaf), base):
        file.write_text(text)
    assert step(folder, Step.DESCRIPTION).state == "done"
    assert rules(step(folder, Step.DESCRIPTION).problems, "warning") == {"quality.placeholder"}
    write(folder, ("document_outline",), "placeholder")
    assert rules(step(folder, Step.DESCRIPTION).problems) == {"quality.placeholder"}


def test_a_document_of_one_s_own_needs_a_repository_and_a_licence(made: Workspace) -> None:
    folder = whole(made)
    text = contexts().replace("https://example.org/owls.git", "''").replace("0123456789" * 4, "''")
    folder.leaf_file("knowledge/owls").write_text(text.replace("  patterns:\n    - owls.md\n", "  patterns: []\n"))
    assert rules(step(folder, Step.DOCUMENT).problems) == {"schema.minLength", "schema.minItems"}

    def own(licence: str, repository: str = "", commit: str = "") -> StepStanding:
        document = LocalDocument(
            leaf="knowledge/owls", name="notes", licence=licence, repository=repository, commit=commit
        )
        folder.change(lambda draft: setattr(draft, "documents", [document]))
        return step(folder, Step.DOCUMENT)

    assert (own("").state, rules(own("").problems)) == ("todo", {"document.licence", "document.repository"})
    refused = own("GPL-2.0-only", "/documents")
    assert (refused.state, refused.problems[0].field) == ("problem", ("document", "licence"))
    kept = own("CC-BY-4.0", "/documents")
    assert (kept.state, kept.says) == ("done", "notes")
    assert rules(kept.problems, "warning") == {"document.this-machine"}
    elsewhere = own("CC-BY-4.0", "https://example.org/documents.git")
    assert elsewhere.state == "done" and not rules(elsewhere.problems, "warning")
    assert ready(standings(folder))
    # Once it is committed, the leaf must say so.
    assert own("CC-BY-4.0", "/documents", "1" * 40).state == "todo"


def test_skills_need_no_document(made: Workspace) -> None:
    for kind in (GROUNDED, FREEFORM):
        assert step(store.new(made, kind), Step.DOCUMENT).state == "unneeded"


def test_a_file_that_is_broken_or_gone_is_said_at_the_check(made: Workspace) -> None:
    folder = whole(made)
    folder.leaf_file("knowledge/owls").write_text("a: [")
    assert step(folder, Step.CHECK).state == "problem"
    assert rules(step(folder, Step.CHECK).problems) == {"yaml.syntax"}
    folder.leaf_file("knowledge/owls").unlink()
    assert rules(step(folder, Step.CHECK).problems) == {"layout.missing"}
    folder.leaf_file("knowledge/owls").mkdir()
    assert not ready(standings(folder))


def test_several_leaves_are_told_together_and_one_by_one(made: Workspace) -> None:
    folder = whole(made)
    second = add_leaf(folder, FREEFORM)
    together = {one.step.value: one.says for one in standings(folder)}
    assert (together["kind"], together["place"], together["seeds"]) == ("2 leaves", "1 of 2 leaves", "1 of 2 leaves")
    assert states(folder, "knowledge/owls")["check"] == "done"
    assert states(folder, second.id)["check"] == "todo"
    assert states(folder)["check"] == "todo"
    with pytest.raises(UsageError):
        standings(folder, "knowledge/none")
    remove_leaf(folder, second)
    assert states(folder)["check"] == "done"


def test_a_deleted_leaf_has_nothing_to_write(made: Workspace) -> None:
    folder = store.new(made)
    add_existing(folder, made, WORDS)
    folder.change(lambda draft: setattr(draft.leaves[0], "change", "deleted"))
    found = states(folder)
    assert {name for name, state in found.items() if state == "unneeded"} == {
        "description",
        "document",
        "seeds",
        "attribution",
        "try",
    }
    assert ready(standings(folder))


def test_a_place_taken_by_another_contribution_meanwhile(made: Workspace) -> None:
    one, other = whole(made), whole(made, "knowledge/other")
    other.change(lambda draft: setattr(draft.leaves[0], "id", "knowledge/owls"))
    standing = step(one, Step.PLACE)
    assert (standing.state, rules(standing.problems)) == ("problem", {"place.taken"})
    assert other.id in standing.problems[0].message


def test_a_place_of_the_wrong_kind(made: Workspace) -> None:
    folder = whole(made)
    folder.change(lambda draft: setattr(draft.leaves[0], "kind", FREEFORM))
    assert rules(step(folder, Step.PLACE).problems) == {"place.kind"}


def submit(folder: DraftFolder, request: Request | None = None) -> None:
    mark = folder.fingerprint()

    def note(draft: Draft) -> None:
        draft.branch, draft.commit, draft.submitted, draft.request = "contribute/owls", "1" * 40, mark, request

    folder.change(note)


def test_what_is_submitted_is_done_until_something_is_written(made: Workspace) -> None:
    folder = whole(made)
    submit(folder)
    assert (states(folder)["review"], step(folder, Step.SUBMIT).says) == ("done", "branch contribute/owls")
    assert next_step(standings(folder)) is None
    write(folder, ("domain",), "owls")
    assert (states(folder)["submit"], step(folder, Step.SUBMIT).state) == ("todo", "todo")
    submit(folder, Request(forge="github", number=12, url="u"))
    assert step(folder, Step.SUBMIT).says == "#12 open"
    write(folder, ("domain",), "birds")
    assert step(folder, Step.SUBMIT).says == "#12 open, changed since"
    folder.change(lambda draft: setattr(draft, "request", Request(forge="g", number=12, url="u", state="merged")))
    assert (step(folder, Step.SUBMIT).state, step(folder, Step.SUBMIT).says) == ("done", "#12 merged")


def test_rows_and_titles(made: Workspace) -> None:
    empty, owls = store.new(made), whole(made)
    broken = store.new(made)
    broken.draft_file.write_text("{")
    found = {row.id: row for row in rows(made)}
    assert (found[empty.id].title, found[empty.id].says) == ("(no title yet)", "kind: choose one")
    assert (found[owls.id].title, found[owls.id].says, found[owls.id].ready) == (
        "owls",
        "ready to be submitted",
        True,
    )
    assert found[owls.id].leaves == ["knowledge/owls"]
    assert found[broken.id].problem
    submit(owls, Request(forge="github", number=12, url="https://x", changes_requested=True))
    (row,) = [row for row in rows(made) if row.id == owls.id]
    assert (row.says, row.request, row.url) == ("#12 open, changes requested", "open", "https://x")
    view = contribution(owls)
    assert (view.step, view.ready, view.leaves[0].path) == (None, True, owls.leaf_file("knowledge/owls"))
    owls.change(lambda draft: setattr(draft, "title", " Eulen "))
    assert title_of(owls.load()) == "Eulen"


def test_the_kind_is_what_the_leaf_was_made(made: Workspace) -> None:
    folder = store.new(made, KNOWLEDGE)
    leaf = place(folder, folder.load().leaves[0], "owls")
    set_kind(folder, leaf, GROUNDED)
    assert step(folder, Step.KIND).says == GROUNDED
    assert step(folder, Step.PLACE).state == "todo"


def test_asking_again_reads_nothing_it_knows(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked after every keystroke: what was judged once is known by its content."""
    from labtui.contribute.standing import judging

    folder = whole(made)
    first = standings(folder)

    def never(*_: object, **__: object) -> Any:
        raise AssertionError("checked again")

    monkeypatch.setattr(judging, "untried", never)
    assert standings(folder) == first
    Path(folder.leaf_file("knowledge/owls")).touch()
    assert standings(folder) == first


BYTES = st.binary(max_size=60)
PLACES = st.integers(0, 600)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PLACES, BYTES), max_size=3), BYTES)
def test_whatever_a_file_holds_is_told_and_nothing_raises(
    made: Workspace, changes: list[tuple[int, bytes]], beside: bytes
) -> None:
    folder = whole(made, "knowledge/any")
    data = contexts().encode()
    for place_, put in changes:
        data = data[:place_] + put + data[place_ + len(put) :]
    folder.leaf_file("knowledge/any").write_bytes(data)
    folder.attribution_file("knowledge/any").write_bytes(beside)
    found = standings(folder)
    assert [one.step for one in found] == list(Step)
    assert contribution(folder).ready == ready(found)
    shutil.rmtree(folder.path)


@pytest.mark.parametrize(
    "entry",
    [
        "{question: 99999999999999999999999999, answer: 99999999999999999999999999}",
        f"{{question: {'9' * 5000}, answer: a}}",
        "{question: .nan, answer: .inf}",
        "{question: 2026-01-01, answer: 2026-01-01T00:00:00}",
        "{? [a, b] : c, question: q, answer: !!set {a, b}}",
        "{question: !!binary aGVsbG8=, answer: 0x1F}",
        "[[[]]]",
        "~",
    ],
)
def test_values_no_json_holds_are_told_too(made: Workspace, entry: str) -> None:
    folder = whole(made)
    text = contexts().partition("seed_examples:")[0] + f"seed_examples:\n  - {entry}\n  - {entry}\n"
    folder.leaf_file("knowledge/owls").write_text(text)
    assert not ready(standings(folder))
    look_beside(folder)
    standings(folder)
