"""Tabs that part two words of YAML, as newer versions of it allow; the reference's parser stops at them.

What such a file says is read by the fast parser, which allows them as well: a tab behind a colon, before a remark or
at the end of a line. Where the file says the very same with blanks in their place, they are put there. Tabs in front
of a line, where they would be indentation, are understood by nobody.
"""

from __future__ import annotations

import re

from yaml.nodes import ScalarNode

from labtui.taxonomy.fixing.shifting import nodes
from labtui.taxonomy.fixing.text import Edit, FileText
from labtui.taxonomy.fixing.values import same
from labtui.taxonomy.parse import read_with_tabs
from labtui.taxonomy.source import Unreadable

_RUN = re.compile(r"[ \t]*\t[ \t]*")


def with_blanks(file: FileText) -> FileText | None:
    """The file with blanks for such tabs; None where that does not make it readable, or what it says is not sure."""
    if "\t" not in file.text:
        return None
    try:
        meant = read_with_tabs(file.text)
        texts = [node for node in nodes(meant.root) if isinstance(node, ScalarNode)]
        inside = sorted((node.start_mark.index, node.end_mark.index) for node in texts)
        edits = [
            Edit(found.start(), found.end(), "" if file.text[found.end() : found.end() + 1] in ("\n", "") else " ")
            for found in _RUN.finditer(file.text)
            if not any(start <= found.start() < end for start, end in inside)
        ]
        edited = file.edited(edits)
        return edited if same(meant.value, edited.parsed.value) else None
    except Unreadable:
        return None
