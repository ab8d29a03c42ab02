"""What I changed and what was changed on disk meanwhile, put together: by field and seed, then by line.

    merged = merge(editor.saved_data, editor.data(), theirs)
    while merged.conflicts and …:  ask for each; choices = {number of the conflict: Side.MINE or Side.THEIRS}
        merged = merge(editor.saved_data, editor.data(), theirs, choices)   # `open` holds what is not chosen yet
    editor.replace_data(merged.data)

The file on disk keeps its look: what I changed is written into it as an edit. Pure: nothing is read or written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.taxonomy.editing import file_text
from labtui.taxonomy.editing.document import Document, Path, same
from labtui.taxonomy.editing.editor import LeafEditor
from labtui.taxonomy.editing.file_text import FileText
from labtui.taxonomy.editing.merge_lines import chunks, merge_texts
from labtui.taxonomy.editing.merge_values import Conflict, Entries, Merging, Side, plain
from labtui.taxonomy.source import Unreadable

__all__ = ["Conflict", "Merged", "Side", "merge"]


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    data: bytes
    """Both changes together; where they contradict each other what was chosen, else mine."""
    conflicts: tuple[Conflict, ...] = ()
    """What was changed on both sides: never write the data while one is open."""
    open: tuple[int, ...] = ()
    """Those of them nothing was chosen for."""
    left_out: tuple[str, ...] = ()
    """Remarks of mine that found no place in what came from disk: show them."""


def merge(base: bytes, mine: bytes, theirs: bytes, choices: Mapping[int, Side] | None = None) -> Merged:
    """`mine` and `theirs` both began from `base`. `choices`: by the number of a conflict the side that counts."""
    if mine in (base, theirs):
        return Merged(data=theirs)
    if theirs == base:
        return Merged(data=mine)
    files = [file_text.read(data) for data in (base, mine, theirs)]
    try:
        return _by_value(files, mine, theirs, choices or {})
    except (Unreadable, _NotAMapping):
        return _by_lines(files, choices or {})


class _NotAMapping(Exception):
    pass


def _by_value(files: list[FileText], mine: bytes, theirs: bytes, choices: Mapping[int, Side]) -> Merged:
    documents = [_document(file) for file in files]
    merging = Merging(choices)
    result = merging.value((), *(document.value for document in documents))
    expected = plain(result)
    by_lines = merge_texts(*(file.text for file in files))
    if by_lines is not None and not merging.conflicts and _says(by_lines, expected):
        return Merged(data=_like(files, by_lines))
    editor = LeafEditor.open(theirs)
    try:
        _apply(editor, (), documents[2].value, result)
    except LabError:
        return _whole(files, mine, theirs, choices)
    if not same(editor.value, expected):
        return _whole(files, mine, theirs, choices)
    return Merged(
        data=editor.data(),
        conflicts=tuple(merging.conflicts),
        open=_open(len(merging.conflicts), choices),
        left_out=_left_out(files, editor.text),
    )


def _document(file: FileText) -> Document:
    from labtui.taxonomy.editing.document import read_document

    document = read_document(file.text)
    if not isinstance(document.value, dict):
        raise _NotAMapping
    return document


def _says(text: str, expected: Any) -> bool:
    from labtui.taxonomy.editing.document import read_document

    try:
        return same(read_document(text).value, expected)
    except Unreadable:
        return False


def _like(files: list[FileText], text: str) -> bytes:
    """`text` with the line ends and the mark of theirs, or of mine where only mine changed them."""
    base, mine, theirs = files
    look = mine if (theirs.mark, theirs.newline) == (base.mark, base.newline) else theirs
    if not theirs.ends and not mine.ends:
        return FileText(text, look.mark, look.newline).data()
    splice = theirs.difference(text)
    return (theirs.apply(splice) if splice is not None else theirs).data()


def _apply(editor: LeafEditor, path: Path, theirs: Any, merged: Any) -> None:
    """Makes `merged` of the value at `path`, which is what theirs has there. Raises LabError where that cannot be."""
    if isinstance(merged, Entries):
        _apply_list(editor, path, theirs, merged)
    elif isinstance(merged, dict) and isinstance(theirs, dict):
        for key in [key for key in theirs if key not in merged]:
            editor.unset((*path, key))
        for key, value in merged.items():
            if key in theirs:
                _apply(editor, (*path, key), theirs[key], value)
            else:
                editor.put((*path, key), plain(value))
    elif not same(theirs, merged):
        if isinstance(merged, str):
            editor.set(path, merged)
        elif isinstance(merged, list) and isinstance(theirs, list):
            _apply_list(editor, path, theirs, _alike(theirs, merged))
        else:
            editor.put(path, merged)


def _alike(theirs: list[Any], merged: list[Any]) -> Entries:
    """A list of which only one side is another: its entries by what they say."""
    return Merging({}).entries((), theirs, merged, theirs)


def _apply_list(editor: LeafEditor, path: Path, theirs: list[Any], merged: Entries) -> None:
    kept = [(number, value) for number, value in merged.entries if number is not None]
    wanted = [number for number, _ in kept]
    present = list(range(len(theirs)))
    for place in range(len(present) - 1, -1, -1):
        if present[place] not in wanted:
            editor.remove(path, place)
            del present[place]
    for place, number in enumerate(wanted):
        if present[place] != number:
            editor.move(path, present.index(number), place)
            present.insert(place, present.pop(present.index(number)))
    for place, (number, value) in enumerate(kept):
        _apply(editor, (*path, place), theirs[number], value)
    for place, (other, value) in enumerate(merged.entries):
        if other is None:
            editor.insert(path, place, plain(value))


def _by_lines(files: list[FileText], choices: Mapping[int, Side]) -> Merged:
    lines: list[str] = []
    conflicts: list[Conflict] = []
    for chunk in chunks(*(file.text.split("\n") for file in files)):
        merged = chunk.merged
        if merged is None:
            merged = chunk.theirs if choices.get(len(conflicts)) is Side.THEIRS else chunk.mine
            texts = ["\n".join(side) if side else None for side in chunk]
            what = f"Both sides changed what was line {len(lines) + 1} and the lines below it."
            conflicts.append(Conflict(path=(), what=what, base=texts[0], mine=texts[1], theirs=texts[2]))
        lines += merged
    return Merged(data=_like(files, "\n".join(lines)), conflicts=tuple(conflicts), open=_open(len(conflicts), choices))


def _whole(files: list[FileText], mine: bytes, theirs: bytes, choices: Mapping[int, Side]) -> Merged:
    """The last resort: one of the two files."""
    texts = [file.text for file in files]
    what = "The two changes cannot be put together: take one of the two files."
    conflict = Conflict(path=(), what=what, base=texts[0], mine=texts[1], theirs=texts[2])
    data = theirs if choices.get(0) is Side.THEIRS else mine
    return Merged(data=data, conflicts=(conflict,), open=_open(1, choices))


def _open(count: int, choices: Mapping[int, Side]) -> tuple[int, ...]:
    return tuple(number for number in range(count) if number not in choices)


def _left_out(files: list[FileText], text: str) -> tuple[str, ...]:
    base, mine, _ = (_remarks(file.text) for file in files)
    return tuple((mine - base - _remarks(text)).elements())


def _remarks(text: str) -> Counter[str]:
    lines = (line.strip() for line in text.split("\n"))
    return Counter(line for line in lines if line.startswith("#"))
