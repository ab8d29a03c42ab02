"""A base that moved on: what others changed taken in, conflicts seed by seed, chosen, kept, pushed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import placing
from labtui.contribute.leaves.existing import add_existing
from labtui.contribute.submitting.plan import plan_of
from labtui.contribute.submitting.rebasing import give_up, pending, rebase, resolve, standing_of_base
from labtui.contribute.submitting.records import Rebased
from labtui.contribute.submitting.submit import submit
from labtui.errors import AnswerNo, UsageError
from labtui.taxonomy.leaf import read_leaf_file
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, LOGIN, WORDS, Lab
from tests.taxonomy.leaves import SKILL

QNA = f"{WORDS}/qna.yaml"


def answers(folder: DraftFolder, leaf: str = WORDS) -> list[str]:
    return [pair.answer for seed in read_leaf_file(folder.leaf_file(leaf), leaf).seeds for pair in seed.pairs]


def extending(lab: Lab, text: str = SKILL.replace("uno", "one").replace("due", "two")) -> DraftFolder:
    from labtui.contribute.drafts import store
    from labtui.contribute.submitting.dco import confirm

    folder = store.new(lab.workspace, None, "Synonyms")
    leaf = add_existing(folder, lab.workspace, WORDS)
    folder.leaf_file(leaf).write_text(text)
    confirm(folder)
    return folder


def go(lab: Lab, folder: DraftFolder) -> Rebased:
    return rebase(folder, lab.workspace, lab.config)


def choose(lab: Lab, folder: DraftFolder, rebased: Rebased, way: str, text: str | None = None) -> Rebased:
    return resolve(folder, lab.workspace, lab.config, rebased.open[0], way, text=text)


def test_a_base_that_moved_elsewhere_is_no_matter(lab: Lab) -> None:
    folder = extending(lab)
    newest = lab.upstream_commit({"README.md": "Theirs\n"})
    standing = standing_of_base(folder, lab.workspace, lab.config, fetch=True)
    assert standing.moved and not standing.needs_rebase and standing.commits == 1
    assert submit(folder, lab.workspace, lab.config).base_commit == newest


def test_other_seeds_go_together_by_themselves(lab: Lab) -> None:
    folder = extending(lab)
    newest = lab.upstream_commit({QNA: SKILL.replace("quattro", "four")})
    with pytest.raises(AnswerNo, match="was changed in upstream/main since you began") as caught:
        submit(folder, lab.workspace, lab.config)
    assert "rebase" in caught.value.hint
    standing = standing_of_base(folder, lab.workspace, lab.config)
    assert standing.leaves == (WORDS,) and standing.needs_rebase
    rebased = go(lab, folder)
    assert rebased.done and rebased.conflicts == () and rebased.merged == (WORDS,)
    assert answers(folder) == ["one", "two", "tre", "four", "cinque"]
    assert folder.load().base == newest
    done = submit(folder, lab.workspace, lab.config)
    assert lab.git(lab.fork, "diff", "--numstat", newest, done.branch).split() == ["2", "2", QNA]


def test_the_same_seed_is_a_conflict_that_is_chosen(lab: Lab) -> None:
    folder = extending(lab)
    before = folder.leaf_file(WORDS).read_bytes()
    lab.upstream_commit({QNA: SKILL.replace("uno", "ein").replace("due", "zwei")}, who="Ben")
    rebased = go(lab, folder)
    assert not rebased.done and folder.leaf_file(WORDS).read_bytes() == before
    one, two = rebased.conflicts
    assert (one.seed, one.field, one.base, one.mine, one.theirs) == (1, "answer", "uno", "one", "ein")
    assert one.choices == ("mine", "theirs", "both", "text") and one.by.startswith("Ben, ")
    rebased = resolve(folder, lab.workspace, lab.config, two, "theirs")
    assert not rebased.done and [one.chosen for one in rebased.conflicts] == ["", "theirs"]
    assert pending(folder) is not None
    rebased = go(lab, folder)
    assert [one.chosen for one in rebased.conflicts] == ["", "theirs"], "what was chosen holds on another day"
    rebased = choose(lab, folder, rebased, "mine")
    assert rebased.done and pending(folder) is None
    assert answers(folder) == ["one", "zwei", "tre", "quattro", "cinque"]
    done = submit(folder, lab.workspace, lab.config)
    assert lab.git(lab.fork, "diff", "--numstat", "HEAD", done.branch).split()[-1] == QNA


@pytest.mark.parametrize(("way", "text", "comes"), [("both", None, "one\nein"), ("text", "eins", "eins")])
def test_both_or_something_of_ones_own(lab: Lab, way: str, text: str | None, comes: str) -> None:
    folder = extending(lab, SKILL.replace("uno", "one"))
    lab.upstream_commit({QNA: SKILL.replace("uno", "ein").replace("tre", "drei")})
    rebased = choose(lab, folder, go(lab, folder), way, text)
    assert rebased.done
    assert answers(folder) == [comes, "due", "drei", "quattro", "cinque"]


def test_choosing_otherwise_replaces_and_giving_up_leaves_the_draft(lab: Lab) -> None:
    folder = extending(lab)
    before = folder.leaf_file(WORDS).read_bytes()
    lab.upstream_commit({QNA: SKILL.replace("uno", "ein").replace("due", "zwei")})
    rebased = choose(lab, folder, go(lab, folder), "mine")
    rebased = resolve(folder, lab.workspace, lab.config, rebased.conflicts[0], "theirs")
    assert [one.chosen for one in rebased.conflicts] == ["theirs", ""]
    give_up(folder)
    assert folder.leaf_file(WORDS).read_bytes() == before
    assert [one.chosen for one in go(lab, folder).conflicts] == ["", ""]
    with pytest.raises(UsageError, match="cannot be resolved by"):
        resolve(folder, lab.workspace, lab.config, rebased.conflicts[0], "nobody")
    with pytest.raises(UsageError, match="no text"):
        resolve(folder, lab.workspace, lab.config, rebased.conflicts[0], "text", text=" ")


def test_two_made_the_same_leaf(lab: Lab) -> None:
    folder = lab.draft()
    theirs = FEEDING.replace("created_by: ann", "created_by: ben").replace("One?", "Uno?").replace("due", "zwei")
    newest = lab.upstream_commit({f"{BIRDS}/qna.yaml": theirs, f"{BIRDS}/attribution.txt": "Title of work: Theirs\n"})
    with pytest.raises(AnswerNo, match=r"There is a leaf .* by now"):
        submit(folder, lab.workspace, lab.config)
    rebased = go(lab, folder)
    assert [(one.seed, one.field) for one in rebased.conflicts] == [
        (0, "created_by"), (2, "answer"), (0, "attribution.txt")
    ]  # fmt: skip
    assert {one.base for one in rebased.conflicts} == {None}
    for way in ("both", "theirs", "both"):
        rebased = choose(lab, folder, rebased, way)
    assert rebased.done
    leaf = folder.load().leaves[0]
    assert (leaf.change, leaf.was) == ("changed", BIRDS)
    found = read_leaf_file(folder.leaf_file(leaf), BIRDS)
    assert found.created_by == "ann, ben"
    said = {pair.question: pair.answer for seed in found.seeds for pair in seed.pairs}
    assert len(said) == len(found.seeds) == 6, "no question twice"
    assert {"One?", "Uno?", "Five?"} <= set(said) and said["Two?"] == "zwei"
    attribution = folder.attribution_file(leaf).read_text()
    assert "Theirs" in attribution and "Synonyms" in attribution
    assert folder.load().base == newest


def test_two_made_the_same_knowledge_leaf() -> None:
    from labtui.contribute.submitting.leaf_merge import Resolution, merge_file
    from tests.contribute.submitting.test_documents import QNA as BIRDS_QNA

    theirs = BIRDS_QNA.replace("Answer 1 of b.", "Theirs.").replace("What about 2 and c?", "Something else?")
    found = merge_file("knowledge/birds", "qna.yaml", None, BIRDS_QNA.encode(), theirs.encode(), {})
    (conflict,) = found.conflicts
    assert (conflict.seed, conflict.field, conflict.theirs) == (2, "pair 2, answer", "Theirs.")
    chosen = {conflict.id: Resolution(id=conflict.id, way="theirs")}
    found = merge_file("knowledge/birds", "qna.yaml", None, BIRDS_QNA.encode(), theirs.encode(), chosen)
    text = found.data.decode()
    assert "Theirs." in text and "Answer 1 of b." not in text
    assert "Something else?" in text and "What about 2 and c?" in text
    assert text.count("part 2.") == 1, "the context stands there once"


def test_a_leaf_removed_there_and_changed_here(lab: Lab) -> None:
    folder = extending(lab)
    lab.upstream_commit({QNA: None, f"{WORDS}/attribution.txt": None})
    rebased = go(lab, folder)
    (conflict,) = rebased.conflicts
    assert conflict.field == "the leaf" and conflict.theirs is None and conflict.choices == ("mine", "theirs")
    assert choose(lab, folder, rebased, "mine").done
    leaf = folder.load().leaves[0]
    assert (leaf.change, leaf.was) == ("new", "") and not (folder.base / WORDS).exists()
    plan = plan_of(folder, lab.workspace, lab.config)
    assert {file.change for file in plan.files} == {"added"}


def test_a_leaf_removed_here_and_changed_there(lab: Lab) -> None:
    folder = extending(lab)

    def deleted(draft: object) -> None:
        draft.leaves[0].change = "deleted"  # type: ignore[attr-defined]

    folder.change(deleted)
    lab.upstream_commit({QNA: SKILL.replace("uno", "ein")})
    rebased = go(lab, folder)
    (conflict,) = rebased.conflicts
    assert conflict.mine is None and conflict.theirs is not None and "ein" in conflict.theirs
    other = choose(lab, folder, rebased, "theirs")
    assert other.done and folder.load().leaves == []


def test_a_renamed_leaf_takes_in_what_was_changed_at_its_old_place(lab: Lab) -> None:
    folder = extending(lab, SKILL.replace("uno", "one"))
    placing.place(folder, folder.load().leaves[0], "compositional_skills/words/other_words")
    lab.upstream_commit({QNA: SKILL.replace("quattro", "four")})
    assert go(lab, folder).done
    assert answers(folder, "compositional_skills/words/other_words") == ["one", "due", "tre", "four", "cinque"]
    done = submit(folder, lab.workspace, lab.config)
    names = lab.git(lab.fork, "ls-tree", "-r", "--name-only", done.branch)
    assert "other_words/qna.yaml" in names and QNA not in names


def test_a_second_contributor_was_merged_and_the_branch_is_pushed_again(bare_lab: Lab, clean_environment: Path) -> None:
    from tests.contribute.submitting.test_submit import keep_password

    lab = bare_lab
    with labs.served(lab, login=LOGIN) as server:
        keep_password(lab, clean_environment, server.address)
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git", "--filter=blob:none")
        folder = extending(lab)
        first = submit(folder, lab.workspace, lab.config)
        newest = lab.upstream_commit({QNA: SKILL.replace("uno", "ein")})
        rebased = go(lab, folder)
        assert choose(lab, folder, rebased, "mine").done
        second = submit(folder, lab.workspace, lab.config)
    assert second.branch == first.branch and second.base_commit == newest
    assert lab.git(lab.fork, "rev-list", "--count", f"{newest}..{second.branch}") == "1"
    assert "one" in lab.git(lab.fork, "show", f"{second.branch}:{QNA}")


def test_a_rebase_killed_while_it_is_written_comes_to_the_same(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from labtui.contribute.submitting import rebasing

    folder = extending(lab)
    lab.upstream_commit({QNA: SKILL.replace("uno", "ein").replace("quattro", "four")})
    rebased = go(lab, folder)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rebasing, "give_up", dies)
        with pytest.raises(KeyboardInterrupt):
            choose(lab, folder, rebased, "mine")
    rebased = go(lab, folder)
    assert rebased.done
    assert answers(folder) == ["one", "two", "tre", "four", "cinque"]
