"""One leaf under edit, from opening its file to saving it: its text, the file beside it, its draft, its findings.

Everything here may take a moment (a file of 600 kB is parsed again at each edit), so a screen calls it in a thread,
one call at a time, and shows the `LeafState` it gets. Errors are LabErrors; what is wrong with a leaf is in the state.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import msgspec

from labtui.errors import LabError
from labtui.taxonomy.check import ATTRIBUTION, check_leaf, kind_by_path, read_attribution
from labtui.taxonomy.fields import PAIRS, SEEDS, Field, LeafFields, Path, fields_of, in_words
from labtui.taxonomy.finding_places import BESIDE
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.source import Unreadable, read_bytes
from labtui.taxonomy.verdict import version_of

if TYPE_CHECKING:
    from labtui.operations.taxonomy_fixing import Change


class LeafState(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf as it stands now, unsaved edits included. Made anew after each edit; nothing in it changes."""

    id: str
    path: FilePath
    text: str = ""
    fields: LeafFields
    version: int = 1
    attribution: str = ""
    problem: str = ""
    """Why it cannot be shown as a form."""
    place: tuple[int, int] = (1, 1)
    """Where that is, a line and a column."""
    unsaved: bool = False
    revision: int = 0
    sha256: str = ""
    """Of the file as it lies on disk, as far as is known."""

    @property
    def question(self) -> str:
        """Its first one."""
        for seed in self.fields.seeds:
            for pair in seed.pairs:
                if pair.question.text.strip():
                    return pair.question.text.strip()
        return ""

    @property
    def about(self) -> str:
        """The line on top of the form."""
        kind = "knowledge" if self.fields.kind == KNOWLEDGE else "skill"
        return f"{kind}, version {self.version}"


class Meeting(msgspec.Struct, frozen=True):
    """How unsaved edits and a file that changed meanwhile go together."""

    both: tuple[str, ...] = ()
    """What was changed on both sides; empty: they are merged."""
    left_out: tuple[str, ...] = ()
    """Remarks of the user's that found no place any more."""


class LeafSession:
    """See the module's text. `path` is that of the qna.yaml."""

    def __init__(self, name: str, path: FilePath) -> None:
        self.id = name
        self.path = path
        self.trouble = ""
        """Why the file cannot be read at all; then nothing can be edited."""
        self._expected = ""
        """The hash of what is on disk as far as is known."""
        from labtui.taxonomy.editing import LeafEditor

        try:
            data = read_bytes(path)
            self._expected = hashlib.sha256(data).hexdigest()
        except Unreadable as trouble:
            data, self.trouble = b"", trouble.message
        self.editor = LeafEditor.open(data, kind_by_path(path))
        beside = read_attribution(path)
        self._beside_expected = "" if beside is None else hashlib.sha256(beside).hexdigest()
        self._beside = LeafEditor.open(beside or b"")
        # Which of the two texts the next undo is of follows from what the other one said then.
        self._beside_done: list[str] = []
        self._beside_undone: list[str] = []
        self._rested = False

    @property
    def beside_path(self) -> FilePath:
        return self.path.with_name(ATTRIBUTION)

    @property
    def saved_text(self) -> str:
        """What the file says on disk, as far as is known."""
        from labtui.taxonomy.editing import file_text

        return file_text.read(self.editor.saved_data).text

    @property
    def unsaved(self) -> bool:
        return self.editor.unsaved or self._beside.unsaved

    def state(self) -> LeafState:
        """How the leaf stands now."""
        editor = self.editor
        problem = editor.problem
        value = editor.value
        kind = KNOWLEDGE if editor.is_knowledge else SKILLS
        place = (problem.line, problem.column) if problem is not None else (1, 1)
        words = self.trouble or (problem.message if problem is not None else "")
        if not words and not isinstance(value, dict):
            words = "The file is empty." if not value else "The file is not a mapping of keys at its top."
        return LeafState(
            id=self.id,
            path=self.path,
            text=editor.text,
            fields=fields_of(value, editor.root, kind),
            version=version_of(value) if isinstance(value, dict) else 1,
            attribution=self._beside.text,
            problem=words,
            place=place,
            unsaved=self.unsaved,
            sha256=self._expected,
            revision=editor.revision + self._beside.revision,
        )

    def check(self, profile: Profile = Profile.STRICT) -> list[Finding]:
        """What is wrong with it as it stands now. Any thread may call it while edits go on."""
        if self.trouble:
            from labtui.taxonomy.check import check_file

            return check_file(self.path, profile=profile, name=self.id)
        attribution = self._attribution()
        kind = kind_by_path(self.path)
        return check_leaf(self.editor.data(), attribution, str(self.path), kind, name=self.id, profile=profile)

    # -- edits --------------------------------------------------------------------------------------------------

    def write(self, field: Field, text: str) -> None:
        """Makes `text` what the field says. Raises CannotEdit."""
        if field.path == BESIDE:
            self._write_beside(text)
        elif field.listed:
            self.editor.set_list(field.path, [line.strip() for line in text.split("\n") if line.strip()])
        elif text or field.there or self.editor.text_at(field.path):
            self.editor.typed(field.path, text)

    def _write_beside(self, text: str) -> None:
        if text and not text.endswith("\n"):
            text += "\n"
        if text == self._beside.text:
            return
        if self._rested or not self._beside_done or self._beside_done[-1] != self.editor.text:
            self._beside.pause()
            self._beside_done.append(self.editor.text)
            self._rested = False
        self._beside_undone.clear()
        self._beside.replace(text)

    def pause(self) -> None:
        """The next letter begins a new step of undo."""
        self.editor.pause()
        self._beside.pause()
        self._rested = True

    def add_seed(self, after: Path) -> Path:
        """Adds a seed after the one `after` stands in, else at the end. Gives the place to write first."""
        number = _seed_of(after)
        at = self.editor.add_seed(None if number is None else number + 1, pairs=(("", ""),) * 3)
        return self._first_of(at)

    def add_seed_of(self, context: str) -> Path:
        """Adds a seed with this context at the end, and gives its first question."""
        at = self.editor.add_seed(None, context=context, pairs=(("", ""),) * 3)
        return (SEEDS, at, PAIRS, 0, "question")

    def add_pair(self, after: Path) -> Path:
        """Adds a pair after the one `after` stands in, else at the end of its seed."""
        seed = _seed_of(after)
        if seed is None:
            raise LabError("A pair belongs to a seed.", hint="Go to a seed first.")
        pair = _pair_of(after)
        at = self.editor.add_pair(seed, None if pair is None else pair + 1)
        return (SEEDS, seed, PAIRS, at, "question")

    def duplicate(self, path: Path) -> Path:
        seed = _seed_of(path)
        if seed is None:
            raise LabError("Only seeds and pairs can be doubled.", hint="Go to a seed first.")
        if (pair := _pair_of(path)) is not None:
            at = self.editor.duplicate_pair(seed, pair)
            return (SEEDS, seed, PAIRS, at, "question")
        return (SEEDS, self.editor.duplicate_seed(seed))

    def delete(self, path: Path) -> str:
        """Deletes the pair or the seed `path` stands in, and says which."""
        seed = _seed_of(path)
        if seed is None:
            raise LabError("Only seeds and pairs can be deleted here.", hint="Other fields can be emptied.")
        if (pair := _pair_of(path)) is not None:
            self.editor.delete_pair(seed, pair)
            return f"Pair {pair + 1} of seed {seed + 1}"
        self.editor.delete_seed(seed)
        return f"Seed {seed + 1}"

    def move(self, path: Path, by: int) -> Path:
        """Moves the pair or the seed one place up (-1) or down (1), and gives the path it has now."""
        seed = _seed_of(path)
        if seed is None:
            raise LabError("Only seeds and pairs can be moved.", hint="Go to a seed first.")
        if (pair := _pair_of(path)) is not None:
            self.editor.move_pair(seed, pair, pair + by)
            return (*path[:3], pair + by, *path[4:])
        self.editor.move_seed(seed, seed + by)
        return (SEEDS, seed + by, *path[2:])

    def _first_of(self, number: int) -> Path:
        """The first empty field of a seed."""
        fields = fields_of(self.editor.value, self.editor.root, KNOWLEDGE if self.editor.is_knowledge else SKILLS)
        seed = fields.seeds[number]
        return next((field.path for field in seed.fields if not field.text), seed.path)

    def undo(self, by: int) -> Path | None:
        """Takes the last step back (-1) or makes it again (1); the path it was made at, or None without one."""
        here = self._beside_done if by < 0 else self._beside_undone
        if here and here[-1] == self.editor.text:
            there = self._beside_undone if by < 0 else self._beside_done
            if (self._beside.undo() if by < 0 else self._beside.redo()) is not None:
                there.append(here.pop())
                return BESIDE
        step = self.editor.undo() if by < 0 else self.editor.redo()
        return None if step is None else tuple(step.path)

    # -- drafts -------------------------------------------------------------------------------------------------

    def keep_draft(self) -> None:
        """Puts the unsaved edits on disk for the case of a crash. Raises LabError."""
        from labtui.taxonomy.editing import drafts

        drafts.keep(self.path, self.editor)
        drafts.keep(self.beside_path, self._beside)

    def offered(self) -> str:
        """When the unsaved edits were made that were left behind, as a clock says it; empty where there are none."""
        from labtui.taxonomy.editing import drafts

        found = [draft for draft in (drafts.offered(self.path), drafts.offered(self.beside_path)) if draft is not None]
        return clock(max(draft.kept.time for draft in found)) if found else ""

    def take_draft(self) -> None:
        """Goes on with the unsaved edits; what changed on disk since is met at the next look. Raises LabError."""
        from labtui.taxonomy.editing import LeafEditor, drafts

        draft = drafts.offered(self.path)
        if draft is not None:
            self.editor = LeafEditor.open(draft.base, kind_by_path(self.path))
            self.editor.replace_data(draft.data)
            self._expected = draft.kept.base_sha256
        beside = drafts.offered(self.beside_path)
        if beside is not None:
            self._beside = LeafEditor.open(beside.base)
            self._beside.replace_data(beside.data)

    def forget_draft(self) -> None:
        from labtui.taxonomy.editing import drafts

        drafts.forget(self.path)
        drafts.forget(self.beside_path)

    # -- saving -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Writes what is unsaved. Raises ChangedOnDisk (see `meet`) and LabError."""
        from labtui.taxonomy.editing import saving

        if self.editor.unsaved:
            if self.editor.problem is None and isinstance(self.editor.value, dict):
                # What the form shows as read as something else than text is meant as text.
                self.editor.quote_odd()
            self._expected = saving.save(self.path, self.editor, self._expected)
        if self._beside.unsaved:
            try:
                self._beside_expected = saving.save(self.beside_path, self._beside, self._beside_expected)
            except saving.ChangedOnDisk as change:
                self._beside_expected = change.sha256
                raise LabError(
                    f"{ATTRIBUTION} was changed on disk since it was opened.",
                    where=str(self.beside_path),
                    hint="Save once more to write yours in its place.",
                ) from change
        if not self.unsaved:
            self.forget_draft()
        else:
            self.keep_draft()

    def on_disk(self) -> bytes | None:
        """What is on disk now, where that is not what it was; None where nothing changed, or the file is gone."""
        try:
            data = read_bytes(self.path)
        except Unreadable:
            return None
        return data if hashlib.sha256(data).hexdigest() != self._expected else None

    def beside_changed(self) -> bool:
        """Whether the file beside the leaf is another one on disk now."""
        data = read_attribution(self.path)
        return ("" if data is None else hashlib.sha256(data).hexdigest()) != self._beside_expected

    def meet(self, theirs: bytes) -> Meeting:
        """Merges what came on disk into the unsaved edits. Where both changed the same nothing is done yet."""
        from labtui.taxonomy.editing.merging import merge

        merged = merge(self.editor.saved_data, self.editor.data(), theirs)
        if merged.conflicts:
            return Meeting(tuple(f"{in_words(conflict.path)}: {conflict.what}" for conflict in merged.conflicts))
        self._rebase(theirs, merged.data)
        return Meeting(left_out=merged.left_out)

    def decide(self, theirs: bytes, *, mine: bool) -> Meeting:
        """Ends a conflict: where both changed the same, one side counts; all else is merged. One step of undo."""
        from labtui.taxonomy.editing.merging import Side, merge

        base, now = self.editor.saved_data, self.editor.data()
        side = Side.MINE if mine else Side.THEIRS
        choices = dict.fromkeys(range(len(merge(base, now, theirs).conflicts)), side)
        merged = merge(base, now, theirs, choices)
        self._rebase(theirs, merged.data)
        return Meeting(left_out=merged.left_out)

    def gone(self) -> None:
        """The file is no longer there: saving writes it anew."""
        from labtui.taxonomy.editing.saving import MISSING

        self._expected = MISSING

    def _rebase(self, theirs: bytes, now: bytes) -> None:
        from labtui.taxonomy.editing import file_text

        self.editor.replace_data(now)
        self.editor.mark_saved(file_text.read(theirs))
        self._expected = hashlib.sha256(theirs).hexdigest()
        self.keep_draft()

    # -- the leaf as a whole ------------------------------------------------------------------------------------

    def fixed(self) -> Change:
        """What it would be with everything put right that a machine can."""
        from labtui.taxonomy.fixing.fix import fix

        before = self.editor.data()
        attribution = self._attribution()
        result = fix(before, attribution, str(self.path), kind_by_path(self.path), name=self.id)
        return self._change(before, result.data, done=result.done, left=result.left)

    def upgraded(self) -> Change:
        """What it would be in the newest version. Raises LabError."""
        from labtui.taxonomy.fixing.upgrade import upgrade

        before = self.editor.data()
        result = upgrade(before, kind_by_path(self.path), self._attribution(), str(self.path), name=self.id)
        return self._change(before, result.data, left=result.left, missing=result.missing)

    def _change(self, before: bytes, after: bytes, **more: Any) -> Change:
        from labtui.operations.taxonomy_fixing import Change

        shown = f"{self.id}/{self.path.name}"
        return Change(
            path=self.path, shown=shown, before=before, after=after, target=self.path, shown_target=shown, **more
        )

    def _attribution(self) -> bytes | None:
        return self._beside.data() if self._beside.text or self._beside_expected else None

    def moved(self, name: str, path: FilePath) -> None:
        """The leaf has another name and place now."""
        self.id, self.path = name, path


def carried(findings: Iterable[Finding], before: str, now: str) -> list[Finding]:
    """Of findings in the text `before` those that compare leaves, at the lines where they stand `now`.

    They cannot be found by looking at one leaf; where what they speak of was changed they are left out.
    """
    from labtui.taxonomy.checking.neighbours import RULES
    from labtui.taxonomy.editing.file_text import FileText

    kept = [finding for finding in findings if finding.rule in RULES]
    change = FileText(before).difference(now) if kept else None
    if change is None:
        return kept
    first = before.count("\n", 0, change.start) + 1
    last = first + change.removed.count("\n")
    by = change.inserted.count("\n") - change.removed.count("\n")
    moved = [msgspec.structs.replace(found, line=found.line + by) for found in kept if found.line > last]
    return [*(found for found in kept if found.line < first), *moved]


def author_of(root: FilePath) -> str:
    """Who contributes here, as git knows them."""
    from labtui.taxonomy.editing.skeleton import author

    return author(root)


def drafted(root: FilePath) -> set[str]:
    """The leaves of which unsaved edits lie on disk."""
    from labtui.taxonomy.editing import drafts

    return {name.removesuffix(f"/{ATTRIBUTION}") for name in drafts.all_unsaved(root)}


def clock(seconds: float) -> str:
    """A time of today as `14:02`, of another day with the date."""
    then, now = time.localtime(seconds), time.localtime()
    return time.strftime("%H:%M" if then[:3] == now[:3] else "%-d %B %H:%M", then)


def _seed_of(path: Path) -> int | None:
    return path[1] if len(path) > 1 and path[0] == SEEDS and isinstance(path[1], int) else None


def _pair_of(path: Path) -> int | None:
    return path[3] if len(path) > 3 and path[2] == PAIRS and isinstance(path[3], int) else None
