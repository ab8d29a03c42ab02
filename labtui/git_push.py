"""Sending a branch to another repository, and what that one says of it.

Nothing is asked for on the terminal: git's own credential helpers and agents answer, or a token that the caller has.
A token travels in the environment of the one command that needs it, never in its arguments and never on disk.
A push names what the branch must be there beforehand, so nobody's commits are ever overwritten unseen.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from labtui import git
from labtui.errors import LabError

Refusal = Literal[
    "login", "forbidden", "missing", "answer", "protected", "hook", "moved", "shallow", "host", "certificate",
    "network", "stopped", "other",
]  # fmt: skip
"""Why the other repository did not do it: no or wrong credentials; the person may not; there is no such repository;
what answers is no git server; the branch is protected; a rule of the server; the branch is not what it was expected to
be; this clone lacks history or files that it needs; the host is not known to ssh; its TLS certificate is not trusted;
it was not reached; the user stopped it; anything else."""
SLOW = ("http.lowSpeedLimit=100", "http.lowSpeedTime=60")
SAID_AT_MOST = 500
_HELPER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$LABTUI_GIT_USER" "$LABTUI_GIT_SECRET"; }; f'
)


class PushError(LabError):
    """Another repository did not do what it was asked."""

    def __init__(self, what: str, refusal: Refusal, *, where: str = "", hint: str = "") -> None:
        super().__init__(what, where=where, hint=hint)
        self.refusal: Refusal = refusal


class Login:
    """Who one is at one host, over HTTPS. Neither `repr` nor an error shows the secret."""

    def __init__(self, address: str, user: str, secret: str) -> None:
        """`address` is any address at that host; the login is given to no other one, and not over plain http:// except
        to this machine."""
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self.user = user
        self._secret = secret
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        self.usable = bool(secret) and (parts.scheme == "https" or (parts.scheme == "http" and local))

    def __repr__(self) -> str:
        return f"Login({self.origin!r}, {self.user!r})"

    def settings(self) -> tuple[str, ...]:
        """An empty helper first: the user's own ones would answer before, and would be told to keep the secret."""
        key = f"credential.{self.origin}.helper"
        return (f"{key}=", f"{key}={_HELPER}") if self.usable else ()

    def environment(self) -> dict[str, str]:
        return {"LABTUI_GIT_USER": self.user, "LABTUI_GIT_SECRET": self._secret} if self.usable else {}


def remote_branches(
    repo: Path, to: str, names: list[str], login: Login | None = None, stop: threading.Event | None = None
) -> dict[str, str]:
    """The commits of those of these branches that are in the repository `to` (a remote's name or an address)."""
    words = branches_words(to, names)
    done = _talk(repo, words, to, login, stop)
    rows = [line.split("\t", 1) for line in done.text.splitlines() if "\t" in line]
    return {ref.removeprefix("refs/heads/"): sha for sha, ref in rows if ref in words}


def branches_words(to: str, names: list[str]) -> list[str]:
    return ["ls-remote", "--", to, *(f"refs/heads/{name}" for name in names)]


def default_branch(repo: Path, to: str, login: Login | None = None, stop: threading.Event | None = None) -> str:
    """The name of the branch that HEAD points to there; empty in a repository without commits."""
    done = _talk(repo, default_words(to), to, login, stop)
    found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", done.text, re.MULTILINE)
    return found[1] if found else ""


def default_words(to: str) -> list[str]:
    return ["ls-remote", "--symref", "--", to, "HEAD"]


def fetch_words(to: str, branch: str, keep: str = "") -> list[str]:
    ref = f"+refs/heads/{branch}:{keep}" if keep else f"refs/heads/{branch}"
    return ["fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", to, ref]


def fetch_branch(
    repo: Path,
    to: str,
    branch: str,
    keep: str = "",
    login: Login | None = None,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> str:
    """Fetches one branch and returns its commit there. `keep` is the full reference to hold it by; without it only the
    remote-tracking branch moves, where the remote has one."""
    tip = remote_branches(repo, to, [branch], login, stop).get(branch, "")
    if not tip and not default_branch(repo, to, login, stop):
        raise PushError(*_WORDS["answer"][:1], "answer", where=address_of(repo, to), hint=_WORDS["answer"][1])
    if not tip:
        raise PushError(
            f"There is no branch '{branch}' any more.",
            "missing",
            where=address_of(repo, to),
            hint="Name another one in the setting taxonomy.base.",
        )
    _talk(repo, fetch_words(to, branch, keep), to, login, stop, on_progress)
    return tip


def fetch_objects(repo: Path, to: str, names: list[str], login: Login | None, stop: threading.Event | None) -> None:
    """Brings folders that a partial clone lacks, without their files."""
    _talk(repo, objects_words(to, names), to, login, stop, settings=("fetch.negotiationAlgorithm=noop",))


def push_words(to: str, commit: str, branch: str, expected: str) -> list[str]:
    ref = f"refs/heads/{branch}"
    return ["push", "--porcelain", "--progress", "--no-verify", "--no-follow-tags", "--no-signed",
            "--recurse-submodules=no", f"--force-with-lease={ref}:{expected}", "--", to, f"{commit}:{ref}"]  # fmt: skip


def objects_words(to: str, names: list[str]) -> list[str]:
    return ["fetch", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--", to, *names]


def push(
    repo: Path,
    to: str,
    commit: str,
    branch: str,
    expected: str,
    login: Login | None = None,
    on_progress: Callable[[git.Step], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Makes the branch of `to` point to `commit`, if it is at `expected` there now (empty: if there is none).

    Raises PushError; the branch there is then as it was.
    """
    _talk(repo, push_words(to, commit, branch, expected), to, login, stop, on_progress)


def delete(
    repo: Path, to: str, branch: str, expected: str, login: Login | None = None, stop: threading.Event | None = None
) -> None:
    """Removes the branch from `to`, if it is at `expected` there."""
    ref = f"refs/heads/{branch}"
    words = ["push", "--porcelain", "--no-verify", "--no-signed", f"--force-with-lease={ref}:{expected}", "--", to,
             f":{ref}"]  # fmt: skip
    _talk(repo, words, to, login, stop)


def address_of(repo: Path, to: str, *, pushing: bool = False) -> str:
    """The address behind a remote's name, as git uses it, without secrets; an address is returned as it is."""
    if to in remotes(repo):
        words = ["remote", "get-url", *(["--push"] if pushing else []), "--", to]
        to = os.fsdecode(git.run(repo, *words, check=False).out.splitlines()[0:1][0]) or to
    return git.without_secret(to)


def remotes(repo: Path) -> list[str]:
    """Names of the remotes; those that git could take for an option are left out."""
    return [name for name in git.run(repo, "remote").text.split() if not name.startswith("-")]


def _talk(
    repo: Path,
    words: list[str],
    to: str,
    login: Login | None,
    stop: threading.Event | None,
    on_progress: Callable[[git.Step], None] | None = None,
    settings: tuple[str, ...] = (),
) -> git.Output:
    if to.startswith("-"):
        raise PushError(f"'{to}' is no address.", "missing")
    login_settings = login.settings() if login is not None else ()
    where = address_of(repo, to)
    if login_settings and (key := _unchecked(repo)):
        raise PushError(
            f"This repository's own settings change who gets to see a token ({key}), so no token is sent.",
            "login",
            where=where,
            hint=f"Remove that setting, or make it in your own: git -C '{repo}' config --unset-all '{key}'",
        )
    try:
        done = git.run(
            repo, *words,
            check=False,
            timeout=None,
            environment=login.environment() if login is not None else None,
            settings=(*SLOW, *login_settings, *settings),
            on_error_line=git.progress_lines(on_progress) if on_progress is not None else None,
            stop=stop,
        )  # fmt: skip
    except LabError as error:
        if stop is not None and stop.is_set():
            raise PushError(
                "It was stopped.", "stopped", where=where, hint="Submit again: it goes on from here."
            ) from error
        raise
    if done.code != 0:
        raise refused(f"{done.err}\n{done.text}", done.code, where)
    return done


def _unchecked(repo: Path) -> str:
    """A setting of the repository itself, which may be a stranger's, by which a server would no longer be checked, or
    somebody else would be given what is meant for it."""
    pattern = r"^(http\.(.*\.)?(sslverify|sslcainfo|sslcapath|sslbackend|proxysslcainfo|proxy)|remote\..*\.proxy)$"
    found = git.run(repo, "config", "--show-scope", "--name-only", "--get-regexp", pattern, check=False).text
    rows = [line.split("\t", 1) for line in found.splitlines() if "\t" in line]
    return next((key for scope, key in rows if scope not in ("system", "global")), "")


_SIGNS: tuple[tuple[str, Refusal], ...] = (
    (r"shallow update not allowed|from promisor remote|lazy fetching disabled", "shallow"),
    (r"protected branch|GH006|rule violations|GH013|push declined due to", "protected"),
    (r"\((stale info|fetch first|non-fast-forward|already exists|remote ref updated since checkout)\)", "moved"),
    (r"cannot lock ref|reference already exists|failed to update ref", "moved"),
    (r"pre-receive hook declined|hook declined|\[remote rejected\]", "hook"),
    (r"Host key verification failed|host key is known|REMOTE HOST IDENTIFICATION", "host"),
    (r"SSL certificate problem|server certificate verification failed|certificate subject name|"
     r"no alternative certificate subject", "certificate"),
    (r"could not read (Username|Password)|Authentication failed|Permission denied \(|error: 401|HTTP 401|"
     r"Invalid username|terminal prompts disabled|Bad credentials", "login"),
    (r"error: 403|HTTP 403|Permission to .* denied|[Aa]ccess denied|not allowed to push|insufficient permission|"
     r"Write access|read-only|unable to write|Permission denied", "forbidden"),
    (r"[Rr]epository .*not found|error: 404|does not appear to be a git repository|does not exist|No such file|"
     r"not be found|project you were looking for|unsafe repository|dubious ownership", "missing"),
    (r"not valid: is this a git|invalid server response|invalid content-type|unexpected .* line|cannot handle|"
     r"protocol error|remote-https? (died|reported)|git-http-push failed", "answer"),
    (r"Could not resolve|unable to access|Connection|timed out|timeout|early EOF|unexpected disconnect|hung up|"
     r"RPC failed|error: 5\d\d|Network is unreachable|No route to host|broken pipe|"
     r"Operation too slow", "network"),
)  # fmt: skip
"""What git, ssh and servers write, and what it means. The first that fits counts."""

_WORDS: dict[Refusal, tuple[str, str]] = {
    "shallow": (
        "The repository wants something that this clone, which holds a part only, does not have.",
        "Get the rest once: git fetch --unshallow, or of a partial clone: git fetch --refetch --no-filter",
    ),
    "protected": (
        "The branch, or something in the commit, is refused by a rule of the repository.",
        "Ask whoever looks after the repository, or push to a fork of your own.",
    ),
    "moved": (
        "The branch there is not what it was: somebody else pushed to it.",
        "Look at what is there, then submit again.",
    ),
    "hook": (
        "The repository refused the branch.",
        "Its reason stands above. The contribution is kept; change what it speaks of and submit again.",
    ),
    "host": (
        "ssh does not know this host, and nothing is asked here.",
        "Connect once by hand and compare the key with the one the forge publishes: ssh -T git@HOST",
    ),
    "certificate": (
        "The server cannot prove that it is the one it should be.",
        "Do not go on in a network you do not trust. If the server is your own, name its certificate in your own "
        "settings (the repository's do not count): git config --global http.ADDRESS.sslCAInfo FILE",
    ),
    "login": (
        "The repository does not take your credentials: there are none, or they have expired.",
        "Log in once with what you use for it (gh auth login, a credential helper, an ssh key in the agent), or give a "
        "token in the environment, such as GITHUB_TOKEN. Then submit again.",
    ),
    "forbidden": (
        "You may not write to this repository.",
        "Push to a fork of your own: labtui makes one where a token for the forge is there; else name it as a remote "
        "with: git remote add fork ADDRESS",
    ),
    "missing": (
        "There is no such repository, or you may not see it.",
        "Check its address with: git remote -v",
    ),
    "answer": (
        "What answers at this address is no git repository with commits in it; perhaps a login page.",
        "Open the address in a browser, and check it with: git remote -v",
    ),
    "network": (
        "The repository cannot be reached.",
        "Check the network and submit again: what is done stays done. Or write a file instead: --bundle FILE",
    ),
}  # fmt: skip


def refused(said: str, code: int, where: str) -> PushError:
    """What git's words about a failure mean, as a sentence with what to do."""
    kind: Refusal = next((kind for pattern, kind in _SIGNS if re.search(pattern, said)), "other")
    words = server_words(said) or git.last_words(said, code)
    if kind == "other":
        return PushError(f"The repository did not take it: {words}", "other", where=where, hint="Then submit again.")
    what, hint = _WORDS[kind]
    return PushError(f"{what} It says: {words}" if words else what, kind, where=where, hint=hint)


def server_words(said: str) -> str:
    """What the server itself wrote, as one line; foreign text."""
    lines = [found[1].strip() for line in said.splitlines() if (found := re.match(r"remote: (?!.*\d+%)(.*)", line))]
    words = " ".join(git.without_secret(line) for line in lines if re.search(r"\w", line))
    return words[:SAID_AT_MOST]
