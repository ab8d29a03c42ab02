"""A file's bytes as text and back: byte-order mark and line ends stay what they were where nothing was edited."""

from __future__ import annotations

import re

import msgspec

from labtui.errors import LabError

_BOM = b"\xef\xbb\xbf"
_END = re.compile("\r\n|\r|\n")


class Splice(msgspec.Struct, frozen=True):
    """One replacement in a text: `inserted` stands where `removed` stood, from `start` on.

    The two tuples are the line ends of the newlines in each, in order; both are empty where the file has one kind
    of line end throughout.
    """

    start: int
    removed: str
    inserted: str
    removed_ends: tuple[str, ...] = ()
    inserted_ends: tuple[str, ...] = ()

    @property
    def back(self) -> Splice:
        return Splice(self.start, self.inserted, self.removed, self.inserted_ends, self.removed_ends)


class FileText(msgspec.Struct, frozen=True):
    """A file as text whose every line end is a newline, with what is needed to write it as it was."""

    text: str
    """Without the byte-order mark. Bytes that are not UTF-8 stand in it as lone surrogates U+DC80 to U+DCFF."""
    mark: bool = False
    """Whether the file begins with a byte-order mark."""
    newline: str = "\n"
    """The end of new lines; of all lines where `ends` is empty."""
    ends: tuple[str, ...] = ()
    """The end of each line, where they are of several kinds."""

    def data(self) -> bytes:
        """The file's bytes. Raises LabError for characters that no UTF-8 file can hold."""
        text = self.text
        if self.ends:
            parts = text.split("\n")
            text = "".join(part + end for part, end in zip(parts, self.ends, strict=False)) + parts[-1]
        elif self.newline != "\n":
            text = text.replace("\n", self.newline)
        try:
            data = text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise LabError(
                "The text holds half a character, which no file can hold.",
                where=f"character {error.start + 1}",
                hint="Type that character again.",
            ) from error
        return _BOM + data if self.mark else data

    def splice(self, start: int, removed: str, inserted: str) -> Splice:
        """The replacement at `start`, with the line ends it takes away and brings."""
        if not self.ends:
            return Splice(start, removed, inserted)
        first = self.text.count("\n", 0, start)
        gone = self.ends[first : first + removed.count("\n")]
        return Splice(start, removed, inserted, gone, (self.newline,) * inserted.count("\n"))

    def apply(self, splice: Splice) -> FileText:
        end = splice.start + len(splice.removed)
        text = self.text[: splice.start] + splice.inserted + self.text[end:]
        ends = self.ends
        if ends or splice.inserted_ends:
            first = self.text.count("\n", 0, splice.start)
            ends = ends[:first] + splice.inserted_ends + ends[first + len(splice.removed_ends) :]
        return FileText(text, self.mark, self.newline, ends)

    def difference(self, text: str) -> Splice | None:
        """The smallest single replacement that makes `text` of this one; None where they are equal."""
        if text == self.text:
            return None
        start = _common_start(self.text, text)
        end = _common_end(self.text, text, min(len(self.text), len(text)) - start)
        return self.splice(start, self.text[start : len(self.text) - end], text[start : len(text) - end])


def read(data: bytes) -> FileText:
    """Any bytes as text; what is not UTF-8 comes through `data` unchanged as well."""
    mark = data.startswith(_BOM)
    raw = (data[len(_BOM) :] if mark else data).decode("utf-8", "surrogateescape")
    if "\r" not in raw:
        return FileText(raw, mark)
    found = _END.findall(raw)
    kinds = sorted(set(found), key=lambda end: (-found.count(end), end))
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return FileText(text, mark, kinds[0], tuple(found) if len(kinds) > 1 else ())


def newlines(text: str) -> str:
    """`text` with every line end a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _common_start(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if other.startswith(one[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: str, other: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if other.endswith(one[len(one) - middle : len(one) - low], 0, len(other) - low):
            low = middle
        else:
            high = middle - 1
    return low


def half_characters(text: str) -> str:
    """The lone surrogates in it: what stands for bytes that are no UTF-8, and what no file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join(character for character in text if "\ud800" <= character <= "\udfff")
    return ""
