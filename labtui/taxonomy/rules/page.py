"""The part of docs/taxonomy.md that lists the rules.

`python -m labtui.taxonomy.rules.page docs/taxonomy.md` renews it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from labtui.taxonomy.fixing.fixable import when
from labtui.taxonomy.profiles import Profile
from labtui.taxonomy.rules.registry import FAMILIES
from labtui.taxonomy.rules.rule import Example, Family, Rule

BEGIN = "<!-- rules: written by python -m labtui.taxonomy.rules.page docs/taxonomy.md -->"
LINE_END = "\n"
END = "<!-- end of the rules -->"


def text() -> str:
    """Every rule as Markdown, family by family."""
    return "\n\n".join(_family(family) for family in FAMILIES) + "\n"


def renewed(page: str) -> str:
    """The page with its list of rules as it is now. Raises ValueError where the two marks are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no lines '{BEGIN}' and '{END}'.")
    return f"{before}{begin}\n\n{text()}\n{end}{after}"


def levels(rule: Rule) -> str:
    """How grave it is: one word where all profiles agree, else which profile says what."""
    found: dict[str, list[str]] = {}
    for profile in Profile:
        found.setdefault(rule.level(profile).value, []).append(profile.value)
    if len(found) == 1:
        return next(iter(found))
    usual = max(found, key=lambda level: len(found[level]))
    others = "; ".join(f"{' and '.join(names)}: {level}" for level, names in found.items() if level != usual)
    return f"{usual}; {others}"


def _family(family: Family) -> str:
    return "\n\n".join([f"### {family.title}", family.about, *map(_rule, family.rules)])


def _rule(rule: Rule) -> str:
    lines = [
        f"#### `{rule.id}`",
        f"Finds {rule.finds} ({levels(rule)}).",
        f"*Why:* {rule.why}",
        f"*What to do:* {rule.fix} {when(rule.id)}".rstrip(),
    ]
    if rule.example is not None:
        lines.append(_example(rule.example))
    return "\n\n".join(lines)


def _example(example: Example) -> str:
    if example.file.endswith("/"):
        return f"*Example:* a folder `{example.leaf}/{example.file}`."
    named = example.file != "qna.yaml" or example.leaf not in ("compositional_skills/a", "knowledge/a")
    blocks = [f"*Example:*{f' `{example.leaf}/{example.file}`' if named else ''}", _block("yaml", example.qna)]
    if example.attribution is not None:
        blocks = ["*Example:* `attribution.txt`", _block("text", example.attribution)]
    return "\n\n".join(blocks)


def _block(language: str, content: str) -> str:
    shown = content.replace(" \n", "·\n")
    return f"```{language}\n{shown}{'' if shown[-1:] == LINE_END else '‹end of the file›' + LINE_END}```"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
