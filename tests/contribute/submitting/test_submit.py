"""From a draft to a pushed, signed-off branch over real transports; the clone stays as it was."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from labtui import git
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.submitting.plan import plan_of
from labtui.contribute.submitting.records import SubmitStep, SubmitStepName
from labtui.contribute.submitting.submit import submit
from labtui.contribute.submitting.tidying import tidy
from labtui.errors import LabError, UsageError
from labtui.git_push import PushError
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import BIRDS, FEEDING, LOGIN, WORDS, Lab, snapshot
from tests.git_server import Sshd
from tests.taxonomy.leaves import SKILL


def dirty(lab: Lab) -> None:
    """Work of the user's own of every kind in the clone."""
    (lab.clone / "README.md").write_text("changed, staged\n")
    lab.git(lab.clone, "add", "README.md")
    (lab.clone / "README.md").write_text("changed again\n")
    (lab.clone / "new.txt").write_text("untracked\n")
    lab.git(lab.clone, "stash", "push", "--quiet", "--include-untracked")
    (lab.clone / "README.md").write_text("and again\n")
    lab.git(lab.clone, "branch", "mine")
    (lab.clone / WORDS / "qna.yaml").write_text("not even YAML: [\n")
    # git looks at the files and refreshes what the index knows of them: now, not while we compare.
    lab.git(lab.clone, "status")


def commit_of(lab: Lab, repository: Path, branch: str = "contribute/feeding") -> list[str]:
    form = "%an <%ae>%x00%cn <%ce>%x00%P%x00%B"
    return lab.git(repository, "log", "-1", f"--format={form}", branch).split("\0")


def test_the_branch_is_signed_off_and_pushed_and_the_clone_stays_as_it_was(lab: Lab) -> None:
    dirty(lab)
    before = snapshot(lab.clone)
    newest = lab.upstream_commit({"README.md": "Theirs\n"})
    folder = lab.draft()
    done = submit(folder, lab.workspace, lab.config)
    assert snapshot(lab.clone) == before
    author, committer, parent, message = commit_of(lab, lab.fork)
    assert author == committer == "Ann Example <ann@example.org>"
    assert parent == newest == done.base_commit
    assert message.rstrip().endswith("\n\nSigned-off-by: Ann Example <ann@example.org>")
    assert lab.git(lab.fork, "show", f"{done.branch}:{BIRDS}/qna.yaml") + "\n" == FEEDING
    changed = lab.git(lab.fork, "diff", "--name-status", parent, done.branch).splitlines()
    assert changed == [f"A\t{BIRDS}/attribution.txt", f"A\t{BIRDS}/qna.yaml"]
    assert lab.branches(lab.clone)[done.branch] == done.commit == lab.branches(lab.fork)[done.branch]
    assert lab.git(lab.clone, "worktree", "list").count("\n") == 0
    assert not list(folder.path.glob("labtui-*"))
    draft = folder.load()
    assert (draft.branch, draft.commit, draft.submitted) == (done.branch, done.commit, folder.fingerprint())
    assert [leaf.sent for leaf in draft.leaves] == [BIRDS]
    lab.git(lab.clone, "fsck", "--strict")


@pytest.mark.parametrize("transport", ["http", "ssh"])
def test_over_a_real_transport(bare_lab: Lab, transport: str, clean_environment: Path, tmp_path: Path) -> None:
    if transport == "ssh":
        if not Sshd.available():
            pytest.skip("needs an sshd: Debian's openssh-server")
        with Sshd(tmp_path) as ssh:
            ssh.prepare(clean_environment)
            labs.cloned(bare_lab, ssh.address(bare_lab.upstream), ssh.address(bare_lab.fork))
            done = submit(bare_lab.draft(), bare_lab.workspace, bare_lab.config)
    else:
        with labs.served(bare_lab, login=LOGIN) as server:
            keep_password(bare_lab, clean_environment, server.address)
            labs.cloned(bare_lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
            done = submit(bare_lab.draft(), bare_lab.workspace, bare_lab.config)
    assert bare_lab.branches(bare_lab.fork)[done.branch] == done.commit
    assert "Signed-off-by: Ann Example <ann@example.org>" in commit_of(bare_lab, bare_lab.fork)[3]


def shown_commands(lab: Lab, folder: DraftFolder) -> list[str]:
    return [plain(re.sub(r" < .*", "", one.text)) for one in plan_of(folder, lab.workspace, lab.config).commands]


def plain(command: str) -> str:
    """Without quotes, and without what is known only when the command before has run."""
    named = re.sub(r"<\w+>|\b(?!0{40})[0-9a-f]{40}\b", "OID", command.replace("'", ""))
    return re.sub(r"(OID )+OID$", "OID", named)


def running_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The list that fills with what git does from now on, but for what only reads this machine."""
    ran: list[str] = []
    real = git.run
    reads = {"config", "rev-parse", "ls-tree", "cat-file", "remote", "symbolic-ref", "for-each-ref",
             "check-ref-format", "log", "var", "rev-list", "merge-base"}  # fmt: skip

    def noted(repo: Path | None, *words: str, **options: object) -> git.Output:
        if words[0] not in reads and words[0] != "-C" and words[:2] != ("worktree", "list"):
            place = f" -C {repo}" if repo is not None else ""
            ran.append(plain(f"git{place} {' '.join(words)}"))
        return real(repo, *words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(git, "run", noted)
    return ran


def keep_password(lab: Lab, home: Path, address: str, login: tuple[str, str] = LOGIN) -> None:
    """In git's own store, as a user has it."""
    scheme, _, host = address.partition("://")
    (home / ".git-credentials").write_text(f"{scheme}://{login[0]}:{login[1]}@{host}\n")
    git.run(None, "config", "--file", str(home / ".gitconfig"), "credential.helper", "store")


def test_submitting_twice_makes_one_commit_and_one_branch(lab: Lab) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    second = submit(folder, lab.workspace, lab.config)
    assert second.again and not first.again
    assert (second.commit, second.branch) == (first.commit, first.branch)
    assert set(lab.branches(lab.fork)) == {"main", first.branch}


def test_what_is_written_later_replaces_the_branch(lab: Lab) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    second = submit(folder, lab.workspace, lab.config)
    assert second.branch == first.branch and second.commit != first.commit
    assert commit_of(lab, lab.fork)[2] == first.base_commit, "still one commit on the base"
    assert "five" in lab.git(lab.fork, "show", f"{first.branch}:{BIRDS}/qna.yaml")
    assert set(lab.branches(lab.fork)) == {"main", first.branch}


def test_the_commands_shown_are_those_that_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lab.draft()
    shown = shown_commands(lab, folder)
    ran = running_commands(monkeypatch)
    submit(folder, lab.workspace, lab.config)
    assert ran == shown


def test_a_plan_changes_nothing_and_asks_nobody(lab: Lab) -> None:
    folder = lab.draft()
    before = {path: path.read_bytes() for path in lab.clone.rglob("*") if path.is_file()}
    lab.upstream.rename(lab.upstream.with_name("away"))
    plan = plan_of(folder, lab.workspace, lab.config)
    assert plan.ready and plan.branch == "contribute/feeding" and plan.push_to == "origin"
    assert {path: path.read_bytes() for path in lab.clone.rglob("*") if path.is_file()} == before
    assert not folder.submit_file.exists()


def test_everything_in_the_way_is_said_at_once(lab: Lab, clean_environment: Path) -> None:
    (clean_environment / ".gitconfig").unlink()
    folder = lab.draft(certified=False)
    folder.leaf_file(BIRDS).write_text("version: 3\ncreated_by: ann\n")
    plan = plan_of(folder, lab.workspace, lab.config)
    assert {one.about for one in plan.obstacles if one.stops} >= {"identity", "certificate", "leaves"}
    with pytest.raises(UsageError, match="things are missing or wrong") as caught:
        submit(folder, lab.workspace, lab.config)
    assert 'git config --global user.name "YOUR NAME"' in caught.value.hint
    assert "git config --global user.email" in caught.value.hint
    assert "contribute/feeding" not in lab.branches(lab.clone)


def test_a_changed_a_renamed_and_a_deleted_leaf_in_one_commit(lab: Lab) -> None:
    from labtui.contribute.leaves import placing
    from labtui.contribute.leaves.existing import add_existing
    from labtui.contribute.records import ContributedLeaf

    folder = lab.draft()
    words = add_existing(folder, lab.workspace, WORDS)
    folder.leaf_file(words).write_text(SKILL.replace("cinque", "five"))
    old = add_existing(folder, lab.workspace, "compositional_skills/old/leaf")
    placing.place(folder, old, "compositional_skills/young/leaf")
    done = submit(folder, lab.workspace, lab.config)
    listing = lab.git(lab.fork, "diff", "--no-renames", "--name-status", done.base_commit, done.branch).splitlines()
    assert sorted(listing) == sorted(
        [
            f"A\t{BIRDS}/attribution.txt",
            f"A\t{BIRDS}/qna.yaml",
            "D\tcompositional_skills/old/leaf/attribution.txt",
            "D\tcompositional_skills/old/leaf/qna.yaml",
            f"M\t{WORDS}/qna.yaml",
            "A\tcompositional_skills/young/leaf/attribution.txt",
            "A\tcompositional_skills/young/leaf/qna.yaml",
        ]
    )
    assert isinstance(words, ContributedLeaf)


@pytest.mark.parametrize("words", [("--depth=1",), ("--filter=blob:none",), ("--filter=tree:0", "--no-checkout")])
def test_from_a_clone_that_holds_a_part_only(bare_lab: Lab, words: tuple[str, ...], clean_environment: Path) -> None:
    lab = bare_lab
    for number in range(3):
        lab.upstream_commit({"README.md": f"Before {number}\n"})
    with labs.served(lab, login=LOGIN) as server:
        keep_password(lab, clean_environment, server.address)
        # The fork is three commits behind: what this clone lacks, the fork lacks as well.
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git", *words)
        newest = lab.upstream_commit({f"{WORDS}/other/qna.yaml": SKILL})
        folder = lab.draft()
        shallow = (lab.clone / ".git/shallow").read_bytes() if (lab.clone / ".git/shallow").exists() else None
        done = submit(folder, lab.workspace, lab.config)
        assert lab.branches(lab.fork)[done.branch] == done.commit
        assert done.base_commit == newest
        if shallow is not None:
            assert (lab.clone / ".git/shallow").read_bytes() == shallow, "the clone is as shallow as it was"
    lab.git(lab.fork, "fsck", "--strict")
    assert lab.git(lab.fork, "rev-list", "--count", done.branch) == "6"


@pytest.mark.parametrize("words", [("--depth=1",), ("--filter=blob:none",), ("--filter=tree:0", "--no-checkout")])
def test_the_commands_shown_are_those_that_run_in_a_part_of_the_history(
    bare_lab: Lab, words: tuple[str, ...], clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = bare_lab
    for number in range(3):
        lab.upstream_commit({"README.md": f"Before {number}\n"})
    with labs.served(lab, login=LOGIN) as server:
        keep_password(lab, clean_environment, server.address)
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git", *words)
        lab.upstream_commit({f"{WORDS}/other/qna.yaml": SKILL})
        folder = lab.draft()
        shown = shown_commands(lab, folder)
        ran = running_commands(monkeypatch)
        submit(folder, lab.workspace, lab.config)
    # Folders are fetched only where they are lacking, and it is said so.
    assert [command for command in shown if command in ran or " --filter=blob:none " not in command] == ran


def test_a_detached_head_and_a_merge_under_way_are_no_hindrance(lab: Lab) -> None:
    lab.git(lab.clone, "checkout", "--quiet", "--detach")
    (lab.clone / ".git/MERGE_HEAD").write_text(lab.git(lab.clone, "rev-parse", "HEAD") + "\n")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert lab.branches(lab.fork)[done.branch] == done.commit
    assert (lab.clone / ".git/MERGE_HEAD").exists()


def test_a_clone_without_remotes_keeps_the_branch(bare_lab: Lab) -> None:
    lab = labs.cloned(bare_lab, str(bare_lab.upstream))
    lab.git(lab.clone, "remote", "remove", "origin")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert done.pushed_to == "" and lab.branches(lab.clone)[done.branch] == done.commit


def test_a_taxonomy_below_the_root_of_its_repository(bare_lab: Lab) -> None:
    lab = bare_lab
    lab.clone.rmdir()
    whole = lab.top / "whole"
    lab.git(lab.top, "clone", "--quiet", str(lab.upstream), str(whole))
    lab.git(whole, "remote", "rename", "origin", "upstream")
    lab.git(whole, "remote", "add", "origin", str(lab.fork))
    (whole / "inner").mkdir()
    lab.clone.symlink_to(whole / "inner")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert f"inner/{BIRDS}/qna.yaml" in lab.git(lab.fork, "ls-tree", "-r", "--name-only", done.branch)


def test_two_drafts_with_the_same_name_get_two_branches(lab: Lab) -> None:
    first = submit(lab.draft(), lab.workspace, lab.config)
    other = lab.draft("compositional_skills/cats/feeding", FEEDING.replace("bird", "cat"))
    second = submit(other, lab.workspace, lab.config)
    assert (first.branch, second.branch) == ("contribute/feeding", "contribute/feeding-2")


def test_a_name_taken_where_it_is_pushed_gets_another_one(lab: Lab) -> None:
    lab.git(lab.fork, "branch", "contribute/feeding", "main")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert done.branch == "contribute/feeding-2"
    assert lab.branches(lab.fork)["contribute/feeding"] == lab.branches(lab.fork)["main"]
    assert "contribute/feeding" not in lab.branches(lab.clone)
    assert submit(lab.only(), lab.workspace, lab.config).branch == done.branch


def test_commits_of_others_on_the_branch_are_not_overwritten(lab: Lab) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    work = lab.top / "reviewer"
    lab.git(lab.top, "clone", "--quiet", "--branch", first.branch, str(lab.fork), str(work))
    who = ["-c", "user.name=Ben", "-c", "user.email=ben@example.org"]
    lab.git(work, *who, "commit", "--quiet", "--allow-empty", "-m", "A fix")
    lab.git(work, "push", "--quiet")
    theirs = lab.branches(lab.fork)[first.branch]
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    with pytest.raises(PushError, match="Somebody else put commits") as caught:
        submit(folder, lab.workspace, lab.config)
    assert "--overwrite" in caught.value.hint
    assert lab.branches(lab.fork)[first.branch] == theirs
    done = submit(folder, lab.workspace, lab.config, overwrite=True)
    assert lab.branches(lab.fork)[first.branch] == done.commit


def test_a_branch_the_user_works_on_is_left_alone(lab: Lab) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    lab.git(lab.clone, "checkout", "--quiet", first.branch)
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    before = snapshot(lab.clone)
    with pytest.raises(UsageError, match="is checked out"):
        submit(folder, lab.workspace, lab.config)
    assert snapshot(lab.clone) == before
    lab.git(lab.clone, "commit", "--quiet", "--allow-empty", "-m", "By hand")
    lab.git(lab.clone, "checkout", "--quiet", "main")
    with pytest.raises(UsageError, match="did not make"):
        submit(folder, lab.workspace, lab.config)
    lab.git(lab.clone, "branch", "--move", first.branch, "mine")
    assert submit(folder, lab.workspace, lab.config).branch == first.branch


def test_stopping_between_steps_goes_on_later(lab: Lab) -> None:
    folder, stop = lab.draft(), threading.Event()

    def until_commit(step: SubmitStep) -> None:
        if step.name == SubmitStepName.COMMIT and step.state == "done":
            stop.set()

    with pytest.raises(LabError, match="stopped"):
        submit(folder, lab.workspace, lab.config, on_step=until_commit, cancelled=stop)
    made = lab.branches(lab.clone)["contribute/feeding"]
    done = submit(folder, lab.workspace, lab.config)
    assert done.commit == made == lab.branches(lab.fork)[done.branch]


def test_hooks_and_filters_of_the_repository_do_not_run(lab: Lab, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch {mark}\nexit 1\n"
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "pre-push", "post-checkout",
                 "reference-transaction", "post-index-change"):  # fmt: skip
        hook = lab.clone / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script)
        hook.chmod(0o755)
    lab.git(lab.clone, "config", "filter.evil.clean", f"touch {mark}")
    lab.git(lab.clone, "config", "gpg.program", f"touch {mark}")
    (lab.clone / ".git/info").mkdir(exist_ok=True)
    (lab.clone / ".git/info/attributes").write_text("* filter=evil\n")
    done = submit(lab.draft(), lab.workspace, lab.config)
    assert lab.branches(lab.fork)[done.branch] == done.commit
    assert not mark.exists()


def test_signed_with_a_key_of_ssh_as_git_is_set(lab: Lab, clean_environment: Path, tmp_path: Path) -> None:
    if not Sshd.available():
        pytest.skip("needs ssh-keygen")
    key = tmp_path / "signing"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@example.org {key.with_suffix('.pub').read_text()}")
    file = clean_environment / ".gitconfig"
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true"),
                        ("gpg.ssh.allowedSignersFile", str(allowed))):  # fmt: skip
        git.run(None, "config", "--file", str(file), name, value)
    folder = lab.draft()
    plan = plan_of(folder, lab.workspace, lab.config)
    assert plan.signing.on and plan.signing.how == "ssh"
    done = submit(folder, lab.workspace, lab.config)
    assert lab.git(lab.clone, "log", "-1", "--format=%G?", done.commit) == "G"
    key.unlink()
    folder.leaf_file(BIRDS).write_text(FEEDING.replace("cinque", "five"))
    with pytest.raises(LabError, match="cannot be signed") as caught:
        submit(folder, lab.workspace, lab.config)
    assert "Unlock the key" in caught.value.hint
    assert lab.branches(lab.fork)[done.branch] == done.commit, "nothing unsigned went out"


def test_a_copied_folder_is_a_contribution_of_its_own(lab: Lab) -> None:
    from labtui.contribute.drafts import store

    first = lab.draft()
    one = submit(first, lab.workspace, lab.config)
    shutil.copytree(first.path, first.path.with_name("20260101T000000Z-copied"))
    copy = store.find(lab.workspace, "copied")
    store.abandon(first)
    two = submit(copy, lab.workspace, lab.config)
    assert two.branch == "contribute/feeding-2" and not two.again
    branches = lab.branches(lab.fork)
    assert (branches[one.branch], branches[two.branch]) == (one.commit, two.commit)


def test_a_branch_that_was_tidied_away_and_forgotten_is_made_anew(lab: Lab) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    tidied = tidy(folder, lab.workspace, lab.config, abandoned=True)
    assert tidied.local and tidied.remote and set(lab.branches(lab.fork)) == {"main"}
    lab.git(lab.clone, "reflog", "expire", "--expire=now", "--all")
    lab.git(lab.clone, "gc", "--quiet", "--prune=now")
    second = submit(folder, lab.workspace, lab.config)
    assert second.branch == first.branch and lab.branches(lab.fork)[second.branch] == second.commit


def test_tidying_waits_until_it_is_taken_in_and_leaves_what_others_added(lab: Lab) -> None:
    folder = lab.draft()
    done = submit(folder, lab.workspace, lab.config)
    with pytest.raises(UsageError, match="still open"):
        tidy(folder, lab.workspace, lab.config)
    lab.git(lab.upstream, "fetch", "--quiet", str(lab.fork), f"{done.branch}:main")
    lab.git(lab.clone, "fetch", "--quiet", "upstream")
    work = lab.top / "reviewer"
    lab.git(lab.top, "clone", "--quiet", "--branch", done.branch, str(lab.fork), str(work))
    who = ["-c", "user.name=Ben", "-c", "user.email=ben@example.org"]
    lab.git(work, *who, "commit", "--quiet", "--allow-empty", "-m", "More")
    lab.git(work, "push", "--quiet")
    lab.git(lab.clone, "checkout", "--quiet", done.branch)
    tidied = tidy(folder, lab.workspace, lab.config)
    assert (tidied.local, tidied.remote) == (False, False) and len(tidied.notes) == 2
    lab.git(lab.clone, "checkout", "--quiet", "main")
    assert tidy(folder, lab.workspace, lab.config).local
    assert done.branch in lab.branches(lab.fork)


def test_signed_with_a_key_of_gpg_as_git_is_set(lab: Lab, clean_environment: Path, tmp_path: Path) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    ring = Path(tempfile.mkdtemp(prefix="gpg"))  # a socket stands in it, whose path may not be long
    try:
        words = ["gpg", "--homedir", str(ring), "--batch", "--quiet", "--pinentry-mode", "loopback"]
        made = ["--passphrase", "", "--quick-generate-key", "Ann Example <ann@example.org>", "ed25519", "sign", "never"]
        subprocess.run([*words, *made], check=True, capture_output=True)
        program = tmp_path / "gpg"
        program.write_text(f'#!/bin/sh\nexec gpg --homedir {ring} "$@"\n')
        program.chmod(0o755)
        file = str(clean_environment / ".gitconfig")
        for name, value in (("commit.gpgSign", "true"), ("gpg.program", str(program))):
            git.run(None, "config", "--file", file, name, value)
        done = submit(lab.draft(), lab.workspace, lab.config)
        assert lab.git(lab.clone, "log", "-1", "--format=%G?", done.commit) in ("G", "U")
        again = submit(lab.only(), lab.workspace, lab.config)
        assert again.commit == done.commit
        unsigned = lab.draft("compositional_skills/cats/eating", FEEDING.replace("bird", "cat"))
        assert lab.git(lab.clone, "log", "-1", "--format=%G?", submit_unsigned(lab, unsigned)) == "N"
    finally:
        subprocess.run(["gpgconf", "--homedir", str(ring), "--kill", "all"], check=False)
        shutil.rmtree(ring, ignore_errors=True)


def submit_unsigned(lab: Lab, folder: DraftFolder) -> str:
    return submit(folder, lab.workspace, lab.config, sign=False).commit


def test_another_address_makes_the_commit_anew_and_replaces_the_branch(lab: Lab, clean_environment: Path) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    file = clean_environment / ".gitconfig"
    git.run(None, "config", "--file", str(file), "user.email", "ann@example.com")
    second = submit(folder, lab.workspace, lab.config)
    assert second.branch == first.branch and second.commit != first.commit and not second.again
    assert lab.branches(lab.fork) == {"main": lab.branches(lab.upstream)["main"], first.branch: second.commit}
    author, committer, parent, message = commit_of(lab, lab.fork, second.branch)
    assert author == committer == "Ann Example <ann@example.com>" and parent == first.base_commit
    assert message.rstrip().endswith("\n\nSigned-off-by: Ann Example <ann@example.com>")
    assert submit(folder, lab.workspace, lab.config).again


def test_what_somebody_else_put_there_is_not_replaced_by_a_commit_made_anew(lab: Lab, clean_environment: Path) -> None:
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    theirs = lab.git(lab.fork, "rev-parse", "main")
    lab.git(lab.fork, "update-ref", f"refs/heads/{first.branch}", theirs)
    git.run(None, "config", "--file", str(clean_environment / ".gitconfig"), "user.email", "ann@example.com")
    with pytest.raises(PushError, match="Somebody else put commits"):
        submit(folder, lab.workspace, lab.config)
    assert lab.branches(lab.fork)[first.branch] == theirs


def test_signing_switched_on_later_makes_the_commit_anew_and_signed(
    lab: Lab, clean_environment: Path, tmp_path: Path
) -> None:
    from labtui.operations.contributing.handing_in import readiness

    if not Sshd.available():
        pytest.skip("needs ssh-keygen")
    folder = lab.draft()
    first = submit(folder, lab.workspace, lab.config)
    assert readiness(folder, lab.workspace, lab.config).handed_in
    key = tmp_path / "signing"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true"),
                        ("gpg.ssh.allowedSignersFile", str(allowed))):  # fmt: skip
        git.run(None, "config", "--file", str(clean_environment / ".gitconfig"), name, value)
    ready = readiness(folder, lab.workspace, lab.config)
    assert ready.otherwise and not ready.handed_in
    assert submit(folder, lab.workspace, lab.config, sign=False).again, "asked for unsigned, it is the same"
    second = submit(folder, lab.workspace, lab.config)
    assert second.branch == first.branch and second.commit != first.commit
    assert set(lab.branches(lab.fork)) == {"main", first.branch}
    assert lab.branches(lab.fork)[first.branch] == second.commit
    assert lab.git(lab.clone, "log", "-1", "--format=%G?", second.commit) == "G"
    assert readiness(folder, lab.workspace, lab.config).handed_in
    assert submit(folder, lab.workspace, lab.config).again
