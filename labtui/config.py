"""Settings with precedence: command line over environment over workspace over user file over defaults.

Every value knows where it came from. An unknown key or a wrong value is an error that names file, line and the
nearest valid key.
"""

from __future__ import annotations

import difflib
import os
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from labtui import paths
from labtui.errors import LabError, UsageError
from labtui.settings import Settings
from labtui.workspace import Workspace, remembered

if TYPE_CHECKING:
    import yaml

PREFIX = "LABTUI_"
MAX_DEPTH = 20
"""Levels a settings file may nest; the deepest setting needs four."""


class Setting(msgspec.Struct, frozen=True):
    """One setting as it stands: its dotted key, value, where the value came from, and what it means."""

    key: str
    value: Any
    source: str
    """`default`, `FILE:LINE`, the variable's name, or `--set`."""
    meaning: str


class Ignored(msgspec.Struct, frozen=True):
    """A workspace's setting that reaches out and does not count because the folder is not trusted."""

    key: str
    source: str


class Config(msgspec.Struct, frozen=True):
    settings: Settings
    sources: dict[str, str]
    """Dotted key -> source, for every key that is not a default."""
    ignored: tuple[Ignored, ...] = ()

    def rows(self) -> list[Setting]:
        """Every setting, in the order of `labtui.settings`."""
        return [
            Setting(key, value, self.sources.get(key, "default"), meaning)
            for key, value, meaning in _flatten(self.settings)
        ]


def load(
    workspace: Workspace | None = None,
    overrides: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Reads and merges everything. `overrides` are `section.key=value` texts (--set). Raises LabError."""
    merged: dict[str, Any] = {}
    sources: dict[str, str] = {}
    ignored: list[Ignored] = []
    _merge_file(paths.config_file(), merged, sources)
    if workspace is not None:
        trusted = str(workspace.root) in remembered().trusted
        _merge_file(workspace.settings_file, merged, sources, None if trusted else ignored)
    for name, value in sorted((os.environ if environment is None else environment).items()):
        if not name.startswith(PREFIX):
            continue
        if "__" not in name:
            _refuse_single(name)
        else:
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            _put(merged, sources, key, _from_text(key, value, name), name)
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"'{text}' is not of the form section.key=value.",
                where="--set",
                hint="It looks like: --set chat.temperature=0.2",
            )
        _put(merged, sources, key.strip(), _from_text(key.strip(), value, "--set"), "--set")
    settings = msgspec.convert(merged, Settings)
    return Config(settings, sources, tuple(ignored))


def _refuse_single(name: str) -> None:
    """Raises UsageError for LABTUI_CHAT_TEMPERATURE: a setting, but for the second underscore.

    Other variables of labtui's (LABTUI_WORKSPACE, what a job hands to its worker) are none of ours.
    """
    meant = name.removeprefix(PREFIX).lower()
    for key in keys():
        if key.replace(".", "_") == meant:
            variable = PREFIX + key.upper().replace(".", "__")
            raise UsageError("The variable sets nothing.", where=name, hint=f"Did you mean '{variable}'?")


def keys() -> list[str]:
    """Every valid dotted key."""
    return [key for key, _, _ in _flatten(Settings())]


def _merge_file(
    path: Path, merged: dict[str, Any], sources: dict[str, str], untrusted: list[Ignored] | None = None
) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LabError(f"The settings cannot be read: {reason}.", where=str(path), hint=_EDIT) from error
    if plain := _AS_MADE.fullmatch(text):
        if plain["base"]:
            line = text.count("\n", 0, plain.start("base")) + 1
            _put(merged, sources, "taxonomy.base", plain["base"], f"{path}:{line}")
        return
    for key, value, line in _leaves(path, text):
        where = f"{path}:{line}"
        if key == "version":
            continue
        converted = _convert(key, value, where)
        if untrusted is not None and _reaches_out(key):
            untrusted.append(Ignored(key, where))
            continue
        _put(merged, sources, key, converted, where)


_EDIT = "Open it with: labtui config edit"
_REMARKS = r"(?:[ ]*(?:#.*)?\n|version:[ ]*\d+[ ]*\n)*"
_AS_MADE = re.compile(
    rf"{_REMARKS}(?:taxonomy:\n[ ]+base: (?P<base>[A-Za-z][\w.-]*(?:/[A-Za-z][\w.-]*)+)\n{_REMARKS})?", re.ASCII
)
"""A file as `init` makes it: comments, the version, perhaps the base. Not reading it as YAML saves a start 25 ms."""


def _leaves(path: Path, text: str) -> Iterator[tuple[str, Any, int]]:
    """(dotted key, plain value, line from 1) of every setting in a YAML text."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _bound(path, yaml.parse(text, Loader=loader))
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        if "nesting depth" in problem:
            # Newer parsers read ahead and have a bound of their own, which comes before ours.
            raise _too_deep(where) from error
        raise LabError(f"The settings are not valid YAML: {problem}.", where=where, hint=_EDIT) from error
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise LabError("The settings must be a mapping of sections.", where=f"{path}:1", hint=_EDIT)
    sections = {key for key, _ in _fields(Settings)}
    for section_node, body in root.value:
        line = section_node.start_mark.line + 1
        if not isinstance(section_node, yaml.ScalarNode):
            raise LabError("A section's name is not a word.", where=f"{path}:{line}", hint=_EDIT)
        section = str(section_node.value)
        if section == "version":
            yield "version", body.value, line
        elif section not in sections:
            raise _unknown(section, f"{path}:{line}", sections)
        elif section == "keys":
            yield "keys", _plain(body, path), line
        elif isinstance(body, yaml.MappingNode):
            for key_node, value in body.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    at = f"{path}:{key_node.start_mark.line + 1}"
                    raise LabError(f"A key of '{section}' is not a word.", where=at, hint=_EDIT)
                yield f"{section}.{key_node.value}", _plain(value, path), key_node.start_mark.line + 1
        elif not (isinstance(body, yaml.ScalarNode) and body.value in ("", "~", "null")):
            raise LabError(f"'{section}' must hold keys of its own.", where=f"{path}:{line}", hint=_EDIT)


def _bound(path: Path, events: Iterable[yaml.Event]) -> None:
    """Raises LabError for what no settings need and a foreign file could end the program with."""
    import yaml

    depth = 0
    for event in events:
        where = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
        if isinstance(event, yaml.AliasEvent):
            raise LabError("Settings are written out: no aliases (*).", where=where, hint=_EDIT)
        # Events come from a state machine; composing nodes recurses, in C without a limit.
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _too_deep(where)


def _too_deep(where: str) -> LabError:
    return LabError(f"The settings nest more than {MAX_DEPTH} levels deep.", where=where, hint=_EDIT)


def _plain(node: yaml.Node, path: Path) -> Any:
    import yaml

    constructor = yaml.SafeLoader("")
    try:
        return constructor.construct_document(node)
    except yaml.YAMLError as error:
        line = node.start_mark.line + 1
        raise LabError("The value is not plain YAML.", where=f"{path}:{line}", hint=_EDIT) from error


def _put(merged: dict[str, Any], sources: dict[str, str], key: str, value: Any, source: str) -> None:
    section, _, name = key.partition(".")
    if name:
        merged.setdefault(section, {})[name] = value
    else:
        merged[section] = {**merged.get(section, {}), **value}
    sources[key] = source


def _from_text(key: str, text: str, where: str) -> Any:
    """A value given as text: read as the setting's own type, else as YAML (for lists and mappings)."""
    kind = _type_of(key, where)
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        import yaml

        try:
            return _convert(key, yaml.safe_load(text), where)
        except yaml.YAMLError:
            return _convert(key, text, where)


def _convert(key: str, value: Any, where: str) -> Any:
    try:
        return msgspec.to_builtins(msgspec.convert(value, _type_of(key, where)))
    except msgspec.ValidationError as error:
        shown = str(value) if len(str(value)) < 40 else f"{str(value)[:37]}…"
        raise UsageError(f"'{shown}' does not fit {key}: {error}.", where=where) from error


def _type_of(key: str, where: str) -> Any:
    section, _, name = key.partition(".")
    sections = dict(_fields(Settings))
    if section not in sections:
        raise _unknown(key, where, keys())
    if section == "keys":
        return dict[str, str]
    fields = dict(_fields(sections[section]))
    if name not in fields:
        raise _unknown(key, where, keys())
    return fields[name]


def _unknown(key: str, where: str, valid: Iterable[str]) -> UsageError:
    near = difflib.get_close_matches(key, list(valid), n=1, cutoff=0.4)
    if not near and "." in key:
        ends = {name.rpartition(".")[2]: name for name in valid}
        near = [ends[end] for end in difflib.get_close_matches(key.rpartition(".")[2], list(ends), n=1)]
    hint = f"Did you mean '{near[0]}'?" if near else "`labtui config show` lists every key."
    return UsageError(f"There is no setting '{key}'.", where=where, hint=hint)


def _fields(struct: type) -> list[tuple[str, Any]]:
    hints = typing.get_type_hints(struct, include_extras=True)
    return [(name, hints[name]) for name in struct.__struct_fields__]  # type: ignore[attr-defined]


def _meta(hint: Any) -> list[msgspec.Meta]:
    return [item for item in getattr(hint, "__metadata__", ()) if isinstance(item, msgspec.Meta)]


def _reaches_out(key: str) -> bool:
    return any((meta.extra or {}).get("reaches_out") for meta in _meta(_type_of(key, "")))


def _flatten(settings: Settings) -> Iterator[tuple[str, Any, str]]:
    for section, hint in _fields(Settings):
        value = getattr(settings, section)
        if isinstance(value, msgspec.Struct):
            for name, inner in _fields(type(value)):
                meaning = "; ".join(meta.description for meta in _meta(inner) if meta.description)
                yield f"{section}.{name}", getattr(value, name), meaning
        else:
            meaning = "; ".join(meta.description for meta in _meta(hint) if meta.description)
            yield section, value, meaning
