"""Which pane belongs to which step. A pane is imported when its step is first opened."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from labtui.contribute.records import Step

if TYPE_CHECKING:
    from labtui.screens.contribute.pane import StepPane

AFTER = "after"
"""What comes of a contribution once it is submitted: no step to be done, but a place to stand in the wizard."""

PANES = {
    Step.KIND: "kind:KindPane",
    Step.PLACE: "place:PlacePane",
    Step.DESCRIPTION: "description:DescriptionPane",
    Step.DOCUMENT: "document:DocumentPane",
    Step.SEEDS: "seeds:SeedsPane",
    Step.ATTRIBUTION: "attribution:AttributionPane",
    Step.CHECK: "check:CheckPane",
    Step.TRY: "trying:TryPane",
    Step.REVIEW: "review:ReviewPane",
    Step.SUBMIT: "submit:SubmitPane",
    AFTER: "after:AfterPane",
}
"""Step -> module in this package and class."""


def pane_of(step: str) -> type[StepPane]:
    module, _, name = PANES[step].partition(":")
    found: type[StepPane] = getattr(importlib.import_module(f"labtui.screens.contribute.{module}"), name)
    return found
