"""Which field of a leaf each finding speaks of, by its position and, for what is missing, by its words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from labtui.taxonomy.check import ATTRIBUTION
from labtui.taxonomy.fields import SEEDS, At, LeafFields, Path
from labtui.taxonomy.findings import Finding

WHOLE: Path = ()
BESIDE: Path = (ATTRIBUTION,)
"""The file beside the leaf."""

_MISSING = re.compile(r"has no '([^']+)'")


def by_place(fields: LeafFields, findings: Iterable[Finding]) -> dict[Path, list[Finding]]:
    """The findings of each field, seed, pair (its question), the seeds as a whole, the file beside, or the whole."""
    seek = _Seeker(fields)
    placed: dict[Path, list[Finding]] = {}
    for finding in findings:
        placed.setdefault(seek.place(finding), []).append(finding)
    return placed


def place_of(fields: LeafFields, finding: Finding) -> Path:
    """The path of the field, seed or pair that `finding` speaks of; WHOLE or BESIDE where there is none."""
    return _Seeker(fields).place(finding)


def field_at(fields: LeafFields, at: At) -> Path:
    """The innermost field, seed or pair around a position; WHOLE outside of all."""
    return _Seeker(fields).around(at)


class _Seeker:
    def __init__(self, fields: LeafFields) -> None:
        self.fields = fields
        self.known = {field.path for field in fields.all}
        spans = [(field.start, field.end, field.path) for field in fields.all if field.there]
        for seed in fields.seeds:
            spans += [(pair.start, pair.end, pair.path) for pair in seed.pairs if pair.path != seed.path]
        self.inner = _Spans(spans)
        self.seeds = _Spans([(seed.start, seed.end, seed.path) for seed in fields.seeds])
        self.wholes: dict[At, Path] = {seed.start: seed.path for seed in fields.seeds}
        for seed in fields.seeds:
            self.wholes |= {pair.start: pair.path for pair in seed.pairs if pair.path != seed.path}

    def place(self, finding: Finding) -> Path:
        if finding.path.endswith(ATTRIBUTION) or finding.rule.startswith("legal.attribution"):
            return BESIDE
        at = (finding.line, finding.column)
        whole = self.wholes.get(at)
        if missing := _MISSING.search(finding.message):
            return self._missing(missing.group(1), at, whole)
        if whole is not None and finding.rule != "schema.type":
            return self._shown(whole)
        return self.around(at)

    def around(self, at: At) -> Path:
        found = self.inner.around(at) or self.seeds.around(at)
        if found is not None:
            return self._shown(found)
        return (SEEDS,) if self.fields.start <= at < self.fields.end else WHOLE

    def _missing(self, key: str, at: At, whole: Path | None) -> Path:
        if whole is not None:
            return (*whole, key) if (*whole, key) in self.known else self._shown(whole)
        if key == SEEDS:
            return (SEEDS,)
        # Of the repository, the commit and the patterns one may be missing: they stand in a mapping of their own.
        for path in (("document", key), (key,)):
            if path in self.known:
                return path
        return WHOLE

    def _shown(self, path: Path) -> Path:
        """A pair of a knowledge seed has no line of its own: its question stands for it."""
        question = (*path, "question")
        return question if len(path) == 4 and question in self.known else path


class _Spans:
    def __init__(self, spans: Sequence[tuple[At, At, Path]]) -> None:
        self.spans = sorted(spans)
        self.starts = [start for start, _, _ in self.spans]

    def around(self, at: At) -> Path | None:
        # The innermost span begins last; one before it may still be open where that one has ended.
        for index in range(bisect_right(self.starts, at) - 1, max(-1, bisect_right(self.starts, at) - 4), -1):
            _, end, path = self.spans[index]
            # What stands behind a value in its last line (blanks, a remark) is the value's.
            if at < end or (at[0] == end[0] and index == bisect_right(self.starts, at) - 1):
                return path
        return None
