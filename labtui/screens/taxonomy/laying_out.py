"""The views of a leaf, each laid out in a thread when it is in front and something about it is new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual import on

from labtui.operations.leaf_data import LeafData
from labtui.operations.leaf_editing import LeafState
from labtui.screens.taxonomy.beside import Beside
from labtui.screens.taxonomy.leaf_base import DATA, DIFF, DOCUMENT, FORM, PROBLEMS, VIEWS, YAML
from labtui.screens.threads import in_thread
from labtui.taxonomy.fields import Path
from labtui.taxonomy.findings import Finding
from labtui.widgets.document_view import DocumentView
from labtui.widgets.leaf_form_lines import FormPage
from labtui.widgets.leaf_source import SourcePage
from labtui.widgets.sheet import Sheet
from labtui.widgets.view_tabs import ViewTabs

Show = Callable[[Path | None, bool], None]
"""Shows a view that is laid out: with the cursor at a path, as another leaf than before."""


class LayingOut(Beside):
    def __init__(self) -> None:
        super().__init__()
        self._layouts = asyncio.Lock()
        self._laid: dict[int, Any] = {}
        """View -> what it was laid out from; a view is laid out anew only where that differs."""
        self._unfolded = False

    # -- which view ---------------------------------------------------------------------------------------------

    def choose_view(self, number: int) -> None:
        """Brings a view to the front; what one was at in the form or the file is what it shows."""
        tabs = self.tabs
        if number == tabs.chosen or not 0 <= number < len(VIEWS):
            return
        inside = self.has_inner_focus
        place = self._place()
        tabs.chosen = number
        self._show_chosen()
        if inside:
            self.enter()
        if number == DATA:
            self.look_at_data()
        self.run_worker(self.lay_out(place=place), group="leaf-layout", exit_on_error=False)

    def _place(self) -> Path:
        """The field that the cursor of the view in front is at; empty where it is at none."""
        from labtui.taxonomy.finding_places import field_at

        if self.state is None or self.state.problem:
            return ()
        if self.view == YAML:
            return field_at(self.state.fields, self.yaml.at)
        return self.form.path if self.view == FORM else ()

    def _show_chosen(self) -> None:
        for number in range(len(VIEWS)):
            self.view_widget(number).display = number == self.view

    def enter(self) -> None:
        """Takes the focus."""
        match self.view:
            case 0:
                self.form.take_focus()
            case 1:
                self.yaml.take_focus()
            case number:
                self.view_widget(number).focus()

    def step_view(self, by: int) -> None:
        if self.has_inner_focus and not self.writing:
            self.choose_view((self.view + by) % len(VIEWS))

    @on(ViewTabs.Chosen)
    def _on_view_chosen(self, event: ViewTabs.Chosen) -> None:
        self.choose_view(event.number)

    def unfold(self) -> None:
        self._unfolded = not self._unfolded
        self.run_worker(self.lay_out(), group="leaf-layout", exit_on_error=False)

    @on(Sheet.Resized)
    def _on_resized(self) -> None:
        self.say_head()
        self.run_worker(self.lay_out(), group="leaf-layout", exit_on_error=False)

    # -- laying out ---------------------------------------------------------------------------------------------

    async def lay_out(self, *, path: Path | None = None, place: Path = (), fresh: bool = False) -> None:
        """Shows the view in front as the leaf stands now, with the cursor at `path`.

        `place` is where one comes from in another view: the cursor goes there if the form or the file has it.
        """
        async with self._layouts:
            state, view = self.state, self.view
            if state is None:
                return
            if view == YAML and self.yaml.writing and not fresh:
                return  # The lines to read are under the text that is written in.
            asked = (view, state, self.findings, self.room, self.data if view == DATA else None)
            made_from = (*asked, self._unfolded)
            if fresh:
                self._laid.clear()
            if self._laid.get(view) == made_from and path is None and not place and not fresh:
                return
            show = await in_thread(lambda: self._make(*asked))
            if self.state is not None and self.state.id == state.id and self.view == view:
                self._laid[view] = made_from
                show(path if path is not None else place or None, fresh)

    def _make(
        self, view: int, state: LeafState, findings: tuple[Finding, ...], room: int, data: LeafData | None
    ) -> Show:
        """Lays a view out and gives what shows it. Runs in a thread."""
        if view == FORM:
            page = self._form_page(state, findings, room)
            return lambda path, fresh: self.form.show(page, path, fresh=fresh)
        if view == YAML:
            from labtui.widgets.leaf_source import of_the_file, source_page

            source = source_page(state.text, of_the_file(findings), room)
            return lambda path, fresh: self._show_source(source, findings, path, fresh)
        if view == PROBLEMS:
            from labtui.widgets.leaf_problems import problem_page

            problems = problem_page(findings, room)
            return lambda path, fresh: self.problem_sheet.turn_to(problems, fresh=fresh)
        if view == DOCUMENT:
            return lambda path, fresh: self.show_document(state)
        name = "#diff-view" if view == DIFF else "#data-view"
        lines = self.diff_lines(state, room, self._unfolded) if view == DIFF else self.data_lines(state, room, data)
        return lambda path, fresh: self.query_one(name, Sheet).show(lines, keep_place=not fresh)

    def clear(self) -> None:
        """Shows no leaf."""
        from labtui.widgets.leaf_form_lines import EMPTY
        from labtui.widgets.leaf_problems import NO_PROBLEMS
        from labtui.widgets.leaf_source import NO_SOURCE

        self._laid.clear()
        self.form.show(EMPTY, fresh=True)
        self.yaml.show(NO_SOURCE, fresh=True)
        self.problem_sheet.turn_to(NO_PROBLEMS, fresh=True)
        for name in ("#diff-view", "#data-view"):
            self.query_one(name, Sheet).show([])
        self.query_one(DocumentView).show(None, [], None)

    def on_mount(self) -> None:
        self._show_chosen()

    def _form_page(self, state: LeafState, findings: tuple[Finding, ...], room: int) -> FormPage:
        from labtui.taxonomy.finding_places import by_place
        from labtui.widgets.leaf_form_lines import form_page, unreadable_page

        if state.problem:
            return unreadable_page(state.problem, state.place, room)
        problems = by_place(state.fields, findings)
        return form_page(
            state.fields, problems, room, about=state.about, beside=state.attribution, unfolded=self._unfolded
        )

    def _show_source(self, source: SourcePage, findings: tuple[Finding, ...], path: Path | None, fresh: bool) -> None:
        self.yaml.show(source, fresh=fresh)
        self.yaml.judge(findings)
        field = self.state.fields.find(path) if path and self.state is not None else None
        if field is not None and field.there and not self.yaml.writing:
            self.yaml.go_to_line(*field.start)
