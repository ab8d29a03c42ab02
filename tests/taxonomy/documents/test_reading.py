"""What a knowledge leaf points to: real repositories on this machine, and on a server that counts what it is asked."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtui import git, paths
from labtui.taxonomy.documents import fetch as document_fetch
from labtui.taxonomy.documents import files as document_files
from labtui.taxonomy.documents.reading import FoundDocument, Wish, find
from labtui.taxonomy.leaf import Document
from tests import git_server
from tests.git_server import GitServer
from tests.test_git import commit, make

FILES = {
    "a.md": "# A\nfirst\n",
    "docs/b.md": "bee\n",
    "docs/c.pdf": "%PDF",
    "docs/.hidden.md": "hidden\n",
    "docs/deep/d.md": "deep\n",
    "notes.txt": "no document\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "served" / "docs", FILES)


def sha_of(repo: Path) -> str:
    head = git.head(repo)
    assert head is not None
    return head.sha


def names(found: FoundDocument) -> list[str]:
    return [file.path for file in found.files]


def look(
    repo: object, commit: str, *patterns: str, root: Path | None = None, wish: Wish | None = None
) -> FoundDocument:
    return find(Document(str(repo), commit, patterns), root, wish)


def test_a_repository_of_this_machine_is_read_at_the_commit_not_as_it_lies_there(repo: Path) -> None:
    first = sha_of(repo)
    commit(repo, {"a.md": "# B\n"}, "Second")
    (repo / "a.md").write_text("not committed")
    assert look(repo, first, "a.md").files[0].text == "# A\nfirst\n"
    assert look(repo, sha_of(repo), "a.md").files[0].text == "# B\n"
    assert look(f"file://{repo}", first[:8], "a.md").commit == first
    assert git.status(repo).changed == {"a.md": "changed"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.md", ["a.md"]),
        ("*.md", ["a.md"]),
        ("docs/*", ["docs/b.md", "docs/c.pdf"]),
        ("docs/.*", ["docs/.hidden.md"]),
        ("*/*.md", ["docs/b.md"]),
        ("**/*.md", ["docs/b.md"]),
        ("docs/?.md", ["docs/b.md"]),
        ("docs/[a-b].md", ["docs/b.md"]),
        ("docs/**/d.md", ["docs/deep/d.md"]),
        ("./a.md", ["a.md"]),
        ("/a.md", []),
        ("../docs/a.md", []),
        ("docs", []),
        ("*.txt", []),
        ("A.md", []),
    ],
)
def test_patterns_mean_what_glob_makes_of_them(repo: Path, pattern: str, expected: list[str]) -> None:
    import glob

    found = look(repo, sha_of(repo), pattern)
    assert names(found) == expected
    assert found.unmatched == (() if expected else (pattern,))
    assert bool(found.problem) == (not expected)
    if not pattern.startswith(("/", "..")):
        by_glob = [os.path.relpath(path, repo) for path in glob.glob(os.path.join(repo, pattern))]
        assert sorted(path for path in by_glob if path.endswith((".md", ".pdf"))) == expected


def test_several_patterns_name_a_file_once_and_say_which_name_none(repo: Path) -> None:
    found = look(repo, sha_of(repo), "*.md", "a.md", "docs/b.md", "gone.md")
    assert (names(found), found.unmatched, found.problem) == (["a.md", "docs/b.md"], ("gone.md",), "")


def test_what_is_no_markdown_is_named_with_the_reason(repo: Path) -> None:
    (repo / "docs" / "link.md").symlink_to("b.md")
    (repo / "latin.md").write_bytes(b"first\ncaf\xe9\n")
    (repo / "lfs.md").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    commit(repo, {}, "More")
    files = {file.path: file for file in look(repo, sha_of(repo), "*.md", "docs/*").files}
    assert "needs a converter" in files["docs/c.pdf"].problem and not files["docs/c.pdf"].text
    assert "link" in files["docs/link.md"].problem and not files["docs/link.md"].text
    assert "line 2 holds the byte 0xe9" in files["latin.md"].problem
    assert "Git LFS" in files["lfs.md"].problem


def test_a_large_document_is_named_but_not_read(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_files, "MAX_FILE", 1000)
    monkeypatch.setattr(document_files, "MAX_ALL", 1500)
    commit(repo, {"b/large.md": "x" * 1001, "b/one.md": "x" * 900, "b/two.md": "x" * 901}, "Large")
    files = {file.path: file for file in look(repo, sha_of(repo), "b/*").files}
    assert "larger than" in files["b/large.md"].problem
    assert files["b/one.md"].text and "together" in files["b/two.md"].problem


def test_line_ends_and_byte_order_marks_are_taken_as_an_editor_takes_them(repo: Path) -> None:
    (repo / "crlf.md").write_bytes("\ufeff# T\r\nx\ry\n".encode())
    commit(repo, {}, "Windows")
    assert look(repo, sha_of(repo), "crlf.md").files[0].text == "# T\nx\ny\n"


def test_what_is_not_there_is_said_and_nothing_is_raised(repo: Path, tmp_path: Path) -> None:
    sha = sha_of(repo)
    assert look(tmp_path / "gone", sha, "a.md").wrong == "repository"
    (tmp_path / "empty").mkdir()
    assert "no git repository" in look(tmp_path / "empty", sha, "a.md").problem
    assert "no git repository" in look(repo / "docs", sha, "a.md").problem, "git clones no folder inside a repository"
    assert look(repo, "f" * 40, "a.md").wrong == "commit"
    assert look(repo, "", "a.md").wrong == "commit"
    assert look(repo, "--help", "a.md").wrong == "commit"
    assert look("", sha, "a.md").wrong == "repository"
    assert look("<url-here>", sha, "a.md").wrong == "repository"
    assert look(repo, sha).wrong == "patterns"


def test_a_bare_repository_and_a_relative_one_are_found(repo: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repo), str(bare)], check=True)
    assert names(look(bare, sha_of(repo), "a.md")) == ["a.md"]
    assert names(look(tmp_path / "bare", sha_of(repo), "a.md")) == ["a.md"], "git adds .git by itself"
    (repo.parent / "taxonomy").mkdir()
    for address in ("docs", "../docs", "./docs"):
        assert names(look(address, sha_of(repo), "a.md", root=repo.parent / "taxonomy")) == ["a.md"]


def test_a_damaged_repository_is_a_sentence(repo: Path) -> None:
    sha = sha_of(repo)
    for path in (repo / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"rubbish")
    found = look(repo, sha, "a.md")
    assert found.wrong and found.problem and not found.files


def test_programs_that_a_repository_names_are_not_run(repo: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for key in ("filter.x.smudge", "diff.x.textconv", "core.fsmonitor", "uploadpack.packObjectsHook"):
        git.run(repo, "config", key, f"touch {ran}")
    commit(repo, {".gitattributes": "*.md filter=x diff=x\n"}, "Attributes")
    assert look(repo, sha_of(repo), "a.md").files[0].text
    assert not ran.exists()


# -- on the network --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["whole", "partial"])
def server(request: pytest.FixtureRequest, repo: Path) -> Iterator[GitServer]:
    """One that can send parts of a repository, and one that cannot."""
    if not git_server.available():
        pytest.skip("git was installed without http-backend")
    if request.param == "partial":
        for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            git.run(repo, "config", key, "true")
    with GitServer(repo.parent, partial=False) as running:
        yield running


def address_of(server: GitServer) -> str:
    return f"{server.address}/docs/.git"


def test_the_network_is_left_alone_until_it_is_asked_for(repo: Path, server: GitServer) -> None:
    found = look(address_of(server), sha_of(repo), "a.md")
    assert (found.absent, found.files, found.problem) == (True, (), "")
    assert server.requests == []
    assert not (paths.cache_dir() / "documents").exists()


def test_a_commit_is_fetched_once_and_read_from_the_cache_afterwards(repo: Path, server: GitServer) -> None:
    sha, lines = sha_of(repo), []
    wish = Wish(fetch=True, on_progress=lines.append, seconds=60)
    found = look(address_of(server), sha, "a.md", "docs/*", wish=wish)
    assert names(found) == ["a.md", "docs/b.md", "docs/c.pdf"]
    assert (found.files[0].text, found.commit, found.absent, found.problem) == (FILES["a.md"], sha, False, "")
    asked = len(server.requests)
    assert asked and any("objects" in line for line in lines)
    assert look(address_of(server), sha, "a.md", "docs/*", wish=wish) == found
    assert look(address_of(server), sha, "a.md", "docs/*") == found
    assert len(server.requests) == asked, server.requests


def test_only_the_files_that_are_named_come(repo: Path, server: GitServer) -> None:
    commit(repo, {"huge.md": "x\n" * 500_000}, "Huge")
    sha = sha_of(repo)
    look(address_of(server), sha, "a.md", wish=Wish(fetch=True))
    store = document_fetch.store_of(address_of(server))
    missing = look(address_of(server), sha, "huge.md")
    whole = (git.run(repo, "config", "uploadpack.allowFilter", check=False)).code != 0
    assert missing.absent == (not whole)
    assert store.is_dir() and (store.stat().st_mode & 0o077 == 0 or (store.parent.stat().st_mode & 0o077) == 0)
    found = look(address_of(server), sha, "huge.md", wish=Wish(fetch=True))
    assert len(found.files[0].text) == 1_000_000


@pytest.mark.parametrize("name", ["short", "main", "HEAD", "v1"])
def test_short_commits_branches_and_tags_are_looked_up(repo: Path, server: GitServer, name: str) -> None:
    first = sha_of(repo)
    git.run(repo, "tag", "v1")
    commit(repo, {"a.md": "second\n"}, "Second")
    asked = first[:7] if name == "short" else name
    expected = first if name in ("short", "v1") else sha_of(repo)
    found = look(address_of(server), asked, "a.md", wish=Wish(fetch=True))
    assert found.commit == expected
    assert look(address_of(server), asked, "a.md") == found


def test_a_branch_that_moved_is_looked_up_anew_when_it_is_asked_for(repo: Path, server: GitServer) -> None:
    first = look(address_of(server), "main", "a.md", wish=Wish(fetch=True))
    commit(repo, {"a.md": "second\n"}, "Second")
    assert look(address_of(server), "main", "a.md") == first
    assert look(address_of(server), "main", "a.md", wish=Wish(fetch=True)).files[0].text == "second\n"


@pytest.mark.parametrize("name", ["f" * 40, "1234567", "no-such-branch"])
def test_a_commit_that_is_not_there_is_said_to_be_missing(repo: Path, server: GitServer, name: str) -> None:
    found = look(address_of(server), name, "a.md", wish=Wish(fetch=True))
    assert (found.wrong, found.files) == ("commit", ())
    assert look(address_of(server), sha_of(repo), "a.md", wish=Wish(fetch=True)).files[0].text == FILES["a.md"]


def test_a_server_that_is_gone_is_a_sentence_without_the_password() -> None:
    found = look("http://ann:secret@127.0.0.1:9/docs", "f" * 40, "a.md", wish=Wish(fetch=True, seconds=20))
    assert found.wrong == "repository"
    assert "secret" not in found.problem + found.hint


def test_a_fetch_can_be_stopped(repo: Path, server: GitServer) -> None:
    stop = threading.Event()
    stop.set()
    found = look(address_of(server), sha_of(repo), "a.md", wish=Wish(fetch=True, stop=stop))
    assert "stopped" in found.problem
    assert look(address_of(server), sha_of(repo), "a.md", wish=Wish(fetch=True)).files


def test_a_fetch_is_bounded(repo: Path, server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_fetch, "MAX_BYTES", 100_000)
    (repo / "noise.md").write_bytes(os.urandom(5_000_000))
    commit(repo, {}, "Noise")
    found = look(address_of(server), sha_of(repo), "noise.md", wish=Wish(fetch=True))
    assert "too large" in found.problem or found.files[0].problem, "git says how far it is once a second"


def test_a_cache_that_cannot_be_written_is_a_sentence(repo: Path, server: GitServer) -> None:
    paths.cache_dir().mkdir(parents=True)
    (paths.cache_dir() / "documents").write_text("in the way")
    found = look(address_of(server), sha_of(repo), "a.md", wish=Wish(fetch=True))
    assert (found.wrong, found.hint) == ("repository", "Make room, or set XDG_CACHE_HOME.")


def test_two_at_once_fetch_once(repo: Path, server: GitServer) -> None:
    found: list[FoundDocument] = []

    def fetch() -> None:
        found.append(look(address_of(server), sha_of(repo), "a.md", wish=Wish(fetch=True)))

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [file.text for one in found for file in one.files] == [FILES["a.md"]] * 3
