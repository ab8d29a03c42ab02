"""What `fix` and `upgrade` share: the differences first, one question, then the files; or none of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from labtui.commands._common import note, print_json
from labtui.commands.taxonomy import _shared as shared
from labtui.errors import AnswerNo, UsageError

if TYPE_CHECKING:
    from labtui.operations.taxonomy_fixing import Change, Plan

F = TypeVar("F", bound=Callable[..., Any])

SHOWN_MISSING = 8
"""Of what a person must add to one file so many things are named."""


class Words(NamedTuple):
    command: str
    nothing: str
    """Said where nothing would change."""
    done: str
    refused: str
    """What could not be done to some files, as in `could not be read`."""
    paths: tuple[str, ...]
    """As they were typed; none: the whole taxonomy."""
    profile: str = "strict"

    def again(self, *options: str) -> str:
        """What to type to have the same done with these options."""
        return shared.again(self.command, self.paths, self.profile, *options)

    def check(self) -> str:
        """What to type to have the same paths checked."""
        return shared.again("check", self.paths, self.profile)


def writing_options(function: F) -> F:
    """Adds `--yes` and `--dry-run`."""
    function = click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")(function)
    return click.option("--yes", is_flag=True, help="Write without asking.")(function)


def write(plan: Plan, words: Words, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Shows what would change and writes it where that is wanted. Raises UsageError where nobody can be asked."""
    from labtui.operations.taxonomy_writing import apply

    if yes and dry_run:
        raise UsageError("--yes and --dry-run contradict each other.")
    if as_json and plan.changes and not (yes or dry_run):
        raise UsageError("With --json nobody is asked.", hint=f"Add --yes to write, or --dry-run: {words.again()}")
    written = yes and bool(plan.changes)
    if as_json:
        if written:
            apply(plan.changes)
        print_json(_document(plan, written))
    else:
        with shared.to_a_reader():
            _show(plan.changes, paged=not yes)
        if plan.changes and not dry_run:
            if not yes:
                _ask(plan, words)
            apply(plan.changes)
            written = True
        _say(plan, words, written)
    if plan.refused:
        files = shared.count(len(plan.refused), "file")
        raise AnswerNo(f"{files} could not be {words.refused}.")


def _show(changes: Sequence[Change], *, paged: bool) -> None:
    """All differences on standard output: as `diff -u` has them, through a pager where they do not fit."""
    from labtui.commands.taxonomy._diff_text import colours

    terminal = sys.stdout.isatty()
    coloured = colours()
    lines = [line for change in changes for line in _diff(change, terminal, coloured)]
    if not lines:
        return
    if paged and terminal and sys.stdin.isatty() and len(lines) >= shutil.get_terminal_size().lines - 2:
        # None: click finds out whether the pager shows colours, and asks `less` to.
        click.echo_via_pager("\n".join(lines) + "\n", color=None if coloured else False)
        return
    if terminal:
        sys.stdout.write("\n".join(lines) + "\n")
    else:
        sys.stdout.buffer.write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def _diff(change: Change, terminal: bool, coloured: bool) -> Iterator[str]:
    from labtui.taxonomy.fixing.unified import Kind, shown, unified_diff

    colour = {Kind.FILE: "1", Kind.HUNK: "36", Kind.REMOVED: "31", Kind.ADDED: "32"}
    for line in unified_diff(change.before, change.after, change.shown, change.shown_target):
        text = shown(line) if terminal else str(line)
        yield f"\x1b[{colour[line.kind]}m{text}\x1b[0m" if coloured and line.kind in colour else text


def _ask(plan: Plan, words: Words) -> None:
    files = shared.count(len(plan.changes), "file")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "Nothing was written: there is no terminal to ask on.",
            hint=f"Write all of this with: {words.again('--yes')}",
        )
    # The pager took the differences with it.
    if not click.confirm(f"{_size(plan)}. Write {files}?", default=False, err=True):
        raise AnswerNo("Nothing was written.")


def _size(plan: Plan) -> str:
    """How much would change, as the beginning of a sentence."""
    from labtui.taxonomy.fixing.unified import counts, unified_diff

    sums = [counts(unified_diff(change.before, change.after, change.shown)) for change in plan.changes]
    added, removed = sum(one for one, _ in sums), sum(other for _, other in sums)
    return f"{shared.count(added, 'line')} added, {removed:,} removed"


def _say(plan: Plan, words: Words, written: bool) -> None:
    from labtui.taxonomy.fixing.upgrade import summed_up

    for refused in plan.refused:
        note(f"{refused.path}: {refused.what}" + (f" {refused.hint}" if refused.hint else ""))
    if not plan.changes:
        note(words.nothing if plan.files else "There is no leaf.")
    for change in plan.changes:
        if change.missing:
            note(f"{change.shown_target}: {shared.count(len(change.missing), 'thing')} left for a person:")
            sentences = summed_up(change.missing)
            for sentence in sentences[:SHOWN_MISSING]:
                note(f"    {sentence}")
            if len(sentences) > SHOWN_MISSING:
                note(f"    and {len(sentences) - SHOWN_MISSING:,} more.")
            if written:
                note(f"    Each with its line: labtui taxonomy check {change.shown_target}")
    files = shared.count(len(plan.changes), "file")
    done = sum(len(change.done) for change in plan.changes)
    what = f"{shared.count(done, 'finding')} in {files}" if words.command == "fix" else files
    if written:
        note(f"{words.done}: {what}.")
    elif plan.changes:
        note(f"Nothing was written. It would be: {what}.")
    left = plan.left + sum(finding.level != "info" for change in plan.changes for finding in change.left)
    if left and words.command == "fix":
        note(f"{shared.count(left, 'finding')} left for a person: {words.check()}")


def _document(plan: Plan, written: bool) -> dict[str, object]:
    from labtui.taxonomy.fixing.unified import unified_diff

    return {
        "written": written,
        "files": plan.files,
        "changes": [
            {
                "path": change.shown,
                "new_path": change.shown_target,
                "fixed": change.done,
                "left": change.left,
                "missing": change.missing,
                "diff": "".join(
                    f"{line}\n" for line in unified_diff(change.before, change.after, change.shown, change.shown_target)
                ),
            }
            for change in plan.changes
        ],
        "refused": plan.refused,
    }
