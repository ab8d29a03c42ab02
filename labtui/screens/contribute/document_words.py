"""What stands above the fields of the document step."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content

from labtui import signs
from labtui.contribute.documents.document_contexts import DocumentFacts
from labtui.contribute.records import LocalDocument
from labtui.taxonomy.documents.address import on_this_machine
from labtui.text import clean, shorten
from labtui.widgets.log_lines import size_words


def about(facts: DocumentFacts, mode: str, doing: str) -> Content:
    """What is under way, else what the document is."""
    if doing:
        return Content.styled(f"{signs.RUNNING} {clean(doing, lines=False)} … (esc stops)", "$accent")
    if not facts.knowledge:
        return Content.styled("A skill needs no document: it is shown by its examples alone.", "$quiet")
    if facts.local is not None:
        return _local(facts, facts.local)
    if mode == "git":
        return Content.styled("The document as one version of a repository that everybody can clone.", "$quiet")
    return Content.styled(
        "Knowledge is taught from a document: samples are made from it, as the passages you mark show. Where is it?",
        "$quiet",
    )


def _local(facts: DocumentFacts, local: LocalDocument) -> Content:
    count = len(facts.files)
    what = facts.files[0].path if count == 1 else f"{count} files"
    size = size_words(sum(file.size for file in facts.files))
    parts: list[tuple[str, str]] = [(shorten(what, 40), "bold"), (f", {size}, copied from ", "$quiet")]
    parts.append((shorten(local.came_from, 60), "$quiet"))
    where = ""
    if not local.commit:
        where = "\nnot in a repository yet: choose below where it goes"
    elif on_this_machine(local.repository):
        where = "\nkept on this machine only, where nobody else can read it: choose below where it goes"
    return Content.assemble(*parts, (where, "$warning"))


def begins_with(local: LocalDocument | None) -> str:
    """The path that choosing another file begins with."""
    if local is None or not local.came_from:
        return ""
    return local.came_from if Path(local.came_from).exists() else ""
