"""`labtui taxonomy diff`: what is different from the base, leaf by leaf and seed by seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labtui.commands._common import Lab, json_option, note, out, pass_lab, print_json
from labtui.commands.taxonomy import _shared as shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labtui.taxonomy.comparing.base import Base
    from labtui.taxonomy.comparing.leaf_change import LeafChange
    from labtui.taxonomy.comparing.leaf_sides import Grouped


@click.command("diff", short_help="Show what differs from the base, leaf by leaf.")
@click.argument("names", nargs=-1, metavar="[LEAF]...")
@click.option("--base", "rev", metavar="REV", help="A branch, tag or commit; `empty` makes every leaf a new one.")
@click.option("--brief", is_flag=True, help="Only which leaves differ.")
@json_option
@pass_lab
def command(lab: Lab, names: tuple[str, ...], rev: str | None, brief: bool, as_json: bool) -> None:
    """Show what differs from the base: in the working tree, new files included. LEAF may be a folder of leaves."""
    from labtui.git_standing import under_way
    from labtui.taxonomy.comparing.base import resolve
    from labtui.taxonomy.comparing.diff import TaxonomyDiff, sides, stream
    from labtui.taxonomy.comparing.leaf_change import LeafChange
    from labtui.taxonomy.comparing.leaf_sides import shown

    root = shared.root(lab)
    base = resolve(root, rev, lab.config().settings.taxonomy.base)
    grouped = _asked_for(sides(root, base), root, names)
    misnamed = [shown(path) for path in grouped.misnamed]
    waiting = "" if base.everything else under_way(root)
    found: Iterable[LeafChange] = (
        (LeafChange(id=leaf.id, state=leaf.state, old_id=shown(leaf.old_folder)) for leaf in grouped.leaves)
        if brief
        else stream(root, grouped)
    )
    if as_json:
        print_json(TaxonomyDiff(base=base, leaves=list(found), misnamed=misnamed, under_way=waiting))
        return
    states: Counter[str] = Counter()
    for change in found:
        states[change.state.value] += 1
        for line in _lines(change, brief):
            _write(line)
    for path in misnamed:
        out(f"! {path}  (not read: a leaf's file is called qna.yaml)")
    if waiting:
        note(f"A {waiting} is under way in this repository.")
    note(_sum(states, base))


def _lines(change: LeafChange, brief: bool) -> Iterator[str]:
    import sys

    from labtui.commands.taxonomy import _diff_text as text
    from labtui.text import clean

    paint = text.painter(text.colours())
    cleaned = clean if sys.stdout.isatty() else str
    if brief:
        yield text.heading(change, paint, cleaned)
    else:
        yield from text.lines(change, paint, cleaned)


def _write(line: str) -> None:
    """A line whose colours are ours and whose foreign text has been cleaned already."""
    import sys

    from labtui import signs

    if not (line.isascii() or "utf" in (sys.stdout.encoding or "").lower()):
        line = signs.in_ascii(line)
    sys.stdout.write(line + "\n")


def _asked_for(grouped: Grouped, root: Path, names: tuple[str, ...]) -> Grouped:
    """Only the leaves named, or below the folders named. Raises UsageError for a name that is neither."""
    if not names:
        return grouped
    from labtui.taxonomy.comparing.leaf_sides import Grouped
    from labtui.taxonomy.find import find_leaf
    from labtui.taxonomy.layout import LEAF_FILE

    wanted: list[str] = []
    for name in names:
        folder = _inside(root, name.rstrip("/").removesuffix(f"/{LEAF_FILE}"))
        below = [
            leaf for leaf in grouped.leaves if _is_below(leaf.folder, folder) or _is_below(leaf.old_folder, folder)
        ]
        if not below and not (root / folder).is_dir():
            folder = find_leaf(root, name).parent.relative_to(root).as_posix()
        wanted.append(folder)

    def asked(path: str) -> bool:
        return any(_is_below(path, folder) for folder in wanted)

    return Grouped(
        [leaf for leaf in grouped.leaves if asked(leaf.folder) or (leaf.old_folder and asked(leaf.old_folder))],
        [path for path in grouped.misnamed if asked(path)],
        [],
    )


def _inside(root: Path, name: str) -> str:
    """`name` from the taxonomy's root, also where it was typed as a path from here."""
    try:
        return Path(name).resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError, RuntimeError):
        return name


def _is_below(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _sum(states: Counter[str], base: Base) -> str:
    name = "" if base.everything else f" since {base.name} ({base.short})"
    if not states:
        return f"No leaf differs{name}." if name else "The taxonomy holds no leaves yet."
    order = ("changed", "added", "untracked", "renamed", "deleted", "conflict")
    words = {"conflict": "in conflict"}
    parts = [f"{states[state]:,} {words.get(state, state)}" for state in order if states[state]]
    total = f"{states.total():,} {'leaf' if states.total() == 1 else 'leaves'}"
    if len(parts) == 1:
        return f"{total} {parts[0].partition(' ')[2]}{name}."
    return f"{total} differ{name}: {', '.join(parts)}."
