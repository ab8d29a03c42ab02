"""The seeds step as lines: how many there are and how alike, the cards, and below each answer what the model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from labtui import signs
from labtui.contribute.evidence.asking_model import SeedAnswer
from labtui.contribute.records import Evidence
from labtui.contribute.requests.remarks import Remark
from labtui.screens.contribute.remark_lines import by_field, folded
from labtui.screens.contribute.seeds_facts import SeedsFacts, short_of_pairs
from labtui.taxonomy.fields import PAIRS, SEEDS, Field, LeafFields, Path
from labtui.taxonomy.findings import Finding
from labtui.taxonomy.lengths import SEEDS as NEEDED
from labtui.taxonomy.lengths import USED_PAIRS
from labtui.text import clean, shorten
from labtui.widgets.job_words import bar
from labtui.widgets.leaf_form_lines import FormPage, note_room, seeds_page, unreadable_page
from labtui.widgets.leaf_text import wrapped

GO_ON: Path = ("go on",)
ADD: Path = ("add seed",)
ADD_PAIR: Path = ("add pair",)
MARK: Path = ("mark",)
"""What enter does at the lines below the cards."""
METER_CELLS = 10
FOLDED = 2
"""Lines of a model's answer that are shown folded."""
LEVELS = {"same": "$success", "near": "$success", "partly": "$warning", "far": "$quiet", "empty": "$quiet"}


def page(
    facts: SeedsFacts,
    problems: Mapping[Path, Sequence[Finding]],
    room: int,
    *,
    remarks: Sequence[Remark] = (),
    unfolded: bool,
    done: bool,
) -> FormPage:
    state = facts.state
    if state.problem:
        return unreadable_page(state.problem, state.place, room)
    fields = state.fields
    cells = note_room(room)
    notes = {
        pair.question.path: note
        for seed in fields.seeds
        for pair in seed.pairs
        if (note := _note(facts, pair.question.path, cells, unfolded=unfolded))
    }
    said = {
        path: folded(some, cells) for path, some in by_field(remarks, lambda field: _shown_at(fields, field)).items()
    }
    return seeds_page(fields, problems, room, notes=notes, end=_end(facts, done=done), said=said, unfolded=unfolded)


def _shown_at(fields: LeafFields, field: Path) -> Path:
    """The field or card that shows what is said of a field; one that is not there is spoken of at its seed."""
    if fields.find(field) is not None or not fields.seeds:
        return field
    number = int(field[1]) if len(field) > 1 else 0
    return fields.seeds[min(number, len(fields.seeds) - 1)].path


def _end(facts: SeedsFacts, *, done: bool) -> list[Field]:
    """Fields with a label are what most likely comes next."""
    count = len(facts.state.fields.seeds)
    few = count < NEEDED
    lines = []
    if short := short_of_pairs(facts.state, USED_PAIRS):
        lines.append(
            Field(ADD_PAIR, "next", f"another question about the context of seed {int(short[1]) + 1}", fixed=True)
        )
    if facts.knowledge:
        lines.append(
            Field(MARK, "next" if few and not short else "", "choose another context in the document", fixed=True)
        )
        lines.append(Field(ADD, "", "another seed whose context you type", fixed=True))
    else:
        lines.append(Field(ADD, "next" if few else "", "another seed", fixed=True))
    lines.append(
        Field(GO_ON, "next" if done else "", "go on" if done else "go on later: not all is right yet", fixed=True)
    )
    return lines


def _note(facts: SeedsFacts, question: Path, cells: int, *, unfolded: bool) -> list[Content]:
    """What the model says to a question: now, else when it was taught."""
    answered, taught = facts.answer_at(question), facts.evidence_at(question)
    if answered is not None and answered.answer is not None:
        return _answer_lines(answered, cells, unfolded=unfolded)
    if taught is not None:
        who = f"{taught.made.model} " if taught.made is not None else "the model "
        return _said(f"{who}answered before:", taught.answer, "", "$quiet", cells, unfolded=unfolded)
    return []


def _answer_lines(answered: SeedAnswer, cells: int, *, unfolded: bool) -> list[Content]:
    near = answered.nearness
    if answered.answer is None or near is None:
        return []
    said = f"{answered.answer.made.model} now:"
    return _said(said, answered.answer.answer, near.says, LEVELS[near.level], cells, unfolded=unfolded)


def _said(who: str, text: str, verdict: str, style: str, cells: int, *, unfolded: bool) -> list[Content]:
    words = " ".join(clean(text).split()) or "(nothing)"
    lines = list(wrapped(f"{clean(who, lines=False)} {words}", max(12, cells - 2), "$quiet italic"))
    if not unfolded and len(lines) > FOLDED:
        last = lines[FOLDED - 1].plain
        lines = [*lines[: FOLDED - 1], Content.styled(shorten(f"{last} …", max(12, cells - 2)), "$quiet italic")]
    if verdict:
        lines += wrapped(verdict, max(12, cells - 2), style)
    return [Content.assemble(("┊ ", "$edge"), line) for line in lines]


# -- above the cards ---------------------------------------------------------------------------------------------------


def head(facts: SeedsFacts, room: int, asking: str) -> Content:
    """How many seeds there are, how alike, and what the model answers to them; `asking`: what is under way."""
    if facts.state.problem:
        return Content("")
    seeds = facts.state.fields.seeds
    whole = sum(bool(seed.pairs) and all(field.text.strip() for field in seed.fields) for seed in seeds)
    count = f"{whole} of {NEEDED} seeds" if whole < NEEDED else f"{whole} seeds"
    found = facts.variety
    parts: list[tuple[str, str]] = [(count, "bold")]
    if found.says:
        name = found.says.partition(":")[0]
        # The words say the same as the bar's length and colour.
        style = "$warning" if found.value < WORRYING else "$success"
        parts += [("  variety ", "$quiet"), (bar(found.value, METER_CELLS), style), (f" {name}", style)]
    lines = [Content.assemble(*parts)]
    if advice := _advice(facts):
        lines.append(Content.styled(shorten(f"{signs.WARNING} {advice}", room), "$warning"))
    if asking:
        lines.append(Content.styled(shorten(asking, room), "$accent"))
    elif facts.verdict.says:
        lines.append(Content.styled(clean(facts.verdict.says), "$warning" if facts.verdict.needless else "$quiet"))
    return Content("\n").join(line.truncate(room, ellipsis=True) if "\n" not in line.plain else line for line in lines)


WORRYING = 0.55
"""A variety below this is worth a second look."""


def _advice(facts: SeedsFacts) -> str:
    found = facts.variety
    if found.duplicates:
        return f"{found.duplicates[0].says}: say it in another way"
    if found.alike:
        return found.alike[0].says
    return found.notes[0] if found.notes else ""


# -- all that is known of one question ---------------------------------------------------------------------------------


def evidence_lines(answered: SeedAnswer | None, taught: Evidence | None, room: int) -> list[Content]:
    """For a window: what the model answers now, and what it answered when it was taught."""
    lines: list[Content] = []

    def part(title: str, text: str) -> None:
        if text.strip():
            lines.extend([Content.styled(title, "bold"), *wrapped(text.strip(), room), Content("")])

    if answered is not None:
        part("Question", answered.question)
        part("Answer of the seed", answered.wanted)
        if answered.answer is not None:
            made = answered.answer.made
            part(f"{made.model} answers now ({answered.answer.at:%Y-%m-%d %H:%M} UTC)", answered.answer.answer)
            if answered.nearness is not None:
                part("By its words", answered.nearness.says)
    if taught is not None:
        made_before = taught.made
        who = made_before.model if made_before is not None else "the model"
        adapter = f" + {made_before.adapter}" if made_before is not None and made_before.adapter else ""
        part(f"{who}{adapter} answered in the chat ({taught.at:%Y-%m-%d %H:%M} UTC)", taught.answer)
        part("Corrected to", taught.corrected)
        if made_before is not None:
            sampling = ", ".join(f"{key} {value}" for key, value in made_before.sampling.items() if value is not None)
            part("Asked with", "\n".join(text for text in (made_before.system, sampling, made_before.engine) if text))
    return lines


__all__ = ["ADD", "ADD_PAIR", "GO_ON", "MARK", "PAIRS", "SEEDS", "evidence_lines", "head", "page"]
