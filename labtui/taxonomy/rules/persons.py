"""safety.*: what leads to a person: addresses, numbers of telephones, accounts, cards and insurances.

Numbers count only where their check digits do, and nothing counts that is set aside for examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.places import Place
from labtui.taxonomy.rules.subject import Subject

_MAIL = re.compile(
    r"(?<![\w.+%/@:-])(?P<who>[A-Za-z0-9][\w.+%-]{0,63})@(?P<host>(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24})(?![\w@:/-])"
)
_NO_PERSON = re.compile(
    r"(?:noreply|donotreply|info|support|contact|hello|help|admin|webmaster|postmaster|hostmaster|abuse|security"
    r"|sales|press|office|team|service|customer\w*|git|root|user(?:name)?\d*|someone|somebody|name|yourname|me|you"
    r"|test\w*|example\w*|foo|bar|(?:john|jane|max|j)?(?:doe|smith|mustermann)\d*|firstlast|firstname.*|email)",
    re.IGNORECASE,
)
NO_HOST = re.compile(
    r"(?:.*\.)?(?:example|test|invalid|localhost|local|internal|lan|hostname)"
    r"|.*\.(?:service|socket|target|timer|mount|path|slice|scope|png|jpg|svg|py|md)"  # units of systemd, names of files
    r"|(?:.*\.)?(?:example|test|domain|mydomain|yourdomain|email|mail|company|yourcompany|abc|xyz|acme|foo|bar|server|host)"
    r"\.(?:com|org|net|edu|io|de|co\.uk)",
    re.IGNORECASE,
)
"""Hosts that are set aside for examples, and names of files that look like one."""
_PHONE = re.compile(
    r"(?<![\w.+/=-])(?:\+(?!1[ .-]?\(?555)[1-9]\d{0,2}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){1,4}"
    r"|\(\d{3}\) ?\d{3}-\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4})(?![\w/-]|\.\d)"
)
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_CARD = re.compile(
    r"(?<![\w.=/+-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|\d{16})(?![\w/-]|\.\d)"
)
_ISSUED = re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:011|5|4[4-9])")
_INSURANCE = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-]|\.\d)")

_EXAMPLES = frozenset(
    (
        "4111111111111111",
        "4242424242424242",
        "4012888888881881",
        "4000056655665556",
        "5555555555554444",
        "5105105105105100",
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "6011000990139424",
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "GB82WEST12345698765432",
        "FR1420041010050500013M02606",
        "FR7630006000011234567890189",
        "NL91ABNA0417164300",
        "CH9300762011623852957",
        "AT611904300234573201",
        "BE68539007547034",
        "ES9121000418450200051332",
        "IT60X0542811101000000123456",
        "078-05-1120",
        "219-09-9999",
        "123-45-6789",
    )
)
"""Numbers that stand in manuals and are nobody's."""


class Lead(NamedTuple):
    rule: str
    text: str
    at: Place


def check(subject: Subject) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Lead]] = {}
    for lead in scan(subject):
        groups.setdefault((lead.rule, lead.text), []).append(lead)
    for (rule, text), leads in groups.items():
        more = f" It comes {len(leads)} times." if len(leads) > 1 else ""
        name, hint = _WORDS[rule]
        shown = text if rule in ("safety.email", "safety.phone") else f"{text[:4]}…{text[-2:]}"
        yield subject.finding(rule, leads[0].at, f"'{shown}' looks like {name}.{more}", hint)


_WORDS = {
    "safety.email": (
        "the e-mail address of a person",
        "Write one that is set aside for examples, such as ann@example.com.",
    ),
    "safety.phone": (
        "a telephone number",
        "Write one that is set aside for examples, such as +1 555 0100, or leave it out.",
    ),
    "safety.account": ("the number of a bank account", "Make one up that ends in other digits."),
    "safety.card": (
        "the number of a payment card",
        "Write one that is set aside for tests, such as 4111 1111 1111 1111.",
    ),
    "safety.insurance": ("a social security number", "Write 123-45-6789, which is nobody's."),
}


_RUN = re.compile(r"\d[\d ().-]{7,}\d")
"""What may be a number of something: digits, with what is written between them."""


def scan(subject: Subject) -> Iterator[Lead]:
    """Everything that leads to a person."""
    text = subject.text
    at = text.find("@")
    while at >= 0:
        # The pattern is slow and the sign is rare, so it only looks around it.
        begin = max(0, at - 66)
        for match in _MAIL.finditer(text[begin : at + 260]):
            if begin + match.start("host") - 1 == at and _is_person(match):
                yield Lead("safety.email", match.group(), subject.place_at(begin + match.start()))
        at = text.find("@", at + 1)
    seen: set[int] = set()
    for run in _RUN.finditer(text):
        # An account begins with letters, and what stands around a number tells what it is.
        begin = max(0, run.start() - 26)
        for rule, match in _numbers(text[begin : run.end() + 36]):
            start = begin + match.start()
            if start not in seen and match.end() + begin > run.start() and start < run.end():
                seen.add(start)
                yield Lead(rule, match.group(), subject.place_at(start))


def _is_person(match: re.Match[str]) -> bool:
    who = re.sub(r"[._-]", "", match["who"])
    return not _NO_PERSON.fullmatch(who) and not NO_HOST.fullmatch(match["host"])


def _numbers(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _ISSUED.match(digits) and _luhn(digits) and digits not in _EXAMPLES and not _round(digits):
            yield "safety.card", match
    for match in _ACCOUNT.finditer(text):
        plain = match.group().replace(" ", "")
        if 15 <= len(plain) <= 34 and _mod97(plain) and plain not in _EXAMPLES:
            yield "safety.account", match
    for match in _INSURANCE.finditer(text):
        if match.group() not in _EXAMPLES and not _round(match.group()):
            yield "safety.insurance", match
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 9 <= len(digits) <= 15 and "555" not in (digits[-7:-4], digits[-10:-7]) and not _made_up(digits):
            yield "safety.phone", match


def _round(number: str) -> bool:
    """Few different digits, or zeros at the end: a number that was calculated or made up."""
    return len(set(number)) <= 4 or number.endswith("0000")


def _made_up(digits: str) -> bool:
    return len(set(digits)) <= 3 or "1234567" in digits or "0000" in digits


def _luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if index % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _mod97(account: str) -> bool:
    turned = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
