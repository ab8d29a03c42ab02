"""Every rule there is, the reference's and ours, and the one way to run ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from labtui.taxonomy.findings import Finding
from labtui.taxonomy.rules.catalogue import elsewhere, legal, lint, quality, safety, schema, yaml_and_layout
from labtui.taxonomy.rules.rule import Family, Rule
from labtui.taxonomy.rules.subject import Subject

FAMILIES: tuple[Family, ...] = tuple(
    module.FAMILY for module in (yaml_and_layout, lint, schema, legal, quality, elsewhere, safety)
)
RULES: dict[str, Rule] = {rule.id: rule for family in FAMILIES for rule in family.rules}
"""By id, in the order docs/taxonomy.md lists them."""


MOST = 100
"""Findings of one rule that are told of in one file; who broke it so often needs no longer list."""


def beyond(subject: Subject, attribution: bytes | None, attribution_path: str) -> Iterator[Finding]:
    """What our own rules find in one leaf."""
    counts: Counter[str] = Counter()
    for finding in dict.fromkeys(_found(subject, attribution, attribution_path)):  # an alias is met twice
        counts[finding.rule] += 1
        if counts[finding.rule] == MOST:
            yield msgspec.structs.replace(finding, message=f"{finding.message} More of the kind are not listed.")
        elif counts[finding.rule] < MOST:
            yield finding


def _found(subject: Subject, attribution: bytes | None, attribution_path: str) -> Iterator[Finding]:
    from labtui.taxonomy.rules import attribution as legal_rules
    from labtui.taxonomy.rules import characters, documents, form, length, persons, secrets, seeds, unfinished

    yield from form.check(subject)
    if subject.root is not None:
        yield from seeds.check(subject)
        yield from seeds.cut_texts(subject)
        yield from length.check(subject)
        yield from documents.offline(subject.document or {}, subject.root, subject.path, subject.profile)
    yield from unfinished.check(subject)
    yield from characters.check(subject)
    yield from secrets.check(subject)
    yield from persons.check(subject)
    yield from legal_rules.check(subject, attribution, attribution_path)
