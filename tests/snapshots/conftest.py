"""Pictures of the screens lie flat in the repository's `snapshots/`, one readable name each."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_textual_snapshot
from syrupy.location import PyTestLocation
from syrupy.types import SerializedData, SnapshotIndex

from tests.snapshots import pictured
from tests.snapshots.pictured import Pictured

SNAPSHOTS = Path(__file__).resolve().parents[2] / "snapshots"
FONT_FACE = re.compile(r"\s*@font-face\s*\{[^}]*\}")


class Picture(pytest_textual_snapshot.SVGImageExtension):  # type: ignore[misc]
    """`snapshots/home_120x40.svg` for `test_screen[home_120x40]`."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        return str(SNAPSHOTS)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        _, _, name = test_location.testname.rstrip("]").partition("[")
        assert name and index == 0, "one picture a parametrized test: its name is the parameter's id"
        return name

    @classmethod
    def write_snapshot(cls, **given: object) -> None:
        with warnings.catch_warnings():
            # syrupy would have every name and folder say where its test is.
            warnings.simplefilter("ignore")
            super().write_snapshot(**given)

    def serialize(self, *args: object, **kwargs: object) -> SerializedData:
        # A picture in a README must not make its reader fetch fonts from somewhere else.
        return FONT_FACE.sub("", super().serialize(*args, **kwargs))


# The plugin offers no setting for the folder: its fixture takes this class by its name.
pytest_textual_snapshot.SVGImageExtension = Picture


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictured]:
    with pictured.laid_out(monkeypatch) as found:
        yield found
