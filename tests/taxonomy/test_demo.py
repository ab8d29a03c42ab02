"""The demo's content: sound by every check there is, and the same commit wherever it is made."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from labtui import git
from labtui.taxonomy import demo
from labtui.taxonomy.check import check
from labtui.taxonomy.leaf import read_leaf
from labtui.taxonomy.lint import lint
from labtui.taxonomy.tree import scan


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    demo.lay_out(tmp_path)
    return tmp_path


def test_there_are_leaves_of_each_kind(laid_out: Path) -> None:
    kinds = [leaf.kind for leaf in scan(laid_out / "taxonomy")]
    assert {kind: kinds.count(kind) for kind in kinds} == {"freeform skill": 2, "grounded skill": 2, "knowledge": 2}


def test_no_check_finds_anything(laid_out: Path) -> None:
    assert check([laid_out / "taxonomy"]) == []
    for leaf in scan(laid_out / "taxonomy"):
        assert list(lint(leaf.path.read_text(), "")) == []
        assert max(map(len, leaf.path.read_text().splitlines())) <= 120


def test_the_reference_validator_agrees(laid_out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from instructlab.schema.taxonomy import TaxonomyParser

    parser = TaxonomyParser(schema_version=0, yamllint_strict=True, message_format="standard")
    parser.yq_available = False
    for leaf in scan(laid_out / "taxonomy"):
        result = parser.parse(leaf.path)
        assert (result.errors, result.warnings) == (0, 0), capsys.readouterr().out


def test_documents_are_there_at_the_commit_that_is_named(laid_out: Path) -> None:
    for ref in scan(laid_out / "taxonomy"):
        leaf = read_leaf(laid_out / "taxonomy", ref.id)
        if leaf.kind != "knowledge":
            continue
        assert leaf.document is not None
        assert leaf.document.repo == str(laid_out / "documents")
        assert len(leaf.document.commit) == 40
        (pattern,) = leaf.document.patterns
        text = git.read_blob(Path(leaf.document.repo), leaf.document.commit, pattern).decode()
        assert len(leaf.seeds) == 5
        for seed in leaf.seeds:
            assert seed.context in text, "every context is a passage of the document"
            assert len(seed.pairs) == 3


def test_every_leaf_says_whose_work_it_is(laid_out: Path) -> None:
    for ref in scan(laid_out / "taxonomy"):
        attribution = read_leaf(laid_out / "taxonomy", ref.id).attribution
        assert "License of the work: Apache-2.0" in attribution
        assert "DOCUMENTS_COMMIT" not in attribution


def test_the_answers_of_the_three_line_skill_all_have_its_form(laid_out: Path) -> None:
    leaf = read_leaf(laid_out / "taxonomy", "compositional_skills/writing/three_line_answers")
    for seed in leaf.seeds:
        starts = [line.partition(":")[0] for line in seed.pairs[0].answer.strip().split("\n")]
        assert starts == ["Short", "Why", "Try"]


def test_the_commit_depends_on_the_content_alone(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.lay_out(_made(tmp_path / "one"))
    (clean_environment / ".gitconfig").write_text(
        "[user]\n\tname = Somebody\n\temail = s@example.org\n[commit]\n\tgpgSign = true\n[core]\n\tautocrlf = true\n"
        "\tfileMode = true\n[init]\n\tdefaultBranch = trunk\n"
    )
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    demo.lay_out(_made(tmp_path / "two"))
    first, second = (git.head(tmp_path / name / "documents") for name in ("one", "two"))
    assert first is not None and first == second
    assert (first.author, first.when.isoformat()) == ("labtui demo", "2026-01-01T12:00:00+00:00")
    assert git.status(tmp_path / "two" / "taxonomy").branch == "main"
    assert git.status(tmp_path / "two" / "taxonomy").changed == {}


@pytest.mark.parametrize("name", ["with space", "四十雀", "a: b #c", "quote'\"", "-dash", "%41"])
def test_a_workspace_of_any_name_has_sound_leaves(tmp_path: Path, name: str) -> None:
    root = _made(tmp_path / name)
    demo.lay_out(root)
    assert check([root / "taxonomy"]) == []
    leaf = read_leaf(root / "taxonomy", "knowledge/arts/music/tide_organ")
    assert leaf.document is not None
    git.clone(leaf.document.repo, tmp_path / "clone")
    assert (tmp_path / "clone" / "tide_organ.md").is_file()


def test_a_crash_leaves_no_half_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(folder: Path, message: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(demo, "commit_all", crash)
        demo.lay_out(tmp_path)
    assert list(tmp_path.iterdir()) == []
    demo.lay_out(tmp_path)
    assert len(scan(tmp_path / "taxonomy")) == 6


def test_the_files_are_part_of_the_package() -> None:
    assert resources.files("labtui.demo").joinpath("taxonomy", "README.md").is_file()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
