"""Leaves that are in order, and ways to spoil their looks, for hypothesis."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

WORD = st.text("abcdefghij äß四十雀#:,-'\"", min_size=1, max_size=12).map(str.strip).filter(bool)
STYLES = ("plain", "single", "double", "literal", "folded", "lines")


@st.composite
def leaves(draw: st.DrawFn) -> str:
    """A skill that nothing is wrong with, in any layout people use."""
    step = draw(st.sampled_from(["  ", "    "]))
    dash = draw(st.sampled_from(["", step]))
    lines = ["version: 3", "created_by: ann", f"task_description: {_text(draw, '', step)}"]
    if draw(st.booleans()):
        lines.insert(1, "# a remark")
    lines.append("seed_examples:")
    for number in range(draw(st.integers(5, 6))):
        inner = f"{dash}  "
        lines.append(f"{dash}- question: {_text(draw, inner, step, f'q{number} ')}")
        if draw(st.booleans()):
            lines.append(f"{inner}# {draw(WORD)}")
        lines.append(f"{inner}answer: {_text(draw, inner, step)}")
        if draw(st.booleans()):
            lines.append("")
    while not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _text(draw: st.DrawFn, indent: str, step: str, begin: str = "") -> str:
    words = [begin + "a", *draw(st.lists(WORD, max_size=3))]
    match draw(st.sampled_from(STYLES)):
        case "single":
            return "'" + " ".join(words).replace("'", "''") + "'"
        case "double":
            return '"' + " ".join(words).replace('"', '\\"') + '"'
        case "literal" | "folded" as style:
            rows = "".join(f"\n{indent}{step}{word}" for word in words)
            return ("|" if style == "literal" else ">") + rows
        case "lines":
            return f"\n{indent}{step}".join(f"{begin}a{number}" for number, _ in enumerate(words))
    return " ".join([f"{begin}plain", *(word for word in words if word.isalpha())])


Damage = Callable[[str, int], str]
"""(text, any number) -> the text spoilt; the number chooses where."""


def _line(text: str, number: int) -> tuple[list[str], int]:
    lines = text.split("\n")
    return lines, number % max(1, len(lines) - 1)


def trailing_blanks(text: str, number: int) -> str:
    lines, at = _line(text, number)
    lines[at] += " " * (1 + number % 3)
    return "\n".join(lines)


def no_final_newline(text: str, number: int) -> str:
    return text.rstrip("\n")


def empty_end(text: str, number: int) -> str:
    return text + "\n" * (1 + number % 3)


def empty_begin(text: str, number: int) -> str:
    return "\n" * (1 + number % 2) + text


def _spread(text: str, number: int, before: str, after: str) -> str:
    """Replaces `before` on one line that begins an entry with a short value."""
    lines, _ = _line(text, number)
    places = [
        at for at, line in enumerate(lines) if before in line and line.split(before)[0].strip("- ").isidentifier()
    ]
    if not places:
        return text
    at = places[number % len(places)]
    lines[at] = lines[at].replace(before, after, 1)
    return "\n".join(lines)


def blanks_after_colon(text: str, number: int) -> str:
    return _spread(text, number, ": ", ":   ")


def blanks_before_colon(text: str, number: int) -> str:
    return _spread(text, number, ": ", " : ")


def deeper_seeds(text: str, number: int) -> str:
    """Moves every seed to the right: still YAML, but another step than before."""
    head, mark, seeds = text.partition("seed_examples:\n")
    if not mark:
        return text
    return head + mark + "".join(f"   {line}" if line.strip() else line for line in seeds.splitlines(keepends=True))


def blanks_after_hyphen(text: str, number: int) -> str:
    """Moves the whole of one seed to the right of its hyphen."""
    lines, _ = _line(text, number)
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith("- question:")]
    if not starts:
        return text
    at = starts[number % len(starts)]
    indent = len(lines[at]) - len(lines[at].lstrip())
    lines[at] = lines[at].replace("- ", "-   ", 1)
    for row in range(at + 1, len(lines)):
        if lines[row].strip() and len(lines[row]) - len(lines[row].lstrip(" ")) <= indent:
            break
        lines[row] = f"  {lines[row]}" if lines[row].strip() else lines[row]
    return "\n".join(lines)


def said_twice(text: str, number: int) -> str:
    return text.replace("created_by: ann\n", "created_by: ann\ncreated_by: ann\n")


def version_last(text: str, number: int) -> str:
    return text.replace("version: 3\n", "", 1) + ("" if text.endswith("\n") else "\n") + "version: 3\n"


def mixed_ends(text: str, number: int) -> str:
    lines, at = _line(text, number)
    return "\n".join(lines[: at + 1]) + "\r\n" + "\n".join(lines[at + 1 :])


def marked(text: str, number: int) -> str:
    return "\ufeff" + text.lstrip("\ufeff")


DAMAGES: tuple[Damage, ...] = (
    trailing_blanks,
    no_final_newline,
    empty_end,
    empty_begin,
    blanks_after_colon,
    blanks_before_colon,
    deeper_seeds,
    blanks_after_hyphen,
    said_twice,
    version_last,
    mixed_ends,
    marked,
)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str]:
    """(a leaf in order, the same with some damage that changes nothing but its looks)"""
    whole = draw(leaves())
    text = whole
    for damage in draw(st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=4)):
        text = damage(text, draw(st.integers(0, 60)))
    return whole, text
