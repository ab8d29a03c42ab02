"""One conversation with a forge's HTTP interface: asking, asking again where that is safe, and reading the answer.

Reading requests are repeated when the network or the forge fails for a moment. A request that changes something is
repeated only where it surely was not carried out: no connection came about, or the forge said so itself.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from labtui.contribute.forges import answers
from labtui.contribute.forges.base import ForgeAddress, ForgeError
from labtui.contribute.forges.tokens import Token

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
LONGEST_ANSWER = 120.0
"""Seconds from an answer's beginning to its end."""
BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of the longest answer that is read."""
TRIES = 3
PATIENCE = 20.0
"""Seconds: a forge that wants a longer pause is an error that says how long, not a wait."""
PAGE = 100
"""Entries asked for at once: the most that GitHub and GitLab give."""
PAGES = 5
"""Pages that are read of one list."""
REDIRECTS = 3

Parameters = dict[str, str | int]


class Calls:
    """Asks one forge. Not for several threads at once."""

    def __init__(self, address: ForgeAddress, token: Token | None, headers: dict[str, str]) -> None:
        import httpx

        self.address = address
        self.token = token
        self.sleep: Callable[[float], None] = time.sleep
        self._origin = urlsplit(address.api)[:2]
        self._http = httpx.Client(
            headers={"user-agent": "labtui", **headers},
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            # Loading the certificates costs more than a whole request to this machine itself.
            verify=address.api.startswith("https:"),
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, kind: type[T], parameters: Parameters | None = None) -> T:
        """The answer, checked against `kind`. Raises ForgeError."""
        return self._read(self._ask("GET", path, parameters or {}, None), kind)

    def get_or_none(self, path: str, kind: type[T], parameters: Parameters | None = None) -> T | None:
        """As `get`; None where the forge has no such thing, or not for this token."""
        try:
            return self.get(path, kind, parameters)
        except ForgeError as error:
            if error.refusal in ("missing", "forbidden"):
                return None
            raise

    def pages(
        self,
        path: str,
        kind: type[T],
        parameters: Parameters | None = None,
        *,
        size: int = PAGE,
        most: int = PAGES,
    ) -> list[T]:
        """A list's entries over several pages, at most `size * most`."""
        return [entry for page in self.each_page(path, kind, parameters, size=size, most=most) for entry in page]

    def each_page(
        self,
        path: str,
        kind: type[T],
        parameters: Parameters | None = None,
        *,
        size: int = PAGE,
        most: int = PAGES,
    ) -> Iterator[list[T]]:
        """The list page by page, at most `most` of them."""
        gitea = self.address.kind == "forgejo"
        sized: Parameters = {**(parameters or {}), "limit" if gitea else "per_page": size}
        for number in range(1, most + 1):
            page: list[T] = self.get(path, list[kind], {**sized, "page": number})  # type: ignore[valid-type]
            yield page
            # Forgejo may be set to give fewer at once than asked for; an empty page is the end everywhere.
            if not page or (len(page) < size and not gitea):
                return

    def send(self, method: str, path: str, body: dict[str, Any], kind: type[T]) -> T:
        """Changes something and reads what the forge answers. Raises ForgeError."""
        return self._read(self._ask(method, path, {}, body), kind)

    def _read(self, raw: bytes, kind: type[T]) -> T:
        try:
            # Not strict: forges change the types of numbers and texts in answers without calling it a change.
            return msgspec.json.decode(raw, type=kind, strict=False)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise answers.not_an_answer(self.address, raw) from error

    def _ask(self, method: str, path: str, parameters: Parameters, body: dict[str, Any] | None) -> bytes:
        for tried in range(1, TRIES + 1):
            try:
                return self._once(method, path, parameters, body)
            except ForgeError as error:
                pause = self._pause(error, method, tried)
                if pause is None:
                    raise
            self.sleep(pause)
        raise AssertionError("the last try either answers or raises")

    def _pause(self, error: ForgeError, method: str, tried: int) -> float | None:
        """Seconds until the next try; None where there is none."""
        if tried == TRIES or not error.worth_repeating:
            return None
        # What was refused for its number, and what never reached the forge, was not done.
        undone = error.refusal == "limit" or error.unsent
        if method != "GET" and not undone:
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= PATIENCE else None
        return float(2 ** (tried - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads tries, hides nothing

    def _once(self, method: str, path: str, parameters: Parameters, body: dict[str, Any] | None) -> bytes:
        import httpx

        url = path if path.startswith("http") else self.address.api + path
        for _ in range(REDIRECTS + 1):
            try:
                answer, raw = self._exchange(method, url, parameters, body)
            except httpx.HTTPError as error:
                raise answers.unreached(self.address, error) from None
            except httpx.InvalidURL:
                raise answers.no_address(self.address) from None
            if answer.status_code in (301, 302, 303, 307, 308):
                url, parameters = self._moved(method, answer), {}
                continue
            if answer.status_code >= 400:
                raise answers.refused(self.address, self.token, answer.status_code, answer.headers, raw)
            return raw
        raise answers.moved(self.address, "in a circle")

    def _exchange(
        self, method: str, url: str, parameters: Parameters, body: dict[str, Any] | None
    ) -> tuple[httpx.Response, bytes]:
        import httpx

        headers = {"content-type": "application/json"} if body is not None else {}
        content = msgspec.json.encode(body) if body is not None else None
        with self._http.stream(
            method, url, params=parameters or None, content=content, headers=headers, auth=self._authorize
        ) as answer:
            raw = bytearray()
            latest = time.monotonic() + LONGEST_ANSWER
            for block in answer.iter_bytes():
                raw += block
                if time.monotonic() > latest:
                    # Each single byte may have come in time.
                    raise httpx.ReadTimeout("the answer does not end")
                if len(raw) > BODY_LIMIT:
                    raise answers.too_long(self.address)
            return answer, bytes(raw)

    def _authorize(self, request: httpx.Request) -> httpx.Request:
        # Put in at the very last, so that no frame of a traceback holds it.
        if self.token is not None:
            request.headers["authorization"] = self._authorization(self.token)
        return request

    def _authorization(self, token: Token) -> str:
        if self.address.kind != "forgejo":
            return f"Bearer {token.reveal()}"
        if not token.user:
            return f"token {token.reveal()}"
        # What git's helper keeps may be a password or a token: as a password both are taken.
        import base64

        return f"Basic {base64.b64encode(f'{token.user}:{token.reveal()}'.encode()).decode()}"

    def _moved(self, method: str, answer: httpx.Response) -> str:
        import httpx

        try:
            target = answer.url.join(answer.headers.get("location", ""))
            origin = urlsplit(str(target))[:2]
        except (httpx.InvalidURL, ValueError):
            raise answers.moved(self.address, "to an address that is none") from None
        if origin != self._origin:
            # The token is for this forge alone.
            raise answers.moved(self.address, f"to {target.scheme}://{target.host}")
        if method != "GET" and answer.status_code not in (307, 308):
            raise answers.moved(self.address, "elsewhere on the same host")
        return str(target)
