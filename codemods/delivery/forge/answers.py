"""What an answer of GitHub means: a value, or one line that says what to do.

Statuses alone do not tell: 403 is a missing permission, a rate limit, an archived repository or a
setting; 200 may be the page of a proxy. Sources: GitHub's REST documentation ("Troubleshooting",
"Rate limits for the REST API") and its OpenAPI description.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codemods.delivery.forge.protocol import ForgeError, Trouble

PATIENCE = 120.0
"""Seconds that we wait for a limit; a longer one ends the run."""
UNTOLD_WAITS = (60.0, 120.0)
"""How long we wait for a limit that does not say when it ends, each time."""

_LIMIT_WORDS = ("rate limit", "abuse detection", "submitted too quickly")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    text: str


class LimitedError(Exception):
    """A limit that may end soon; never leaves the client."""

    def __init__(self, wait: float | None) -> None:
        super().__init__()
        self.wait = wait
        """Seconds; ``None`` where the answer does not say."""


def value(answer: Answer, asked: str, now: float) -> Any:
    """The document of an answer.

    Args:
        asked: what was asked for, in words: ``open a pull request``.
        now: the time, for limits.

    Raises:
        LimitedError: when a limit was met.
        ForgeError: for everything else that is no success.
    """
    if 200 <= answer.status < 300:
        if answer.status == 204 or (answer.status == 205 and not answer.text):
            return None
        try:
            return json.loads(answer.text)
        except ValueError:
            raise ForgeError(
                Trouble.UNKNOWN,
                f"{asked}: the response is not JSON (a login page or a proxy?): check --api-url",
            ) from None
    message, details = _message(answer.text)
    lowered = f"{message} {details}".lower()
    if answer.status == 429 or (answer.status == 403 and _is_limit(answer, lowered)):
        raise LimitedError(_wait(answer.headers, now))
    raise ForgeError(*_trouble(answer, asked, message, details, lowered))


def _message(text: str) -> tuple[str, str]:
    """The message of an error, and what stands in its ``errors``."""
    try:
        document = json.loads(text)
    except ValueError:
        return "", ""
    if not isinstance(document, Mapping):
        return "", ""
    return _line(str(document.get("message") or "")), error_message(document)


def error_message(document: Any) -> str:
    """What stands in the ``errors`` of an answer, in one line; ``""`` where nothing does."""
    errors = document.get("errors") if isinstance(document, Mapping) else None
    details = []
    for item in errors if isinstance(errors, list) else ():
        if isinstance(item, Mapping):
            said = item.get("message") or " ".join(
                str(item[key]) for key in ("field", "code") if item.get(key)
            )
            details.append(str(said))
        else:
            details.append(str(item))
    return _line("; ".join(details))


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _is_limit(answer: Answer, lowered: str) -> bool:
    return (
        "retry-after" in answer.headers
        or answer.headers.get("x-ratelimit-remaining") == "0"
        or any(words in lowered for words in _LIMIT_WORDS)
    )


def _wait(headers: Mapping[str, str], now: float) -> float | None:
    for name, start in (("retry-after", 0.0), ("x-ratelimit-reset", now)):
        if name == "x-ratelimit-reset" and headers.get("x-ratelimit-remaining") != "0":
            continue
        try:
            return max(0.0, float(headers[name]) - start)
        except (KeyError, ValueError):
            # Not told, or as a date, which GitHub never writes there.
            continue
    return None


def limited(wait: float, now: float) -> ForgeError:
    """The error for a limit that ends too late to wait for."""
    until = time.strftime("%H:%M", time.localtime(now + wait))
    text = f"the rate limit is used up: the next run continues after {until}"
    return ForgeError(Trouble.LIMITED, text, until)


def _trouble(
    answer: Answer, asked: str, message: str, details: str, lowered: str
) -> tuple[Trouble, str]:
    status = answer.status
    said = f"{message}: {details}" if details else message or f"status {status}"
    if status == 401:
        return Trouble.CREDENTIALS, (
            f"{asked}: the forge does not accept the token ({said}): "
            "make a new one, and give it as GH_TOKEN"
        )
    if "archived" in lowered and status in (403, 422):
        return Trouble.ARCHIVED, "the repository is archived and cannot be written to"
    if status in (403, 410, 422) and ("locked" in lowered or "disabled" in lowered):
        return Trouble.DISABLED, f"{asked}: {said}"
    if status == 403:
        return Trouble.FORBIDDEN, f"{asked}: {_forbidden(said, lowered)}"
    if status in (301, 302, 303, 307, 308):
        return Trouble.MOVED, f"{asked}: the repository has moved: set --repository to its new name"
    if status in (404, 410):
        return Trouble.GONE, f"{asked}: not found ({said})"
    if status >= 500:
        return Trouble.UNKNOWN, f"{asked}: the forge failed with status {status}"
    return Trouble.REFUSED, f"{asked}: {said}"


def _forbidden(said: str, lowered: str) -> str:
    if "not permitted to create or approve pull requests" in lowered:
        return (
            "GitHub Actions may not create pull requests here: allow it under Settings, Actions, "
            "General, Workflow permissions, and in the organization's settings too"
        )
    if "not accessible by" in lowered:
        return f"{said}: the token needs write permission for contents, pull requests and issues"
    if "saml" in lowered:
        return f"{said}: authorize the token for the organization's single sign-on"
    return said
