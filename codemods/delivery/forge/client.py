"""One host's REST interface through PyGithub's requester: every answer is judged by us.

PyGithub gives the connection, authentication and JSON. Its own conveniences are left out on
purpose. Its default retry sends a write again that may have taken effect, and so comments twice. It
takes a 307 and a login page for success. It follows the address of a next page to another host,
with the token. So retries are off, pages are counted and not followed, and what is no number is no
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codemods.delivery.forge.answers import (
    PATIENCE,
    UNTOLD_WAITS,
    Answer,
    LimitedError,
    error_message,
    limited,
    value,
)
from codemods.delivery.forge.pace import Clock, Pace
from codemods.delivery.forge.protocol import ForgeError, Trouble

if TYPE_CHECKING:
    from github.Auth import Auth
    from github.Requester import Requester

API = "https://api.github.com"
TIMEOUT = 30
PAGE = 100
READ_AGAIN = (1.0, 3.0)
"""Seconds before a read is tried again that met a failing server."""
MOST_PAGES = 1000
"""Where a server never says that a page is the last."""


class Client:
    """Requests to one host, one at a time.

    Args:
        auth: of PyGithub; it stays in here, and no message shows it.
        api_url: ``https://api.github.com``, or ``https://HOST/api/v3``.
    """

    def __init__(self, auth: Auth, api_url: str = API, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.calls = 0
        """Requests that were sent."""
        self._pace = Pace(self.clock)
        self._host = urlsplit(api_url).netloc
        self._requester = _requester(auth, api_url)

    def get(self, path: str, asked: str, **parameters: str | int) -> Any:
        """Read; a server that fails is asked again.

        Raises:
            ForgeError: when there is no answer that can be used.
        """
        for wait in READ_AGAIN:
            try:
                return self._patient("GET", path, asked, parameters, None)
            except ForgeError as error:
                if error.trouble is not Trouble.UNKNOWN:
                    raise
                self.clock.sleep(wait)
        return self._patient("GET", path, asked, parameters, None)

    def pages(self, path: str, asked: str, **parameters: str | int) -> list[Any]:
        """All pages of a list.

        Raises:
            ForgeError: when one of them cannot be read; a part is nothing to decide from.
        """
        found: list[Any] = []
        for page in range(1, MOST_PAGES):
            self._more = False
            part = self.get(path, asked, **parameters, per_page=PAGE, page=page)
            if not isinstance(part, list):
                raise ForgeError(Trouble.UNKNOWN, f"{asked}: the response is not a list")
            found += part
            if not self._more:
                return found
        raise ForgeError(Trouble.UNKNOWN, f"{asked}: the list does not end")

    def write(
        self,
        verb: str,
        path: str,
        asked: str,
        body: Any = None,
        look: Callable[[], Any] | None = None,
        *,
        ahead: bool = False,
    ) -> Any:
        """Write once.

        Args:
            look: finds what this write would have made, where writing twice would make two. It is
                asked after every answer that leaves open whether the write took effect.
            ahead: look just before it is sent, too: once its turn has come, since it may have to
                wait for that.

        Raises:
            ForgeError: when it did not work, or nobody knows.
        """
        for untold in (*UNTOLD_WAITS, None):
            if (due := self._pace.due()) > PATIENCE:
                raise limited(due, self.clock.now())
            self._pace.wait()
            if ahead and look is not None and (there := look()) is not None:
                return there
            try:
                return value(self._send(verb, path, asked, {}, body), asked, self.clock.now())
            except LimitedError as error:
                wait = untold if error.wait is None else error.wait
                if wait is None or wait > PATIENCE:
                    raise limited(wait or UNTOLD_WAITS[-1], self.clock.now()) from None
                self.clock.sleep(wait)
            except ForgeError as error:
                if error.trouble is not Trouble.UNKNOWN or look is None:
                    raise
                there = look()
                if there is None:
                    raise
                return there
            if look is not None and (there := look()) is not None:
                return there
        raise limited(UNTOLD_WAITS[-1], self.clock.now())

    def graphql(self, query: str, variables: Mapping[str, Any], asked: str) -> Any:
        """The ``data`` of a GraphQL query that reads, or may be sent again without harm.

        Raises:
            ForgeError: when nothing of it is answered: a mutation that is refused comes with
                status 200, and ``null`` for its name.
        """
        url = self._requester.graphql_url
        document = self._patient("POST", url, asked, {}, {"query": query, "variables": variables})
        data = document.get("data") if isinstance(document, Mapping) else None
        if not isinstance(data, Mapping) or all(item is None for item in data.values()):
            said = error_message(document) or "GraphQL did not answer this query"
            raise ForgeError(Trouble.REFUSED, f"{asked}: {said}")
        return data

    def _patient(
        self, verb: str, path: str, asked: str, parameters: Mapping[str, str | int], body: Any
    ) -> Any:
        """A request that may be sent again without harm."""
        for untold in UNTOLD_WAITS:
            try:
                answer = self._send(verb, path, asked, parameters, body)
                return value(answer, asked, self.clock.now())
            except LimitedError as error:
                wait = untold if error.wait is None else error.wait
                if wait > PATIENCE:
                    raise limited(wait, self.clock.now()) from None
                self.clock.sleep(wait)
        raise limited(UNTOLD_WAITS[-1], self.clock.now())

    def _send(
        self, verb: str, path: str, asked: str, parameters: Mapping[str, str | int], body: Any
    ) -> Answer:
        from requests.exceptions import RequestException

        self.calls += 1
        given = {name: str(item) for name, item in parameters.items()}
        try:
            status, headers, text = self._requester.requestJson(
                verb, path, parameters=given, input=body
            )
        except RequestException as error:
            # Its text may hold the address with parameters; its kind is enough.
            kind = type(error).__name__
            raise ForgeError(
                Trouble.UNKNOWN, f"{asked}: no answer from {self._host} ({kind})"
            ) from None
        except RuntimeError as error:
            # PyGithub's word for a redirect to another host or protocol.
            text = " ".join(str(error).split("please")[0].split()).rstrip(", ")
            raise ForgeError(Trouble.MOVED, f"{asked}: {text}: correct --api-url") from None
        lowered = {name.lower(): str(item) for name, item in headers.items()}
        self._more = 'rel="next"' in lowered.get("link", "")
        return Answer(status, lowered, text or "")

    _more = False
    """Whether the last answer says that there is a next page."""


def _requester(auth: Auth, api_url: str) -> Requester:
    from github import Github

    # lazy, so that nothing is asked for that we did not ask.
    return Github(
        auth=auth,
        base_url=api_url.rstrip("/"),
        timeout=TIMEOUT,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        user_agent="autofix-codemods",
        lazy=True,
    ).requester


def token_auth(token: str) -> Auth:
    """For a personal or workflow token."""
    from github.Auth import Token

    return Token(token)


def app_token(
    app: str, key_file: Path, repository: str, api_url: str = API, clock: Clock | None = None
) -> tuple[str, str]:
    """A token of a GitHub App's installation, good for an hour, and the login it acts as.

    Raises:
        ForgeError: when the key cannot be used, or the App is not installed there.
    """
    from github.Auth import AppAuth
    from jwt.exceptions import PyJWTError

    try:
        text = key_file.read_text("utf-8")
        if not text.strip():
            raise ValueError
        client = Client(AppAuth(app, text), api_url, clock)
        slug = client.get("/app", "read the App")["slug"]
    except OSError as error:
        why = error.strerror or error
        raise ForgeError(Trouble.CREDENTIALS, f"{key_file}: cannot be read: {why}") from None
    except (PyJWTError, ValueError, TypeError):
        # Their words for a key that is none may quote it.
        raise ForgeError(Trouble.CREDENTIALS, f"{key_file}: not a private key (PEM)") from None
    where = f"/repos/{repository}/installation"
    installed = client.get(where, f"find the App {slug} in {repository}")
    path = f"/app/installations/{number_of(installed, 'id', 'find the App')}/access_tokens"
    made = client.write("POST", path, "get a token for the App")
    if not isinstance(made, Mapping) or not isinstance(made.get("token"), str):
        raise ForgeError(Trouble.UNKNOWN, "get a token for the App: the response contains none")
    return made["token"], f"{slug}[bot]"


def number_of(document: Any, name: str, asked: str) -> int:
    """A number that every true answer has.

    Raises:
        ForgeError: when it is missing: then this was no answer of the forge.
    """
    found = document.get(name) if isinstance(document, Mapping) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise ForgeError(Trouble.UNKNOWN, f"{asked}: the response has no {name}")
    return found
