"""How busy this machine is: processors, memory and, where there is one, each NVIDIA card."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import msgspec


class Meter(msgspec.Struct, frozen=True):
    name: str
    share: float
    """0 to 1."""
    text: str
    """The number beside the bar: `74 %`, `9.8/23 GB`."""
    short: str
    """The same where there is little room."""


class Machine:
    """Reads the meters. The first reading of the processors counts from the one before it, so the first is 0."""

    def __init__(self) -> None:
        self._cards: list[Any] | None = None

    def read(self) -> tuple[Meter, ...]:
        """Blocks for a few milliseconds; the first call on a machine with a card for some hundred."""
        import psutil

        cpu = psutil.cpu_percent() / 100
        memory = psutil.virtual_memory()
        used = memory.total - memory.available
        gigabytes = f"{used / 2**30:.1f}/{memory.total / 2**30:.0f} GB"
        return (
            Meter("CPU", cpu, f"{cpu:.0%}".replace("%", " %"), f"{cpu:.0%}"),
            Meter("MEM", used / memory.total, gigabytes, f"{used / memory.total:.0%}"),
            *self._graphics(),
        )

    def _graphics(self) -> list[Meter]:
        if self._cards is None:
            self._cards = _cards()
        if not self._cards:
            return []
        import pynvml

        found = []
        for index, card in enumerate(self._cards):
            with contextlib.suppress(pynvml.NVMLError):
                busy = pynvml.nvmlDeviceGetUtilizationRates(card).gpu / 100
                memory = pynvml.nvmlDeviceGetMemoryInfo(card)
                gigabytes = f"{memory.used / 2**30:.0f}/{memory.total / 2**30:.0f} GB"
                found.append(Meter(f"GPU{index}", busy, f"{busy:.0%} {gigabytes}".replace("%", " %"), f"{busy:.0%}"))
        return found


def _cards() -> list[Any]:
    """A handle for each card; none where there is no driver. Not even asked for where the driver left no trace."""
    if not os.path.exists("/proc/driver/nvidia") and not os.path.exists("/dev/nvidiactl"):
        return []
    try:
        import pynvml
    except ImportError:
        return []
    try:
        pynvml.nvmlInit()
        return [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
