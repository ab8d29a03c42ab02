"""The one place that runs git.

A repository that somebody else made can name programs in its own configuration (hooks, filters, a file system
monitor, diff drivers, signing, transports) and git runs them on the most harmless looking command. Here every
such setting of the repository itself is switched off, as is one that leaves servers unchecked, and what the user
configured for himself stays in force; nothing ever asks a question on the terminal, and submodules are not
followed.

Callers give argument lists and put `--` before paths. Failures are LabErrors that hold git's own last words,
which are foreign text like any other.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from labtui import paths
from labtui.errors import LabError

if TYPE_CHECKING:
    from git.cmd import Git

PROTOCOLS = "file:http:https:ssh"
TIMEOUT = 60.0
"""Seconds a local command may take before it is ended."""
POLL_SECONDS = 0.1
LAST_WORDS = 600
"""Characters of git's own message that an error carries."""


class Output(msgspec.Struct, frozen=True):
    """What one git command gave."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text; bytes that are not UTF-8 are shown as escapes."""
        return self.out.decode("utf-8", "backslashreplace")


class Commit(msgspec.Struct, frozen=True):
    sha: str
    """The full object name."""
    author: str
    when: datetime
    """Commit time, UTC."""
    subject: str

    @property
    def short(self) -> str:
        return self.sha[:7]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a working tree stands."""

    branch: str
    """Empty where HEAD is detached."""
    head: Commit | None
    """None before the first commit."""
    upstream: str = ""
    ahead: int = 0
    behind: int = 0
    changed: dict[str, str] = {}
    """Path from the repository's root -> `changed`, `new`, `deleted`, `renamed` or `conflict`."""


class Step(msgspec.Struct, frozen=True):
    """Progress of a clone. `total` 0 means unknown."""

    stage: str
    done: float
    total: float
    detail: str = ""


def available() -> bool:
    """Whether there is a git to run."""
    import shutil

    return shutil.which("git") is not None


def run(
    repo: Path | None,
    *arguments: str,
    check: bool = True,
    timeout: float | None = TIMEOUT,
    environment: dict[str, str] | None = None,
    settings: tuple[str, ...] = (),
    on_error_line: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    bare: bool = False,
    given: bytes = b"",
) -> Output:
    """Runs `git ARGUMENTS` in `repo` (None: in no repository) and waits for it.

    `settings` are `key=value` texts for this run; `timeout` is in seconds. `on_error_line` gets each line of
    standard error as it comes, progress included. Setting `stop` ends it. `bare` says that `repo` is the git folder
    itself; `given` is what git reads from its standard input. Raises LabError where git is missing, takes too long,
    is stopped or, unless `check` is False, ends with another code than 0.
    """
    place = _place(repo, bare) if repo is not None else []
    guards = _guards(place) if repo is not None else []
    options = [option for setting in (*ALWAYS, *guards, *settings) for option in ("-c", setting)]
    command = ["git", *place, "--no-pager", *options, *_with_flags(arguments)]
    output = _execute(command, timeout, environment or {}, on_error_line, stop, given)
    if check and output.code != 0:
        raise _failure(repo, arguments, output)
    return output


def root(path: Path) -> Path | None:
    """The top of the working tree that holds `path`, or None where that is no working tree."""
    if not path.is_dir():
        return None
    output = run(path, "rev-parse", "--show-toplevel", check=False)
    return Path(os.fsdecode(output.out.rstrip(b"\n"))) if output.code == 0 and output.out.strip() else None


def head(repo: Path) -> Commit | None:
    """The commit HEAD points to; None before the first one. Raises LabError where `repo` is no repository."""
    if run(repo, "rev-parse", "--quiet", "--verify", "HEAD^{commit}", check=False).code == 1:
        return None
    text = run(repo, "log", "-1", "--no-show-signature", "--format=%H%x00%an%x00%ct%x00%s").text
    sha, author, seconds, subject = text.rstrip("\n").split("\0", 3)
    return Commit(sha, author, datetime.fromtimestamp(int(seconds), UTC), subject)


def status(repo: Path) -> Status:
    """Branch, head and what is changed, new files included. Raises LabError where `repo` is no repository."""
    output = run(
        repo,
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=all",
        "--no-renames",
    )
    branch, upstream, ahead, behind = "", "", 0, 0
    changed: dict[str, str] = {}
    for entry in output.out.split(b"\0"):
        kind, _, rest = entry.partition(b" ")
        if kind == b"#":
            name, _, value = rest.decode("utf-8", "backslashreplace").partition(" ")
            if name == "branch.head":
                branch = "" if value == "(detached)" else value
            elif name == "branch.upstream":
                upstream = value
            elif name == "branch.ab" and (found := re.fullmatch(r"\+(\d+) -(\d+)", value)):
                ahead, behind = int(found[1]), int(found[2])
        elif kind in (b"1", b"u", b"?"):
            fields = {b"1": 7, b"u": 9, b"?": 0}[kind]
            *columns, path = rest.split(b" ", fields)
            changed[path.decode("utf-8", "backslashreplace")] = _meaning(kind, columns)
    return Status(branch=branch, head=head(repo), upstream=upstream, ahead=ahead, behind=behind, changed=changed)


def _meaning(kind: bytes, columns: list[bytes]) -> str:
    if kind == b"u":
        return "conflict"
    states = columns[0] if columns else b""
    if kind == b"?" or b"A" in states:
        return "new"
    return "deleted" if b"D" in states else "changed"


def read_blob(repo: Path, commit: str, path: str) -> bytes:
    """The file `path` as it stood in `commit`. Raises LabError where there is none."""
    return run(repo, "cat-file", "blob", f"{commit}:{path}").out


def clone(
    source: str,
    target: Path,
    on_progress: Callable[[Step], None] | None = None,
    *,
    timeout: float | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Clones `source` (URL or path) into `target`, which must not exist or be empty.

    Needs no identity, copies no hooks and follows no submodule. Setting `stop` ends it. Raises LabError; git
    then has removed what it had made.
    """
    arguments = ["clone", "--progress", "--no-recurse-submodules", "--no-hardlinks", "--template="]
    slow = ("http.lowSpeedLimit=100", "http.lowSpeedTime=60")
    output = run(
        None, *arguments, "--", source, os.fspath(target), timeout=timeout, settings=slow, check=False,
        on_error_line=progress_lines(on_progress),
        stop=stop,
    )  # fmt: skip
    if output.code != 0:
        raise LabError(
            f"The repository cannot be cloned: {last_words(output.err, output.code)}",
            where=without_secret(source),
            hint="Check the address and the network. Addresses start with https://, ssh:// or file://, "
            "or are a folder.",
        )


def progress_lines(on_progress: Callable[[Step], None] | None) -> Callable[[str], None]:
    """What to give `run` as `on_error_line` for a command with `--progress`: its lines become Steps."""
    _git()  # GitPython's other modules refuse to be imported without git unless told to keep quiet
    from git.util import RemoteProgress

    names = {
        RemoteProgress.COUNTING: "counting",
        RemoteProgress.COMPRESSING: "compressing",
        RemoteProgress.RECEIVING: "receiving",
        RemoteProgress.RESOLVING: "resolving",
        RemoteProgress.CHECKING_OUT: "checking out",
    }

    class Progress(RemoteProgress):
        def update(self, op_code: int, cur_count: Any, max_count: Any = None, message: str = "") -> None:
            name = names.get(op_code & self.OP_MASK)
            if name and on_progress is not None:
                on_progress(Step(name, float(cur_count or 0), float(max_count or 0), message))

    handler: Callable[[str], None] = Progress().new_message_handler()
    return handler


def without_secret(address: str) -> str:
    """An address without the password or token it may carry."""
    return re.sub(r"(?<=://)[^/@\s]*@", "…@", address)


ALWAYS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "diff.ignoreSubmodules=all",
    "log.showSignature=false",
    "color.ui=never",
    "column.ui=never",
    "advice.detachedHead=false",
    "gc.auto=0",
    "maintenance.auto=false",
)

_PROGRAMS: tuple[tuple[str, str], ...] = (
    (r"filter\..*\.(clean|smudge|process)", ""),
    (r"filter\..*\.required", "false"),
    (r"diff\..*\.textconv", "cat"),
    (r"diff\..*\.command|diff\.external", "true"),
    (r"merge\..*\.driver", "false"),
    (r"trailer\..*\.(cmd|command)", "true"),
    (r"credential(\..*)?\.helper", ""),
    (r"gpg(\..*)?\.program|gpg\.ssh\.defaultkeycommand", "false"),
    (r"(commit|tag|push)\.gpgsign", "false"),
    (r"remote\..*\.vcs", ""),
    (r"core\.sshcommand", "ssh"),
    (r"core\.askpass", ""),
    (r"core\.(editor|pager)|sequence\.editor|interactive\.difffilter", "cat"),
    (r"core\.alternaterefscommand", "true"),
    (r"http\.(.*\.)?savecookies", "false"),
    (r"http\.(.*\.)?sslverify", "true"),
)
"""Settings that name a program or a file that is written, and the value that does neither; and the one by which any
server could pose as another, for only the user may say so."""


def _place(repo: Path, bare: bool) -> list[str]:
    # A git folder is named as such: the guards make git refuse one that it only comes across.
    return [f"--git-dir={os.fspath(repo)}"] if bare else ["-C", os.fspath(repo)]


def _guards(place: list[str]) -> list[str]:
    """`key=value` texts that undo every program the repository's own configuration names."""
    listing = _execute(["git", *place, "config", "--list", "--show-scope", "-z"], TIMEOUT, {})
    if listing.code == 129:
        raise LabError("This git is too old.", hint="Install git 2.28 or newer.")
    own: dict[str, list[str]] = {}
    theirs: dict[str, str] = {}
    fields = listing.out.decode("utf-8", "surrogateescape").split("\0")
    for scope, entry in zip(fields[::2], fields[1::2], strict=False):
        key, _, value = entry.partition("\n")
        if scope in ("system", "global"):
            own.setdefault(key, []).append(value)
        elif (neutral := _neutral(key)) is not None:
            theirs[key] = neutral
    guards = []
    for key, neutral in theirs.items():
        if "=" in key:
            # `git -c` cuts at the first equals sign, so this one could not be undone.
            raise LabError(
                f"The repository's own settings name a program in a way that cannot be switched off ({key}).",
                where=place[-1].removeprefix("--git-dir="),
                hint=f"Remove that setting: git config --unset-all '{key}'",
            )
        guards.append(f"{key}={neutral}")
        guards.extend(f"{key}={value}" for value in own.get(key, ()))
    return guards


def _neutral(key: str) -> str | None:
    for pattern, neutral in _PROGRAMS:
        if re.fullmatch(pattern, key, re.IGNORECASE | re.DOTALL):
            return neutral
    return None


_DIFF = ("--no-ext-diff", "--no-textconv")
# Of several values for the server's program git takes the first one, so a later setting would not undo it.
_FETCH = ("--upload-pack=git-upload-pack",)
_FLAGS = {
    **dict.fromkeys(("diff", "log", "show", "diff-tree", "diff-index", "diff-files", "format-patch"), _DIFF),
    **dict.fromkeys(("fetch", "ls-remote"), _FETCH),
    "push": ("--receive-pack=git-receive-pack",),
}


def _with_flags(arguments: tuple[str, ...]) -> list[str]:
    return [*arguments[:1], *_FLAGS.get(arguments[0] if arguments else "", ()), *arguments[1:]]


_FROM_OUTSIDE = re.compile(
    r"GIT_(DIR|WORK_TREE|INDEX_FILE|(ALTERNATE_)?OBJECT_DIRECTOR(Y|IES)|COMMON_DIR|NAMESPACE|PREFIX|ATTR_SOURCE"
    r"|CONFIG|CONFIG_(PARAMETERS|COUNT|KEY_\d+|VALUE_\d+)|EXTERNAL_DIFF|DIFF_OPTS|\w+_PATHSPECS|TRACE\w*|CURL_VERBOSE)"
)
"""Variables that would make git work elsewhere or talk otherwise (they are set inside a git hook, for instance)."""


def _environment(extra: dict[str, str]) -> dict[str, str]:
    variables = {
        "LANG": "C",
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "HOME": os.fspath(paths.home()),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_EDITOR": ":",
        "GIT_SEQUENCE_EDITOR": ":",
        "GIT_PAGER": "cat",
        "GIT_MERGE_AUTOEDIT": "no",
    }
    return {**variables, **extra}


def _git() -> Git:
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from git.cmd import Git

    return Git()


def _execute(
    command: list[str],
    timeout: float | None,
    environment: dict[str, str],
    on_error_line: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    given: bytes = b"",
) -> Output:
    if unset := [name for name in os.environ if _FROM_OUTSIDE.fullmatch(name)]:
        # GitPython can add variables but not take any away.
        command = ["env", *(part for name in unset for part in ("-u", name)), *command]
    runner = _git()
    from git.exc import GitCommandNotFound

    try:
        with _as_input(given) as source:
            # A session of its own: nothing git starts can ask a question on our terminal.
            started: Any = runner.execute(
                command, as_process=True, istream=source, env=_environment(environment), start_new_session=True
            )
    except GitCommandNotFound as error:
        raise _missing() from error
    except OSError as error:
        raise LabError(f"git cannot be run: {error.strerror}.") from error
    process: subprocess.Popen[bytes] = started.proc
    if unset and not available():
        raise _missing()
    with _ended(process):
        return _collect(process, command, timeout, on_error_line, stop)


@contextlib.contextmanager
def _as_input(given: bytes) -> Iterator[Any]:
    """A file to read `given` from: a pipe could fill up while nobody reads what git answers."""
    if not given:
        yield None
        return
    with tempfile.TemporaryFile() as stream:
        stream.write(given)
        stream.seek(0)
        yield stream


def _missing() -> LabError:
    return LabError(
        "git is not installed, or not on the PATH.", hint="Install it with your system's package manager: git"
    )


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens inside (ctrl+c, an error of ours), the process and what it started do not outlive it."""
    try:
        yield
    finally:
        if process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _collect(
    process: subprocess.Popen[bytes],
    command: list[str],
    timeout: float | None,
    on_error_line: Callable[[str], None] | None,
    stop: threading.Event | None,
) -> Output:
    errors: list[str] = []

    def keep(raw: bytes) -> None:
        if line := raw.decode("utf-8", "backslashreplace").rstrip():
            errors.append(line)
            del errors[:-200]
            if on_error_line is not None:
                on_error_line(line)

    def listen(stream: Any) -> None:
        rest = b""
        while block := stream.read1(65536):
            *lines, rest = re.split(rb"[\r\n]", rest + block)
            for raw in lines:
                keep(raw)
        keep(rest)

    listener = threading.Thread(target=listen, args=(process.stderr,), name="git-stderr", daemon=True)
    listener.start()
    done = threading.Event()
    ended: list[str] = []

    def watch() -> None:
        """Ends the process when its time is up or somebody wants it stopped."""
        until = time.monotonic() + timeout if timeout is not None else float("inf")
        while not done.wait(POLL_SECONDS):
            if stop is not None and stop.is_set():
                ended.append("git was stopped.")
            elif time.monotonic() > until:
                ended.append(f"git did not finish within {timeout:.0f} seconds.")
            else:
                continue
            break
        for number in (signal.SIGTERM, signal.SIGKILL):
            if done.is_set():
                return
            with contextlib.suppress(OSError):
                os.killpg(process.pid, number)
            done.wait(5)

    threading.Thread(target=watch, name="git-watch", daemon=True).start()
    try:
        stdout: Any = process.stdout
        out = stdout.read()
        listener.join()
        code = process.wait()
    finally:
        done.set()
    if ended:
        raise LabError(ended[0], where=" ".join(_words(command)))
    return Output(code, out, "\n".join(errors))


def _words(command: list[str]) -> list[str]:
    """The command as a person would type it: without our own options."""
    words = command[command.index("git") :]
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-c", "-C"):
            skip = True
        elif word != "--no-pager" and not word.startswith("--git-dir="):
            kept.append(without_secret(word))
    return kept


def last_words(errors: str, code: int) -> str:
    """What git said last of why it failed, as one line."""
    lines = [line for line in errors.splitlines() if not re.match(r"(remote: )?[\w\s]+:\s+\d+", line)]
    # The line that names the cause comes first, what follows often is general advice.
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
    words = " ".join(re.sub(r"^(fatal|error): ", "", without_secret(line)) for line in fatal)
    return words[:LAST_WORDS] or f"git ended with code {code}."


def _failure(repo: Path | None, arguments: tuple[str, ...], output: Output) -> LabError:
    words = last_words(output.err, output.code)
    hint = ""
    if "not a git repository" in words:
        hint = "Make it one with: git init"
    elif "dubious ownership" in words:
        hint = "The folder belongs to another user. Trust it with: git config --global --add safe.directory FOLDER"
    return LabError(
        f"git {arguments[0]} failed: {words}", where=os.fspath(repo) if repo is not None else "git", hint=hint
    )
