"""The text of a pull request, made from the draft in the form that the taxonomy's template asks for: its own one where
it has one (`template.py`), else the one of InstructLab's taxonomy.

What it teaches, what a model was asked, what it answered before and after, what was checked, how it was tried, and the
licences. Everything that did not come from labtui itself stands in code (`markdown.py`): a forge calls nobody, closes
nothing and shows no picture because of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import ContributedLeaf, Draft, Problem
from labtui.contribute.requests.markdown import code, fenced, plain
from labtui.contribute.requests.request_examples import Example, Tried, examples, tried
from labtui.contribute.requests.template import Statement, filled, line_of
from labtui.taxonomy.leaf import UNREADABLE, Leaf, read_leaf_file

TITLE_LIMIT = 200
BODY_LIMIT = 60_000
QUOTED = (2000, 800, 200, 40)
"""Characters: GitHub takes 65,536. Where the text would be longer, what is quoted is cut to fewer of QUOTED."""
LEAVES = 30
"""Leaves that are named; of more only the number is told."""
TAUGHT = 20
"""Lines of what it teaches."""
WORKS = 40
MIN_SEEDS = 5
_DONE = {"new": "Adds", "changed": "Changes", "renamed": "Moves", "deleted": "Removes"}
_HEADINGS = {
    "teaches": "Describe the contribution to the taxonomy",
    "given": "Input given at the prompt",
    "before": "Response from the original model",
    "wanted": "What it should answer",
    "after": "Response from the fine-tuned model",
    "tried": "How it was tried",
    "licences": "Sources and licences",
    "checklist": "Contribution checklist",
}
"""In order; those that the upstream taxonomy's template has are its own, as its maintainers and their tools look for
them."""

_PERSONS = {f"safety.{what}" for what in ("account", "card", "email", "insurance", "phone", "secret")}
"""The rules that find what belongs to a person, or opens a door."""


class RequestText(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    """One line."""
    body: str
    """Markdown."""


def request(folder: DraftFolder, findings: Sequence[Problem] | None = None) -> RequestText:
    """Title and text for a contribution as it stands on disk. Asks no network and no git.

    `findings` are the problems that were found (see steps.py); None looks for them. Raises LabError where the
    contribution cannot be read.
    """
    from labtui.contribute.standing.steps import standings

    draft = folder.load()
    if findings is None:
        findings = [problem for standing in standings(folder) for problem in standing.problems]
    shown = [leaf for leaf in draft.leaves if leaf.change != "deleted"]
    leaves = {leaf.id: read_leaf_file(folder.leaf_file(leaf), leaf.id) for leaf in shown}
    asked, tests = examples(folder), tried(folder)
    statements = _statements(leaves, list(findings), tests)
    licences = _licences(folder, draft, shown)
    form = folder.template()
    for quoted in QUOTED:
        answers = _answers(_description(draft, leaves), asked, tests, licences, quoted)
        body = "\n\n".join(_parts(form, answers, statements)) + "\n"
        if len(body) <= BODY_LIMIT:
            break
    return RequestText(title=_title(draft), body=body)


def fingerprint_of(text: RequestText) -> str:
    """SHA-256 over title and body."""
    return hashlib.sha256(f"{text.title}\n{text.body}".encode("utf-8", "surrogatepass")).hexdigest()


def as_sent(folder: DraftFolder, draft: Draft, findings: Sequence[Problem] | None = None) -> bool:
    """Whether nothing was written since the last submission: neither in what is committed nor, while the request is
    open, in what its text is made from. `findings` as for `request`. Raises LabError."""
    if not draft.submitted or folder.fingerprint() != draft.submitted:
        return False
    waits = draft.request is not None and draft.request.state == "open"
    return not (waits and draft.sent_text) or fingerprint_of(request(folder, findings)) == draft.sent_text


def _answers(description: str, asked: list[Example], tests: Tried | None, licences: str, quoted: int) -> dict[str, str]:
    """What each section says, in Markdown; without those that would say nothing."""
    wanted = [example for example in asked if example.wanted]
    then = [example for example in asked if example.after]
    said = {
        "teaches": description,
        "given": _blocks(asked, "question", quoted),
        "before": _blocks(asked, "before", quoted),
        "wanted": _blocks(wanted, "wanted", quoted) if wanted else "",
        "after": _blocks(then, "after", quoted),
        "tried": _trial(tests) if tests is not None else "",
        "licences": licences,
    }
    return {about: text for about, text in said.items() if text}


def _parts(form: str, answers: dict[str, str], statements: list[Statement]) -> list[str]:
    """The taxonomy's own form filled in, then whatever it does not ask for."""
    parts, used = filled(form, answers, statements) if form else ([], frozenset())
    checklist = "\n".join(line_of(one) for one in statements)
    for about, heading in _HEADINGS.items():
        text = checklist if about == "checklist" else answers.get(about, "")
        if about not in used and text:
            parts += [f"**{heading}**", text]
    return parts


def _title(draft: Draft) -> str:
    from labtui.contribute.submitting.message import proposed
    from labtui.text import clean

    text = draft.title.strip() or (draft.message.strip() or proposed(draft)).split("\n")[0]
    line = " ".join(clean(text, lines=False).split())
    return line if len(line) <= TITLE_LIMIT else f"{line[: TITLE_LIMIT - 1].rstrip()}…"


def _description(draft: Draft, leaves: dict[str, Leaf]) -> str:
    lines = [f"- {plain(line)}" for line in draft.teaches.splitlines() if line.strip()][:TAUGHT]
    for leaf in draft.leaves[:LEAVES]:
        was = f" (was {code(leaf.was)})" if leaf.change == "renamed" and leaf.was else ""
        lines.append(f"- {_DONE[leaf.change]} {code(leaf.id)}{was}{_about(leaves.get(leaf.id))}")
    if len(draft.leaves) > LEAVES:
        lines.append(f"- and {len(draft.leaves) - LEAVES} more leaves")
    return "\n".join(lines) or "- nothing yet"


def _about(leaf: Leaf | None) -> str:
    if leaf is None or leaf.kind == UNREADABLE:
        return ""
    pairs = sum(len(seed.pairs) for seed in leaf.seeds)
    count = len(leaf.seeds)
    seeds = f"{count} seed example{'' if count == 1 else 's'}" + (f" with {pairs} questions" if pairs != count else "")
    about = plain(leaf.outline or leaf.description)
    text = f": {leaf.kind}, {seeds}" + (f". {about}" if about else "")
    if leaf.document is not None and leaf.document.repo:
        text += f" Document: {code(leaf.document.repo)} at {code(leaf.document.commit[:12])}."
    return text


def _blocks(asked: Sequence[Example], field: str, quoted: int) -> str:
    """One block of code an example; numbered where there are several, with the number it has in every section."""
    if not asked:
        return {"question": "No model was asked.", "before": "No model was asked.", "after": "It was not tried."}[field]
    blocks = []
    for example in asked:
        text: str = getattr(example, field)
        if field == "question" and example.context:
            text = f"{text}\n\n[with this context]\n{example.context}"
        label = example.label(field)
        blocks.append("\n\n".join(part for part in (label, fenced(text, quoted)) if part))
    return "\n\n".join(blocks)


def _trial(tests: Tried) -> str:
    lines = [f"- {tests.how}", f"- {tests.counts}"]
    lines += [f"- {plain(note)}" for note in tests.notes]
    if tests.stale:
        lines.append("- The seeds were changed after that.")
    return "\n".join(lines)


def _licences(folder: DraftFolder, draft: Draft, shown: Sequence[ContributedLeaf]) -> str:
    from labtui.contribute.attribution.works import read

    lines: list[str] = []
    for leaf in shown:
        try:
            text = folder.attribution_file(leaf).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for work in read(text):
            if not (work.title or work.link or work.licence):
                continue
            said = [plain(work.title) or "untitled"]
            said += [code(part) for part in (work.link, work.revision) if part.strip(" -–")]
            said.append(plain(work.licence) or "no licence named")
            lines.append(f"- {', '.join(said)}")
    lines += [
        f"- Documents {code(document.name)}: {plain(document.licence)}"
        for document in draft.documents
        if document.licence
    ]
    return "\n".join(dict.fromkeys(lines[:WORKS]))


def _statements(leaves: dict[str, Leaf], findings: Sequence[Problem], tests: Tried | None) -> list[Statement]:
    errors = [problem for problem in findings if problem.level == "error"]
    warnings = [problem for problem in findings if problem.level == "warning"]
    seeds = [len(leaf.seeds) for leaf in leaves.values()]
    rules = {problem.rule for problem in findings}
    tested = "Samples were generated from these seeds and a small adapter was tuned with them"
    noted = f", {len(warnings)} {'warning' if len(warnings) == 1 else 'warnings'}" if warnings else ", no warnings"
    tried_now = tests is not None and not tests.stale
    items = [
        (tried_now, tested if tests is not None else f"{tested}: not done", r"generat|\btested\b|\btuned?\b|\btrain"),
        (not errors, f"The checks of the taxonomy find no errors{noted}", r"no errors|validat|\bchecks? pass"),
        (
            True,
            "All commits are signed off (Developer Certificate of Origin)",
            r"\bDCO\b|sign(ed)?[- ]?off|signed commit",
        ),
    ]
    if leaves:
        fewest = f" (the fewest: {min(seeds)})" if len(seeds) > 1 else f" ({seeds[0]})" if seeds else ""
        items += [
            (
                min(seeds, default=0) >= MIN_SEEDS,
                f"Every `qna.yaml` holds at least {MIN_SEEDS} seed examples{fewest}",
                r"(\b5\b|\bfive\b).*(example|seed|question)",
            ),
            (
                not any(rule.startswith(("lint.", "yaml.")) for rule in rules),
                "Every `qna.yaml` passes the linter",
                r"\blint",
            ),
            (
                not rules & {"legal.attribution-missing", "legal.attribution-empty"},
                "An `attribution.txt` stands beside every `qna.yaml`",
                r"attribution",
            ),
            (
                not rules & _PERSONS,
                "The rules that look for personal data and secrets find none",
                r"\bPII\b|personal(ly)? (data|identif|inform)",
            ),
        ]
    # Whether a topic is one to avoid is for people: nothing here may claim it.
    avoid = "Nothing in it is a topic the project asks to avoid (for a reader to confirm)"
    items.append((False, avoid, r"avoid|prohibited|topics? (that|which)"))
    return [Statement(holds=holds, text=text, asked=asked) for holds, text, asked in items]
