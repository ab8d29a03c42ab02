"""The present model asked the questions of a contributed leaf: which one it is, served first where it is not."""

from __future__ import annotations

from collections.abc import Callable

from labtui.config import Config
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.evidence.asking_model import SeedAnswer, ask
from labtui.contribute.records import ContributedLeaf, ModelUsed
from labtui.workspace import Workspace


def ask_seeds(
    workspace: Workspace,
    config: Config,
    folder: DraftFolder,
    leaf: ContributedLeaf | str,
    *,
    model: str = "",
    adapter: str = "",
    say: Callable[[str], None] = lambda words: None,
    on_answer: Callable[[SeedAnswer], None] = lambda answer: None,
    cancelled: Callable[[], bool] = lambda: False,
    again: bool = False,
) -> list[SeedAnswer]:
    """Asks `model` (empty: the chat's) what it answers to each seed now, and keeps the answers with the contribution.

    `say` hears what is done before the first answer. The system prompt is the chat's. Blocks, for as long as a server
    takes to start and to answer. Raises LabError.
    """
    from labtui.operations.serving import choose, ensure_served

    choice = choose(workspace, config, model, adapter)
    target = ensure_served(workspace, config, choice.model.name, choice.adapter_name, say=say)
    if cancelled():
        return []
    made = ModelUsed(
        model=target.name or target.model,
        model_sha256=choice.model.sha256,
        adapter=choice.adapter_name,
        adapter_sha256=choice.adapter.sha256 if choice.adapter is not None else "",
        engine=target.engine,
        system=config.settings.chat.system,
    )
    return ask(folder, leaf, target, made, on_answer=on_answer, cancelled=cancelled, again=again)
