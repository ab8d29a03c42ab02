"""What a forge says of a request finds its leaf, its seed and its finding, and is kept in the draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.forges.base import ForgeError, RequestState
from labtui.contribute.leaves.adding import add_leaf
from labtui.contribute.leaves.relocating import relocate
from labtui.contribute.records import CheckRun, Comment, Draft, Request, Step
from labtui.contribute.requests.following import keep, news, placed, refresh
from labtui.contribute.requests.remarks import comments_now, place, step_of
from labtui.contribute.submitting.records import SubmitRecord, SubmitStepName
from labtui.contribute.submitting.runs import pen
from labtui.errors import UsageError
from labtui.taxonomy.leaf import read_leaf_file
from labtui.workspace import Workspace
from tests.contribute.drafting import lab, whole
from tests.contribute.forges.conftest import World, world_of
from tests.forge import making
from tests.forge.state import Request as Held
from tests.taxonomy import repos

LEAF = "knowledge/owls"
FILE = f"{LEAF}/qna.yaml"


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return lab(tmp_path)


@pytest.fixture
def folder(made: Workspace) -> DraftFolder:
    """A contribution whose leaf is committed in the clone, as a submission leaves it."""
    folder = whole(made)
    files: dict[str, str | bytes | None] = {
        FILE: folder.leaf_file(LEAF).read_bytes(),
        f"{LEAF}/attribution.txt": folder.attribution_file(LEAF).read_bytes(),
    }
    commit = repos.commit(made.taxonomy, files)
    repos.git.run(made.taxonomy, "reset", "--quiet", "--hard", "HEAD~1")

    def submitted(draft: Draft) -> None:
        draft.branch, draft.commit = "contribute/owls", commit

    folder.change(submitted)
    return folder


@pytest.fixture(params=making.KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with making.make(request.param, tmp_path / "forge") as forge:
        made = world_of(request.param, forge, forge.api)
        with made.client:
            yield made


def line_of(folder: DraftFolder, words: str) -> int:
    """The line, from 1, that holds these words."""
    lines = folder.leaf_file(LEAF).read_text().split("\n")
    return next(number for number, line in enumerate(lines, 1) if words in line)


def where(folder: DraftFolder, path: str, line: int) -> tuple[str, int]:
    comment = Comment(author="rita", text="?", path=path, line=line)
    request = Request(forge="github", number=1, url="u", comments=(comment,))
    (found,) = placed(folder, request).comments
    return found.leaf, found.seed


def opened(world: World, folder: DraftFolder) -> Held:
    fork = world.forge.state.fork(world.upstream, "ann")
    making.commit(fork, "contribute/owls", {FILE: folder.leaf_file(LEAF).read_text()})
    return world.forge.state.open_request(
        world.upstream, "ann", fork, "contribute/owls", "main", "Owls", "by hand, on the web page"
    )


def test_a_line_leads_to_its_seed(folder: DraftFolder) -> None:
    for seed in (1, 3, 5):
        assert where(folder, FILE, line_of(folder, f"The {seed}th owl")) == (LEAF, seed)
        assert where(folder, FILE, line_of(folder, f"What does owl {seed} say of where it eats")) == (LEAF, seed)
    assert where(folder, FILE, line_of(folder, "domain: birds")) == (LEAF, 0)
    assert where(folder, FILE, 0) == (LEAF, 0)
    assert where(folder, FILE, 10_000) == (LEAF, 0)
    assert where(folder, f"{LEAF}/attribution.txt", 1) == (LEAF, 0)


def test_a_leaf_moved_since_is_still_the_one_that_is_spoken_of(folder: DraftFolder) -> None:
    folder.change(lambda draft: setattr(draft.leaves[0], "sent", LEAF))
    line = line_of(folder, "The 3th owl")
    relocate(folder, LEAF, "knowledge/moved/owls", placed=True)
    assert where(folder, FILE, line) == ("knowledge/moved/owls", 3)
    # Another leaf stands there by now; the comment is older than that.
    add_leaf(folder, "knowledge")
    relocate(folder, folder.load().leaves[1], LEAF, placed=True)
    assert where(folder, FILE, line)[0] == "knowledge/moved/owls"


def test_a_line_of_one_of_several_questions_leads_to_it(folder: DraftFolder) -> None:
    lines = folder.leaf_file(LEAF).read_text().split("\n")
    seed = read_leaf_file(folder.leaf_file(LEAF), LEAF).seeds[2]
    assert len(seed.pairs) == 3

    def field(line: int) -> tuple[str | int, ...]:
        comment = Comment(author="rita", text="?", path=FILE, line=line)
        (found,) = placed(folder, Request(forge="github", number=1, url="u", comments=(comment,))).comments
        return found.field

    card = ("seed_examples", 2)
    for index, pair in enumerate(seed.pairs):
        asked = next(n for n, text in enumerate(lines, 1) if n >= pair.line and "question:" in text)
        answered = next(n for n, text in enumerate(lines, 1) if n >= asked and "answer:" in text)
        assert field(asked) == (*card, "questions_and_answers", index, "question")
        assert field(answered) == (*card, "questions_and_answers", index, "answer")
    assert field(line_of(folder, "The 3th owl")) == card


@pytest.mark.parametrize("path", ["README.md", "knowledge/owl/qna.yaml", "xknowledge/owls/qna.yaml", "qna.yaml", ""])
def test_a_file_of_somebody_else_leads_nowhere(folder: DraftFolder, path: str) -> None:
    assert where(folder, path, 3) == ("", 0)


def test_a_taxonomy_in_a_folder_of_its_repository(folder: DraftFolder) -> None:
    assert where(folder, f"lab/texts/{FILE}", line_of(folder, "The 2th owl")) == (LEAF, 2)


def test_the_line_counts_in_what_was_pushed_and_the_seed_in_what_stands_there_now(folder: DraftFolder) -> None:
    line = line_of(folder, "The 4th owl")
    file = folder.leaf_file(LEAF)
    head, first, rest = file.read_text().partition("  - context: The 1th")
    gone, second, left = rest.partition("  - context: The 2th")
    # The first seed is taken out, and a comment of many lines stands at the top.
    file.write_text("# more\n" * 30 + head + second + left)
    assert first and gone
    assert where(folder, FILE, line) == (LEAF, 3)


def test_a_seed_whose_questions_were_all_rewritten_is_found_by_its_place(folder: DraftFolder) -> None:
    line = line_of(folder, "The 4th owl")
    file = folder.leaf_file(LEAF)
    file.write_text(file.read_text().replace("What does owl 4 say", "And the fourth owl, what says it"))
    assert where(folder, FILE, line) == (LEAF, 4)


def since(folder: DraftFolder, path: str, line: int, commit: str = "") -> tuple[int, str]:
    """The seed a comment of the pushed version speaks of now, and what became of it."""
    draft = folder.load()
    comment = Comment(author="rita", text="?", path=path, line=line, commit=commit, leaf=LEAF)
    draft.request = Request(forge="github", number=1, url="u", comments=(comment,))
    (found,) = comments_now(folder, draft)
    return found.seed, found.since


def test_what_became_of_the_place_since_it_was_spoken_of_is_told(folder: DraftFolder) -> None:
    fourth, second = line_of(folder, "The 4th owl"), line_of(folder, "The 2th owl")
    domain, commit = line_of(folder, "domain: birds"), line_of(folder, "  commit:")
    licence = 4
    assert [since(folder, FILE, line) for line in (fourth, domain, commit)] == [(4, ""), (0, ""), (0, "")]
    assert since(folder, f"{LEAF}/attribution.txt", licence) == (0, "")
    file, beside = folder.leaf_file(LEAF), folder.attribution_file(LEAF)
    head, _, rest = file.read_text().partition("  - context: The 2th")
    text = head + "  - context: The 3th" + rest.partition("  - context: The 3th")[2]
    file.write_text(text.replace("The 4th owl of", "The fourth owl of").replace("domain: birds", "domain: owls"))
    beside.write_text(beside.read_text().replace("CC-BY-SA-4.0", "MIT"))
    assert since(folder, FILE, fourth) == (3, "edited")
    assert since(folder, FILE, domain) == (0, "edited")
    assert since(folder, FILE, commit) == (0, "")
    assert since(folder, f"{LEAF}/attribution.txt", licence) == (0, "edited")
    assert since(folder, f"{LEAF}/attribution.txt", 1) == (0, "")
    # A seed of that number is there, but none that asks the same: its place is the best guess, and it is said.
    assert since(folder, FILE, second) == (2, "edited")
    file.write_text(text.partition("  - context: The 1th")[0] + "  - context: Other\n    questions_and_answers: []\n")
    assert since(folder, FILE, second) == (0, "gone")


def test_a_version_that_is_not_here_leaves_the_place_that_was_found_and_says_so(folder: DraftFolder) -> None:
    line = line_of(folder, "The 4th owl")
    assert since(folder, FILE, line, commit="0" * 40) == (0, "")  # as it was kept
    request = Request(
        forge="github",
        number=1,
        url="u",
        comments=(Comment(author="r", text="", path=FILE, line=line, commit="0" * 40),),
    )
    assert placed(folder, request).comments[0].since == "unknown"


def test_without_the_commit_the_draft_itself_is_looked_into(folder: DraftFolder) -> None:
    folder.change(lambda draft: setattr(draft, "commit", "0" * 40))
    assert where(folder, FILE, line_of(folder, "The 2th owl")) == (LEAF, 2)


def test_a_renamed_leaf_is_known_by_both_names(folder: DraftFolder) -> None:
    folder.change(lambda draft: setattr(draft.leaves[0], "was", "knowledge/old_owls"))
    assert where(folder, "knowledge/old_owls/qna.yaml", 0) == (LEAF, 0)


def explained(folder: DraftFolder, name: str, says: str, state: str = "failed") -> CheckRun:
    check = CheckRun(name=name, state=state, says=says)  # type: ignore[arg-type]
    (found,) = placed(folder, Request(forge="github", number=1, url="u", checks=(check,))).checks
    return found


def test_a_failed_check_names_the_field_it_speaks_of(folder: DraftFolder) -> None:
    seed, domain = line_of(folder, "The 3th owl"), line_of(folder, "domain: birds")
    says = f"2 errors\n./{FILE}:{seed}:5: [context] is too short\n  {FILE}:{domain}: not known\nother/qna.yaml:1: no"
    problems = explained(folder, "lint", says).problems
    assert [(one.leaf, one.field, one.message) for one in problems] == [
        (LEAF, ("seed_examples", 2), "[context] is too short"),
        (LEAF, ("domain",), "not known"),
    ]


def test_a_check_that_names_nothing_is_led_to_our_own_findings(folder: DraftFolder) -> None:
    assert explained(folder, "Lint / check-yaml", "Process ended with exit code 1.").problems == ()
    folder.attribution_file(LEAF).unlink()
    problems = explained(folder, "Lint / check-yaml", "Process ended with exit code 1.").problems
    assert problems
    assert {one.leaf for one in problems} == {LEAF}
    assert explained(folder, "Deploy the pages", "Process ended with exit code 1.").problems == ()


def test_a_missing_sign_off_is_explained(folder: DraftFolder) -> None:
    (problem,) = explained(folder, "DCO", "There is one commit incorrectly signed off.").problems
    assert "signed off" in problem.message
    assert problem.hint


def test_only_failed_checks_are_explained(folder: DraftFolder) -> None:
    assert explained(folder, "lint", f"{FILE}:1: fine", "passed").problems == ()


STEPS = {
    "domain: birds": Step.DESCRIPTION,
    "document_outline:": Step.DESCRIPTION,
    "document:": Step.DOCUMENT,
    "  commit:": Step.DOCUMENT,
    "    - owls.md": Step.DOCUMENT,
    "The 3th owl": Step.SEEDS,
    "answer: That it hunts where number 2": Step.SEEDS,
}


def test_what_a_forge_says_of_a_line_is_one_key_from_the_step_where_it_is_put_right(
    world: World, folder: DraftFolder
) -> None:
    state, held = world.forge.state, opened(world, folder)
    lines = {line_of(folder, words): step for words, step in STEPS.items()}
    beside = f"{LEAF}/attribution.txt"
    notes = [state.note("rita", f"Line {line}?", FILE, line) for line in lines]
    notes.append(state.note("rita", "Which licence?", beside, 4))
    state.review(held, "rita", "comment", "", tuple(notes))
    says = "\n".join([*(f"{FILE}:{line}:1: wrong {line}" for line in lines), f"{beside}:2: no such page"])
    state.check(held, "lint", "failed", says)
    request = refresh(folder, world.client)
    assert folder.load().request == request
    wanted = [*lines.values(), Step.ATTRIBUTION]
    assert [step_of(problem) for problem in request.checks[0].problems] == wanted
    told = {comment.text: place(comment) for comment in request.comments if comment.leaf}
    assert [told[note.text][0] for note in notes] == wanted
    assert told["Which licence?"][1] == ("attribution.txt",)


def test_what_our_own_rules_find_in_the_attribution_leads_there(folder: DraftFolder) -> None:
    file = folder.attribution_file(LEAF)
    file.write_text(file.read_text().replace("CC-BY-SA-4.0", "").replace("Birds", ""))
    problems = explained(folder, "Lint / check-yaml", "Process ended with exit code 1.").problems
    assert {one.field for one in problems} >= {("licence",), ("title",)}
    assert {step_of(one) for one in problems} == {Step.ATTRIBUTION}


def test_a_comment_kept_before_fields_were_leads_to_its_seed_or_file() -> None:
    old = Comment(author="rita", text="?", path=FILE, leaf=LEAF, seed=2)
    assert place(old) == (Step.SEEDS, ("seed_examples", 1))
    assert place(Comment(author="r", text="", path=f"{LEAF}/attribution.txt", leaf=LEAF))[0] == Step.ATTRIBUTION
    assert place(Comment(author="r", text="", path=FILE, leaf=LEAF)) == (Step.DESCRIPTION, ())


def test_endless_words_of_a_check_do_not_hold_anybody_up(folder: DraftFolder) -> None:
    says = "a/" * 500_000 + "\n" + f"{FILE}:1: wrong\n" * 5000
    assert len(explained(folder, "lint", says).problems) == 1


def test_a_request_opened_by_hand_is_found_by_its_branch(world: World, folder: DraftFolder) -> None:
    held = opened(world, folder)
    request = refresh(folder, world.client)
    assert (request.number, request.state) == (held.number, "open")
    assert folder.load().request == request


def pushed(folder: DraftFolder, address: str) -> None:
    """The journal of the submission that pushed the branch to `address`."""
    push, draft = SubmitStepName.PUSH, folder.load()
    facts = {"to": "fork", "address": address, "branch": draft.branch, "commit": draft.commit}
    with pen(folder, "a") as journal:
        journal.write(SubmitRecord(run="a", state="begun", facts={"draft": draft.id}))
        journal.write(SubmitRecord(run="a", step=push, state="done", facts=facts))


@pytest.mark.parametrize("address", ["https://{host}/ann/taxonomy.git", "git@{host}:ann/taxonomy"])
def test_it_is_found_without_a_token_where_the_branch_was_pushed_to(
    world: World, folder: DraftFolder, address: str
) -> None:
    held = opened(world, folder)
    pushed(folder, address.format(host="forge.example"))
    with world.client_of(None) as nobody:
        assert refresh(folder, nobody).number == held.number
    assert not any("authorization" in sent or "private-token" in sent for sent in world.forge.headers)


def test_the_same_branch_of_somebody_else_is_not_taken_for_it(world: World, folder: DraftFolder) -> None:
    opened(world, folder)
    pushed(folder, "https://forge.example/rita/taxonomy.git")
    with world.client_of(None) as nobody, pytest.raises(UsageError, match="No request"):
        refresh(folder, nobody)


def test_comments_and_checks_are_kept_at_their_seeds(world: World, folder: DraftFolder) -> None:
    state, held = world.forge.state, opened(world, folder)
    note = state.note("rita", "Is this true?", FILE, line_of(folder, "The 3th owl"))
    state.review(held, "rita", "changes", "", (note,))
    state.check(held, "lint", "failed", f"{FILE}:1: wrong")
    before = refresh(folder, world.client)
    (comment,) = before.comments
    assert (comment.leaf, comment.seed, comment.text) == (LEAF, 3, "Is this true?")
    assert before.checks[0].problems[0].leaf == LEAF
    assert before.changes_requested
    state.say(held, "rita", "And now?")
    state.merge(held)
    after = refresh(folder, world.client)
    assert news(before, after) == ["It was merged.", "1 new comment."]
    assert folder.load().request == after


def test_closing_keeps_what_was_read_before(world: World, folder: DraftFolder) -> None:
    held = opened(world, folder)
    world.forge.state.say(held, "rita", "No")
    before = refresh(folder, world.client)
    after = keep(folder, world.client.close(before.number))
    assert (after.state, after.comments) == ("closed", before.comments)


def test_a_comment_that_was_deleted_is_gone_here_too(world: World, folder: DraftFolder) -> None:
    held = opened(world, folder)
    world.forge.state.say(held, "rita", "Oops")
    assert refresh(folder, world.client).comments
    held.notes.clear()
    assert refresh(folder, world.client).comments == ()


def test_a_forge_that_fails_leaves_what_was_known(world: World, folder: DraftFolder) -> None:
    opened(world, folder)
    known = refresh(folder, world.client)
    world.forge.fail("GET", "", status=500, times=99)
    with pytest.raises(ForgeError):
        refresh(folder, world.client)
    assert folder.load().request == known


def test_what_was_not_submitted_has_nothing_to_follow(world: World, made: Workspace, folder: DraftFolder) -> None:
    with pytest.raises(UsageError, match="No request"):
        refresh(folder, world.client)
    with pytest.raises(UsageError, match="not submitted"):
        refresh(whole(made, "knowledge/more_owls"), world.client)


def test_another_change_of_the_draft_is_not_lost(folder: DraftFolder) -> None:
    folder.change(lambda draft: setattr(draft, "title", "Owls"))
    keep(folder, RequestState(forge="github", number=1, url="u"))
    assert folder.load().title == "Owls"


def test_news_in_words() -> None:
    old = Request(forge="github", number=1, url="u", checks=(CheckRun(name="a", state="waiting"),))
    new = Request(
        forge="github",
        number=1,
        url="u",
        changes_requested=True,
        checks=(CheckRun(name="a", state="failed"), CheckRun(name="b", state="failed")),
        comments=(Comment(author="r", text="x"), Comment(author="r", text="y")),
    )
    assert news(old, new) == ["2 new comments.", "2 checks failed.", "A reviewer asks for changes."]
    assert news(new, new) == []
    assert news(None, new) == []


def test_a_comment_on_an_older_commit_counts_its_lines_there(
    world: World, folder: DraftFolder, made: Workspace
) -> None:
    state, held = world.forge.state, opened(world, folder)
    line = line_of(folder, "The 4th owl")
    older = folder.load().commit
    note = state.note("rita", "Really?", FILE, line)
    state.review(held, "rita", "comment", "", (note,))
    note.commit = older
    # Thirty lines more at the top, pushed since: the same line is in another seed now.
    file = folder.leaf_file(LEAF)
    file.write_text("# more\n" * 30 + file.read_text())
    newer = repos.commit(made.taxonomy, {FILE: file.read_bytes()})
    making.commit(held.head_repository, "contribute/owls", {FILE: file.read_text()})
    folder.change(lambda draft: setattr(draft, "commit", newer))
    (comment,) = refresh(folder, world.client).comments
    told = world.kind != "forgejo"
    assert comment.commit == (older if told else "")
    if told:
        assert comment.seed == 4
    # A commit nobody here knows, or that is none, leads nowhere else than the newest one.
    for odd in ("0" * 40, "--help", "HEAD"):
        request = Request(
            forge="github", number=1, url="u", comments=(Comment(author="r", text="", path=FILE, line=30, commit=odd),)
        )
        assert placed(folder, request).comments[0].seed == 0
