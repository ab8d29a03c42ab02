"""The reference's JSON schemas applied to a document, each error at the node it speaks of and in plain words."""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from yaml.nodes import Node

from labtui.taxonomy.findings import Finding, Level
from labtui.taxonomy.places import Place, entry, follow, place

KNOWLEDGE = "knowledge"
SKILL = "compositional_skills"

NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "null": "nothing",
    "array": "a list",
    "object": "a mapping of keys",
}


@functools.cache
def _resource(version: str, name: str) -> Any:
    """A schema file of the reference package. Raises NoSuchResource."""
    from instructlab.schema import schema_base
    from referencing import Resource
    from referencing.exceptions import NoSuchResource
    from referencing.jsonschema import DRAFT202012

    try:
        contents = json.loads(schema_base().joinpath(version, name).read_text(encoding="utf-8"))
        return Resource.from_contents(contents, default_specification=DRAFT202012)
    except (OSError, ValueError) as error:
        raise NoSuchResource(f"{version}/{name}") from error


@functools.cache
def _validator(version: str, name: str) -> Any:
    from jsonschema.validators import extend, validator_for  # type: ignore[import-untyped]
    from referencing import Registry

    schema = _resource(version, f"{name}.json").contents
    registry: Any = Registry(retrieve=functools.partial(_resource, version))  # type: ignore[call-arg]
    # A registry never changes: what it fetches while it validates is fetched again for the next file.
    for reference in sorted(set(re.findall(r"'\$ref': '([^'#]+)'", repr(schema)))):
        registry = registry.get_or_retrieve(reference).registry
    validator = extend(validator_for(schema), {"uniqueItems": _unique_items})
    return validator(schema, registry=registry.crawl())


def _unique_items(validator: Any, wanted: bool, instance: Any, schema: Any) -> Iterator[Any]:
    """As the library has it, except that a long list of mappings is not compared each with each."""
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]

    if wanted and validator.is_type(instance, "array") and not _all_different(instance):
        yield ValidationError("The list has non-unique elements")


def _all_different(items: list[Any]) -> bool:
    from jsonschema._utils import uniq  # type: ignore[import-untyped]

    if not items or not all(isinstance(item, Mapping) for item in items):
        return bool(uniq(items))
    try:
        return len({_same(item) for item in items}) == len(items)
    except TypeError:
        return bool(uniq(items))


def _same(value: Any) -> Hashable:
    """Something that is equal for what JSON Schema takes for the same: yes is not 1, but 1.0 is."""
    match value:
        case str():
            return value
        case bool():
            return ("yes or no", value)
        case Mapping():
            return ("mapping", frozenset((key, _same(item)) for key, item in value.items()))
        case Sequence():
            return ("list", tuple(_same(item) for item in value))
    return ("value", value)


@functools.cache
def versions() -> tuple[int, ...]:
    """The schema versions there are, lowest first."""
    from instructlab.schema import schema_versions

    return tuple(int(folder.name[1:]) for folder in schema_versions())


def apply(
    document: Mapping[Any, Any],
    root: Node | None,
    version: int,
    kind: str,
    path: str,
    *,
    unfinished: Level = Level.ERROR,
) -> Iterator[Finding]:
    """Every violation; what only waits to be written is given the level `unfinished`. `kind` is KNOWLEDGE or SKILL."""
    from referencing.exceptions import NoSuchResource

    at = _version_place(root)
    try:
        validator = _validator(f"v{version}", kind)
    except NoSuchResource:
        newest = versions()[-1]
        yield Finding(
            path=path,
            line=at.line,
            column=at.column,
            rule="schema.version",
            message=f"There is no version {version} of the schema.",
            hint=f"The newest is: version: {newest}",
        )
        return
    if validator.schema.get("deprecated"):
        yield Finding(
            path=path,
            line=at.line,
            column=at.column,
            rule="schema.deprecated",
            message=str(validator.schema.get("description") or f"Version {version} is no longer supported."),
            hint="Write it as version 3: contexts from the document, each with three or more pairs.",
        )
        return
    for error in validator.iter_errors(document):
        yield _finding(error, root, path, unfinished if _is_unfinished(error) else Level.ERROR)


def _version_place(root: Node | None) -> Place:
    found = entry(root, "version")
    return place(found[1] if found else None)


def _is_unfinished(error: Any) -> bool:
    """Whether something is missing yet, as opposed to being there and wrong."""
    missing = error.validator in ("required", "minItems", "minLength")
    return missing or (error.validator == "type" and error.instance is None)


def _finding(error: Any, root: Node | None, path: str, level: Level) -> Finding:
    node = follow(root, error.absolute_path)
    at, message, hint = _in_words(error, node)
    message = message[:1].upper() + message[1:]
    rule = f"schema.{error.validator}"
    return Finding(path=path, line=at.line, column=at.column, level=level, rule=rule, message=message, hint=hint)


def _in_words(error: Any, node: Node | None) -> tuple[Place, str, str]:
    """Where, what and what to do. The words name the field as the contributor wrote it."""
    name, at, wanted = _name(error.absolute_path), place(node), error.validator_value
    match error.validator:
        case "required":
            missing = next((key for key in wanted if error.message.startswith(repr(key))), "")
            return at, f"{name} has no '{missing}'.", f"Add: {missing}: …"
        case "type":
            was = f"is {_read_as(error.instance)}, not {NAMES.get(str(wanted), wanted)}"
            return at, f"{name} {was}.", _type_hint(error.instance, str(wanted))
        case "minLength":
            return at, f"{name} is empty.", "Write at least one character."
        case "minItems":
            count = len(error.instance)
            return at, f"{name} has {count} of the {wanted} entries it needs.", f"Add {wanted - count} more."
        case "uniqueItems":
            return at, f"{name} holds the same entry twice.", "Remove one, or ask something else in it."
        case "const":
            return at, f"{name} is {error.instance!r:.40}, not {wanted!r}.", f"Write: {wanted}"
        case "unevaluatedProperties" | "additionalProperties":
            return _surplus(error, node, name)
    return at, f"{name}: {error.message[-200:]}", ""


def _surplus(error: Any, node: Node | None, name: str) -> tuple[Place, str, str]:
    known = [*error.schema.get("properties", {})]
    if not error.absolute_path:
        known.append("version")
    surplus = [key for key in error.instance if key not in known]
    if not surplus:
        return place(node), f"{name}: {error.message[-200:]}", ""
    found = entry(node, surplus[0])
    listed = ", ".join(f"'{key!s:.40}'" for key in surplus[:5])
    near = difflib.get_close_matches(str(surplus[0]), known, n=1, cutoff=0.6)
    hint = f"Did you mean '{near[0]}'?" if near else "Remove it. Known here: " + ", ".join(known) + "."
    verb = "does" if len(surplus) == 1 else "do"
    return place(found[0] if found else node), f"{listed} {verb} not belong into {name}.", hint


def _name(path: Any) -> str:
    """`seed 3, pair 2, 'answer'`: a path into the values as a person would say it."""
    words = {"seed_examples": "seed", "questions_and_answers": "pair", "patterns": "pattern"}
    parts: list[str] = []
    for step in path:
        if isinstance(step, int) and parts and parts[-1].strip("'") in words:
            parts[-1] = f"{words[parts[-1].strip(chr(39))]} {step + 1}"
        else:
            parts.append(f"'{step}'")
    return ", ".join(parts) or "the file"


def _read_as(instance: Any) -> str:
    match instance:
        case None:
            return "empty"
        case bool():
            return f"read as {'yes (true)' if instance else 'no (false)'}"
        case int() | float():
            return f"read as the number {instance!s:.40}"
        case list():
            return "a list"
        case dict():
            return "a mapping of keys"
    return f"read as {type(instance).__name__} {instance!s:.40}"


def _type_hint(instance: Any, wanted: str) -> str:
    if wanted != "string":
        return ""
    if instance is None:
        return "Write a text after the colon."
    if isinstance(instance, dict):
        return "The text holds a colon followed by a space: put it in quotes, or into a block that begins with |."
    if isinstance(instance, list):
        return "The text begins with [ or -: put it in quotes, or into a block that begins with |."
    return "Put it in quotes."
