"""A small application around one widget of the leaf's side."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget

from labtui.taxonomy.check import check_leaf
from labtui.taxonomy.fields import LeafFields, fields_of
from labtui.taxonomy.finding_places import by_place
from labtui.taxonomy.parse import parse
from labtui.themes import DEFAULT, THEMES
from labtui.widgets.key_order import KeysInOrder
from labtui.widgets.leaf_form_lines import FormPage, form_page
from labtui.widgets.window import stylesheets

KNOWLEDGE = """\
version: 3
created_by: ann
domain: birds
document_outline: 12
seed_examples:
  - context: |
      A line that its author broke by hand, as one does in a file, at some
      width that has nothing to do with this terminal.

      - a list
      - stays one
    questions_and_answers:
      - question: What?
        answer: |
          First line,
          second line.
      - question: And then?
        answer: yes
document:
  repo: https://example.org/birds.git
  commit: 5f7158a5ce83c4ff493bfe341fe31ecad64ff697
  patterns: [a.md]
"""


class Host(KeysInOrder[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__(css_path=stylesheets("base", "widgets", "taxonomy"))
        self.held = widget
        self.heard: list[object] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT

    def compose(self) -> ComposeResult:
        yield self.held


def fields(text: str, kind: str = "knowledge") -> LeafFields:
    parsed = parse(text)
    return fields_of(parsed.value, parsed.root, kind)


def page(text: str, room: int, kind: str = "knowledge", *, unfolded: bool = False) -> FormPage:
    read = fields(text, kind)
    found = check_leaf(text.encode(), b"", f"{kind}/x/qna.yaml", kind)
    return form_page(read, by_place(read, found), room, about=f"{kind}, version 3", beside="", unfolded=unfolded)
