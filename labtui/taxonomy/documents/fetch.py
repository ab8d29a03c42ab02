"""Bringing one commit of a repository on the network into the cache, and of its files only those that are wanted.

Each address has a bare repository of its own below the user's cache folder. First come the commit and its folders
without any file (a partial, shallow fetch), then the files a leaf's patterns name. A full commit that is there is
never asked for again. A server that cannot send parts sends the whole commit, up to a bound.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from labtui import git, paths
from labtui.errors import LabError
from labtui.taxonomy.documents.objects import Objects

MAX_BYTES = 300 * 1024 * 1024
"""What one fetch may bring."""
FULL = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SHORT = re.compile(r"[0-9a-f]{4,39}")
# A commit that is here says nothing about which of its files are: git must not conclude it and leave them out.
_HOW = ("http.lowSpeedLimit=100", "http.lowSpeedTime=30", "fetch.negotiationAlgorithm=noop")
_RECEIVED = re.compile(r"Receiving objects:.*?([\d.]+) (KiB|MiB|GiB)")
_CONFIG = "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n"
_UNITS = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}

Progress = Callable[[str], None]
"""Called with what git says about its progress, line by line: foreign text."""


def folder() -> Path:
    return paths.cache_dir() / "documents"


def store_of(address: str) -> Path:
    """Where the cache keeps what came from an address."""
    return folder() / f"{hashlib.sha256(address.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.git"


def kept(address: str, name: str) -> tuple[Path, str]:
    """(the cache's repository, the full commit that `name` stands for there; empty where it was never fetched)."""
    store = store_of(address)
    if not (store / "HEAD").is_file():
        return store, ""
    return store, Objects(store).commit(_mark(name))


class Fetcher:
    """Fetches from one address. `stop` ends it; `seconds` bounds each step. Raises LabError."""

    def __init__(
        self,
        address: str,
        on_progress: Progress | None = None,
        stop: threading.Event | None = None,
        seconds: float | None = None,
    ) -> None:
        self.address = address
        self.store = store_of(address)
        self._on_progress = on_progress
        self._seconds = seconds
        self._asked_to_stop = stop or threading.Event()
        self._stop = threading.Event()
        self._too_large = False

    def commit(self, name: str) -> str:
        """Brings the commit and its folders; gives its full name."""
        with self._alone():
            _, known = kept(self.address, name)
            # A branch moves: asked for again it is looked up again.
            if known and (FULL.fullmatch(name) or SHORT.fullmatch(name)):
                return known
            self._make()
            sha = self._resolve(name)
            self._bring(["--depth=1", "--filter=blob:none", "origin", sha])
            if not (sha := Objects(self.store).commit(sha)):
                raise LabError(f"The commit {name} is not there.", where=git.without_secret(self.address))
            for asked in {name, sha}:
                self._run("update-ref", _mark(asked), sha)
            return sha

    def files(self, commit: str, shas: Sequence[str]) -> None:
        """Brings these files of the commit, those left out that are here already."""
        with self._alone():
            missing = self._missing(shas)
            if not missing:
                return
            with contextlib.suppress(LabError):
                self._bring(["--filter=blob:none", "origin", *missing])
            if self._missing(missing):
                self._bring(["--depth=1", "--refetch", "origin", commit], settings=("fetch.partialCloneFilter=",))

    def _missing(self, shas: Sequence[str]) -> list[str]:
        here = Objects(self.store).sizes(shas)
        return [sha for sha in dict.fromkeys(shas) if sha not in here]

    def _resolve(self, name: str) -> str:
        if FULL.fullmatch(name):
            return name
        if SHORT.fullmatch(name):
            # Only who knows all commits can say which one begins like this; commits alone are little.
            every = ["--filter=tree:0", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
            self._bring(every)
            if sha := Objects(self.store).commit(name):
                return sha
        output = self._run("ls-remote", "origin", name, f"refs/heads/{name}", f"refs/tags/{name}")
        rows = [line.split("\t") for line in output.text.splitlines() if "\t" in line]
        exact = {ref: sha for sha, ref in rows}
        for ref in (name, f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}"):
            if ref in exact:
                return exact[ref]
        raise LabError(f"The repository has no commit, branch or tag {name}.", where=git.without_secret(self.address))

    def _bring(self, arguments: list[str], settings: tuple[str, ...] = ()) -> None:
        options = ["--no-tags", "--no-write-fetch-head", "--progress", "--upload-pack=git-upload-pack"]
        try:
            self._run("fetch", *options, *arguments, settings=settings)
        except LabError as error:
            if self._too_large:
                raise LabError(
                    f"The repository is too large: more than {MAX_BYTES // 1024**2} MB came.",
                    where=git.without_secret(self.address),
                ) from error
            raise
        finally:
            # The fetch notes down where missing files can be had. A later reading is not to go and get them.
            with contextlib.suppress(OSError):
                (self.store / "config").write_text(_CONFIG)

    def _run(self, *arguments: str, settings: tuple[str, ...] = ()) -> git.Output:
        if self._asked_to_stop.is_set():
            raise LabError("The fetching was stopped.", where=git.without_secret(self.address))
        done = threading.Event()
        watch = threading.Thread(target=self._pass_on, args=(done,), daemon=True)
        watch.start()
        try:
            return git.run(
                self.store,
                *arguments,
                bare=True,
                settings=(*_HOW, f"remote.origin.url={self.address}", "remote.origin.promisor=true", *settings),
                timeout=self._seconds,
                on_error_line=self._heard,
                stop=self._stop,
            )
        except LabError as error:
            raise LabError(error.what, where=git.without_secret(self.address), hint=error.hint) from error
        finally:
            done.set()
            watch.join()

    def _pass_on(self, done: threading.Event) -> None:
        while not done.is_set():
            if self._asked_to_stop.wait(0.1):
                self._stop.set()
                return

    def _heard(self, line: str) -> None:
        if (found := _RECEIVED.search(line)) and float(found[1]) * _UNITS[found[2]] > MAX_BYTES:
            self._too_large = True
            self._stop.set()
        if self._on_progress is not None:
            self._on_progress(line)

    def _make(self) -> None:
        if (self.store / "config").is_file():
            return
        git.run(None, "init", "--bare", "--quiet", "--template=", "--", os.fspath(self.store))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes that want the same repository: the second one waits, and then finds what the first brought."""
        try:
            folder().mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self.store.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LabError(
                f"The cache cannot be written: {error.strerror}.",
                where=str(folder()),
                hint="Make room, or set XDG_CACHE_HOME.",
            ) from error
        try:
            while not self._asked_to_stop.is_set():
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    time.sleep(0.1)
            yield
        finally:
            os.close(lock)


def _mark(name: str) -> str:
    """The reference that keeps a fetched commit, under the name it was asked by."""
    return f"refs/labtui/{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"
