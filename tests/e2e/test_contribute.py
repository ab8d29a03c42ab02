"""From a wrong answer in the chat to a signed-off branch, and on to the next one when somebody was faster.

The installed program in a real terminal at 80x24, by keyboard alone and step by step; real git over real ssh between
the contributor's clone, a bare upstream and a bare fork. What counts is what stands in those two at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labtui import paths
from labtui.contribute.records import Evidence
from labtui.taxonomy.leaf import read_leaf_file
from tests.contribute.submitting import lab as labs
from tests.contribute.submitting.lab import Lab, snapshot
from tests.git_server import Sshd
from tests.scripted_server import Answer, ScriptedServer
from tests.terminal import Terminal, labtui_command

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not Sshd.available(), reason="needs an sshd: Debian's openssh-server"),
]
PLACE = "compositional_skills/numbers/italian"
DESCRIPTION = "Say numbers in Italian, written out."
WRONG = "Sechs."
SEEDS = (
    ("Say the number six in Italian.", "Sei."),
    ("Say the number one in Italian.", "Uno."),
    ("Which word is Italian for nine?", "Nove."),
    ("Count from two to four in Italian.", "Due, tre, quattro."),
    ("What do Italians call the number ten?", "Dieci."),
)
BRANCH = "contribute/italian"


@contextmanager
def over_ssh(top: Path, home: Path) -> Iterator[Lab]:
    """Upstream and fork behind an sshd, and a clone in which its owner is in the middle of other things."""
    lab = labs.make(top, home)
    with Sshd(top) as ssh:
        ssh.prepare(home)
        labs.cloned(lab, ssh.address(lab.upstream), ssh.address(lab.fork))
        lab.git(lab.clone, "switch", "--quiet", "--create", "mine")
        (lab.clone / "README.md").write_text("put away\n")
        lab.git(lab.clone, "stash", "--quiet")
        (lab.clone / "README.md").write_text("not committed\n")
        (lab.clone / "staged.txt").write_text("staged\n")
        lab.git(lab.clone, "add", "staged.txt")
        (lab.clone / "staged.txt").write_text("and changed again\n")
        (lab.clone / "new.txt").write_text("nobody knows of it\n")
        yield lab


def asks(server: ScriptedServer) -> None:
    """The scripted model is the one that is talked to."""
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"serve:\n  remotes:\n    there: {{url: {server.url}, model: scripted}}\nchat: {{model: there}}\n")


def opened(lab: Lab) -> Terminal:
    return Terminal(labtui_command("--workspace", str(lab.workspace.root)), columns=80, rows=24)


def test_a_wrong_answer_becomes_a_branch_twice(tmp_path: Path, clean_environment: Path) -> None:
    with over_ssh(tmp_path, clean_environment) as lab, ScriptedServer(Answer(WRONG)) as model:
        asks(model)
        before = snapshot(lab.clone)
        # What came upstream after the clone was made is below the commit, too.
        began = lab.upstream_commit({"README.md": "Moved on\n"}, "Before it was submitted")
        with opened(lab) as terminal:
            terminal.wait_for("the loop")
            taught(terminal)
            the_steps(terminal)
            submitted(terminal, certified=False)
            assert snapshot_now(lab, before) == before
            first = the_branch(lab, began)
            assert seeds_of(lab, first) == list(SEEDS)

            merged = somebody_else(lab)
            put_together(terminal)
            submitted(terminal, certified=True)
            assert snapshot_now(lab, before) == before
            terminal.press("ctrl+q")
            assert terminal.wait_for_exit() == 0
    second = the_branch(lab, merged)
    assert first != second
    # Where both said something of one seed it says what was chosen; what only one of them has is there once.
    assert seeds_of(lab, second) == [
        (SEEDS[0][0], "Sei, con la i."), SEEDS[1], SEEDS[2], ("And eleven?", "Undici."), SEEDS[3], SEEDS[4],
    ]  # fmt: skip
    leaf = lab.git(lab.fork, "show", f"{second}:{PLACE}/qna.yaml")
    assert "created_by: Ann Example, ben\n" in leaf
    assert lab.branches(lab.clone)[BRANCH] == second
    assert lab.git(lab.clone, "worktree", "list").count("\n") == 0
    (evidence,) = lab.only().evidence()
    said(evidence)


def said(evidence: Evidence) -> None:
    """What the model had said is kept, as what it was and how it was asked."""
    assert (evidence.question, evidence.answer, evidence.corrected) == (SEEDS[0][0], WRONG, "Sei.")
    assert evidence.made is not None
    assert evidence.made.model == "there"


def snapshot_now(lab: Lab, before: dict[str, bytes]) -> dict[str, bytes]:
    """The user's things as they are, and nothing beside them."""
    now = snapshot(lab.clone)
    assert sorted(now) == sorted(before)
    return now


def the_branch(lab: Lab, base: str) -> str:
    """One signed-off commit on top of that base, in the fork and nowhere else; gives it."""
    fork = lab.branches(lab.fork)
    assert set(fork) == {"main", BRANCH}
    assert BRANCH not in lab.branches(lab.upstream)
    commit = fork[BRANCH]
    assert lab.git(lab.fork, "rev-list", "--parents", "-1", commit).split() == [commit, base]
    message = lab.git(lab.fork, "log", "-1", "--format=%B", commit)
    assert message.rstrip().endswith("\n\nSigned-off-by: Ann Example <ann@example.org>")
    who = lab.git(lab.fork, "log", "-1", "--format=%an <%ae>, %cn <%ce>", commit)
    assert who == "Ann Example <ann@example.org>, Ann Example <ann@example.org>"
    changed = lab.git(lab.fork, "diff", "--name-only", base, commit).splitlines()
    assert f"{PLACE}/qna.yaml" in changed
    assert set(changed) <= {f"{PLACE}/qna.yaml", f"{PLACE}/attribution.txt"}
    attribution = lab.git(lab.fork, "show", f"{commit}:{PLACE}/attribution.txt")
    for line in (f"Title of work: {DESCRIPTION}", "License of the work: Apache-2.0", "Creator names: Ann Example"):
        assert line in attribution.splitlines()
    return commit


def seeds_of(lab: Lab, commit: str) -> list[tuple[str, str]]:
    """Questions and answers as they stand in the fork's commit."""
    file = lab.top / "looked-at" / PLACE / "qna.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(lab.git(lab.fork, "show", f"{commit}:{PLACE}/qna.yaml") + "\n")
    leaf = read_leaf_file(file, PLACE)
    return [(pair.question.strip(), pair.answer.strip()) for seed in leaf.seeds for pair in seed.pairs]


def somebody_else(lab: Lab) -> str:
    """A second contributor's branch with the same leaf, merged upstream by its maintainer; gives the merge."""
    leaf = lab.git(lab.fork, "show", f"{BRANCH}:{PLACE}/qna.yaml") + "\n"
    assert leaf.count("answer: Sei.\n") == 1
    leaf = leaf.replace("answer: Sei.\n", "answer: Sei, con la i.\n").replace(
        "created_by: Ann Example", "created_by: ben"
    )
    nine = leaf.index(SEEDS[2][0])
    start, end = leaf.rindex("  - question", 0, nine), leaf.index("  - question", nine)
    leaf = leaf[:start] + "  - question: And eleven?\n    answer: Undici.\n" + leaf[end:]
    attribution = lab.git(lab.fork, "show", f"{BRANCH}:{PLACE}/attribution.txt") + "\n"
    work = lab.top / "elsewhere"
    lab.git(work, "switch", "--quiet", "--create", "numbers")
    for name, text in (("qna.yaml", leaf), ("attribution.txt", attribution)):
        (work / PLACE).mkdir(parents=True, exist_ok=True)
        (work / PLACE / name).write_text(text)
    lab.git(work, "add", "--all")
    lab.git(work, "-c", "user.name=Ben", "-c", "user.email=ben@example.org", "commit", "--quiet", "-m", "Numbers")
    lab.git(work, "push", "--quiet", "origin", "numbers")
    lab.git(work, "switch", "--quiet", "-")
    maintainer = ("-c", "user.name=Mai", "-c", "user.email=mai@example.org")
    lab.git(work, *maintainer, "merge", "--quiet", "--no-ff", "-m", "Merge numbers", "numbers")
    lab.git(work, "push", "--quiet", "origin", "HEAD:main")
    return lab.git(work, "rev-parse", "HEAD")


# -- the keys --------------------------------------------------------------------------------------------------------


def at(terminal: Terminal, step: str) -> None:
    """Waits until the wizard is at a step."""
    terminal.wait_for(lambda text: f"━ {step} · " in text)


def taught(terminal: Terminal) -> None:
    """Home, the chat, a wrong answer, the right one, and the wizard at the seeds."""
    question, right = SEEDS[0]
    terminal.press("1")
    terminal.wait_for("Ask anything")
    terminal.type(question)
    terminal.press("enter")
    terminal.wait_for(f"it   {WRONG}")
    terminal.wait_for("1 token")
    terminal.press("ctrl+t")
    terminal.wait_for("it should answer")
    terminal.type(right)
    terminal.wait_for("✔ ready")
    terminal.press("ctrl+t")
    terminal.wait_for("they go to  a new contribution, a freeform skill")
    terminal.press("w")
    at(terminal, "seeds")
    terminal.wait_for(f"there answered before: {WRONG}")


def the_steps(terminal: Terminal) -> None:
    """From the first step to the certificate, none of them jumped over."""
    terminal.press(*["ctrl+up"] * 3)
    at(terminal, "kind")
    terminal.wait_for("[x] freeform skill")
    terminal.press("enter")
    at(terminal, "place")
    terminal.type(PLACE.removeprefix("compositional_skills/"))
    terminal.wait_for(f"✔ a new leaf: {PLACE}")
    terminal.press("enter")
    at(terminal, "description")
    terminal.type(DESCRIPTION)
    terminal.press("enter")
    terminal.wait_for("▌ Ann Example")
    terminal.press("enter")
    terminal.wait_for(f"▌ {SEEDS[0][0]}")
    terminal.press("enter")
    terminal.wait_for("enter go on")
    terminal.type("The model answers in German.")
    terminal.wait_for("answers in German.")
    terminal.press("enter")
    at(terminal, "seeds")
    for number, (question, answer) in enumerate(SEEDS[1:], 2):
        terminal.wait_for("enter add it")
        terminal.press("enter")
        terminal.wait_for(f"seed {number} of {number}")
        terminal.type(question)
        terminal.wait_for(f"▌│ Q  {question}")
        terminal.press("enter")
        terminal.wait_for("▌│ A")
        terminal.type(answer)
        terminal.press("enter")
    terminal.wait_for(lambda text: "✔ seeds" in text and "5 seeds" in text)
    terminal.press("down")
    terminal.wait_for("enter go on")
    terminal.press("enter")
    at(terminal, "attribution")
    terminal.wait_for("▸ I wrote this myself  names you (Ann Example)")
    terminal.wait_for("enter fill in")
    terminal.press("enter")
    terminal.wait_for(f"▐ {DESCRIPTION}")
    terminal.wait_for("enter take the licence")
    terminal.type("apache-2")
    terminal.wait_for("✔ Apache-2.0")
    terminal.press("enter")
    terminal.wait_for("▌ Ann Example")
    terminal.press("enter")
    terminal.wait_for(lambda text: "✔ attribution" in text and "enter go on" in text)
    terminal.press("enter")
    at(terminal, "check")
    terminal.wait_for("Nothing is wrong with it.")
    terminal.press("enter")
    at(terminal, "try it")
    terminal.wait_for("This step is optional.")
    terminal.press("ctrl+down")
    at(terminal, "review")
    terminal.wait_for("+ License of the work: Apache-2.0")
    for view, words in (
        ("Message", "Signed-off-by: Ann Example <ann@example.org>"),
        ("Request", "**Input given at the prompt**"),
        ("Commands", "git -C"),
    ):
        terminal.press("v")
        terminal.wait_for(f"[{view}]")
        terminal.wait_for(words)
    terminal.press("enter")
    at(terminal, "submit")


def submitted(terminal: Terminal, *, certified: bool) -> None:
    at(terminal, "submit")
    if not certified:
        terminal.wait_for("Signed-off-by: Ann Example <ann@example.org>")
        # Most of the certificate is below the edge.
        terminal.wait_for("enter read on")
        terminal.press("enter")
        terminal.wait_for("(b) The contribution is based")
        terminal.wait_for("enter read on")
        terminal.press("end")
        terminal.wait_for("open source license(s) involved.")
        terminal.wait_for("enter agree, and sign it off")
        terminal.press("enter")
    terminal.wait_for("enter submit it now")
    terminal.press("enter")
    terminal.wait_for("✔ The branch is pushed.")


def put_together(terminal: Terminal) -> None:
    """Sees that the base moved, answers both conflicts, and goes on to sending the changes."""
    terminal.press("enter")
    at(terminal, "afterwards")
    terminal.press("r")
    terminal.wait_for("2 commits came to upstream/main since.")
    terminal.press("b")
    terminal.wait_for("1 of 2  created by")
    terminal.wait_for("theirs, Ben")
    terminal.press("b")
    terminal.wait_for("2 of 2  seed 1, answer")
    terminal.wait_for("Sei, con la i.")
    terminal.press("t")
    terminal.wait_for("u sends the changes")
    terminal.press("u")
    at(terminal, "submit")
    # Nobody has opened a request, so none is said to be there.
    assert "it is there already" not in terminal.wait_for("enter submit it now")
