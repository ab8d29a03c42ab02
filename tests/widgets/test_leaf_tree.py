"""The taxonomy's tree as a widget: its rows, its cursor, what is drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from labtui.signs import in_ascii
from labtui.taxonomy.browsing.forest import Forest
from labtui.taxonomy.browsing.orders import Order
from labtui.taxonomy.browsing.searching import Searcher
from labtui.taxonomy.browsing.wanted import wanted
from labtui.taxonomy.browsing.word_index import WordIndex
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Level
from labtui.text import width
from labtui.widgets.leaf_badges import LEGEND
from labtui.widgets.leaf_tree import LeafTree
from tests.taxonomy.browsing.some import leaf


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield LeafTree()


@asynccontextmanager
async def shown(
    leaves: Iterable[Surveyed], size: tuple[int, int] = (60, 20)
) -> AsyncIterator[tuple[LeafTree, Pilot[None]]]:
    async with Host().run_test(size=size) as pilot:
        tree = pilot.app.query_one(LeafTree)
        tree.place(Forest.of(leaves))
        await pilot.pause()
        yield tree, pilot


def lines(tree: LeafTree) -> list[str]:
    return [tree.render_line(y).text.rstrip() for y in range(tree.size.height)]


def text(tree: LeafTree) -> str:
    return "\n".join(lines(tree)).rstrip()


def narrow(tree: LeafTree, typed: str) -> None:
    want = wanted(typed)
    (found,) = Searcher(WordIndex()).search(tree.forest, want, tree.order, 10_000)
    tree.show_found(want, found, follow=True)


async def test_every_sign() -> None:
    every = [
        leaf("k/clean"),
        leaf("k/warning", Level.WARNING),
        leaf("k/error", Level.ERROR),
        leaf("k/unchecked", read=False),
        leaf("k/new"),
        leaf("k/changed"),
        leaf("k/unsaved"),
    ]
    async with shown(every) as (tree, _):
        tree.mark({"k/new": "new", "k/changed": "changed"})
        tree.mark_unsaved({"k/unsaved"})
        drawn = text(tree)
        for sign in ("✔ clean ", "! warning ", "✖ error ", "◌ unchecked", "✔ new + ", "✔ changed ● ", "✔ unsaved ✎ "):
            assert sign in drawn, sign
        assert lines(tree)[0].endswith("1 ✖ 1 ! 2 ● 1 ✎")
        assert all(f"`{sign}`" in LEGEND for sign in "✔!✖◌+●✎▾▸")
        twins = [in_ascii(sign) for sign in "✔!✖◌+●✎▾▸"]
        assert len(set(twins)) == len(twins) and all(twin.isascii() for twin in twins)


async def test_a_folded_folder_says_how_much_it_holds() -> None:
    async with shown([leaf("k/a", Level.ERROR), leaf("k/b"), leaf("s/c")]) as (tree, pilot):
        tree.focus()
        await pilot.press("home", "left")
        assert lines(tree)[0].split() == ["▌▸", "k", "2", "1", "✖"]
        await pilot.press("right")
        assert lines(tree)[1].startswith("   ✖ a")


async def test_ten_thousand_children_in_one_folder() -> None:
    async with shown(leaf(f"k/leaf{number:05}") for number in range(10_000)) as (tree, pilot):
        tree.focus()
        assert text(tree).split() == ["▌▸", "k", "10,000"]
        await pilot.press("right")
        assert tree.virtual_size.height == 10_001
        await pilot.press("end")
        assert tree.leaf is not None and tree.leaf.id == "k/leaf09999"
        assert "leaf09999" in text(tree)
        await pilot.press("left", "left")
        assert tree.virtual_size.height == 1


async def test_what_is_folded_stays_so_when_it_is_read_again() -> None:
    names = [f"k/{number % 3}/leaf{number}" for number in range(9)]
    async with shown(leaf(name) for name in names) as (tree, pilot):
        tree.focus()
        assert tree.go_to("k/1/leaf4")
        await pilot.press("left", "left")
        before = text(tree)
        tree.place(Forest.of([leaf(name) for name in names], tree.forest))
        assert text(tree) == before
        assert tree.row is not None and tree.row.key == "k/1"
        tree.forest.put(leaf("k/2/another"))
        tree.reshape()
        assert "another" in text(tree) and "leaf4" not in text(tree)


async def test_the_cursor_stays_on_its_leaf_while_others_come_and_go() -> None:
    async with shown(leaf(f"k/{name}") for name in "cegi") as (tree, _):
        tree.go_to("k/e")
        for name in "abd":
            tree.forest.put(leaf(f"k/{name}"))
        tree.forest.drop("k/c")
        tree.reshape()
        assert tree.leaf is not None and tree.leaf.id == "k/e"
        tree.forest.drop("k/e")
        tree.reshape()
        assert tree.leaf is not None


@pytest.mark.parametrize("columns", [20, 36, 60, 140])
async def test_sixty_folders_deep_and_wide_names_fit(columns: int) -> None:
    deep = "/".join(f"f{number}" for number in range(60))
    every = [leaf("/".join(deep.split("/")[:n]) + "/side") for n in range(1, 60)]
    every += [leaf(f"{deep}/end"), leaf("k/" + "四十雀" * 30), leaf("k/" + "x" * 300 + "/" + "y" * 300 + "/z")]
    async with shown(every, size=(columns, 140)) as (tree, _):
        drawn = lines(tree)
        assert max(map(width, drawn)) <= columns
        assert tree.virtual_size.height == 1 + 59 + 1 + 59 + 4
        assert "…59" in text(tree)


async def test_folding_within_what_a_filter_found() -> None:
    async with shown([leaf("k/a/one"), leaf("k/a/two"), leaf("k/b/three", Level.ERROR), leaf("s/four")]) as (
        tree,
        pilot,
    ):
        tree.focus()
        narrow(tree, "k/")
        assert tree.matching() == ["k/a/one", "k/a/two", "k/b/three"]
        assert tree.leaf is not None and tree.leaf.id == "k/a/one"
        await pilot.press("left", "left")
        assert "one" not in text(tree) and "▸ a" in text(tree) and "three" in text(tree)
        await pilot.press("home")
        assert tree.next_problem()
        assert tree.leaf.id == "k/b/three"
        await pilot.press("home", "left")
        assert tree.next_problem(back=True)
        assert tree.leaf.id == "k/b/three"
        tree.show_all()
        assert tree.leaf.id == "k/b/three" and "four" in text(tree)


async def test_problems_in_folded_folders_are_found() -> None:
    bad = [leaf(f"k/{number}/bad", Level.ERROR) for number in range(0, 50, 10)]
    good = [leaf(f"k/{number}/leaf{other}") for number in range(50) for other in range(20)]
    async with shown([*bad, *good]) as (tree, _):
        seen = []
        for _ in range(6):
            assert tree.next_problem()
            assert tree.leaf is not None
            seen.append(tree.leaf.id)
        assert seen[:5] == [f"k/{number}/bad" for number in (0, 10, 20, 30, 40)] and seen[5] == seen[0]


async def test_orders() -> None:
    every = [leaf("k/a", seeds=1, changed=9), leaf("k/b", Level.WARNING, seeds=9), leaf("k/c", Level.ERROR, seeds=5)]
    async with shown(every) as (tree, _):
        for order, names in (
            (Order.WORST, ["c", "b", "a"]),
            (Order.NEWEST, ["a", "b", "c"]),
            (Order.SEEDS, ["b", "c", "a"]),
            (Order.PATH, ["a", "b", "c"]),
        ):
            tree.sort(order)
            assert [line.split()[-3] for line in lines(tree)[1:4]] == names
            tree.go_to("k/b")
            assert tree.leaf is not None and tree.leaf.id == "k/b"


async def test_foreign_names_are_text() -> None:
    async with shown([leaf("k/[red]x[/"), leaf("k/a\x1b[31m\x9b2J\u202eb")]) as (tree, _):
        drawn = text(tree)
        assert "[red]x[" in drawn
        assert not {"\x1b", "\x9b", "\u202e"} & set(drawn)
