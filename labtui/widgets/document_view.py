"""What a knowledge leaf points to, with the contexts of its seeds marked in it.

    yield DocumentView(id="document")
    view.show(leaf.document, [seed.context for seed in leaf.seeds], root)     # again at every change; None: no document

The Markdown is shown in its source, so that what is marked is what stands there. A seed's context is underlined and
carries its number in the margin (`│` found whole, `┆` in part); n and N go from one to the next. `v` begins to mark,
enter posts `ContextMarked`. A document on the network is fetched on request only. `back()` undoes one step (search,
mark, fetching) and tells whether there was one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from labtui.taxonomy.documents.reading import FoundDocument, Wish, find
from labtui.taxonomy.leaf import Document
from labtui.text import clean
from labtui.widgets import document_words as words
from labtui.widgets.document_pages import Page, Place, Standing, pages, place_seeds
from labtui.widgets.document_scroll import DocumentScroll
from labtui.widgets.plain import Plain


class DocumentView(Vertical):
    DEFAULT_CSS = """
    DocumentView { height: 1fr; }
    DocumentView .about { height: auto; max-height: 3; }
    DocumentView .foot { height: 1; }
    DocumentView .find { height: 1; display: none; }
    DocumentView .find Plain { width: auto; color: $accent; }
    DocumentView .find Input, DocumentView .find Input:focus { height: 1; border: none; padding: 0; width: 1fr; }
    DocumentView.-finding .find { display: block; }
    DocumentView.-finding .foot { display: none; }
    """

    class ContextMarked(Message):
        """The reader wants a seed with this context: text as it stands in the document."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Found(Message):
        """The thread that looked has something to show."""

        def __init__(self, found: FoundDocument, shown: list[Page], asked: Document) -> None:
            super().__init__()
            self.found, self.shown, self.asked = found, shown, asked

    class Placed(Message):
        def __init__(self, places: list[tuple[Place, ...]], standings: list[Standing], asked: object) -> None:
            super().__init__()
            self.places, self.standings, self.asked = places, standings, asked

    class Heard(Message):
        """What git says while it fetches."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._document: Document | None = None
        self._contexts: tuple[str, ...] = ()
        self._root: Path | None = None
        self.found: FoundDocument | None = None
        """None while it is looked for, and where the leaf points to nothing."""
        self.pages: list[Page] = []
        self.standings: list[Standing] = []
        self._file = 0
        self._fetching: threading.Event | None = None
        """Set to stop the fetch that is under way."""
        self._progress = ""
        self._scroll = DocumentScroll(self._say_where, self._do)

    def compose(self) -> ComposeResult:
        yield Plain("", classes="about")
        yield self._scroll
        with Horizontal(classes="find"):
            yield Plain("/ ")
            yield FindInput(placeholder="text to find; enter goes there, esc closes", compact=True)
        yield Plain("", classes="foot")

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def text(self) -> DocumentScroll:
        """The text itself: what takes the focus."""
        return self._scroll

    @property
    def page(self) -> Page | None:
        return self.pages[self._file] if self._file < len(self.pages) else None

    def focus(self, scroll_visible: bool = True) -> DocumentView:
        self._scroll.focus(scroll_visible)
        return self

    def show(self, document: Document | None, contexts: Sequence[str], root: Path | None) -> None:
        """Shows what a leaf points to. The same document is not read again; its seeds are looked for anew."""
        same = document is not None and self._address(document) == self._address(self._document) and root == self._root
        known, self._contexts = self._contexts, tuple(contexts)
        self._document, self._root = document, root
        if not same:
            self._forget()
            self._look(fetch=False)
        elif known != self._contexts and self.pages:
            self._place()

    @staticmethod
    def _address(document: Document | None) -> tuple[object, ...]:
        return (document.repo, document.commit, document.patterns) if document is not None else ()

    def _forget(self) -> None:
        self._stop()
        self.found, self.pages, self.standings, self._file, self._progress = None, [], [], 0, ""
        self._scroll.mark = None
        self._close_find()
        self._show_page()

    def on_unmount(self) -> None:
        self._stop()

    def on_resize(self) -> None:
        self._say()

    # -- looking and fetching -----------------------------------------------------------------------------------

    def _look(self, *, fetch: bool) -> None:
        if self._document is None:
            self._say()
            return
        self._fetching = threading.Event() if fetch else None
        self._find(self._document, self._root, self._fetching)
        self._say()

    @work(thread=True, exclusive=True, group="document", exit_on_error=False)
    def _find(self, document: Document, root: Path | None, stop: threading.Event | None) -> None:
        worker = get_current_worker()

        def heard(line: str) -> None:
            self.post_message(self.Heard(line))

        found = self.find_document(document, root, Wish(fetch=stop is not None, stop=stop, on_progress=heard))
        shown = pages(found.files)
        if not worker.is_cancelled:
            self.post_message(self.Found(found, shown, document))

    def find_document(self, document: Document, root: Path | None, wish: Wish) -> FoundDocument:
        """Reads what the leaf points to. In a thread."""
        return find(document, root, wish)

    @on(Found)
    def _on_found(self, event: Found) -> None:
        event.stop()
        if self._address(event.asked) != self._address(self._document):
            return
        stopped = self._fetching is not None and self._fetching.is_set()
        self._fetching, self._progress = None, ""
        if stopped and self.pages:
            self._say()
            return
        self.found = (
            FoundDocument(repo=event.found.repo, commit=event.found.commit, absent=True) if stopped else event.found
        )
        self.pages = event.shown
        self._file = min(self._file, max(0, len(self.pages) - 1))
        self._show_page()
        self._place()

    def _place(self) -> None:
        self._search_seeds(self.pages, self._contexts)

    @work(thread=True, exclusive=True, group="document-seeds", exit_on_error=False)
    def _search_seeds(self, shown: list[Page], contexts: tuple[str, ...]) -> None:
        worker = get_current_worker()
        places, standings = place_seeds(shown, contexts, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(self.Placed(places, standings, shown))

    @on(Placed)
    def _on_placed(self, event: Placed) -> None:
        event.stop()
        if event.asked is not self.pages:
            return
        for page, places in zip(self.pages, event.places, strict=True):
            page.places = places
        self.standings = event.standings
        self._show_page()

    @on(Heard)
    def _on_heard(self, event: Heard) -> None:
        event.stop()
        if self._fetching is not None:
            self._progress = clean(event.line, lines=False)
            self._say()

    def _stop(self) -> None:
        if self._fetching is not None:
            self._fetching.set()

    # -- what is said -------------------------------------------------------------------------------------------

    def _show_page(self) -> None:
        if not self.is_mounted:
            return
        page = self.page
        self._scroll.show(page if page is not None and page.text else None)
        self._say()

    def _say(self) -> None:
        self._scroll.fetching = self._fetching is not None
        if not self.is_mounted:
            return
        room = max(20, self.size.width - 2)
        self.query_one(".about", Plain).show(
            words.about(self.found, self.pages, self._file, self.standings, self._contexts, room)
        )
        fetching = self._progress or "Asking the server…" if self._fetching is not None else ""
        self._scroll.say(words.instead(self._document, self.found, self.page, fetching, room))
        self._say_where()

    def _say_where(self) -> None:
        if self.is_mounted:
            self.query_one(".foot", Plain).show(words.foot(self._scroll, self._fetching is not None, self._progress))

    # -- keys ---------------------------------------------------------------------------------------------------

    @on(DocumentScroll.Took)
    def _on_took(self, event: DocumentScroll.Took) -> None:
        event.stop()
        self.post_message(self.ContextMarked(event.text))

    def _do(self, what: str, by: int) -> None:
        if what == "find":
            self.find_text()
        elif what == "fetch":
            self.fetch()
        elif what == "stop":
            self._stop()
        elif what == "file":
            self._go_to_file(by)
        elif what == "seed":
            self._step_seed(by)

    def fetch(self) -> None:
        """Fetches the document, or stops that; one of this machine is read anew."""
        if self._fetching is not None:
            self._stop()
        elif self._document is not None:
            self._look(fetch=True)

    def _go_to_file(self, by: int) -> None:
        if self.pages:
            self._file = (self._file + by) % len(self.pages)
            self._show_page()

    def _step_seed(self, by: int) -> None:
        """The next place of a seed after the cursor, in this file or in the next one that has some."""
        begins = [(file, place.start) for file, page in enumerate(self.pages) for place in page.places]
        if not begins:
            self.app.bell()
            return
        here = (self._file, self._scroll.cursor)
        rows = self._scroll.rows
        if by > 0:
            end = rows.ends[rows.at(here[1])] if len(rows) else 0
            wanted = next((place for place in begins if place > (self._file, end)), begins[0])
        else:
            wanted = next((place for place in reversed(begins) if place < here), begins[-1])
        if wanted[0] != self._file:
            self._file = wanted[0]
            self._show_page()
        self._scroll.go_to(wanted[1], above=2)

    def find_text(self) -> None:
        """Opens the line to type what to find."""
        if self.page is not None:
            self._close_find()
            self.add_class("-finding")
            self.query_one(FindInput).focus()

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._scroll.search(event.value)

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remove_class("-finding")
        self._scroll.focus()
        self._scroll.step_found(1)

    def _close_find(self) -> None:
        self.remove_class("-finding")
        if self.is_mounted:
            field = self.query_one(FindInput)
            with field.prevent(Input.Changed):
                field.value = ""
            self._scroll.search("")
            if field.has_focus:
                self._scroll.focus()

    def back(self) -> bool:
        """Leaves the search, drops the mark or stops the fetch: one step. False where there is none of them."""
        if self.has_class("-finding") or self._scroll.pattern:
            self._close_find()
        elif self._scroll.mark is not None:
            self._scroll.action_drop()
        elif self._fetching is not None:
            self._stop()
        else:
            return False
        return True


class FindInput(Input):
    BINDINGS = [Binding("escape", "close", "close")]

    def action_close(self) -> None:
        self.query_ancestor(DocumentView).back()
