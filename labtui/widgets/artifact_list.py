"""What a job made: kind, path and note, one line each; enter opens it where it belongs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from labtui.records import Artifact
from labtui.text import pad
from labtui.widgets.plain import content

OPENS = {"data": "train on it", "adapter": "compare it in the chat", "try": "see the answers"}
"""What enter does with an artifact of a kind."""


class ArtifactList(OptionList):
    class Opened(Message):
        def __init__(self, artifact: Artifact) -> None:
            super().__init__()
            self.artifact = artifact

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._artifacts: list[Artifact] = []

    @property
    def chosen(self) -> Artifact | None:
        row = self.highlighted
        return self._artifacts[row] if row is not None and row < len(self._artifacts) else None

    def show(self, artifacts: Sequence[Artifact]) -> None:
        """The newest of each path, in the order they were made."""
        newest = list({artifact.path: artifact for artifact in artifacts}.values())
        if newest == self._artifacts:
            return
        row = self.highlighted
        self._artifacts = newest
        self.clear_options()
        self.add_options([Option(_line(artifact)) for artifact in newest])
        if newest:
            self.highlighted = row if row is not None and row < len(newest) else len(newest) - 1

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))


def _line(artifact: Artifact) -> Content:
    hint = OPENS.get(artifact.kind, "")
    parts = [
        Content.assemble((pad(artifact.kind, 11), "bold"), content(artifact.path)),
        content(f"           {artifact.note}" if artifact.note else "", "$quiet"),
        content(f"           sha256 {artifact.sha256[:16]}" if artifact.sha256 else "", "$quiet"),
        content(f"           enter: {hint}" if hint else "", "$accent"),
    ]
    return Content("\n").join([part for part in parts if part.plain])
