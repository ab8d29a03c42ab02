"""Under which keys results are remembered, and what they look like there.

A key holds everything a result depends on: contents by their hashes, the leaf's name and kind, how strictly it is
judged, and the state of the checker itself, so that another version of it, or of what it builds on, finds anew.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from labtui import __version__
from labtui.taxonomy.check import CHECK_VERSION
from labtui.taxonomy.checking.facts import Facts
from labtui.taxonomy.checking.gathering import Candidate
from labtui.taxonomy.checking.worker import Found
from labtui.taxonomy.profiles import Profile

T = TypeVar("T")


class Remark(msgspec.Struct, frozen=True, array_like=True):
    """A finding that leaves show together, about the leaf of this index among them."""

    leaf: int
    found: Found


BUILT_ON = ("instructlab_schema-", "jsonschema-", "license_expression-", "pyyaml-", "rensa-", "yamllint-")
"""Packages whose version decides what is found, as the folders that describe them begin, in lower case."""


class Keys:
    """Makes the keys of one run."""

    def __init__(self, profile: Profile) -> None:
        self._start = hashlib.sha256(repr(_checker()).encode())
        self._profile = profile.value

    def check(self, one: Candidate) -> bytes:
        """Of what was found in a leaf."""
        return self._key("check", self._profile, one.highest, one.name, one.kind, one.data, one.attribution)

    def facts(self, one: Candidate) -> bytes:
        return self._key("facts", one.name, one.kind, one.data)

    def together(self, leaves: Iterable[Candidate]) -> bytes:
        """Of what leaves show together, in this order."""
        return self._key("together", *((one.name, one.kind, one.data) for one in leaves))

    def _key(self, *parts: object) -> bytes:
        key = self._start.copy()
        key.update(repr(parts).encode("utf-8", "surrogateescape"))
        return key.digest()


JUDGING = ("", "rules", os.path.join("rules", "catalogue"), "checking", "fixing")
"""The folders of `labtui.taxonomy` whose code decides what a result says."""


@functools.cache
def _checker() -> tuple[object, ...]:
    """What the checker is made of: its version, the files that judge, and the packages it builds on."""
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    files = sorted(
        (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
        for folder in JUDGING
        for entry in os.scandir(os.path.join(top, folder))
        if entry.name.endswith(".py")
    )
    return __version__, CHECK_VERSION, sys.version_info[:3], files, sorted(_packages())


def _packages() -> Iterable[str]:
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        yield from (name for name in names if name.endswith("-info") and name.lower().startswith(BUILT_ON))


def as_bytes(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


_FOUND = msgspec.msgpack.Decoder(tuple[Found, ...])
_REMARKS = msgspec.msgpack.Decoder(tuple[Remark, ...])
_FACTS = msgspec.msgpack.Decoder(Facts)


def found_from(value: bytes | None) -> tuple[Found, ...] | None:
    """What was remembered; None where nothing was, or no such thing."""
    return _decoded(value, _FOUND)


def remarks_from(value: bytes | None) -> tuple[Remark, ...] | None:
    return _decoded(value, _REMARKS)


def facts_from(value: bytes | None) -> Facts | None:
    return _decoded(value, _FACTS)


def _decoded(value: bytes | None, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
    if value is None:
        return None
    try:
        return decoder.decode(value)
    except msgspec.DecodeError:
        return None
