"""Files in which the linter surely finds nothing, recognised from nodes that are there already.

Linting costs ten times what reading a file does, as the linter scans it once more token by token. Most files are
laid out plainly: blocks only, the same step everywhere, one blank behind colons and hyphens. What is told here holds
only one way: a file that is not plain may still be clean, and is left to the linter.
"""

from __future__ import annotations

import re

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

# Blanks at a line's end, three empty lines, line ends and marks that only YAML knows, further documents, directives.
_ODD = re.compile(r"[ \t\v\f]\n|\n\n\n\n|[\x85\u2028\u2029\ufeff\r]|\n(?:---|\.\.\.)|\A[%\n]|\n\n\Z|[^\n]\Z")


def is_plain(text: str, root: Node | None) -> bool:
    """Whether the linter finds nothing in `text`, whose nodes are `root`. False where that is not sure."""
    if not isinstance(root, MappingNode) or root.start_mark.column or _ODD.search(text):
        return False
    return _Layout(text).holds(root)


class _Layout:
    def __init__(self, text: str) -> None:
        self._text = text
        self._step = 0
        """Columns an inner block stands further right; 0: not seen yet."""
        self._lists_indented: bool | None = None
        self._waiting: list[Node] = []

    def holds(self, root: MappingNode) -> bool:
        self._waiting = [root]
        while self._waiting:
            node = self._waiting.pop()
            if isinstance(node, MappingNode):
                if not self._mapping(node):
                    return False
            elif not self._sequence(node):
                return False
        return True

    def _mapping(self, node: MappingNode) -> bool:
        text, column = self._text, node.start_mark.column
        keys = set()
        for key, value in node.value:
            start, end = key.start_mark, key.end_mark
            if (
                not isinstance(key, ScalarNode)
                or start.column != column
                or start.line != end.line
                or text[end.index : end.index + 1] != ":"
                or text[start.index] in "&*!?"
                or key.value in keys
                or key.value == "<<"
            ):
                return False
            keys.add(key.value)
            at = value.start_mark
            if value.end_mark.index == at.index:
                continue  # nothing stands there
            if at.index <= end.index:
                return False  # it stands elsewhere, behind an alias
            if at.line == end.line:
                if not isinstance(value, ScalarNode) or at.index != end.index + 2 or text[at.index] in "&*!":
                    return False
            elif not self._below(value, column):
                return False
        return bool(keys)

    def _below(self, value: Node, column: int) -> bool:
        """Whether a value on a line of its own stands where the others do."""
        at = value.start_mark
        by = at.column - column
        if self._text[at.index] in "&*!":
            return False
        if isinstance(value, SequenceNode):
            if self._lists_indented is None:
                self._lists_indented = by > 0
            if self._lists_indented != (by > 0):
                return False
            if by == 0:
                return self._later(value)
        self._step = self._step or by
        return by > 0 and by == self._step and self._later(value)

    def _sequence(self, node: Node) -> bool:
        text, column = self._text, node.start_mark.column
        for item in node.value:
            at = item.start_mark
            if (
                at.column != column + 2
                or text[at.index - 2 : at.index] != "- "
                or item.end_mark.index == at.index
                or text[at.index] in "&*!"
                or not self._later(item)
            ):
                return False
        return bool(node.value)

    def _later(self, node: Node) -> bool:
        if isinstance(node, CollectionNode):
            self._waiting.append(node)
            return not node.flow_style
        return True
