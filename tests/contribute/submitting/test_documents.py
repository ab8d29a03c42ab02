"""Documents of this machine: committed, named in the leaf, pushed before the branch; carried by bundle and patch."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from labtui.contribute.drafts import store
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.leaves import placing
from labtui.contribute.records import LocalDocument
from labtui.contribute.submitting import offline
from labtui.contribute.submitting.dco import confirm
from labtui.contribute.submitting.documents import keep_documents, push_documents, suggested_repository
from labtui.contribute.submitting.plan import plan_of
from labtui.contribute.submitting.submit import submit
from labtui.errors import UsageError
from labtui.git_push import PushError
from labtui.taxonomy.documents import reading
from labtui.taxonomy.layout import KNOWLEDGE
from labtui.taxonomy.leaf import read_leaf_file
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import LOGIN, Lab
from tests.contribute.submitting.test_submit import keep_password, running_commands, shown_commands
from tests.git_server import Sshd

LEAF = "knowledge/birds"
WORK = """\
Title of work: Chickadees
Link to work: https://example.org/chickadees
Revision: 2026-01-02
License of the work: CC-BY-4.0
Creator names: Ann
"""
TEXT = "# Chickadee\n\nThe chickadee is a small bird. It sings in winter.\n"
QNA = "version: 3\ncreated_by: ann\ndomain: birds\ndocument_outline: Chickadees\nseed_examples:\n" + "".join(
    f"  - context: |\n      The chickadee is a small bird. It sings in winter, part {number}.\n"
    "    questions_and_answers:\n"
    + "".join(
        f"      - question: What about {number} and {pair}?\n        answer: Answer {number} of {pair}.\n"
        for pair in "abc"
    )
    for number in range(5)
)


def draft(lab: Lab, place: str = LEAF) -> DraftFolder:
    folder = store.new(lab.workspace, KNOWLEDGE, "Birds")
    leaf = placing.place(folder, folder.load().leaves[0], place)
    folder.leaf_file(leaf).write_text(QNA)
    folder.attribution_file(leaf).write_text(WORK)
    (folder.documents / "birds/more").mkdir(parents=True)
    (folder.documents / "birds/chickadee.md").write_text(TEXT)
    (folder.documents / "birds/more/四十雀.md").write_text(TEXT)
    document = LocalDocument(leaf=place, name="birds", came_from="/home/ann/birds", licence="CC-BY-4.0")
    folder.change(lambda draft: draft.documents.append(document))
    confirm(folder)
    return folder


def keep(lab: Lab, folder: DraftFolder, repository: Path | str, leaf: str = LEAF) -> LocalDocument:
    return keep_documents(folder, lab.workspace, lab.config, leaf, repository=str(repository), licence="CC-BY-4.0")


def bare(lab: Lab, name: str = "docs.git") -> Path:
    place = lab.upstream.parent / name
    lab.git(lab.top, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    return place


def found(lab: Lab, folder: DraftFolder) -> reading.FoundDocument:
    document = read_leaf_file(folder.leaf_file(LEAF), LEAF).document
    assert document is not None
    return reading.find(document, lab.clone, reading.Wish(fetch=True))


def test_a_local_repository_is_made_and_the_leaf_names_the_full_commit(lab: Lab) -> None:
    folder = draft(lab)
    place = Path(suggested_repository(lab.workspace))
    assert not place.exists()
    document = keep(lab, folder, place)
    leaf = read_leaf_file(folder.leaf_file(LEAF), LEAF).document
    assert leaf is not None
    assert (leaf.repo, leaf.commit) == (str(place), document.commit)
    assert len(leaf.commit) == 40 and not document.pushed
    done = submit(folder, lab.workspace, lab.config)
    assert [one.pushed for one in done.documents] == [True]
    assert lab.git(place, "rev-parse", "main") == document.commit
    files = found(lab, folder).files
    assert [(file.path.rpartition("/")[2], file.text) for file in files] == [
        ("chickadee.md", TEXT),
        ("四十雀.md", TEXT),
    ]
    log = lab.git(place, "log", "-1", "--format=%an %B", "main")
    assert log.startswith("Ann Example Documents of knowledge/birds") and "Signed-off-by: Ann Example" in log
    assert "CC-BY-4.0" in lab.git(place, "show", f"main:birds-{folder.short_id}/SOURCE.txt")
    assert suggested_repository(lab.workspace) == str(place)


def test_keeping_again_changes_nothing_and_a_change_makes_a_new_commit(lab: Lab) -> None:
    folder, place = draft(lab), bare(lab)
    first = keep(lab, folder, place)
    before = folder.leaf_file(LEAF).read_bytes()
    assert keep(lab, folder, place) == first
    assert folder.leaf_file(LEAF).read_bytes() == before
    submit(folder, lab.workspace, lab.config)
    (folder.documents / "birds/chickadee.md").write_text(TEXT + "More.\n")
    (folder.documents / "birds/more/四十雀.md").unlink()
    done = submit(folder, lab.workspace, lab.config)
    second = folder.load().documents[0]
    assert second.commit != first.commit and second.pushed
    assert lab.git(place, "rev-list", "--count", "main") == "2"
    assert second.commit in lab.git(lab.fork, "show", f"{done.branch}:{LEAF}/qna.yaml")
    assert "四十雀" not in lab.git(place, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main")


def test_the_commands_shown_for_documents_are_those_that_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, place = draft(lab), bare(lab)
    keep(lab, folder, place)
    shown = shown_commands(lab, folder)
    ran = running_commands(monkeypatch)
    submit(folder, lab.workspace, lab.config)
    assert ran == shown
    assert sum("docs.git" in command for command in ran) == 3


def test_documents_are_signed_as_git_is_set_and_anew_where_that_changed(
    lab: Lab, clean_environment: Path, tmp_path: Path
) -> None:
    if not Sshd.available():
        pytest.skip("needs ssh-keygen")
    folder, place = draft(lab), bare(lab)
    unsigned = keep(lab, folder, place)
    key = tmp_path / "signing"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@example.org {key.with_suffix('.pub').read_text()}")
    # The switch is the clone's, as is the key: the repository of the documents has no settings.
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true")):
        lab.git(lab.clone, "config", name, value)
    done = submit(folder, lab.workspace, lab.config)
    (sent,) = folder.load().documents
    assert sent.commit != unsigned.commit and sent.pushed
    lab.git(place, "-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", "main")
    message = lab.git(place, "log", "-1", "--format=%B", "main")
    assert message.rstrip().endswith("Signed-off-by: Ann Example <ann@example.org>")
    assert sent.commit in lab.git(lab.fork, "show", f"{done.branch}:{LEAF}/qna.yaml")
    # What is sent stays as it is, whatever is set later.
    lab.git(lab.clone, "config", "commit.gpgSign", "false")
    submit(folder, lab.workspace, lab.config)
    assert folder.load().documents[0].commit == sent.commit


def test_another_name_is_committed_anew_as_long_as_nothing_was_sent(lab: Lab) -> None:
    folder, place = draft(lab), bare(lab)
    first = keep(lab, folder, place)
    lab.git(lab.clone, "config", "user.email", "ann@example.com")
    submit(folder, lab.workspace, lab.config)
    (sent,) = folder.load().documents
    assert sent.commit != first.commit
    assert lab.git(place, "log", "-1", "--format=%ae", "main") == "ann@example.com"


def test_beside_what_others_put_there_over_http(bare_lab: Lab, clean_environment: Path) -> None:
    lab = bare_lab
    docs = bare(lab)
    with labs.served(lab, login=LOGIN) as server:
        keep_password(lab, clean_environment, server.address)
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        others = lab.top / "others"
        lab.git(lab.top, "clone", "--quiet", str(docs), str(others))
        (others / "README.md").write_text("Documents\n")
        who = ["-c", "user.name=Ben", "-c", "user.email=ben@example.org"]
        lab.git(others, "add", ".")
        lab.git(others, *who, "commit", "--quiet", "-m", "First")
        lab.git(others, "push", "--quiet", "origin", "HEAD:main")
        folder = draft(lab)
        document = keep(lab, folder, f"{server.address}/docs.git")
        assert lab.git(docs, "rev-parse", "main") != document.commit, "nothing is sent before submitting"
        server.requests.clear()
        submit(folder, lab.workspace, lab.config)
        pushes = [one for one in server.requests if one.endswith("/git-receive-pack") and one.startswith("POST")]
        assert [one.split("/")[1] for one in pushes] == ["docs.git", "fork.git"], "documents go first"
    assert lab.git(docs, "rev-parse", "main") == document.commit
    names = lab.git(docs, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main").splitlines()
    assert "README.md" in names and len(names) == 4


def test_somebody_was_faster_so_the_commit_gets_a_branch_of_its_own(lab: Lab) -> None:
    docs = bare(lab)
    folder = draft(lab)
    document = keep(lab, folder, docs)
    others = lab.top / "others"
    lab.git(lab.top, "clone", "--quiet", str(docs), str(others))
    who = ["-c", "user.name=Ben", "-c", "user.email=ben@example.org"]
    lab.git(others, *who, "commit", "--quiet", "--allow-empty", "-m", "Faster")
    lab.git(others, "push", "--quiet", "origin", "HEAD:main")
    push_documents(folder, lab.config)
    branches = lab.branches(docs)
    assert branches["main"] != document.commit
    assert branches[f"labtui/{folder.short_id}/birds-{document.commit[:7]}"] == document.commit
    assert len(found(lab, folder).files) == 2


def test_into_a_folder_one_works_in(lab: Lab) -> None:
    """A repository with files: its checked out branch is left alone."""
    place = lab.top / "mine"
    lab.git(lab.top, "init", "--quiet", "--initial-branch=main", str(place))
    (place / "notes.md").write_text("mine\n")
    lab.git(place, "add", ".")
    lab.git(place, "-c", "user.name=Ann", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "Mine")
    head = lab.git(place, "rev-parse", "HEAD")
    (place / "notes.md").write_text("changed\n")
    folder = draft(lab)
    document = keep(lab, folder, place)
    push_documents(folder, lab.config)
    assert lab.git(place, "rev-parse", "HEAD") == head
    assert lab.git(place, "status", "--porcelain").strip() == "M notes.md"
    assert document.commit in lab.branches(place).values()


def test_without_a_repository_or_a_licence_it_is_not_submitted(lab: Lab) -> None:
    folder = draft(lab)
    plan = plan_of(folder, lab.workspace, lab.config)
    assert any(one.about == "documents" and one.stops for one in plan.obstacles)
    with pytest.raises(UsageError):
        submit(folder, lab.workspace, lab.config)
    assert not (lab.workspace.root / "documents.git").exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://github.com/ann", "names the account"),
        ("ext::sh -c whatever", "spaces"),
        ("ext::sh", "runs a program"),
        ("", "No repository is named"),
    ],
)
def test_addresses_that_cannot_be(lab: Lab, address: str, says: str) -> None:
    folder = draft(lab)
    with pytest.raises(UsageError, match=says):
        keep(lab, folder, address)
    assert folder.load().documents[0].commit == ""


def test_a_folder_with_something_else_in_it_is_refused(lab: Lab) -> None:
    (lab.top / "full").mkdir()
    (lab.top / "full/letter.txt").write_text("dear\n")
    with pytest.raises(UsageError, match="no git repository"):
        keep(lab, draft(lab), lab.top / "full")


def test_a_document_repository_that_is_gone_stops_before_the_branch(lab: Lab) -> None:
    docs = bare(lab)
    folder = draft(lab)
    keep(lab, folder, docs)
    docs.rename(docs.with_name("away"))
    with pytest.raises(PushError, match="documents of knowledge/birds cannot be sent"):
        submit(folder, lab.workspace, lab.config)
    assert set(lab.branches(lab.fork)) == {"main"}
    docs.with_name("away").rename(docs)
    assert submit(folder, lab.workspace, lab.config).documents[0].pushed


@pytest.mark.parametrize("form", ["bundle", "patch"])
def test_bundle_and_patch_carry_the_documents(
    lab: Lab, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = bare(lab)
    folder = draft(lab)
    document = keep(lab, folder, docs)
    lab.upstream.rename(lab.upstream.with_name("no network"))
    monkeypatch.chdir(tmp_path)
    file = Path(f"out.{form}")
    write = offline.bundle if form == "bundle" else offline.patch
    done = write(folder, lab.workspace, lab.config, file)
    assert [Path(one).name for one in done.files] == [f"out.{form}", f"out-documents.{form}"]
    assert set(lab.branches(lab.fork)) == {"main"} and lab.branches(docs) == {}
    lab.upstream.with_name("no network").rename(lab.upstream)
    maintainer = lab.top / "maintainer"
    lab.git(lab.top, "clone", "--quiet", str(lab.upstream), str(maintainer))
    receiver = lab.top / "receiver"
    lab.git(lab.top, "init", "--quiet", "--initial-branch=main", str(receiver))
    who = {"GIT_COMMITTER_NAME": "Ben", "GIT_COMMITTER_EMAIL": "ben@example.org"}
    if form == "bundle":
        lab.git(maintainer, "fetch", "--quiet", str(file.absolute()), f"{done.branch}:{done.branch}")
        lab.git(receiver, "fetch", "--quiet", str(Path(done.files[1]).absolute()), "refs/heads/*:refs/heads/*")
        assert lab.git(maintainer, "rev-parse", done.branch) == done.commit
        assert document.commit in lab.branches(receiver).values()
        tip = done.branch
    else:
        for place, one in ((maintainer, done.files[0]), (receiver, done.files[1])):
            subprocess.run(
                ["git", "am", "--quiet", str(Path(one).absolute())], cwd=place, env={**os.environ, **who}, check=True
            )
        tip = "HEAD"
        assert TEXT in lab.git(receiver, "show", f"HEAD:birds-{folder.short_id}/chickadee.md") + "\n"
        assert lab.git(maintainer, "log", "-1", "--format=%an", "HEAD") == "Ann Example"
    assert "Signed-off-by: Ann Example" in lab.git(maintainer, "log", "-1", "--format=%B", tip)
    assert document.commit in lab.git(maintainer, "show", f"{tip}:{LEAF}/qna.yaml")
    sent = submit(folder, lab.workspace, lab.config)
    assert sent.branch == done.branch and lab.branches(lab.fork)[sent.branch] == sent.commit, "sent later all the same"
    assert set(lab.branches(lab.clone)) == {"main", sent.branch}


def test_a_document_of_this_machine_goes_to_no_server_but_into_a_bundle(bare_lab: Lab, tmp_path: Path) -> None:
    lab = bare_lab
    with labs.served(lab) as server:
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        folder = draft(lab)
        place = Path(suggested_repository(lab.workspace))
        keep(lab, folder, place)
        (wrong,) = [one for one in plan_of(folder, lab.workspace, lab.config).obstacles if one.stops]
        assert wrong.about == "repository" and str(place) in wrong.message and "--documents ADDRESS" in wrong.hint
        with pytest.raises(UsageError, match="where nobody else can read it"):
            submit(folder, lab.workspace, lab.config)
        assert set(lab.branches(lab.fork)) == {"main"} and lab.branches(place) == {}
        assert plan_of(folder, lab.workspace, lab.config, local=True).ready
        done = offline.bundle(folder, lab.workspace, lab.config, tmp_path / "out.bundle")
        assert len(done.files) == 2 and set(lab.branches(lab.fork)) == {"main"}
        with pytest.raises(UsageError, match="where nobody else can read it"):
            submit(folder, lab.workspace, lab.config)
        bare(lab)
        keep(lab, folder, f"{server.address}/docs.git")
        sent = submit(folder, lab.workspace, lab.config)
        qna = lab.git(lab.fork, "show", f"{sent.branch}:{LEAF}/qna.yaml")
    assert f"{server.address}/docs.git" in qna and str(place) not in qna


def test_the_path_of_a_repository_typed_into_the_leaf_goes_to_no_server_either(bare_lab: Lab) -> None:
    lab = bare_lab
    with labs.served(lab) as server:
        labs.cloned(lab, f"{server.address}/upstream.git", f"{server.address}/fork.git")
        folder = draft(lab)
        keep(lab, folder, bare(lab))
        folder.change(lambda draft: draft.documents.clear())
        (wrong,) = [one for one in plan_of(folder, lab.workspace, lab.config).obstacles if one.stops]
    assert wrong.about == "repository" and str(lab.upstream.parent / "docs.git") in wrong.message


def test_where_the_remote_is_a_folder_too_it_is_only_told(lab: Lab) -> None:
    folder = draft(lab)
    keep(lab, folder, suggested_repository(lab.workspace))
    plan = plan_of(folder, lab.workspace, lab.config)
    assert plan.ready and [one.stops for one in plan.obstacles if one.about == "repository"] == [False]


def test_what_a_receiver_types_is_nothing_but_the_command(lab: Lab, tmp_path: Path) -> None:
    """A folder of a contribution may be a stranger's, and so may the settings of a repository."""
    folder = draft(lab)
    keep(lab, folder, bare(lab))
    lab.git(lab.clone, "config", "format.headers", "Bcc: eve@example.org\n")
    lab.git(lab.clone, "config", "format.to", "eve@example.org")
    branch = "x;touch${IFS}owned"
    folder.change(lambda draft: (setattr(draft, "branch", branch), setattr(draft, "commit", "1" * 40)))
    written = offline.patch(folder, lab.workspace, lab.config, tmp_path / "-out;touch owned.patch")
    assert b"eve@" not in b"".join(Path(name).read_bytes() for name in written.files)
    (tmp_path / "there").mkdir()
    for form in (written, offline.bundle(folder, lab.workspace, lab.config, tmp_path / "-out.bundle")):
        for line in form.how.splitlines():
            command = line.partition(": ")[2] if line.startswith("and ") else line
            subprocess.run(["sh", "-c", command], cwd=tmp_path / "there", capture_output=True, check=False)
    assert not (tmp_path / "there/owned").exists()
    assert " -" not in written.how.replace("--committer-date-is-author-date", "")
