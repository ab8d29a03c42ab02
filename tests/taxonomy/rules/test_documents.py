"""quality.document-*: what is written, and what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from labtui import git, paths
from labtui.taxonomy.documents.address import understand
from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.parse import parse
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules import documents
from labtui.taxonomy.rules.documents import COMMIT, PATTERNS, REPOSITORY, offline, online
from tests import git_server
from tests.git_server import GitServer
from tests.test_git import make

SHA = "5f7158a2f3c4b1d0e9a8c7b6a5f4e3d2c1b0a9f8"
GOOD = "https://github.com/ann/birds"


def leaf(repo: object = GOOD, commit: object = SHA, patterns: object = ("a.md",)) -> str:
    listed = list(patterns) if isinstance(patterns, tuple) else patterns
    points = {"repo": str(repo) if repo is not None else None, "commit": commit, "patterns": listed}
    return "version: 3\n" + yaml.safe_dump({"document": points}, sort_keys=False)


def found(text: str, profile: Profile = Profile.STRICT) -> list[Finding]:
    value, root = parse(text)
    return list(offline(value, root, "qna.yaml", profile))


def test_what_the_guides_ask_for_is_in_order() -> None:
    assert found(leaf()) == []
    assert found(leaf(f"{GOOD}.git", "A" * 0 + SHA, ("docs/*.md", "b.md"))) == []


@pytest.mark.parametrize(
    ("repo", "words"),
    [
        ("<document-repository-url-goes-here>", "template"),
        ("https://github.com/<user>/<repo>", "template"),
        ("see the wiki", "no spaces"),
        ("https://github.com/ann", "account ann"),
        ("https://www.google.com", "web site"),
        ("https://github.com/ann/birds/blob/main/a.md", "page about a repository"),
        ("https://gitlab.com/ann/birds/-/tree/main", "page about a repository"),
        ("https://raw.githubusercontent.com/ann/birds/main/a.md", "address of a file"),
        ("github.com/ann/birds", "no https://"),
        ("git://example.org/birds", "git://"),
        ("ext::sh -c id", "no spaces"),
        ("ext::id", "runs a program"),
        ("file://server/birds", "host"),
        ("https://[bad/x", "no address"),
    ],
)
def test_an_address_that_cannot_be_one_is_an_error_at_its_place(repo: str, words: str) -> None:
    (finding,) = found(leaf(repo))
    assert (finding.rule, finding.level, finding.line) == (REPOSITORY, Level.ERROR, 3)
    assert words in finding.message and finding.hint
    assert found(leaf(repo), Profile.DRAFT)[0].level == Level.WARNING


@pytest.mark.parametrize(
    ("repo", "advice", "hint"),
    [
        ("git@github.com:ann/birds.git", "has a key", "https://github.com/ann/birds.git"),
        ("ssh://git@github.com/ann/birds", "has a key", "https://github.com/ann/birds"),
        ("http://github.com/ann/birds", "changed on its way", "https://github.com/ann/birds"),
        ("https://ann:secret@example.org/x/birds", "password", "https://example.org/x/birds"),
    ],
)
def test_an_address_that_others_cannot_use_is_a_warning(repo: str, advice: str, hint: str) -> None:
    (finding,) = found(leaf(repo))
    assert (finding.rule, finding.level) == (REPOSITORY, Level.WARNING)
    assert advice in finding.message and finding.hint.endswith(hint)
    assert "secret" not in finding.message + finding.hint


@pytest.mark.parametrize("repo", ["/srv/documents", "file:///srv/documents", "../documents", "~/documents"])
def test_a_folder_of_this_machine_is_fine_at_home_but_not_upstream(repo: str) -> None:
    assert understand(repo).kind == "local"
    assert found(leaf(repo)) == []
    assert [finding.level for finding in found(leaf(repo), Profile.UPSTREAM)] == [Level.WARNING]


@pytest.mark.parametrize(
    ("commit", "level", "words"),
    [
        ("b60d0d0", Level.WARNING, "cut short"),
        ("HEAD", Level.WARNING, "no commit but a name"),
        ("main", Level.WARNING, "no commit but a name"),
        (SHA.upper(), Level.WARNING, "capital"),
        ("<commit-hash-to-use>", Level.ERROR, "cannot be a commit"),
        ("https://example.org/commit/1", Level.ERROR, "cannot be a commit"),
        ("two words", Level.ERROR, "cannot be a commit"),
        ("--upload-pack=x", Level.ERROR, "cannot be"),
    ],
)
def test_a_commit_is_named_in_full(commit: str, level: Level, words: str) -> None:
    (finding,) = found(leaf(commit=commit))
    assert (finding.rule, finding.level, finding.line) == (COMMIT, level, 4)
    assert words in finding.message and finding.hint


@pytest.mark.parametrize(
    ("patterns", "rows", "words"),
    [
        (("a.md", "/b.md"), [1], "begins with a slash"),
        (("../a.md",), [0], "leads out"),
        (("a.docx",), [0], "Only Markdown"),
        (("<file>",), [0], "template"),
        (("a.md", "b.pdf", "c.md"), [1], "mix Markdown and PDF"),
    ],
)
def test_patterns_that_cannot_work_are_errors_at_their_line(
    patterns: tuple[str, ...], rows: list[int], words: str
) -> None:
    findings = found(leaf(patterns=patterns))
    assert [(finding.rule, finding.level, finding.line - 6) for finding in findings] == [
        (PATTERNS, Level.ERROR, row) for row in rows
    ]
    assert words in findings[0].message


def test_two_stars_do_not_mean_what_many_expect() -> None:
    (finding,) = found(leaf(patterns=("docs/**/*.md",)))
    assert (finding.level, "does not go down" in finding.message) == (Level.WARNING, True)


@pytest.mark.parametrize(
    "text",
    [
        "document:\n",
        "document: text\n",
        "document: [1]\n",
        "document: {repo: 3, commit: 7, patterns: 9}\n",
        "document: {repo: '', commit: '', patterns: ['', 3, null, [x]]}\n",
        "a: 1\n",
    ],
)
def test_what_the_schema_complains_about_is_left_to_it(text: str) -> None:
    assert found(text) == []
    assert online(text.encode(), "qna.yaml") == []


def test_files_that_cannot_be_read_have_no_document_to_look_for() -> None:
    for data in (b"\xff", b"a: [", b"", b"- 1\n"):
        assert online(data, "qna.yaml") == []


# -- looking there ---------------------------------------------------------------------------------------------------


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "served" / "docs", {"a.md": "a\n", "b.md": "b\n", "c.txt": "c\n"})


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_FAILED", {})


def test_what_is_not_there_is_an_error_where_it_is_named(repo: Path, tmp_path: Path) -> None:
    head = git.head(repo)
    assert head is not None
    data = leaf(repo, head.sha, ("a.md", "gone/*.md", "*.md", "c.*")).encode()
    assert [(one.rule, one.line) for one in online(data, "x")] == [(PATTERNS, 7), (PATTERNS, 9)]
    assert [(one.rule, one.line) for one in online(leaf(repo).encode(), "x")] == [(COMMIT, 4)]
    assert [(one.rule, one.line) for one in online(leaf(tmp_path / "no").encode(), "x")] == [(REPOSITORY, 3)]
    assert online(leaf(repo, head.sha).encode(), "x") == []
    assert online(leaf("docs", head.sha).encode(), "x", repo.parent / "taxonomy") == []


def test_what_is_said_without_looking_is_not_said_twice(repo: Path) -> None:
    head = git.head(repo)
    assert head is not None
    assert online(leaf("<here>").encode(), "x") == []
    assert online(leaf(repo, head.sha, ("a.md", "/b.md", "x.docx")).encode(), "x") == []


def test_a_server_is_asked_once_for_a_commit_and_brings_no_files(repo: Path) -> None:
    if not git_server.available():
        pytest.skip("git was installed without http-backend")
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git.run(repo, "config", key, "true")
    head = git.head(repo)
    assert head is not None
    with GitServer(repo.parent) as server:
        address = f"{server.address}/docs/.git"
        data = leaf(address, head.sha, ("*.md", "no.md")).encode()
        assert [(one.rule, one.line) for one in online(data, "x")] == [(PATTERNS, 7)]
        asked = len(server.requests)
        assert [(one.rule, one.line) for one in online(data, "x")] == [(PATTERNS, 7)]
        assert len(server.requests) == asked
        assert [one.rule for one in online(leaf(address).encode(), "x")] == [COMMIT]
    (store,) = (paths.cache_dir() / "documents").glob("*.git")
    listed = git.run(store, "cat-file", "--batch-all-objects", "--batch-check", bare=True).text
    assert "tree" in listed and "blob" not in listed


def test_a_repository_that_does_not_answer_is_waited_for_once(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "http://127.0.0.1:9/docs"
    (first,) = online(leaf(address).encode(), "x")
    assert (first.rule, first.level) == (REPOSITORY, Level.ERROR)
    monkeypatch.setattr(git, "run", None)
    (second,) = online(leaf(address, "main").encode(), "y")
    assert (second.path, second.message) == ("y", first.message)


def test_every_submission_of_the_corpus_is_judged(corpus: Path) -> None:
    from labtui.taxonomy.source import Unreadable, decode

    rules: dict[str, int] = {}
    for file in sorted((corpus / "qna").glob("*.yaml")):
        try:
            value, root = parse(decode(file.read_bytes()).text)
        except Unreadable:
            continue
        if isinstance(value, dict):
            for finding in offline(value, root, "x"):
                rules[finding.rule] = rules.get(finding.rule, 0) + 1
                assert finding.line > 1 and finding.message.endswith(".") and finding.hint
    assert rules[REPOSITORY] > 40 and rules[COMMIT] > 50 and rules[PATTERNS] > 5
