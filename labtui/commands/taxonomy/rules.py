"""`labtui taxonomy rules`: what is looked for, why, and what to do about it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from labtui.commands._common import Lab, json_option, out, pass_lab, print_json, table
from labtui.errors import UsageError

if TYPE_CHECKING:
    from labtui.taxonomy.rules.rule import Rule


@click.command("rules", short_help="List the rules a check applies, or explain one.")
@click.argument("wanted", required=False, metavar="[RULE]")
@json_option
@pass_lab
def command(lab: Lab, wanted: str | None, as_json: bool) -> None:
    """List the rules a check applies, or explain one. RULE may be a beginning, such as safety."""
    from labtui.taxonomy.rules.page import levels
    from labtui.taxonomy.rules.registry import RULES

    rules = [rule for rule in RULES.values() if not wanted or rule.id == wanted]
    rules = rules or [rule for rule in RULES.values() if rule.id.startswith(f"{(wanted or '').rstrip('.*')}.")]
    if not rules:
        near = difflib.get_close_matches(
            wanted or "", [*{name.partition(".")[0] for name in RULES}, *RULES], n=1, cutoff=0.5
        )
        hint = f"Did you mean '{near[0]}'?" if near else "List them with: labtui taxonomy rules"
        raise UsageError(f"There is no rule '{wanted}'.", hint=hint)
    if as_json:
        print_json([document(rule) for rule in rules])
    elif len(rules) == 1:
        out(_explained(rules[0], levels(rules[0])))
    else:
        out(_fitted(table([[rule.id, levels(rule), rule.finds] for rule in rules], ["RULE", "LEVEL", "FINDS"])))


def document(rule: Rule) -> dict[str, Any]:
    """A rule as JSON."""
    from labtui.taxonomy.fixing.fixable import FIXABLE
    from labtui.taxonomy.profiles import Profile

    example = rule.example
    return {
        "id": rule.id,
        "finds": rule.finds,
        "why": rule.why,
        "fix": rule.fix,
        "levels": {profile.value: rule.level(profile).value for profile in Profile},
        "fixable": rule.id in FIXABLE,
        "example": None
        if example is None
        else {"path": f"{example.leaf}/{example.file}", "qna": example.qna, "attribution": example.attribution},
    }


def _explained(rule: Rule, levels: str) -> str:
    import textwrap

    from labtui.taxonomy.fixing.fixable import when

    lines = [
        rule.id,
        "",
        *_wrapped(f"Finds {rule.finds} ({levels})."),
        "",
        *_wrapped(rule.why),
        "",
        *_wrapped(rule.fix),
    ]
    if fixed := when(rule.id):
        lines += _wrapped(fixed.replace("`", ""))
    if rule.example is not None:
        shown = rule.example.qna if rule.example.attribution is None else rule.example.attribution
        name = rule.example.file if rule.example.attribution is None else "attribution.txt"
        lines += ["", f"For example {rule.example.leaf}/{name}", "", textwrap.indent(shown.rstrip("\n"), "    ")]
    return "\n".join(lines).rstrip()


def _fitted(lines: str) -> str:
    """On a terminal each rule keeps its line; one rule by itself is told whole."""
    import shutil
    import sys

    from labtui.text import shorten

    if not sys.stdout.isatty():
        return lines
    room = shutil.get_terminal_size().columns
    return "\n".join(shorten(line, room) for line in lines.split("\n"))


def _wrapped(text: str) -> list[str]:
    import shutil
    import textwrap

    return textwrap.wrap(text, min(100, shutil.get_terminal_size().columns))
