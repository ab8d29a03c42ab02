"""llama-cpp-python's own server inside this process: compiled for this very CPU, one request at a time."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from typing import Any

from labtui.errors import LabError
from labtui.serve.engines import Plan

ASK_SECONDS = 10.0
START_SECONDS = 30.0


class PythonServer:
    """A running uvicorn in a thread of its own."""

    def __init__(self, host: str, port: int, plan: Plan, thread: threading.Thread, counter: _Counter) -> None:
        self._host, self._port = host, port
        self._key = plan.key
        self._thread = thread
        self._counter = counter
        self.url = f"http://{host}:{port}/v1"
        self.context = plan.context

    def healthy(self) -> bool:
        # A generation holds the server's one lock, so only the door is knocked at while one is under way.
        if not self._thread.is_alive():
            return False
        try:
            with socket.create_connection((self._host, self._port), timeout=ASK_SECONDS):
                return True
        except OSError:
            return False

    def activity(self) -> object:
        return self._counter.seen()

    def answers(self) -> bool:
        """Whether the whole way through the server works."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=ASK_SECONDS)
        try:
            connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {self._key}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class _Counter:
    """ASGI middleware that knows when the server was last used, and refuses every request without the key."""

    def __init__(self, app: Any, key: str) -> None:
        self._app = app
        self._key = f"Bearer {key}".encode()
        self._requests = 0
        self._open = 0
        self._beats = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == "/health":
            await _reply(send, 200, b'{"status":"ok"}')
            return
        if dict(scope["headers"]).get(b"authorization") != self._key:
            await _reply(send, 401, b'{"error":{"message":"Invalid API Key"}}')
            return
        self._requests += 1
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1

    def seen(self) -> object:
        if self._open:
            self._beats += 1
        return self._requests, self._beats


async def _reply(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def start(plan: Plan) -> PythonServer:
    """Loads the model and opens the port; blocks until it answers. Raises LabError."""
    try:
        import uvicorn
        from llama_cpp.server.app import create_app
        from llama_cpp.server.settings import ModelSettings, ServerSettings
    except ImportError as error:
        raise LabError(
            f"The engine llama_cpp cannot be loaded: {error}.", hint="Install it with: pip install 'labtui[llama]'"
        ) from error
    listener = _listen(plan)
    port = listener.getsockname()[1]
    try:
        app = create_app(
            server_settings=ServerSettings(host=plan.host, port=port, api_key=plan.key, interrupt_requests=False),
            model_settings=[ModelSettings(**_model(plan))],
        )
    except (ValueError, RuntimeError, AssertionError) as error:
        raise LabError(
            "The engine could not load the model.",
            where=str(plan.path),
            hint="The log's last lines say why. A model newer than the engine needs a newer llama-cpp-python.",
        ) from error
    counter = _Counter(app, plan.key)
    server = uvicorn.Server(uvicorn.Config(counter, log_level="info", access_log=False, lifespan="off"))
    # Signals belong to the worker's frame.
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="uvicorn", daemon=True)
    thread.start()
    running = PythonServer(plan.host, port, plan, thread, counter)
    deadline = time.monotonic() + START_SECONDS
    while not running.answers():
        if not thread.is_alive() or time.monotonic() > deadline:
            raise LabError("The engine loaded the model, but its server does not answer.", where=running.url)
        time.sleep(0.05)
    return running


def _listen(plan: Plan) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((plan.host, plan.port))
    except OSError as error:
        raise LabError(f"The port {plan.port} cannot be used: {error.strerror}.", where=plan.host) from error
    return listener


def _model(plan: Plan) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "model": str(plan.path),
        "model_alias": plan.model,
        "n_ctx": plan.context,
        "n_threads": plan.threads,
        "n_threads_batch": plan.batch_threads,
        "n_gpu_layers": plan.gpu_layers,
        # Keeping the logits of every prompt token costs memory and is needed by nobody here.
        "logits_all": False,
    }
    if plan.adapter is not None:
        settings["lora_path"] = str(plan.adapter)
    if not plan.template:
        settings["chat_format"] = "chatml"
    return settings
