"""Many leaves: the same findings as one by one, whether remembered or found, and only what was asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from labtui.errors import UsageError
from labtui.taxonomy.check import check, check_leaf
from labtui.taxonomy.checking.cache import Cache
from labtui.taxonomy.checking.gathering import gather
from labtui.taxonomy.checking.many import Checked, check_all, check_paths
from labtui.taxonomy.checking.neighbours import RULES as TOGETHER
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.profiles import Profile
from tests.taxonomy.leaves import SKILL, write

OLD = SKILL.replace("version: 3", "version: 2").replace("tre", "tre  ")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    write(root, "compositional_skills/good")
    write(root, "compositional_skills/old", OLD.replace("One", "Uno"))
    write(root, "compositional_skills/broken", "a: b: c\n")
    write(root, "compositional_skills/empty", "")
    write(root, "knowledge/wrong", SKILL)
    write(root, "knowledge/bytes", b"\xff\xfe")
    (root / "knowledge/wrong/attribution.txt").write_text("Title of work: x\n")
    (root / "knowledge/near").mkdir()
    (root / "knowledge/near/qna.yml").write_text(SKILL)
    (root / "knowledge/folder/qna.yaml").mkdir(parents=True)
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "cache") as cache:
        yield cache


def alone(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule not in TOGETHER]


def run(root: Path, cache: Cache | None, profile: Profile = Profile.STRICT) -> Checked:
    return check_all(list(gather([root])), profile, cache=cache)


@pytest.mark.parametrize("profile", list(Profile))
def test_each_by_itself_is_as_it_is_one_by_one(tree: Path, cache: Cache, profile: Profile) -> None:
    first = run(tree, cache, profile)
    assert alone(first.findings) == check([tree], profile=profile)
    again = run(tree, cache, profile)
    assert again.findings == first.findings
    assert (first.files, again.files, again.remembered) == (8, 8, 8)
    assert run(tree, None, profile).findings == first.findings


def test_what_is_remembered_depends_on_everything_that_decides(tree: Path, cache: Cache) -> None:
    run(tree, cache)
    for profile in (Profile.UPSTREAM, Profile.DRAFT):
        assert alone(run(tree, cache, profile).findings) == check([tree], profile=profile)
    (tree / "compositional_skills/good/attribution.txt").write_text("")
    assert alone(run(tree, cache).findings) == check([tree])
    (tree / "compositional_skills/good").rename(tree / "knowledge/good")
    assert alone(run(tree, cache).findings) == check([tree])
    (tree / "knowledge/good").rename(tree / "knowledge/Good One")
    assert alone(run(tree, cache).findings) == check([tree])


def test_only_what_is_new_is_checked_again(tree: Path, cache: Cache) -> None:
    run(tree, cache)
    write(tree, "compositional_skills/good", SKILL + "extra: 1\n")
    checked = run(tree, cache)
    assert (checked.files, checked.remembered) == (8, 7)
    assert alone(checked.findings) == check([tree])


def test_of_changed_leaves_only_their_findings_and_against_the_newest_schema(tree: Path, cache: Cache) -> None:
    old = tree / "compositional_skills/old/qna.yaml"
    found = check_paths([tree], profile=Profile.UPSTREAM, changed={str(old)}, cache=cache)
    name = "compositional_skills/old"
    newest = check_leaf(
        old.read_bytes(), None, str(old), "compositional_skills", name=name, profile=Profile.UPSTREAM, highest=True
    )
    assert alone(found) == newest
    assert "schema.const" in {finding.rule for finding in found}
    assert "quality.near-duplicate" in {finding.rule for finding in found}, "compared with what did not change"
    assert check_paths([tree], changed=set(), cache=cache) == []
    beside = {str(tree / "knowledge/wrong/attribution.txt")}
    assert {Path(finding.path).parent.name for finding in check_paths([tree], changed=beside)} == {"wrong"}


def test_a_file_named_twice_is_checked_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    found = check_paths([Path("knowledge"), Path(), Path("knowledge/wrong/qna.yaml")])
    assert len(found) == len(set(found))
    assert found[0].path.startswith("knowledge/")
    assert {finding.path for finding in found if "good" in finding.path} == {"compositional_skills/good/qna.yaml"}


def test_leaves_beside_are_compared_with_and_not_reported(tree: Path, cache: Cache) -> None:
    path = tree / "compositional_skills/good"
    assert "quality.near-duplicate" not in {finding.rule for finding in check_paths([path], cache=cache)}
    found = check_all(list(gather([path], beside=tree)), cache=cache)
    assert "quality.near-duplicate" in {finding.rule for finding in found.findings}
    assert {Path(finding.path).parent.name for finding in found.findings} == {"good"}
    assert found.files == 1


def test_the_reference_alone(tree: Path) -> None:
    checked = check_all(list(gather([tree])), beyond=False)
    assert {finding.rule.split(".")[0] for finding in checked.findings} == {"yaml", "lint", "schema", "layout"}


def test_progress_is_told_and_cancelling_ends_it(tree: Path, cache: Cache) -> None:
    told: list[tuple[int, int]] = []
    check_paths([tree], cache=cache, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 8), *((number, 8) for number in range(3, 9))], "two cannot be read, which is known at once"
    assert check_paths([tree], cancelled=lambda: True) == []


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        check_paths([tmp_path / "nothing"])


def test_names_that_are_no_text(tmp_path: Path, cache: Cache) -> None:
    folder = tmp_path / "knowledge" / b"caf\xe9".decode("utf-8", "surrogateescape")
    folder.mkdir(parents=True)
    (folder / "qna.yaml").write_text("version: 3\n")
    first = check_paths([tmp_path], cache=cache)
    assert {finding.path.rpartition("/")[0] for finding in first} == {f"{tmp_path}/knowledge/caf\\xe9"}
    assert check_paths([tmp_path], cache=cache) == first


def test_a_cache_that_keeps_nothing_costs_nothing_but_time(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with Cache(tmp_path / "folder") as useless:
        assert run(tree, useless).findings == run(tree, None).findings


def test_when_all_is_remembered_nothing_heavy_is_imported(tree: Path) -> None:
    """Checking again is as quick as reading: neither parser nor linter nor validator, and no other process."""
    script = (
        "import sys; from labtui.cli import run; code = run(['taxonomy', 'check', sys.argv[1]]);"
        "heavy = {'textual', 'yaml', 'jsonschema', 'yamllint', 'rensa', 'referencing', 'license_expression', 'git',"
        " 'httpx', 'numpy', 'subprocess', 'multiprocessing', 'tempfile'} & set(sys.modules);"
        "sys.exit(f'{code} {heavy}' if heavy else code)"
    )
    (tree / "knowledge/folder/qna.yaml").rmdir()

    def done() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, str(tree)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    first, second = done(), done()
    assert "'subprocess'" in first.stderr
    assert second.returncode == 1, second.stderr
    assert second.stdout == first.stdout


def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    for number in range(300):
        write(tmp_path, f"compositional_skills/{number}", SKILL.replace("One?", f"{number}?") + "# x\n" * 20_000)
    command = [sys.executable, "-m", "labtui", "taxonomy", "check", "--no-cache", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    children: list[psutil.Process] = []
    while len(children) < 2 and process.poll() is None:
        time.sleep(0.02)
        children = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.strip()) == (130, "")
    # One that was started in this very moment ends by itself, as its input does.
    _, alive = psutil.wait_procs(children, timeout=30)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_the_corpus_in_processes_is_as_one_by_one(corpus: Path, cache: Cache) -> None:
    first = run(corpus / "taxonomy", cache)
    assert alone(first.findings) == check([corpus / "taxonomy"])
    assert run(corpus / "taxonomy", cache).findings == first.findings
