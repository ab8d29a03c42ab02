"""Every licence SPDX names, to be searched: those a taxonomy's maintainers accept first, and of the others why not.

The list is license-expression's. It takes some 20 ms to read, so it is read when somebody first types something that
no accepted licence answers to.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from labtui.taxonomy.licences import ACCEPTED, PUBLIC_DOMAIN, assess

MOST = 200
"""Licences that one search gives."""


class Licence(NamedTuple):
    """`means` is a phrase for a person who reads no licences: what it asks, or why it is not accepted."""

    name: str
    """As SPDX writes it, and as it is written into attribution.txt."""
    accepted: bool
    means: str
    other_names: tuple[str, ...] = ()


MEANINGS = {
    "CC-BY-SA-4.0": "names, share alike: Wikipedia's",
    "CC-BY-4.0": "name the authors",
    "CC0-1.0": "free for all; for your own work",
    "Apache-2.0": "keep notices; for your own work",
    "MIT": "keep the notice; for software",
    "CDLA-Permissive-2.0": "for collections of data",
    PUBLIC_DOMAIN: "nobody's any more: old books",
}
"""Short enough to be read whole beside the name on a narrow terminal."""
_SPOKEN = {
    "CC-BY-SA-4.0": "creative commons attribution sharealike share alike wikipedia",
    "CC-BY-4.0": "creative commons attribution",
    "CC0-1.0": "creative commons zero cc zero own myself",
    "Apache-2.0": "apache license licence software own myself",
    "MIT": "expat software",
    "CDLA-Permissive-2.0": "community data license agreement",
    PUBLIC_DOMAIN: "gutenberg expired old pd",
}
"""What people type for them, besides their names."""


def search(typed: str) -> list[Licence]:
    """The licences that hold every word of `typed`, the accepted ones first; without a word only these.

    What is no name but means one (`creative commons by sa`) finds that one too. An expression (`MIT OR GPL-2.0-only`)
    is judged as a whole and stands first. At most MOST.
    """
    words = re.findall(r"[\w.+]+", typed.lower())
    found = [licence for licence in accepted() if _holds(licence, words)]
    if not words:
        return found
    whole = _as_typed(" ".join(typed.split()))
    if whole is not None:
        found = [whole, *(licence for licence in found if licence.name != whole.name)]
    known = {licence.name for licence in found}
    rest = [licence for licence in _others() if licence.name not in known and _holds(licence, words)]
    start = "-".join(words)
    rest.sort(key=lambda licence: (not licence.name.lower().startswith(start), licence.name.lower()))
    return (found + rest)[:MOST]


def accepted() -> list[Licence]:
    """The accepted ones, those that documents most often stand under first."""
    return [Licence(name, True, means) for name, means in MEANINGS.items()]


def _holds(licence: Licence, words: list[str]) -> bool:
    text = " ".join([licence.name, *licence.other_names, _SPOKEN.get(licence.name, "")]).lower()
    return all(word in text for word in words)


def _as_typed(text: str) -> Licence | None:
    """What is typed, or what it means, as one licence or expression; None where it is neither."""
    verdict = assess(text)
    if not verdict.rule:
        known = {name.lower(): name for name in ACCEPTED}
        name = PUBLIC_DOMAIN if "domain" in text.lower() else known.get(text.lower(), text)
        return Licence(name, True, MEANINGS.get(name, "accepted as it is written"))
    if verdict.rule == "legal.licence-not-accepted" and len(text.split()) > 1:
        return Licence(text, False, verdict.why)
    if verdict.hint.startswith("Write: "):
        name = verdict.hint.removeprefix("Write: ")
        return Licence(name, True, MEANINGS.get(name, ""))
    return None


@functools.cache
def _others() -> tuple[Licence, ...]:
    from license_expression import get_license_index

    listed = []
    for entry in get_license_index():
        name = entry["spdx_license_key"] or ""
        if not name or name.startswith("LicenseRef-") or name in ACCEPTED:
            continue
        if entry["is_exception"] or entry["is_deprecated"]:
            continue
        others = [key for key in entry["other_spdx_license_keys"] if not key.startswith("LicenseRef-")]
        why = why_not(name, entry["category"])
        listed.append(Licence(name, False, why, (entry["license_key"], *others)))
    return tuple(listed)


def why_not(name: str, category: str) -> str:
    """Why a licence that is not accepted is not, as a phrase. `category` is that of license-expression's list."""
    if name.startswith("CC-BY") and re.search(r"-NC\b", name):
        return "forbids commercial use, as of a model"
    if name.startswith("CC-BY") and re.search(r"-ND\b", name):
        return "forbids changed versions"
    if older := re.match(r"(CC-BY(?:-SA)?)-[123]", name):
        return f"older; take {older[1]}-4.0"
    if name.startswith("Apache-1"):
        return "older; take Apache-2.0"
    if name.startswith("CDLA"):
        return "only CDLA-Permissive-2.0 is accepted of these"
    return _BY_CATEGORY.get(category, _NOT_LISTED)


_NOT_LISTED = "free, but not on the list agreed on"
_BY_CATEGORY = {
    "Copyleft": "all made of it must have the same licence",
    "Copyleft Limited": "changed parts must have the same licence",
    "Proprietary Free": "not free: its owner sets conditions",
    "Commercial": "not free: it is sold",
    "Free Restricted": "free for some uses only",
    "Source-available": "can be read, but not used freely",
    "Patent License": "speaks of patents, not of texts",
    "CLA": "an agreement between contributors and a project, no licence of a work",
    "Unstated License": "says nothing of how it may be used",
}
