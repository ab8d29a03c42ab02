"""The rows of the tree: what stands where, folded and unfolded."""

from __future__ import annotations

from collections.abc import Iterable

from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.browsing.orders import Order
from labtui.taxonomy.browsing.rows import ROWS_AT_FIRST, Folding, Row, levels_at_first, rows, rows_below
from tests.taxonomy.browsing.some import leaf

IDS = ["skills/a", "skills/deep/er/b", "skills/deep/er/c", "knowledge/x", "knowledge/x/y", "knowledge/四/十"]


def forest(ids: Iterable[str]) -> Forest:
    return Forest.of([leaf(name) for name in ids])


def drawn(found: list[Row]) -> list[str]:
    return [f"{'  ' * row.depth}{row.label}{'' if row.leaf else '/'}" for row in found]


def test_chains_of_folders_are_one_row() -> None:
    assert drawn(rows(forest(IDS), Folding())) == [
        "knowledge/",
        "  x",
        "    y",
        "  四/",
        "    十",
        "skills/",
        "  a",
        "  deep/er/",
        "    b",
        "    c",
    ]


def test_a_top_folder_stays_on_its_own() -> None:
    assert drawn(rows(forest(["top/only/leaf"]), Folding())) == ["top/", "  only/", "    leaf"]


def test_a_folded_folder_hides_what_is_below_and_brings_it_back() -> None:
    found, folding = forest(IDS), Folding()
    whole = rows(found, folding)
    deep = next(row for row in whole if row.key == "skills/deep/er")
    folding.fold(deep.node)
    folding.fold(found.nodes["knowledge"])
    assert drawn(rows(found, folding)) == ["knowledge/", "skills/", "  a", "  deep/er/"]
    folding.unfold(deep.node)
    assert drawn(rows_below(found, deep, folding, Order.PATH)) == ["    b", "    c"]


def test_few_leaves_are_all_open_and_many_are_not() -> None:
    few = forest(f"knowledge/{number}/leaf" for number in range(20))
    assert len(rows(few, Folding(levels_at_first(few)))) == 41
    many = forest(f"knowledge/{number % 50}/leaf{number}" for number in range(2000))
    shown = rows(many, Folding(levels_at_first(many)))
    assert len(shown) == 51
    assert len(shown) <= ROWS_AT_FIRST
    one_folder = forest(f"knowledge/leaf{number:05}" for number in range(10_000))
    assert drawn(rows(one_folder, Folding(levels_at_first(one_folder)))) == ["knowledge/"]


def test_to_reveal_a_leaf_opens_only_its_way() -> None:
    many = forest(f"knowledge/{number % 50}/leaf{number}" for number in range(2000))
    folding = Folding(levels_at_first(many))
    folding.reveal(many.nodes["knowledge/7/leaf57"])
    assert len(rows(many, folding)) == 51 + 40
    assert "    leaf57" in drawn(rows(many, folding))


def test_sixty_folders_deep() -> None:
    name = "/".join(f"f{number}" for number in range(60))
    wide = forest([f"{name}/a", f"{name}/b", *("/".join(name.split("/")[:n]) + "/side" for n in range(1, 60))])
    found = rows(wide, Folding())
    assert max(row.depth for row in found) == 60
    assert sum(row.leaf for row in found) == 61
