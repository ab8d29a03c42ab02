"""Which licences a contribution may stand under, and what a person probably meant by what they wrote.

license-expression knows the SPDX names and grammar. It takes some 40 ms to be ready (measured: 18 ms to import, 14 ms
for its list, 6 ms for the first parse), so what is accepted word for word is answered without it.
"""

from __future__ import annotations

import functools
import re
from typing import Any, NamedTuple

ACCEPTED = ("Apache-2.0", "MIT", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CDLA-Permissive-2.0")
PUBLIC_DOMAIN = "Public domain"
LONGEST = 200
"""Characters of a licence beyond which it is prose and not parsed."""


class Verdict(NamedTuple):
    """`rule` is empty for an accepted licence; else the rule broken, why, and what to write."""

    rule: str
    why: str = ""
    hint: str = ""


def accepted() -> tuple[str, ...]:
    """The licences a taxonomy's maintainers accept for what others wrote, as SPDX writes them."""
    return (*ACCEPTED, PUBLIC_DOMAIN)


def judge(expression: str) -> str:
    """Why a licence is not accepted, in one sentence; empty where it is."""
    return assess(expression).why


@functools.lru_cache(maxsize=512)
def assess(expression: str) -> Verdict:
    """Whether a licence is accepted: an SPDX name or expression, of an OR one side is enough."""
    text = " ".join(expression.split())
    if text in ACCEPTED or _is_public_domain(text):
        return Verdict("")
    if len(text) > LONGEST:
        return Verdict("legal.licence-unknown", "The licence is prose and names no licence there is.", _list_hint())
    parsed = _parse(text)
    if parsed is not None:
        return _allowed(parsed)
    why = f"'{text:.60}' is not the name of a licence as SPDX writes it."
    meant = _meant(text)
    if not meant:
        return Verdict("legal.licence-unknown", why, _list_hint())
    found = _parse(meant)
    if found is not None and not _is_allowed(found):
        return _allowed(found)
    certain = any(character.isdigit() for character in text) or meant == "MIT"
    return Verdict(
        "legal.licence-unknown", why, f"Write: {meant}" if certain else f"Name the version, such as {meant}."
    )


def _list_hint() -> str:
    return "Name one of: " + ", ".join(ACCEPTED) + f", or {PUBLIC_DOMAIN}."


def _is_public_domain(text: str) -> bool:
    return re.fullmatch(r"(?:in )?(?:the )?public[ -]domain\.?", text, re.IGNORECASE) is not None


@functools.cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _parse(text: str) -> Any:
    """The expression as a tree, or None where SPDX does not know it."""
    try:
        parsed = _licensing().parse(text, validate=True, strict=True)
    except Exception:  # the parser has several of its own, and raises plain ones for odd text
        return None
    return parsed


def _allowed(parsed: Any) -> Verdict:
    if _is_allowed(parsed):
        return Verdict("")
    outside = [key for key in dict.fromkeys(str(symbol) for symbol in parsed.get_literals()) if key not in ACCEPTED]
    named = " and ".join(outside[:3])
    return Verdict(
        "legal.licence-not-accepted",
        f"The licence {named} is not among those a contribution may stand under.",
        "Use a work under one of: " + ", ".join(ACCEPTED) + f", or in the {PUBLIC_DOMAIN.lower()}.",
    )


def _is_allowed(parsed: Any) -> bool:
    name = type(parsed).__name__
    if name == "OR":
        return any(_is_allowed(part) for part in parsed.args)
    if name == "AND":
        return all(_is_allowed(part) for part in parsed.args)
    if name == "LicenseWithExceptionSymbol":  # an exception only permits more
        return str(parsed.license_symbol) in ACCEPTED
    return str(parsed) in ACCEPTED


_CREATIVE = re.compile(r"\bcc[ -]*(?:licen[sc]e[ -]*)?(by(?:[ -]*(?:nc|nd|sa))*)[ -]*v?(\d(?:\.\d)?)?\b")
_WORDS = (
    ("attribution", "by"),
    ("share alike", "sa"),
    ("sharealike", "sa"),
    ("noncommercial", "nc"),
    ("non commercial", "nc"),
    ("noderivatives", "nd"),
    ("noderivs", "nd"),
    ("no derivatives", "nd"),
    ("creative commons", "cc"),
    ("international", ""),
    ("unported", ""),
)


def _meant(text: str) -> str:
    """The SPDX name of a licence written as people write it, or empty."""
    plain = re.sub(r"[\s_()\[\],;:]+", " ", text.lower().replace("–", "-")).strip(" .")
    if re.search(r"\bcc[ -]?(?:0|zero)\b|\bcreative commons zero\b", plain):
        return "CC0-1.0"
    for words, short in _WORDS:
        plain = plain.replace(words.replace(" ", "-"), short).replace(words, short)
    plain = re.sub(r"\s+", " ", plain)
    if found := _CREATIVE.search(plain):
        parts = re.findall(r"by|nc|nd|sa", found[1])
        version = found[2] or "4.0"
        return "CC-" + "-".join(parts).upper() + "-" + (version if "." in version else f"{version}.0")
    if re.search(r"\bapache\b", plain) and not re.search(r"\b1\.[01]\b", plain):
        return "Apache-2.0"
    if re.fullmatch(r"(?:the )?(?:mit|expat)(?: licen[sc]e)?", plain):
        return "MIT"
    if re.search(r"\bcdla\b.*\bpermissive\b", plain):
        return "CDLA-Permissive-2.0"
    return ""
