"""The rows of the tree: what stands where, folded and filtered."""

from __future__ import annotations

from labtui.widgets.leaf_rows import rows

IDS = ["skills/a", "skills/deep/er/b", "skills/deep/er/c", "knowledge/x", "knowledge/x/y", "knowledge/四/十"]


def drawn(found: list[object]) -> list[str]:
    return [f"{'  ' * row.depth}{row.label}{'' if row.leaf else '/'}" for row in found]  # type: ignore[attr-defined]


def test_chains_of_folders_are_one_row() -> None:
    assert drawn(rows(IDS, set())) == [
        "skills/",
        "  a",
        "  deep/er/",
        "    b",
        "    c",
        "knowledge/",
        "  x",
        "    y",
        "  四/",
        "    十",
    ]


def test_a_top_folder_stays_on_its_own() -> None:
    assert drawn(rows(["top/only/leaf"], set())) == ["top/", "  only/", "    leaf"]


def test_a_folded_folder_hides_what_is_below() -> None:
    found = rows(IDS, {"skills/deep/er", "knowledge"})
    assert drawn(found) == ["skills/", "  a", "  deep/er/", "knowledge/"]
    assert [row.open for row in found] == [True, False, False, False]


def test_a_filter_unfolds_and_leaves_out() -> None:
    assert drawn(rows(IDS, {"skills/deep/er"}, lambda name: name.endswith("c"))) == ["skills/", "  deep/er/", "    c"]
    assert rows(IDS, set(), lambda name: False) == []
