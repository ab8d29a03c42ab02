"""The client of every served model: chat completions over server-sent events, cleaned of what differs by server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec

from labtui.errors import LabError
from labtui.journal import JobFolder
from labtui.serve import refusals
from labtui.serve.find import touch
from labtui.serve.refusals import Busy, ContextExceeded, ServerGone
from labtui.serve.target import Target
from labtui.serve.thinking import Part, Splitter

if TYPE_CHECKING:
    import httpx

__all__ = [
    "Busy",
    "Client",
    "Completion",
    "ContextExceeded",
    "Finished",
    "Part",
    "Sampling",
    "ServerGone",
    "complete",
    "count_tokens",
    "stream_chat",
]

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 600.0
"""How long a server may say nothing: reading a long prompt on a CPU takes minutes."""
BODY_LIMIT = 64 * 1024
MESSAGE_TOKENS = 8
"""What a chat template adds to each message, where it must be estimated."""
CHARACTERS_A_TOKEN = 3.6
"""Of English text with the usual tokenizers, where it must be estimated."""

Messages = list[dict[str, str]]


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How the next token is drawn."""

    temperature: float = 0.7
    top_p: float = 0.95
    min_p: float = 0.05
    max_tokens: int = 1024
    seed: int | None = None


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """The last thing a stream yields."""

    reason: str
    """`stop`, `length` (max_tokens or the context was reached), or what else the server says."""
    prompt_tokens: int = 0
    """0 where the server does not count."""
    completion_tokens: int = 0
    """Reasoning included."""
    first_token_seconds: float = 0.0
    tokens_per_second: float = 0.0
    """From the first to the last token, as they arrived here."""
    counted: bool = True
    """False where the server gave no usage and completion_tokens counts pieces."""


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    reasoning: str
    finished: Finished


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    message: _Delta | None = None
    """A whole answer, from a server that does not stream."""
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: Any = None


class Client:
    """Keeps its connections between requests to one target: `async with Client(target) as client`."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._http = _http(target)
        self._chunks = msgspec.json.Decoder(_Chunk)
        self._refused_fields: set[str] = set()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def stream_chat(
        self, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[Part | Finished]:
        """Yields parts as they arrive and one Finished at the end.

        Closing the generator ends the request: the server stops generating. Raises ServerGone when the server
        does not answer or breaks off (what was yielded stands), and LabError for every other refusal.
        """
        for _ in range(4):
            body = self._body(messages, sampling, schema)
            try:
                stream = self._stream(body)
                async with contextlib.aclosing(stream):
                    async for item in stream:
                        yield item
                return
            except _Unknown as unknown:
                # The request never began; ask again without what this server does not know.
                self._refused_fields |= unknown.fields
        raise LabError("The server refuses every form of the request.", where=self.target.url)

    async def complete(
        self, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
    ) -> Completion:
        """The whole answer at once. Raises as stream_chat does."""
        said: list[str] = []
        thought: list[str] = []
        finished = Finished(reason="")
        stream = self.stream_chat(messages, sampling, schema=schema)
        async with contextlib.aclosing(stream):
            async for item in stream:
                if isinstance(item, Finished):
                    finished = item
                elif item.recast:
                    thought, said = thought + said, []
                else:
                    (thought if item.reasoning else said).append(item.text)
        return Completion(text="".join(said), reasoning="".join(thought), finished=finished)

    async def count_tokens(self, messages: Messages) -> int:
        """Tokens the messages take in the context: by the server's own tokenizer where it offers it, else estimated."""
        if self.target.engine != "remote":
            with contextlib.suppress(Exception):
                return await self._count(messages)
        return estimate_tokens(messages)

    async def _count(self, messages: Messages) -> int:
        root = self.target.root
        if self.target.engine == "xllamacpp":
            prompt = await self._post(f"{root}/apply-template", {"messages": messages})
            counted = await self._post(f"{root}/tokenize", {"content": prompt["prompt"], "add_special": True})
            return len(counted["tokens"])
        total = 0
        for message in messages:
            counted = await self._post(f"{root}/extras/tokenize/count", {"input": message["content"]})
            total += counted["count"] + MESSAGE_TOKENS
        return total

    async def _post(self, url: str, body: dict[str, Any]) -> Any:
        answer = await self._http.post(url, json=body, timeout=CONNECT_SECONDS)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content)

    def _body(self, messages: Messages, sampling: Sampling, schema: dict[str, Any] | None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.target.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "min_p": sampling.min_p,
            "max_tokens": sampling.max_tokens,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if schema is not None:
            body["response_format"] = (
                {"type": "json_object", "schema": schema}
                if self.target.engine == "llama_cpp"
                else {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
            )
        if "max_tokens" in self._refused_fields:
            body["max_completion_tokens"] = body["max_tokens"]
        return {name: value for name, value in body.items() if name not in self._refused_fields}

    async def _stream(self, body: dict[str, Any]) -> AsyncGenerator[Part | Finished]:
        import httpx

        _touch(self.target)
        sent = time.monotonic()
        url = f"{self.target.url}/chat/completions"
        try:
            async with self._http.stream("POST", url, content=msgspec.json.encode(body), headers=_JSON) as answer:
                if answer.status_code != 200:
                    raise await self._refusal(answer, body)
                async for item in self._read(answer, sent):
                    yield item
        except httpx.ConnectError as error:
            raise refusals.gone(self.target, refusals.why_unreached(str(error))) from error
        except httpx.TimeoutException as error:
            raise refusals.gone(self.target, f"it said nothing for {time.monotonic() - sent:.0f} s") from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise refusals.gone(self.target, "the connection broke") from error
        except httpx.InvalidURL as error:
            raise LabError(f"is not an address a server can have ({error}).", where=self.target.url) from error
        finally:
            _touch(self.target)

    async def _read(self, answer: httpx.Response, sent: float) -> AsyncGenerator[Part | Finished]:
        splitter = Splitter()
        usage = _Usage()
        reason = ""
        pieces = 0
        first = last = 0.0
        ended = False
        async for data in _events(answer):
            if data == b"[DONE]":
                ended = True
                break
            try:
                chunk = self._chunks.decode(data)
            except msgspec.MsgspecError as error:
                raise refusals.not_json(self.target, data.decode("utf-8", "replace")) from error
            if chunk.error is not None:
                raise self._broke(chunk.error)
            usage = chunk.usage or usage
            for choice in chunk.choices[:1]:
                reason = choice.finish_reason or reason
                delta = choice.message or choice.delta
                thought = delta.reasoning_content or delta.reasoning
                if not thought and not delta.content:
                    continue
                last = time.monotonic()
                first = first or last
                pieces += 1
                if thought:
                    yield Part(thought, True)
                if delta.content:
                    for part in splitter.feed(delta.content):
                        yield part
        for part in splitter.flush():
            yield part
        if not ended and not reason:
            raise refusals.gone(self.target, "it stopped in the middle of the answer")
        tokens = usage.completion_tokens
        count = pieces if tokens is None else tokens
        yield Finished(
            reason=reason or "stop",
            prompt_tokens=usage.prompt_tokens or 0,
            completion_tokens=count,
            first_token_seconds=max(0.0, first - sent),
            tokens_per_second=(count - 1) / (last - first) if count > 1 and last > first else 0.0,
            counted=tokens is not None,
        )

    def _broke(self, error: object) -> LabError:
        """An error sent inside the stream."""
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) else 500
        return refusals.refused(self.target, status, msgspec.json.encode({"error": error}))

    async def _refusal(self, answer: httpx.Response, body: dict[str, Any]) -> Exception:
        raw = bytearray()
        async for block in answer.aiter_bytes():
            raw += block
            if len(raw) > BODY_LIMIT:
                break
        if answer.status_code in (400, 422):
            # Some servers refuse fields others need; the message names them.
            said = bytes(raw).decode("utf-8", "replace")
            named = {field for field in _OPTIONAL if field in body and field in said}
            if named and "context" not in said:
                return _Unknown(named)
        return refusals.refused(self.target, answer.status_code, bytes(raw), answer.headers.get("retry-after", ""))


_OPTIONAL = ("min_p", "stream_options", "seed", "response_format", "max_tokens", "top_p", "temperature")
_JSON = {"content-type": "application/json", "accept": "text/event-stream"}


class _Unknown(Exception):
    def __init__(self, fields: set[str]) -> None:
        super().__init__(fields)
        self.fields = fields


async def stream_chat(
    target: Target, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
) -> AsyncGenerator[Part | Finished]:
    """One chat completion, streamed (see Client.stream_chat)."""
    async with Client(target) as client:
        stream = client.stream_chat(messages, sampling, schema=schema)
        async with contextlib.aclosing(stream):
            async for item in stream:
                yield item


async def complete(
    target: Target, messages: Messages, sampling: Sampling, *, schema: dict[str, Any] | None = None
) -> Completion:
    """One chat completion, whole (see Client.complete)."""
    async with Client(target) as client:
        return await client.complete(messages, sampling, schema=schema)


async def count_tokens(target: Target, messages: Messages) -> int:
    """Tokens the messages take in the context (see Client.count_tokens)."""
    async with Client(target) as client:
        return await client.count_tokens(messages)


def estimate_tokens(messages: Messages) -> int:
    """About how many tokens the messages take. Never a refusal, always at least one a message."""
    characters = sum(len(message.get("content", "")) for message in messages)
    return round(characters / CHARACTERS_A_TOKEN) + MESSAGE_TOKENS * len(messages)


async def _events(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The data of each server-sent event. Comments (pings), event names and ids are passed over."""
    if "json" in answer.headers.get("content-type", ""):
        yield await answer.aread()
        return
    held = b""
    async for block in answer.aiter_bytes():
        held += block
        if b"\n" not in block:
            continue
        *lines, held = held.split(b"\n")
        for line in lines:
            field, _, value = line.partition(b":")
            if field in (b"data", b"error"):
                value = value.strip()
                if field == b"error":
                    value = b'{"error":' + value + b"}"
                if value:
                    yield value
            elif not line.strip() or field in (b"", b"event", b"id", b"retry"):
                continue
            else:
                # Not an event stream at all: let the reader say so.
                yield line.strip()
    if held.strip():
        yield held.partition(b"data:")[2].strip() or held.strip()


def _http(target: Target) -> httpx.AsyncClient:
    import httpx

    headers = {"authorization": f"Bearer {target.key}"} if target.key else {}
    secure = target.url.startswith("https:")
    return httpx.AsyncClient(
        headers=headers,
        timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        # Loading the certificates costs more than a whole request to the loopback.
        verify=secure,
        trust_env=not target.job,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
    )


def _touch(target: Target) -> None:
    """Tells the serve job that it is in use."""
    if target.job:
        touch(JobFolder(Path(target.job)))
