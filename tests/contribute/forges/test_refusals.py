"""Whatever a forge answers: one sentence with what to do, nothing done twice, no token shown."""

from __future__ import annotations

import re
import time
import traceback

import msgspec
import pytest

from labtui.contribute.forges.base import ForgeError
from labtui.contribute.forges.making import make
from labtui.contribute.forges.tokens import Token
from tests.contribute.forges.conftest import World

SECRET = "-".join(("gh", "0123456789"))
PAGE = b"<!doctype html><html><body><h1>Welcome to the hotel</h1></body></html>"
ANSWERS = [
    (401, b'{"message": "Bad credentials"}', {}, "token", "expired"),
    (403, b'{"message": "Resource not accessible"}', {}, "forbidden", "may not"),
    (404, b'{"message": "Not Found"}', {}, "missing", "no such thing"),
    (409, b'{"message": "conflict"}', {}, "exists", "already"),
    (422, b'{"message": "Validation Failed", "errors": [{"message": "body is too long"}]}', {}, "invalid", "too long"),
    (400, b'{"message": {"title": ["is too long"]}}', {}, "invalid", "title is too long"),
    (429, b"{}", {"Retry-After": "3600"}, "limit", "60 minutes"),
    (403, b'{"message": "API rate limit exceeded"}', {"x-ratelimit-remaining": "0"}, "limit", "no more requests"),
    (500, b'{"message": "oops"}', {}, "server", "oops"),
    (502, PAGE, {"Content-Type": "text/html"}, "server", "HTTP 502"),
    (200, PAGE, {"Content-Type": "text/html"}, "answer", "web page"),
    (200, b'{"something": "else"}', {}, "answer", "cannot be understood"),
    (200, b"\xff\xfe{", {}, "answer", "cannot be understood"),
    (200, b"[" * 100_000, {}, "answer", "cannot be understood"),
    (451, PAGE, {}, "answer", "web page"),
]


@pytest.mark.parametrize(("status", "body", "headers", "refusal", "words"), ANSWERS)
def test_each_answer_is_one_sentence_with_what_to_do(
    world: World, status: int, body: bytes, headers: dict[str, str], refusal: str, words: str
) -> None:
    world.forge.fail("GET", "", status=status, body=body, headers=headers, times=99)
    with pytest.raises(ForgeError) as refused:
        world.client.repository()
    error = refused.value
    assert error.refusal == refusal
    assert words in error.what
    assert error.hint
    assert "\n" not in error.what
    assert "token-of-ann" not in f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"


def test_a_forge_that_says_the_token_back_is_not_repeated(world: World) -> None:
    world.forge.fail("GET", "", status=422, body=b'{"message": "bad token-of-ann \\u001b]0;x\\u0007"}')
    with pytest.raises(ForgeError) as refused:
        world.client.repository()
    assert "bad …" in refused.value.what
    assert "\x1b" not in refused.value.what


def test_reading_is_repeated_where_the_forge_stumbles(world: World) -> None:
    world.forge.fail("GET", "", status=503, times=1)
    world.forge.fail("GET", "", drops="before", times=1)
    assert world.client.whoami().login == "ann"
    assert len(world.forge.calls) == 3
    assert len(world.waits) == 2


def test_it_waits_as_long_as_the_forge_says_but_not_for_ever(world: World) -> None:
    world.forge.fail("GET", "", status=429, headers={"Retry-After": "7"}, times=1)
    world.client.whoami()
    assert world.waits == [7.0]
    world.forge.fail("GET", "", status=429, headers={"Retry-After": "999"}, times=1)
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert refused.value.retry_after == 999.0
    assert world.waits == [7.0]


def test_the_end_of_a_limit_is_told_in_words(world: World) -> None:
    reset = str(int(time.time()) + 1800)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    world.forge.fail("GET", "", status=403, body=b"{}", headers=headers, times=9)
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert re.search(r"for (29|30) minutes", refused.value.what)


def test_what_was_refused_for_its_number_is_sent_again(world: World) -> None:
    head = world.pushed()
    world.forge.fail("POST", "(pulls|merge_requests)$", status=429, headers={"Retry-After": "1"})
    assert world.client.open_request("Add owls", "", head, "main").number == 1
    assert len(world.forge.state.requests) == 1


def test_a_request_whose_answer_was_lost_is_found_and_not_opened_again(world: World) -> None:
    head = world.pushed()
    world.forge.fail("POST", "(pulls|merge_requests)$", drops="after")
    made = world.client.open_request("Add owls", "", head, "main")
    assert [one.number for one in world.forge.state.requests] == [made.number]
    posts = [call for call in world.forge.calls if call.startswith("POST")]
    assert len(posts) == 1


@pytest.mark.parametrize("status", [500, 502])
def test_a_forge_that_fails_while_opening_is_asked_what_it_did(world: World, status: int) -> None:
    head = world.pushed()
    world.forge.fail("POST", "(pulls|merge_requests)$", status=status, body=PAGE)
    with pytest.raises(ForgeError) as refused:
        world.client.open_request("Add owls", "", head, "main")
    assert refused.value.refusal == "server"
    assert world.forge.state.requests == []
    assert world.client.open_request("Add owls", "", head, "main").number == 1


def test_a_fork_whose_answer_was_lost_is_found(world: World) -> None:
    world.forge.fail("POST", "fork", drops="after")
    if world.kind == "github":
        # There the same call again gives the fork that is there.
        with pytest.raises(ForgeError):
            world.client.fork()
    assert world.client.fork().slug == "ann/taxonomy"
    assert len(world.forge.state.repositories) == 2


def test_a_name_that_is_taken_by_something_else_is_said(world: World) -> None:
    world.forge.state.add_repository("ann", "taxonomy")
    with pytest.raises(ForgeError) as refused:
        world.client.fork()
    assert refused.value.refusal == "exists"
    assert len(world.forge.state.repositories) == 2


def test_a_branch_that_was_not_pushed_is_refused(world: World) -> None:
    head = world.pushed()
    with pytest.raises(ForgeError) as refused:
        world.client.open_request("Add owls", "", msgspec.structs.replace(head, branch="nowhere"), "main")
    assert refused.value.refusal == "invalid"
    assert world.forge.state.requests == []


def test_nothing_is_said_where_nobody_listens(world: World) -> None:
    address = msgspec.structs.replace(world.address, api="http://127.0.0.1:9/api")
    with make(address, Token(SECRET, "TEST_TOKEN")) as client:
        client.calls.sleep = world.waits.append  # type: ignore[attr-defined]
        with pytest.raises(ForgeError) as refused:
            client.whoami()
    assert refused.value.refusal == "network"
    assert refused.value.unsent
    assert "nothing listens" in refused.value.what
    told = traceback.TracebackException.from_exception(refused.value, capture_locals=True)
    assert SECRET not in "".join(told.format())


def test_the_token_does_not_follow_to_another_host(world: World) -> None:
    world.forge.fail("GET", "", status=302, headers={"Location": "http://127.0.0.1:9/steal"}, times=9)
    with pytest.raises(ForgeError) as refused:
        world.client.repository()
    assert refused.value.refusal == "answer"
    assert "127.0.0.1" in refused.value.what


def test_a_renamed_repository_is_followed_on_the_same_host(world: World) -> None:
    path = world.client.calls.address.api + ("/user")
    world.forge.fail("GET", "taxonomy", status=301, headers={"Location": path})
    with pytest.raises(ForgeError) as refused:
        # What stands there is no repository: but it was looked at, with the token.
        world.client.repository()
    assert refused.value.refusal == "answer"
    assert world.forge.calls[-1] == "GET /user"
    assert "authorization" in world.forge.headers[-1]


def test_what_changes_something_is_not_turned_into_reading(world: World) -> None:
    world.forge.fail("POST", "", status=301, headers={"Location": f"{world.address.api}/user"})
    with pytest.raises(ForgeError) as refused:
        world.client.create_repository("owl-texts")
    assert "elsewhere" in refused.value.what
    assert world.forge.calls[-1].startswith("POST")


def test_a_circle_of_redirects_ends(world: World) -> None:
    world.forge.fail("GET", "", status=302, headers={"Location": f"{world.address.api}/user"}, times=50)
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert "circle" in refused.value.what


def test_an_answer_without_end_is_not_read(world: World) -> None:
    world.forge.fail("GET", "", status=200, body=b'{"login": "' + b"x" * (9 * 1024 * 1024) + b'"}')
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert "more than can be read" in refused.value.what


@pytest.mark.parametrize("place", ["http://[bad", "http://127.0.0.1:99999999/"])
def test_a_redirect_to_nowhere_is_a_sentence(world: World, place: str) -> None:
    world.forge.fail("GET", "", status=302, headers={"Location": place}, times=9)
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert refused.value.refusal == "answer"


def test_an_answer_nested_without_end_is_a_sentence(world: World) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    world.forge.fail("GET", "", status=200, body=b'{"login": "ann", "id": 1, "more": ' + deep + b"}")
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert refused.value.refusal == "answer"


def test_an_answer_that_trickles_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time; only the whole of it does not."""
    monkeypatch.setattr("labtui.contribute.forges.calls.LONGEST_ANSWER", 0.0)
    world.forge.fail("GET", "", status=200, body=b'{"login": "ann", "id": 1}', times=9)
    world.client.calls.sleep = lambda seconds: None
    with pytest.raises(ForgeError) as refused:
        world.client.whoami()
    assert refused.value.refusal == "network"
