"""Sums of folders follow what becomes known of the leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.taxonomy.browsing.forest import CHANGED, ERRORS, LEAVES, SEEDS, UNREAD, UNSAVED, WARNINGS, Forest
from labtui.taxonomy.browsing.orders import Order, children, in_order, next_problem
from labtui.taxonomy.checking.survey import Surveyed
from labtui.taxonomy.findings import Level
from tests.taxonomy.browsing.some import leaf

NAMES = ["a", "a/b", "a/b/c", "a/d/e", "knowledge/x", "knowledge/四/十", "compositional_skills/z"]


def sums(forest: Forest, key: str = "") -> list[int]:
    return forest.sums_of(forest.nodes[key] if key else forest.top)


def test_sums_of_folders() -> None:
    forest = Forest.of([leaf("k/a", Level.ERROR), leaf("k/b/c", Level.WARNING, seeds=7), leaf("k/b/d", read=False)])
    assert sums(forest)[: SEEDS + 1] == [3, 1, 1, 1, 0, 0, 12]
    assert sums(forest, "k/b")[LEAVES] == 2
    forest.learn(leaf("k/b/d", Level.ERROR))
    assert (sums(forest)[ERRORS], sums(forest)[UNREAD], sums(forest, "k/b")[ERRORS]) == (2, 0, 1)
    forest.mark({"k/a": "new", "k/b/c": "changed", "k/gone": "changed"})
    forest.mark_unsaved({"k/b/c"})
    assert (sums(forest)[CHANGED], sums(forest, "k/b")[CHANGED], sums(forest, "k/b")[UNSAVED]) == (2, 1, 1)
    forest.mark({})
    assert sums(forest)[CHANGED] == 0


def test_a_leaf_that_is_a_folder_too() -> None:
    forest = Forest.of([leaf("k/a", Level.ERROR)])
    forest.put(leaf("k/a/b", Level.WARNING))
    assert (sums(forest, "k/a")[ERRORS], sums(forest, "k/a")[WARNINGS], sums(forest)[LEAVES]) == (1, 1, 2)
    forest.drop("k/a")
    assert (sums(forest)[ERRORS], sums(forest)[WARNINGS]) == (0, 1)
    forest.drop("k/a/b")
    assert not forest.nodes and len(forest) == 0
    assert not forest.drop("k/a/b")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "drop", "mark", "unsaved"]),
            st.sampled_from(NAMES),
            st.sampled_from([None, Level.ERROR, Level.WARNING]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_whatever_happens_the_sums_are_those_of_a_fresh_count(
    steps: list[tuple[str, str, Level | None, bool]],
) -> None:
    forest = Forest()
    there: dict[str, Surveyed] = {}
    for what, name, level, read in steps:
        if what == "put":
            there[name] = leaf(name, level, read=read)
            forest.put(there[name])
        elif what == "drop":
            assert forest.drop(name) == (there.pop(name, None) is not None)
        elif what == "mark":
            forest.mark({**forest.changed, name: "new"} if read else {})
        else:
            forest.mark_unsaved(forest.unsaved ^ {name})
    fresh = Forest()
    fresh.mark(forest.changed)
    fresh.mark_unsaved(forest.unsaved)
    for one in there.values():
        fresh.put(one)
    again = Forest.of(there.values(), fresh)
    for other in (fresh, again):
        assert {key: forest.sums_of(node) for key, node in forest.nodes.items()} == {
            key: other.sums_of(node) for key, node in other.nodes.items()
        }
        assert sums(forest) == sums(other)


def test_what_was_known_is_taken_over() -> None:
    before = Forest.of([leaf("k/a", Level.ERROR)])
    after = Forest.of([leaf("k/a", read=False), leaf("k/b", read=False)], before)
    assert after.leaf("k/a") == before.leaf("k/a")
    assert sums(after)[UNREAD] == 1


def test_orders() -> None:
    forest = Forest.of(
        [
            leaf("knowledge/b", Level.WARNING, seeds=5, changed=3),
            leaf("knowledge/a", seeds=9, changed=1),
            leaf("knowledge/c/d", Level.ERROR, seeds=5, changed=2),
            leaf("compositional_skills/z", seeds=1, changed=9),
        ]
    )

    def names(order: Order) -> list[str]:
        return [node.key.rpartition("/")[2] for node in in_order(forest, order)]

    assert names(Order.PATH) == ["z", "a", "b", "d"]
    assert names(Order.WORST) == ["d", "b", "a", "z"]
    assert names(Order.NEWEST) == ["z", "b", "d", "a"]
    assert names(Order.SEEDS) == ["a", "b", "d", "z"]
    assert [child.key for child in children(forest, forest.top, Order.PATH)] == ["compositional_skills", "knowledge"]
    assert Order.SEEDS.after is Order.PATH


@pytest.mark.parametrize("order", [Order.PATH, Order.WORST])
def test_the_next_problem_goes_round_both_ways(order: Order) -> None:
    bad = ["k/b", "k/b/x", "k/d/e/f", "s/a"]
    every = [leaf(name, Level.ERROR if name in bad else None) for name in ["k/a", *bad, "k/c", "k/d/e/g", "s/z"]]
    forest = Forest.of(every)
    ordered = [node.key for node in in_order(forest, order) if node.key in bad]
    for here, there in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
        assert next_problem(forest, here, order) == there
        assert next_problem(forest, there, order, back=True) == here
    alone = Forest.of([leaf("k/a", Level.WARNING), leaf("k/b")])
    assert next_problem(alone, "k/a", order) is None
    assert next_problem(alone, "k/b", order) == "k/a"
    assert next_problem(Forest(), "", order) is None
