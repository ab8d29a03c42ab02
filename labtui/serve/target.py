"""Where a model answers: everything a client needs to know, from wherever it came."""

from __future__ import annotations

import msgspec


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint that speaks the OpenAI-compatible protocol."""

    url: str
    """Base address with its version: `http://127.0.0.1:PORT/v1`."""
    model: str
    """The name the server knows the model by."""
    key: str = ""
    """The access key; never written anywhere and left out of `repr`."""
    context: int = 0
    """The context window in tokens for one conversation; 0 where the server does not say."""
    name: str = ""
    """The model's name in labtui."""
    engine: str = "remote"
    """`xllamacpp`, `llama_cpp` or `remote`."""
    adapter: str = ""
    job: str = ""
    """The serve job's folder; empty for a server labtui did not start."""

    @property
    def label(self) -> str:
        """What a person calls it: the model, and the adapter on it."""
        return f"{self.name} + {self.adapter}" if self.adapter else self.name

    @property
    def root(self) -> str:
        """The address without its version: where a llama.cpp server has its own routes (`/health`, `/tokenize`)."""
        return self.url.removesuffix("/v1")

    def __repr__(self) -> str:
        return f"Target({self.label!r}, {self.url!r}, engine={self.engine!r})"
