"""The training loop: forward, loss on the trained tokens, backward, one step of AdamW; nothing more.

A loop of our own rather than a trainer's, because three things must hold exactly: the loss is that of the trained
tokens of a step divided by their number, however the step is cut into packs; everything needed to go on is in
`tensors()`; and the order of samples is a function of the step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from labtui.errors import LabError
from labtui.train.arguments import TrainArguments, rate_at
from labtui.train.batches import Batches, steps_an_epoch, total_steps
from labtui.train.checkpoint import CheckpointState
from labtui.train.packing import Pack, packs, visible
from labtui.train.tokens import Encoded


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    step: int
    """Counted from 1."""
    loss: float
    rate: float
    grad_norm: float
    tokens_per_second: float
    epoch: float
    """Passes over the data so far."""


class Loop:
    """A model with its adapter, an optimiser and a data order, at some step."""

    def __init__(self, model: Any, samples: Sequence[Encoded], arguments: TrainArguments, device: str = "cpu") -> None:
        import torch

        self.arguments = arguments
        self.samples = samples
        self.device = device
        self.batches = Batches(len(samples), arguments.batch, arguments.seed)
        self.total = total_steps(len(samples), arguments.batch, steps=arguments.steps, epochs=arguments.epochs)
        self.state = CheckpointState(step=0)
        self.model = add_adapter(model, arguments).to(device).train()
        self.weights = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        self.optimiser = torch.optim.AdamW(
            self.weights.values(), lr=arguments.learning_rate, weight_decay=arguments.weight_decay
        )
        self._body = self.model.get_base_model().get_decoder()
        self._head = self.model.get_base_model().get_output_embeddings()

    @property
    def finished(self) -> bool:
        return self.state.step >= self.total

    def step(self) -> StepResult:
        """One optimiser step. Raises LabError, naming the samples, where the loss is no number."""
        import torch

        began = time.perf_counter()
        indexes = self.batches.at(self.state.step)
        samples = [self.samples[index] for index in indexes]
        rate = rate_at(self.arguments, self.state.step, self.total)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        trained = sum(sample.trained_count for sample in samples)
        value = 0.0
        for packed in packs(samples):
            loss = self._loss(packed, trained)
            value += float(loss.detach())
            if not math.isfinite(value):
                raise _not_finite("loss", self.state.step + 1, samples)
            loss.backward()
        norm = float(torch.nn.utils.clip_grad_norm_(list(self.weights.values()), self.arguments.clip))
        if not math.isfinite(norm):
            raise _not_finite("gradient", self.state.step + 1, samples)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        took = time.perf_counter() - began
        tokens = sum(len(sample.tokens) for sample in samples)
        self.state.step += 1
        self.state.seconds += took
        self.state.tokens += tokens
        self.state.trained_tokens += trained
        self.state.losses.append(value)
        return StepResult(
            step=self.state.step,
            loss=value,
            rate=rate,
            grad_norm=norm,
            tokens_per_second=tokens / took,
            epoch=self.state.step / steps_an_epoch(len(self.samples), self.arguments.batch),
        )

    def _loss(self, packed: Pack, total: int) -> Any:
        """Summed cross entropy of a pack's trained tokens over `total`, those of the whole step.

        The output head runs on the places that predict a trained token only: with 49,152 words it is a fifth of
        the model, and its logits would be most of the memory.
        """
        import torch

        tokens = torch.tensor([packed.tokens], device=self.device)
        positions = torch.tensor([packed.positions], device=self.device)
        mask = visible(torch.tensor(packed.owners, device=self.device))
        hidden = self._body(input_ids=tokens, position_ids=positions, attention_mask=mask, use_cache=False)[0][0]
        logits = self._head(hidden[torch.tensor(packed.sources, device=self.device)]).float()
        targets = torch.tensor(packed.targets, device=self.device)
        return torch.nn.functional.cross_entropy(logits, targets, reduction="sum") / total

    def tensors(self) -> dict[str, Any]:
        """Everything but the plain numbers: adapter, both moments of AdamW, random state."""
        import torch

        found = {f"weight/{name}": weight.detach().cpu().contiguous() for name, weight in self.weights.items()}
        for name, weight in self.weights.items():
            for key, moment in self.optimiser.state[weight].items():
                found[f"adam/{key}/{name}"] = moment.detach().cpu().contiguous()
        found["random/cpu"] = torch.get_rng_state()
        if self.device != "cpu":
            found["random/gpu"] = torch.cuda.get_rng_state()
        return found

    def restore(self, state: CheckpointState, tensors: dict[str, Any]) -> None:
        """Goes back to where a checkpoint was taken. Raises LabError where it belongs to another training."""
        import torch

        own = {f"weight/{name}" for name in self.weights}
        if own != {key for key in tensors if key.startswith("weight/")}:
            raise LabError("The checkpoint belongs to another adapter.", hint="Start the training anew.")
        moments: dict[str, dict[str, Any]] = {name: {} for name in self.weights}
        for key, value in tensors.items():
            if key.startswith("adam/"):
                _, moment, name = key.split("/", 2)
                moments[name][moment] = value if moment == "step" else value.to(self.device)
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(tensors[f"weight/{name}"])
                self.optimiser.state[weight] = moments[name]
        torch.set_rng_state(tensors["random/cpu"])
        if self.device != "cpu" and "random/gpu" in tensors:
            torch.cuda.set_rng_state(tensors["random/gpu"])
        self.state = state


def add_adapter(model: Any, arguments: TrainArguments) -> Any:
    """The model with a fresh adapter, initialised from the seed; only the adapter learns."""
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    torch.manual_seed(arguments.seed)
    # PEFT takes the base's name from here, whatever its settings say.
    model.name_or_path = arguments.model
    settings = LoraConfig(
        r=arguments.rank,
        lora_alpha=arguments.alpha,
        lora_dropout=arguments.dropout,
        target_modules=list(arguments.targets),
        task_type=TaskType.CAUSAL_LM,
    )
    return get_peft_model(model, settings)


def _not_finite(what: str, step: int, samples: Sequence[Encoded]) -> LabError:
    ids = ", ".join(sample.id for sample in samples)
    return LabError(
        f"The {what} of step {step} is not a number.",
        where=f"samples {ids}",
        hint="Look at these samples, or start again with a lower rate: --set train.learning_rate=1e-4",
    )
