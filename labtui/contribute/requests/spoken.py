"""What the words of a failed check say of files of a contribution: `path:line:column: what is wrong`."""

from __future__ import annotations

import re
from typing import NamedTuple

from labtui.contribute.records import CheckRun, Problem, Since
from labtui.contribute.requests.commented import Places
from labtui.taxonomy.leaf import ATTRIBUTION

LINE_LIMIT = 2000
"""Characters of one line of a check's words that are looked at."""
MOST = 20
"""Problems that are taken from one check."""

# As the upstream checks and most linters print it: path:line:column, or path:line, then the words.
_AT = re.compile(
    r"(?P<path>[\w./+-]{1,400}/(?:qna\.yaml|attribution\.txt))(?::(?P<line>\d{1,9}))?(?::\d{1,9})?:?[ \t]*(?P<words>.*)"
)


class Spoken(NamedTuple):
    problem: Problem
    since: Since
    """What became of the place since the commit that was checked."""


def spoken_of(check: CheckRun, places: Places) -> list[Spoken]:
    """Each thing once, in the order it was said; MOST of them."""
    found: dict[Spoken, None] = {}
    for line in check.says.splitlines():
        for match in _AT.finditer(line[:LINE_LIMIT]):
            number = int(match["line"] or 0)
            path = match["path"].removeprefix("./").removeprefix("/")
            spot = places.spot(path, number)
            if spot.leaf:
                words = match["words"].strip() or check.name
                field = (places.work_field(path, number) or spot.field) if spot.field == (ATTRIBUTION,) else spot.field
                found[Spoken(Problem(message=words, leaf=spot.leaf, field=field), spot.since)] = None
                if len(found) == MOST:
                    return list(found)
    return list(found)
