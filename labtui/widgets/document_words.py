"""What is said around a leaf's document: which file it is, how its seeds stand in it, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from labtui import paths
from labtui.taxonomy.documents.address import LOCAL, understand
from labtui.taxonomy.documents.reading import FoundDocument
from labtui.taxonomy.leaf import Document
from labtui.taxonomy.lengths import CONTEXT_WORDS
from labtui.taxonomy.lengths import words as count_words
from labtui.text import clean, shorten, width
from labtui.widgets.document_pages import SAME, Page, Standing
from labtui.widgets.document_scroll import DocumentScroll
from labtui.widgets.log_lines import size_words


def about(
    found: FoundDocument | None,
    pages: Sequence[Page],
    file: int,
    standings: Sequence[Standing],
    contexts: Sequence[str],
    room: int,
) -> Content:
    """Two or three lines: the file, what is wrong with it, the seeds."""
    if found is None or not pages:
        return Content("")
    shown = pages[file].file
    right = f"{size_words(shown.size)} · @{found.commit[:7]}"
    if len(pages) > 1:
        right = f"file {file + 1} of {len(pages)} [ ] · {right}"
    left = shorten(shown.path, max(8, room - width(right) - 2))
    gap = " " * max(2, room - width(left) - width(right))
    lines = [Content.assemble((left, "bold"), gap, (right, "$quiet"))]
    if shown.problem and shown.text:
        lines.append(Content.styled(shorten(f"! {shown.problem}", room), "$warning"))
    if found.unmatched:
        missing = ", ".join(found.unmatched)
        lines.append(Content.styled(shorten(f"! names no file there: {missing}", room), "$warning"))
    if any(context.strip() for context in contexts) and any(page.text for page in pages):
        lines.append(_seeds(standings, contexts, file, room))
    return Content("\n").join(line.truncate(room, ellipsis=True) for line in lines)


def _seeds(standings: Sequence[Standing], contexts: Sequence[str], file: int, room: int) -> Content:
    if len(standings) != len(contexts):
        return Content.styled("looking for the seeds' contexts…", "$quiet")
    whole = [stand for stand in standings if stand.share >= SAME]
    part = [stand for stand in standings if 0 < stand.share < SAME]
    none = [stand for stand in standings if stand.share == 0 and contexts[stand.seed - 1].strip()]
    parts: list[Content] = []
    if whole:
        parts.append(Content(f"{_numbers(whole, file)} found"))
    if part:
        shares = ", ".join(f"{stand.seed} to {stand.share:.0%}" for stand in part)
        parts.append(Content.styled(f"in part {shares}", "$warning"))
    if none:
        parts.append(Content.styled(f"not found {_numbers(none, file)}", "$warning"))
    return Content.assemble(("seeds ", "$quiet"), Content(" · ").join(parts))


def _numbers(standings: Sequence[Standing], file: int) -> str:
    """The seeds' numbers, those that stand in another file in brackets."""
    return " ".join(
        f"({stand.seed})" if stand.page >= 0 and stand.page != file else str(stand.seed) for stand in standings
    )


def instead(
    document: Document | None, found: FoundDocument | None, page: Page | None, fetching: str, room: int
) -> list[Content]:
    """The lines that stand where there is no text: what it is, where it is, and which key gets it."""
    if document is None:
        return _wrapped([("This leaf points to no document.", "$quiet")], room)
    parts: list[tuple[str, str]] = []
    if fetching:
        parts = [("Fetching the document…", "bold"), (fetching, "$accent"), ("", ""), *_facts(document), ("", "")]
        parts.append(("d or esc stops it.", "$quiet"))
    elif found is None:
        parts = [("Looking for the document…", "$quiet")]
    elif found.absent:
        parts = [("The document lies on the network and was not fetched yet.", "bold"), ("", ""), *_facts(document)]
        parts += [("", ""), ("d fetches it: the files named here, and nothing else where the server can do that.", "")]
        parts.append(
            (f"They are kept in {paths.cache_dir() / 'documents'}; you may delete that at any time.", "$quiet")
        )
    elif found.problem:
        parts = [(f"✖ {found.problem}", "bold $error"), (found.hint, ""), ("", ""), *_facts(document), ("", "")]
        again = "looks again" if understand(document.repo).kind == LOCAL else "tries again"
        parts.append((f"d {again}.", "$quiet"))
    elif page is not None and page.file.problem:
        parts = [(page.file.problem, "bold")]
    elif page is not None:
        parts = [("The file is empty.", "$quiet")]
    return _wrapped(parts, room)


def _facts(document: Document) -> list[tuple[str, str]]:
    patterns = ", ".join(document.patterns) or "none named"
    return [
        (f"repository  {document.repo or 'none named'}", ""),
        (f"commit      {document.commit or 'none named'}", ""),
        (f"files       {patterns}", ""),
    ]


def _wrapped(parts: Sequence[tuple[str, str]], room: int) -> list[Content]:
    lines: list[Content] = []
    for text, style in parts:
        shown = clean(text, lines=False)[:2000]
        lines += Content.styled(shown, style).wrap(max(10, room)) if shown else [Content("")]
    return lines


def foot(scroll: DocumentScroll, fetching: bool, progress: str) -> Content:
    """The line below: what is marked, what was found, or where the reader is."""
    room = max(20, scroll.size.width - 1)
    page = scroll.page
    if page is None:
        return Content("")
    left: list[Content | tuple[str, str]] = []
    if fetching:
        left.append((f"fetching: {progress}", "$accent"))
    elif scroll.mark is not None:
        count = count_words(scroll.marked)
        over = count > CONTEXT_WORDS
        left.append(
            (f"{'! ' if over else ''}marked {count:,}/{CONTEXT_WORDS} words", "bold $warning" if over else "bold")
        )
        seeds = sorted({p.seed for p in page.places if p.start < scroll.mark.end and p.end > scroll.mark.start})
        if seeds:
            left.append((f" · in seed {', '.join(map(str, seeds))} already", "$warning"))
        hint = " · enter makes a seed, esc drops"
        if Content.assemble(*left).cell_length + len(hint) <= room:
            left.append((hint, "$quiet"))
    elif scroll.pattern:
        here = f"{scroll.here + 1} of " if scroll.here >= 0 else ""
        many = f"{here}{len(scroll.found):,} found" if scroll.found else "nothing found"
        left.append((f"{many}: {shorten(scroll.pattern, 30)}", "$accent" if scroll.found else "$warning"))
    else:
        left.append(("v marks a context for a seed", "$quiet"))
    where = ""
    if len(scroll.rows):
        row = scroll.rows.at(scroll.cursor)
        where = f"line {scroll.rows.line_of(row):,} · {(row + 1) / len(scroll.rows):.0%}"
    text = Content.assemble(*left)
    if text.cell_length + width(where) + 2 > room:
        where = ""
    gap = " " * max(0, room - text.cell_length - width(where))
    return Content.assemble(text, gap, (where, "$quiet")).truncate(room, ellipsis=True)
