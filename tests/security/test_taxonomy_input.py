"""Bad taxonomies through every command and every view: a finding or a sentence, never a traceback, never a hang.

The commands run as processes with bounded time and memory; the screens in a real terminal.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtui import workspace
from labtui.workspace import Workspace
from tests.security.bad_leaves import BELOW, HONEST, NOTICED, TEXTS, lay
from tests.security.hostile import traces
from tests.security.odd_repositories import STATES, sound
from tests.terminal import Terminal, labtui_command

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SECONDS = 240
"""A command takes a few seconds; this is a slow machine's bound."""
MEMORY = 4 * 1024**3
"""Bytes of address space of one process: a bomb that went off needs more."""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        labtui_command(*arguments),
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
        preexec_fn=bound,
    )


def in_order(done: subprocess.CompletedProcess[bytes], *codes: int) -> str:
    """Its standard output, after a look that it ended as a program ends and told nobody's terminal what to do."""
    said = done.stderr.decode("utf-8", "backslashreplace")
    assert done.returncode in (codes or (0, 1, 2, 3)), f"exit {done.returncode}\n{said[-3000:]}"
    for words in ("Traceback", "Something went wrong", "MemoryError", "RecursionError"):
        assert words not in said, said[-3000:]
    # What is written into a pipe or a file is the text as it is; what is said about it is always cleaned.
    assert traces(done.stderr) == {} and b"\x1b" not in done.stderr
    return done.stdout.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, dict[str, Path]]]:
    """A workspace whose taxonomy, without git, holds everything bad there is."""
    made = workspace.create(tmp_path_factory.mktemp("bad") / "lab")
    leaves = lay(made.taxonomy)
    yield made, leaves
    for path in leaves.values():
        if path.parent.exists():
            path.parent.chmod(0o755)


COMMANDS = [
    ("list",),
    ("list", "--json"),
    ("check",),
    ("check", "--json"),
    ("check", "--no-cache", "--profile", "upstream"),
    ("check", "--profile", "draft", "--base", "empty"),
    ("check", "--documents"),
    ("check", "--base", "HEAD"),
    ("diff",),
    ("diff", "--json"),
    ("diff", "--base", "empty"),
    ("update",),
    ("fix", "--dry-run"),
    ("upgrade", "--dry-run"),
    ("rules",),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_taxonomy_without_git_full_of_bad_leaves(
    bad: tuple[Workspace, dict[str, Path]], arguments: tuple[str, ...]
) -> None:
    out = in_order(run("taxonomy", *arguments, folder=bad[0].root))
    if "--json" in arguments and out:
        json.loads(out)


ON_A_TERMINAL = [("list",), ("check",), ("diff", "--base", "empty"), ("fix", "--dry-run"), ("upgrade", "--dry-run")]


@pytest.mark.parametrize("arguments", ON_A_TERMINAL, ids=" ".join)
def test_no_command_lets_them_order_the_terminal_about(
    bad: tuple[Workspace, dict[str, Path]], arguments: tuple[str, ...]
) -> None:
    command, environment = labtui_command("taxonomy", *arguments), {"PAGER": "cat"}
    with Terminal(command, columns=100, folder=bad[0].root, environment=environment) as terminal:
        assert terminal.wait_for_exit(SECONDS) in (0, 1, 2, 3), terminal.text
        assert traces(bytes(terminal.raw)) == {}


def test_each_of_them_is_told_of_at_a_line_with_what_to_do(bad: tuple[Workspace, dict[str, Path]]) -> None:
    made, leaves = bad
    findings = json.loads(in_order(run("taxonomy", "check", "--json", "taxonomy", folder=made.root), 1))
    by_leaf: dict[str, list[dict[str, object]]] = {}
    for finding in findings:
        assert int(finding["line"]) >= 1 and int(finding["column"]) >= 1 and finding["message"], finding
        by_leaf.setdefault(Path(finding["path"]).parent.name, []).append(finding)
    expected = {name for name in NOTICED if name in leaves}
    assert expected <= set(by_leaf), f"nothing is said about {sorted(expected - set(by_leaf))}"
    assert not {"link_out", "link_to_device", "folder_loop"} & {
        name for name, found in by_leaf.items() if any("passwd" in str(one) for one in found)
    }


def test_files_one_may_not_read_are_told_of(bad: tuple[Workspace, dict[str, Path]]) -> None:
    """Root may read everything, so it is run without that right."""
    made, _ = bad
    prefix: list[str] = []
    if os.geteuid() == 0:
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if subprocess.run([*prefix, "true"], capture_output=True).returncode:
            pytest.skip("root reads every file, and setpriv cannot take that right away here")
    for arguments in (["check", "--json"], ["list", "--json"], ["fix", "--dry-run"], ["diff", "--base", "empty"]):
        command = [*prefix, *labtui_command("taxonomy", *arguments)]
        done = subprocess.run(command, cwd=made.root, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
        out = in_order(done)
        if arguments[0] == "check":
            (finding,) = [one for one in json.loads(out) if one["path"].endswith("/unreadable/qna.yaml")]
            assert (finding["rule"], finding["level"]) == ("yaml.unreadable", "error")
            assert "Permission denied" in finding["message"]


def test_nothing_was_run_or_written(bad: tuple[Workspace, dict[str, Path]]) -> None:
    made, leaves = bad
    assert not list(made.root.rglob("PWNED"))
    for name in (*TEXTS, *HONEST):
        content = TEXTS.get(name, HONEST.get(name))
        assert content is not None
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        assert leaves[name].read_bytes() == data


@pytest.mark.parametrize("name", sorted({*TEXTS, "directory", "fifo", "link_out", "link_to_itself", "sparse_1TB"}))
def test_one_file_by_itself(bad: tuple[Workspace, dict[str, Path]], name: str) -> None:
    """In this process: what a check of many files could hide behind another process."""
    from labtui.taxonomy.check import check_file
    from labtui.taxonomy.leaf import read_leaf_file

    path = bad[1][name]
    findings = check_file(path)
    assert all(finding.message and finding.line >= 1 for finding in findings)
    assert findings, name
    read_leaf_file(path, f"{BELOW}/{name}")


# -- git in every state ----------------------------------------------------------------------------------------------


WITH_GIT = [
    ("list",),
    ("check", "--json"),
    ("check", "--base", "HEAD~1"),
    ("check", "--base", "no-such-thing"),
    ("check", "--profile", "upstream"),
    ("diff",),
    ("diff", "--json", "--base", "HEAD"),
    ("diff", "--base", "empty"),
    ("diff", "--base", "--output=PWNED"),
    ("update",),
    ("update", "--json"),
    ("fix", "--yes"),
    ("move", "compositional_skills/a", "compositional_skills/b"),
    ("new", "freeform", "compositional_skills/c", "--by", "ann"),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_taxonomy_whose_repository_is_in_an_odd_state(tmp_path: Path, state: Callable[[Path], None]) -> None:
    made = workspace.create(tmp_path / "lab")
    sound(made.taxonomy)
    state(made.taxonomy)
    for arguments in WITH_GIT:
        out = in_order(run("taxonomy", *arguments, folder=made.root))
        if "--json" in arguments and out:
            json.loads(out)
    assert not list(tmp_path.rglob("PWNED"))
