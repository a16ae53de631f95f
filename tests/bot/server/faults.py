"""What goes wrong on the way, on order."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


class When(enum.Enum):
    """Where a write is cut off."""

    BEFORE = "before its effect"
    AFTER = "after its effect"
    CUT_BEFORE = "connection cut before its effect"
    CUT_AFTER = "connection cut after its effect"

    @property
    def cuts(self) -> bool:
        """Whether no answer is sent at all."""
        return self in (When.CUT_BEFORE, When.CUT_AFTER)

    @property
    def has_effect(self) -> bool:
        """Whether it was carried out all the same."""
        return self in (When.AFTER, When.CUT_AFTER)


@dataclass
class Fault:
    """One request that goes wrong."""

    method: str
    path: str
    """How the path ends, or ``""`` for any."""
    status: int = 502
    message: str = "Server Error"
    when: When = When.BEFORE
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    """The whole answer, where it is no JSON."""

    def meets(self, method: str, path: str) -> bool:
        """Whether this is the request."""
        return self.times > 0 and self.method == method and path.endswith(self.path)

    @property
    def body(self) -> bytes:
        """What is answered."""
        if self.text is not None:
            return self.text.encode()
        document = {"message": self.message, "documentation_url": "https://docs.github.com/rest"}
        return json.dumps(document).encode()


SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
LOGIN_PAGE = "<!DOCTYPE html><title>Sign in</title><form action=/login></form>"
KINDS: Mapping[str, tuple[int, str, Mapping[str, str], str | None]] = {
    "401": (401, "Bad credentials", {}, None),
    "403 not accessible": (403, "Resource not accessible by integration", {}, None),
    "403 actions": (
        403,
        "GitHub Actions is not permitted to create or approve pull requests.",
        {},
        None,
    ),
    "403 primary limit": (
        403,
        "API rate limit exceeded for user ID 1.",
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999"},
        None,
    ),
    "403 secondary limit": (403, SECONDARY, {"retry-after": "3"}, None),
    "403 archived": (403, "Repository was archived so is read-only.", {}, None),
    "404": (404, "Not Found", {}, None),
    "307": (307, "Moved", {"Location": "/api/v3/repositories/9/pulls"}, None),
    "410": (410, "Issues are disabled for this repo", {}, None),
    "422 rule": (422, "Repository rule violations found", {}, None),
    "422 too long": (422, "Validation Failed", {}, None),
    "429": (429, "Too many requests", {"retry-after": "2"}, None),
    "500": (500, "Internal Server Error", {}, None),
    "502": (502, "Bad Gateway", {}, None),
    "200 page": (200, "", {"Content-Type": "text/html"}, LOGIN_PAGE),
    "200 of another": (200, "", {}, "{}"),
}
"""Answers that a forge, or a proxy before it, gives."""
