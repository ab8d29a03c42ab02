"""A forge of each kind with a taxonomy on it, and ann's client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labtui.contribute.forges.base import ForgeAddress, Head
from labtui.contribute.forges.making import make as make_client
from labtui.contribute.forges.reading import Client
from labtui.contribute.forges.tokens import Token
from tests.forge import making
from tests.forge.server import Server
from tests.forge.state import Repository, Request

BRANCH = "contribute/owls"
FILE = "knowledge/birds/owl/qna.yaml"


@dataclass
class World:
    kind: str
    forge: Server
    upstream: Repository
    address: ForgeAddress
    client: Client
    """With ann's token. It does not really wait."""
    waits: list[float]
    """The pauses it would have made, in seconds."""

    def client_of(self, login: str | None) -> Client:
        held = Token(self.forge.state.users[login].token, "TEST_TOKEN") if login else None
        client = make_client(self.address, held)
        assert isinstance(client, Client)
        client.calls.sleep = self.waits.append
        return client

    def pushed(self, text: str = "version: 3\nowls: 1\n") -> Head:
        """A branch with one commit in ann's fork."""
        fork = self.forge.state.fork(self.upstream, "ann")
        making.commit(fork, BRANCH, {FILE: text})
        return Head(owner="ann", repo=fork.name, branch=BRANCH)

    def opened(self) -> Request:
        self.client.open_request("Add owls", "About owls", self.pushed(), "main")
        return self.forge.state.requests[-1]


def world_of(kind: str, forge: Server, api: str) -> World:
    upstream = making.peopled(forge.state)
    address = ForgeAddress(
        kind=kind,  # type: ignore[arg-type]
        host=forge.web.removeprefix("http://"),
        web=forge.web,
        api=api,
        owner="lab",
        repo="taxonomy",
    )
    client = make_client(address, Token(forge.state.users["ann"].token, "TEST_TOKEN"))
    assert isinstance(client, Client)
    waits: list[float] = []
    client.calls.sleep = waits.append
    return World(kind, forge, upstream, address, client, waits)


@pytest.fixture(params=making.KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with making.make(request.param, tmp_path / "forge") as forge:
        made = world_of(request.param, forge, forge.api)
        with made.client:
            yield made


@pytest.fixture
def world_named(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """A world of one kind, for what only one forge has."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def made(kind: str) -> World:
            forge = stack.enter_context(making.make(kind, tmp_path / kind))
            found = world_of(kind, forge, forge.api)
            stack.enter_context(found.client)
            return found

        yield made
