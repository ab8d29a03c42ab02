"""The reference validator's verdict (instructlab-schema) on the content of a qna.yaml, with positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.layout import KNOWLEDGE, SKILLS
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules.subject import Subject
from labtui.taxonomy.source import Unreadable, decode


def verdict(
    data: bytes,
    path: str,
    kind: str,
    *,
    name: str = "",
    profile: Profile = Profile.STRICT,
    highest: bool = False,
) -> tuple[list[Finding], Subject]:
    """What the reference finds, and the file as it was read on the way, so that nobody reads it twice."""
    from labtui.taxonomy.parse import parse

    try:
        source = decode(data)
    except Unreadable as trouble:
        text = data.decode("utf-8", "replace")
        return [unreadable(trouble, path)], Subject(
            path=path, text=text, data=data, name=name, kind=kind, profile=profile
        )
    only_text = Subject(path=path, text=source.text, data=data, name=name, kind=kind, profile=profile)
    try:
        parsed = parse(source.text)
    except Unreadable as trouble:
        return [unreadable(trouble, path)], only_text
    document = parsed.value
    if not document:
        return [
            Finding(
                path=path,
                level=Level.WARNING,
                rule="yaml.empty",
                message="The file is empty.",
                hint="A leaf without content is skipped without a word when samples are generated.",
            )
        ], only_text
    if not isinstance(document, Mapping):
        return [
            Finding(
                path=path,
                rule="schema.type",
                message="The file is not a mapping of keys at its top.",
                hint="It must begin with keys such as version: 3 and created_by: NAME.",
            )
        ], only_text
    version = _newest() if highest else version_of(document)
    subject = Subject(
        path=path,
        text=source.text,
        data=data,
        name=name,
        kind=kind or (KNOWLEDGE if "document" in document else SKILLS),
        version=version,
        linted=version > 1,  # the reference lints no files of version 1
        profile=profile,
        document=document,
        root=parsed.root,
    )
    try:
        return list(_reference(subject)), subject
    except (Exception, RecursionError) as error:
        # The reference gives up on such a file as well; what it is made of is not ours to know.
        return [
            Finding(
                path=path,
                rule="yaml.value",
                message=f"The file holds values that cannot be checked ({type(error).__name__}).",
                hint="Keys and values must be plain text, numbers and lists.",
            )
        ], only_text


def _reference(subject: Subject) -> Iterator[Finding]:
    from labtui.taxonomy.lint import lint
    from labtui.taxonomy.schema import apply

    if subject.linted:
        yield from lint(subject.text, subject.path, strict=subject.profile != Profile.UPSTREAM, root=subject.root)
    unfinished = Level.WARNING if subject.profile == Profile.DRAFT else Level.ERROR
    document = subject.document or {}
    yield from apply(document, subject.root, subject.version, subject.kind, subject.path, unfinished=unfinished)


def _newest() -> int:
    from labtui.taxonomy.schema import versions

    return versions()[-1]


BEYOND = 10**30
"""No version is as high as this; a number further from zero is taken for it."""


def version_of(document: Mapping[Any, Any]) -> int:
    """The version a file is checked against: its own, or 1 where that says nothing."""
    version = document.get("version", 1)
    if not isinstance(version, int):
        try:
            version = int(version)
        except (ValueError, TypeError, OverflowError):
            return 1
    # YAML 1.1 can write numbers of thousands of digits (1:1:1:…), which Python refuses to print.
    return version if -BEYOND < version < BEYOND else BEYOND


def unreadable(trouble: Unreadable, path: str) -> Finding:
    return Finding(
        path=path,
        line=trouble.line,
        column=trouble.column,
        rule=trouble.rule,
        message=trouble.message,
        hint=trouble.hint,
    )
