"""Choosing a file: what is typed behind the folder that stands in the field."""

from __future__ import annotations

import pytest

from labtui.screens.contribute.source_window import whole_path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/home/ann/", "/home/ann/"),
        ("/home/ann//srv/birds.md", "/srv/birds.md"),
        ("/home/ann/~/birds.md", "~/birds.md"),
        ("/home/ann//srv//data/birds.md", "/data/birds.md"),
        ("/home/ann/~/a//b", "/b"),
        ("/home/ann/鳥.md", "/home/ann/鳥.md"),
    ],
)
def test_a_whole_path_behind_the_folder_counts_alone(typed: str, meant: str) -> None:
    assert whole_path(typed) == meant
