"""safety.secret: keys and passwords. A small table of forms that services give their keys.

detect-secrets was tried instead: on 808 submissions it took eight times as long as everything else together and found
129 things, 128 of them commits and none a secret. What follows finds forms that are unmistakable, and nothing by how
random it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.places import Place
from labtui.taxonomy.rules.persons import NO_HOST
from labtui.taxonomy.rules.subject import Subject

_END = r"(?![A-Za-z0-9_-])"
_BEGIN = r"(?<![A-Za-z0-9_/+-])"
_FORMS = {
    "private_key": r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----\s+(?:[\w-]+: [^\n]*\n\s*)*"
    r"[A-Za-z0-9+/]{40}",
    "aws": rf"{_BEGIN}(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z2-7]{{16}}{_END}",
    "github": rf"{_BEGIN}(?:gh[pousr]_[A-Za-z0-9]{{36,}}|github_pat_[A-Za-z0-9_]{{60,}}){_END}",
    "gitlab": rf"{_BEGIN}glpat-[A-Za-z0-9_-]{{20,}}{_END}",
    "slack": rf"{_BEGIN}xox[abeoprs]-[0-9]{{8,}}-[A-Za-z0-9-]{{10,}}"
    r"|hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}",
    "google": rf"{_BEGIN}AIza[A-Za-z0-9_-]{{35}}{_END}",
    "anthropic": rf"{_BEGIN}sk-ant-[A-Za-z0-9_-]{{32,}}{_END}",
    "openai": rf"{_BEGIN}sk-(?:proj-|svcacct-)?[A-Za-z0-9_]{{32,}}(?:-[A-Za-z0-9_-]+)*{_END}",
    "hugging_face": rf"{_BEGIN}hf_[A-Za-z0-9]{{30,}}{_END}",
    "stripe": rf"{_BEGIN}[rs]k_live_[A-Za-z0-9]{{20,}}{_END}",
    "npm": rf"{_BEGIN}npm_[A-Za-z0-9]{{36}}{_END}",
    "pypi": rf"{_BEGIN}pypi-AgE[A-Za-z0-9_-]{{50,}}{_END}",
    "sendgrid": rf"{_BEGIN}SG\.[A-Za-z0-9_-]{{22}}\.[A-Za-z0-9_-]{{43}}{_END}",
    "azure": r"AccountKey=[A-Za-z0-9+/]{80,}={0,2}",
    "token": rf"{_BEGIN}eyJ[A-Za-z0-9_-]{{12,}}\.eyJ[A-Za-z0-9_-]{{12,}}\.[A-Za-z0-9_-]{{20,}}{_END}",
    "address": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@<>{}$]{1,64}:(?P<word>[^\s/:@<>{}$*]{4,128})@(?P<at>[\w.-]+)",
}
_NAMES = {
    "private_key": "a private key",
    "aws": "an access key of Amazon Web Services",
    "github": "an access token of GitHub",
    "gitlab": "an access token of GitLab",
    "slack": "a token of Slack",
    "google": "an API key of Google",
    "anthropic": "an API key of Anthropic",
    "openai": "an API key of OpenAI",
    "hugging_face": "an access token of Hugging Face",
    "stripe": "a live key of Stripe",
    "npm": "an access token of npm",
    "pypi": "an access token of PyPI",
    "sendgrid": "an API key of SendGrid",
    "azure": "an account key of Azure",
    "token": "a signed token (JWT)",
    "address": "a password in an address",
}
_ANY = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()))
_MADE_UP = re.compile(
    r"pass(?:word|wd)?\d*|secret|example|changeme|x+|\.+|your.*|my.*|test\w*|token|key|pwd|1234\d*", re.IGNORECASE
)
_BEGINNINGS = (
    "PRIVATE KEY",
    "AKIA",
    "ASIA",
    "github_pat_",
    "glpat-",
    "xox",
    "hooks.slack",
    "AIza",
    "sk-",
    "hf_",
    "k_live_",
    "npm_",
    "pypi-A",
    "SG.",
    "AccountKey=",
    "eyJ",
)
"""Without one of these, or an address with an @ in it, there is nothing to look for."""
_GITHUB = re.compile(r"gh[pousr]_")
_ADDRESS = re.compile(r"://[^\s/@]{3,200}@")


def check(subject: Subject) -> Iterator[Finding]:
    for kind, at in scan(subject.text, subject):
        yield subject.finding(
            "safety.secret",
            at,
            f"Here stands {_NAMES[kind]}. Once published it is everybody's.",
            "Remove it and have it revoked where it was issued; write <KEY> where an example needs one.",
        )


def scan(text: str, subject: Subject) -> Iterator[tuple[str, Place]]:
    """Kind and place of every secret."""
    if not _may_hold_one(text):
        return
    for match in _ANY.finditer(text):
        kind = next(name for name in _FORMS if match[name] is not None)
        if kind == "address" and (_MADE_UP.fullmatch(match["word"]) or NO_HOST.fullmatch(match["at"])):
            continue
        yield kind, subject.place_at(match.start())


def _may_hold_one(text: str) -> bool:
    # Looking for words one by one is faster than any pattern that names them all.
    if any(beginning in text for beginning in _BEGINNINGS) or _GITHUB.search(text):
        return True
    return "@" in text and _ADDRESS.search(text) is not None
