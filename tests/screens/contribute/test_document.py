"""The document step by keyboard: copied from here or named in a repository, contexts marked in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from textual.widgets import Input

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Step
from labtui.screens.contribute.document import DocumentPane
from labtui.screens.contribute.source_window import SourceWindow
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import FREEFORM, Leaf, read_leaf_file
from labtui.workspace import Workspace
from tests.lab_app import notices
from tests.screens.contribute.opened import Opened, contribution

TEXT = "# 四十雀\n\nA tit is a small bird.\n\nIt eats insects.\n\nIt nests in holes.\n\nIt lays eggs.\n\nIt stays.\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "tits.md").write_text(TEXT, encoding="utf-8")
    return tmp_path / "notes"


def leaf_of(folder: DraftFolder) -> Leaf:
    leaf = folder.load().leaves[0]
    return read_leaf_file(folder.leaf_file(leaf), leaf.id)


async def begun(opened: Opened) -> DocumentPane:
    await opened.until(lambda: opened.focused == "local")
    return opened.pane(DocumentPane)


async def take(opened: Opened, path: Path) -> None:
    await opened.press("enter")
    await opened.until(lambda: isinstance(opened.app.screen, SourceWindow))
    opened.app.screen.query_one(Input).value = str(path)[:-2]
    await opened.press("end")
    await opened.type(str(path)[-2:])
    await opened.press("enter")
    await opened.until(lambda: not isinstance(opened.app.screen, SourceWindow))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_file_of_this_machine_and_contexts_from_it(
    workspace: Workspace, notes: Path, size: tuple[int, int]
) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT, size=size) as opened:
        pane = await begun(opened)
        await take(opened, notes / "tits.md")
        await opened.until(lambda: opened.focused == "licence")
        await opened.type("cc0")
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "goes_to")
        await opened.until(lambda: "committed as" in opened.text)
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "read")
        await opened.press("enter")
        await opened.until(lambda: pane.view.text.has_focus and "A tit is a small bird." in opened.text)
        # v twice takes the paragraph the cursor is in.
        await opened.press("down", "down", "v", "v", "enter")
        await opened.until(lambda: any("Seed 1 has this context; 4 more to mark" in one for one in notices(opened.app)))
        await opened.press("down", "down", "v", "v", "enter")
        await opened.until(lambda: any("Seed 2 has this context" in one for one in notices(opened.app)))
        seeds = leaf_of(folder).seeds
        assert [seed.context.strip() for seed in seeds] == ["A tit is a small bird.", "It eats insects."]
        assert [len(seed.pairs) for seed in seeds] == [3, 3]
        await opened.press("v", "v", "enter")
        await opened.until(lambda: any("Seed 2 has this context already" in one for one in notices(opened.app)))
        await opened.press("escape")
        await opened.until(lambda: opened.focused == "read")
        await opened.until(lambda: opened.step(Step.DOCUMENT).state == "done")
    found = leaf_of(folder)
    assert found.document is not None
    assert found.document.repo == str(workspace.root / "documents.git")
    assert len(found.document.commit) == 40
    (document,) = folder.load().documents
    assert (document.licence, document.commit) == ("CC0-1.0", found.document.commit)
    assert (notes / "tits.md").read_text(encoding="utf-8") == TEXT


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


async def test_a_git_repository_with_its_newest_commit(workspace: Workspace, notes: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "notes"]):
        git(notes, *words)
    head = git(notes, "rev-parse", "HEAD")
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT, size=(120, 40)) as opened:
        pane = await begun(opened)
        await opened.press("down", "enter")
        await opened.until(lambda: opened.focused == "repo")
        pane.query_one("#repo", Input).value = str(notes)
        await opened.press("enter", "enter")
        await opened.until(lambda: opened.focused == "newest")
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "patterns")
        await opened.type("*.md")
        await opened.press("enter")
        await opened.until(lambda: opened.focused == "read")
        await opened.until(lambda: "A tit is a small bird." in opened.text)
        document = leaf_of(folder).document
        assert document is not None
        assert (document.repo, document.commit, document.patterns) == (str(notes), head.strip(), ("*.md",))
        assert pane.mode == "git"


async def test_a_repository_that_does_not_answer(workspace: Workspace, tmp_path: Path) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT, size=(120, 40)) as opened:
        await begun(opened)
        await opened.press("tab", "enter")
        await opened.until(lambda: opened.focused == "repo")
        opened.pane(DocumentPane).query_one("#repo", Input).value = str(tmp_path / "nowhere")
        await opened.press("enter", "enter")
        await opened.until(lambda: opened.focused == "newest")
        await opened.press("enter")
        await opened.until(lambda: "did not answer" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: "did not answer" not in opened.text)


async def test_what_cannot_be_taken_is_said_while_one_types(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"caf\xe9")
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT, size=(120, 40)) as opened:
        await begun(opened)
        await opened.press("enter")
        await opened.until(lambda: isinstance(opened.app.screen, SourceWindow))
        opened.app.screen.query_one(Input).value = str(tmp_path / "bad.md")
        await opened.until(lambda: "0xe9" in opened.text and "iconv" in opened.text)
        await opened.press("enter")
        assert isinstance(opened.app.screen, SourceWindow)
        await opened.press("escape")
        await opened.until(lambda: not isinstance(opened.app.screen, SourceWindow))
        assert folder.load().documents == []


async def test_a_path_is_completed(workspace: Workspace, notes: Path) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT) as opened:
        await begun(opened)
        await opened.press("enter")
        await opened.until(lambda: isinstance(opened.app.screen, SourceWindow))
        opened.app.screen.query_one(Input).value = f"{notes.parent}/not"
        await opened.until(lambda: "notes/" in opened.text)
        await opened.press("tab")
        await opened.until(lambda: "tits.md" in opened.text)
        await opened.press("down", "enter")
        await opened.until(lambda: not isinstance(opened.app.screen, SourceWindow))
        await opened.until(lambda: len(folder.load().documents) == 1)


async def test_without_an_identity_the_copies_are_kept(
    workspace: Workspace, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("user.name", "user.email"):
        git(workspace.taxonomy, "config", "--unset", key)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT) as opened:
        await begun(opened)
        await take(opened, notes / "tits.md")
        await opened.until(lambda: "user.name" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: opened.focused == "licence")
        assert len(folder.load().documents) == 1


async def test_a_skill_needs_no_document(workspace: Workspace) -> None:
    folder = store.new(workspace, FREEFORM)
    async with contribution(folder, workspace, Step.DOCUMENT) as opened:
        await opened.until(lambda: "A skill needs no document" in opened.text)
        await opened.until(lambda: opened.focused == "on")
        await opened.press("enter")
        await opened.until(lambda: opened.wizard.step == Step.SEEDS)


async def test_another_document_in_its_place(workspace: Workspace, notes: Path) -> None:
    folder = store.new(workspace, KNOWLEDGE)
    async with contribution(folder, workspace, Step.DOCUMENT, size=(120, 40)) as opened:
        pane = await begun(opened)
        await take(opened, notes / "tits.md")
        await opened.until(lambda: opened.focused == "licence")
        (notes / "tits.md").write_text("changed")
        pane.query_one("#other").focus()
        await opened.press("enter")
        await opened.until(lambda: "Which document instead?" in opened.text)
        await opened.press("r")
        await opened.until(lambda: opened.focused == "repo")
        assert folder.load().documents == []
        document = leaf_of(folder).document
        assert document is not None
        assert (document.repo, document.commit) == ("", "")


@pytest.mark.parametrize("step", [Step.DOCUMENT, Step.SEEDS, Step.ATTRIBUTION])
async def test_nothing_is_written_in_a_leaf_that_goes_away(workspace: Workspace, step: Step) -> None:
    folder = store.new(workspace)
    gone = ContributedLeaf(id="knowledge/birds", kind=KNOWLEDGE, change="deleted", placed=True, was="knowledge/birds")
    folder.change(lambda draft: draft.leaves.append(gone))
    async with contribution(folder, workspace, step) as opened:
        await opened.until(lambda: "deletes this leaf" in opened.text)
        await opened.press("x", "enter", "y", "tab")
    assert not (folder.taxonomy / "knowledge").exists()
