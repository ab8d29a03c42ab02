"""The document of a contributed leaf: that of a repository, or copies of this machine that no repository holds yet."""

from __future__ import annotations

from pathlib import Path

from labtui.contribute.documents.document_contexts import DocumentFacts
from labtui.taxonomy.documents.reading import FoundDocument, Wish
from labtui.taxonomy.leaf import Document
from labtui.widgets.document_view import DocumentView


class DraftDocumentView(DocumentView):
    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._facts = DocumentFacts()

    def show_facts(self, facts: DocumentFacts, root: Path | None) -> None:
        self._facts = facts
        self.show(facts.document, facts.contexts, root)

    def find_document(self, document: Document, root: Path | None, wish: Wish) -> FoundDocument:
        facts = self._facts
        return facts.found() if facts.local is not None else super().find_document(document, root, wish)
