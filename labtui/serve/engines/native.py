"""llama.cpp's own C++ server inside this process, through xllamacpp: batching, JSON schemas, prebuilt."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import msgspec

from labtui.errors import LabError
from labtui.serve.engines import Plan

QUIET = 3
"""llama.cpp's verbosity: what happens, without the words of prompts and answers."""
ASK_SECONDS = 10.0
KEPT_MEGABYTES = 256
"""Memory for prompts that were read before; llama.cpp would take 8 GB, which a long generation fills."""


class NativeServer:
    """A running server; the C++ side has threads of its own."""

    def __init__(self, server: Any, plan: Plan) -> None:
        self._server = server
        self._key = plan.key
        self._beats = 0
        address = urlsplit(server.listening_address)
        self._host, self._port = str(address.hostname), int(address.port or 0)
        self.url = f"{server.listening_address}/v1"
        self.context = plan.context
        for slot in self._ask("/slots") or []:
            self.context = int(slot["n_ctx"])

    def healthy(self) -> bool:
        return self._ask("/health") is not None

    def activity(self) -> object:
        slots = self._ask("/slots") or []
        if any(slot.get("is_processing") for slot in slots):
            self._beats += 1
        return self._beats, tuple(slot.get("id_task", -1) for slot in slots)

    def _ask(self, path: str) -> Any:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=ASK_SECONDS)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self._key}"})
            answer = connection.getresponse()
            body = answer.read()
            return msgspec.json.decode(body) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, msgspec.MsgspecError):
            return None
        finally:
            connection.close()


def start(plan: Plan) -> NativeServer:
    """Loads the model and opens the port; blocks until it answers. Raises LabError."""
    try:
        import xllamacpp
    except ImportError as error:
        raise LabError(f"The engine xllamacpp cannot be loaded: {error}.", hint="Install it again.") from error
    try:
        server = xllamacpp.Server(_parameters(xllamacpp, plan))
    except RuntimeError as error:
        raise LabError(
            "The engine could not load the model.",
            where=str(plan.path),
            hint="The log's last lines say why. A model newer than the engine needs a newer xllamacpp.",
        ) from error
    return NativeServer(server, plan)


def _parameters(xllamacpp: Any, plan: Plan) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(plan.path)
    parameters.model_alias = {plan.model}
    parameters.hostnames = [plan.host]
    parameters.port = plan.port
    parameters.api_keys = [plan.key]
    parameters.ui = False
    parameters.verbosity = QUIET
    # The whole is divided among the conversations, a full window for each.
    parameters.n_ctx = plan.context * plan.parallel
    parameters.n_parallel = plan.parallel
    parameters.cache_ram_mib = KEPT_MEGABYTES
    parameters.n_gpu_layers = plan.gpu_layers
    parameters.cpuparams.n_threads = plan.threads
    parameters.cpuparams_batch.n_threads = plan.batch_threads
    if not plan.template:
        parameters.chat_template = "chatml"
    if plan.adapter is not None:
        parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(plan.adapter), 1.0)]
    return parameters
