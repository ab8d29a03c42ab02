"""Which leaf and which seed a place in a request speaks of: from a path and a line to what the wizard can show.

The line counts in the file as it was pushed. Where more was written since, the seed is found again by its question,
and it is told whether it still says what was spoken of.
"""

from __future__ import annotations

import contextlib
import functools
import re
from pathlib import Path
from typing import NamedTuple

from labtui.contribute.attribution import works
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft, Since
from labtui.errors import LabError
from labtui.taxonomy.fields import PAIRS
from labtui.taxonomy.layout import LEAF_FILE
from labtui.taxonomy.leaf import ATTRIBUTION, ATTRIBUTION_LIMIT, Leaf, Seed, leaf_of, read_leaf_file
from labtui.taxonomy.parse import parse
from labtui.taxonomy.source import Unreadable, decode


class Spot(NamedTuple):
    """What a line speaks of."""

    leaf: str
    """Empty where the path belongs to no leaf of the contribution."""
    seed: int = 0
    """From 1; 0 where the line lies in none, or in one that is gone."""
    field: tuple[str | int, ...] = ()
    """The path of the value in the file as it is now, or the one key ATTRIBUTION; empty: the leaf as a whole."""
    since: Since = ""
    """What became of it since the version the line counts in."""


NOWHERE = Spot("")
_KEY = re.compile(r"[ \t]*(?:-[ \t]+)*(context|question|answer)[ \t]*:")


class Places:
    """Finds what lines speak of, in one contribution. Reads each file once."""

    def __init__(self, folder: DraftFolder, draft: Draft) -> None:
        self.folder = folder
        self.draft = draft
        self._pushed: dict[tuple[str, str], Leaf | None] = {}
        self._now: dict[str, Leaf] = {}

    def spot(self, path: str, line: int, commit: str = "") -> Spot:
        """`path` as the forge names it, from the repository's root; `line` from 1, 0 for the whole file. `commit`, in
        full, is the one the line counts in, where that is not the one that was pushed last."""
        leaf = self._leaf(path)
        if leaf is None:
            return NOWHERE
        if path.endswith(f"/{ATTRIBUTION}"):
            return Spot(leaf.id, 0, (ATTRIBUTION,), self._work(leaf, line, commit)[1])
        if line < 1 or leaf.change == "deleted":
            return Spot(leaf.id)
        present = self._present(leaf)
        before, since = self._version(leaf, commit)
        then = before if before is not None else present
        seed = next((seed for seed in then.seeds if seed.line <= line <= seed.last_line), None)
        if seed is None:
            key = self._key(then, present, line)
            return Spot(leaf.id, 0, key, since or _since_key(then, present, key, line))
        number = seed.number if then is present else _same_seed(seed, present)
        if not number:
            return Spot(leaf.id, 0, ("seed_examples",), "gone")
        now = present.seeds[number - 1]
        inside, same = _in_pair(then, seed, now, line) or ((), _says(seed) == _says(now))
        return Spot(leaf.id, number, ("seed_examples", number - 1, *inside), since or ("" if same else "edited"))

    def work_field(self, path: str, line: int, commit: str = "") -> tuple[str | int, ...]:
        """Which field of attribution.txt a line speaks of: its name, and from the second work on the work's number
        from 0; empty where it speaks of none that is there."""
        leaf = self._leaf(path)
        return self._work(leaf, line, commit)[0] if leaf is not None else ()

    def holds(self, path: str, commit: str = "") -> bool:
        """Whether the version that lines of `path` count in can be read here."""
        leaf = self._leaf(path)
        return leaf is not None and self._version(leaf, commit)[1] == ""

    def _leaf(self, path: str) -> ContributedLeaf | None:
        folder, _, file = path.rpartition("/")
        if file not in (LEAF_FILE, ATTRIBUTION):
            return None
        leaves = self.draft.leaves
        # As it was called when it was pushed, before what another leaf is called by now.
        called = [(leaf.sent, leaf) for leaf in leaves] + [(leaf.id, leaf) for leaf in leaves]
        for name, leaf in [*called, *((leaf.was, leaf) for leaf in leaves)]:
            # The taxonomy may lie in a folder of its repository.
            if name and (folder == name or folder.endswith(f"/{name}")):
                return leaf
        return None

    def _present(self, leaf: ContributedLeaf) -> Leaf:
        if leaf.id not in self._now:
            self._now[leaf.id] = read_leaf_file(self.folder.leaf_file(leaf), leaf.id)
        return self._now[leaf.id]

    def _version(self, leaf: ContributedLeaf, commit: str) -> tuple[Leaf | None, Since]:
        """The leaf in the version that lines count in, else in the one pushed last, else None: then it is unknown what
        became of the place."""
        if (then := self._as_pushed(leaf, commit or self.draft.commit)) is not None:
            return then, ""
        return self._as_pushed(leaf, self.draft.commit), "unknown"

    def _work(self, leaf: ContributedLeaf, line: int, commit: str) -> tuple[tuple[str | int, ...], Since]:
        """The field of attribution.txt in a line, as `work_field` gives it, and what became of it."""
        now = self._present(leaf).attribution
        before, since = self._version(leaf, commit)
        then = before.attribution if before is not None else now
        found = works.place_of(then, line)
        if found is None:
            return (), since or ("" if then == now or line < 1 else "edited")
        said, says = works.read(then), works.read(now)
        if found.work >= len(says):
            return (), since or "gone"
        same = said[found.work].says(found.name) == says[found.work].says(found.name)
        field = (found.name, found.work) if found.work else (found.name,)
        return field, since or ("" if same else "edited")

    def _as_pushed(self, leaf: ContributedLeaf, commit: str) -> Leaf | None:
        """The leaf as it stands in a commit; None where the clone does not hold it."""
        if (leaf.id, commit) not in self._pushed:
            self._pushed[leaf.id, commit] = self._read_pushed(leaf, commit)
        return self._pushed[leaf.id, commit]

    def _read_pushed(self, leaf: ContributedLeaf, commit: str) -> Leaf | None:
        # What a forge gives for a commit becomes an argument of git.
        if not re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", commit) or not self.draft.taxonomy:
            return None
        for name in dict.fromkeys(name for name in (leaf.sent, leaf.id) if name):
            with contextlib.suppress(LabError, Unreadable):
                data = _blob(self.draft.taxonomy, commit, f"{name}/{LEAF_FILE}")
                text, beside = decode(data).text, ""
                with contextlib.suppress(LabError):
                    raw = _blob(self.draft.taxonomy, commit, f"{name}/{ATTRIBUTION}")[:ATTRIBUTION_LIMIT]
                    beside = raw.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
                return leaf_of(leaf.id, self.folder.leaf_file(leaf), data, text, parse(text), beside)
        return None

    def _key(self, then: Leaf, present: Leaf, line: int) -> tuple[str | int, ...]:
        above = [(start, key) for key, start in then.lines.items() if start <= line]
        key = max(above)[1] if above else ""
        if not key or key not in present.lines:
            return ()
        return (key, *_inside(then, then.lines[key], line)) if key == "document" else (key,)


@functools.lru_cache(maxsize=64)
def _blob(clone: str, commit: str, path: str) -> bytes:
    """A file of a commit, which is the same for ever: asked for at every look, read once. Raises LabError."""
    from labtui import git

    # The path counts from the folder the taxonomy lies in, wherever that is in its repository.
    return git.run(Path(clone), "cat-file", "blob", f"{commit}:./{path}").out


def _inside(then: Leaf, start: int, line: int) -> tuple[str, ...]:
    """Which value of `document` a line belongs to."""
    for text in reversed(then.raw.split("\n")[start:line]):
        if (found := re.match(r"[ \t]+(repo|commit|patterns)[ \t]*:", text)) is not None:
            return (found[1],)
    return ()


def _says(seed: Seed) -> tuple[str, tuple[tuple[str, str], ...]]:
    return seed.context, tuple((pair.question, pair.answer) for pair in seed.pairs)


def _since_key(then: Leaf, present: Leaf, key: tuple[str | int, ...], line: int) -> Since:
    """What became of the value of a key outside of the seeds."""
    if not key:
        return "gone" if any(start <= line for start in then.lines.values()) else ""
    if key == ("seed_examples",):
        return ""
    if key[0] == "document":
        return "" if then.document is not None and _document(then, key) == _document(present, key) else "edited"
    return "" if _value(then, str(key[0])) == _value(present, str(key[0])) else "edited"


def _document(leaf: Leaf, key: tuple[str | int, ...]) -> object:
    if leaf.document is None:
        return None
    return (
        getattr(leaf.document, str(key[1]))
        if len(key) > 1
        else (leaf.document.repo, leaf.document.commit, leaf.document.patterns)
    )


def _value(leaf: Leaf, key: str) -> str:
    known = {
        "version": str(leaf.version),
        "created_by": leaf.created_by,
        "domain": leaf.domain,
        "task_description": leaf.description,
        "document_outline": leaf.outline,
    }
    return known.get(key, "")


def _in_pair(then: Leaf, seed: Seed, now: Seed, line: int) -> tuple[tuple[str | int, ...], bool] | None:
    """Of a seed with several pairs the question or answer that a line belongs to, from the seed on as it is now, and
    whether that pair says the same; None for a line of the context, or of a pair that is gone."""
    at = sum(pair.line <= line for pair in seed.pairs) - 1
    key = next(filter(None, map(_KEY.match, reversed(then.raw.split("\n")[seed.line - 1 : line]))), None)
    if len(seed.pairs) < 2 or at < 0 or key is None or key[1] == "context":
        return None
    pair, questions = seed.pairs[at], [one.question for one in now.pairs]
    # Its question was rewritten, perhaps because of this very comment: its place is the best guess.
    index = questions.index(pair.question) if pair.question in questions else at
    if index >= len(now.pairs):
        return None
    other = now.pairs[index]
    same = (pair.question, pair.answer) == (other.question, other.answer)
    return (PAIRS, index, key[1]), same


def _same_seed(seed: Seed, present: Leaf) -> int:
    """The number of this seed in the leaf as it is now; 0 where it is gone."""
    wanted = {pair.question for pair in seed.pairs}
    for other in present.seeds:
        if wanted & {pair.question for pair in other.pairs}:
            return other.number
    # Its question was rewritten, perhaps because of this very comment: its place is the best guess.
    return seed.number if seed.number <= len(present.seeds) else 0
