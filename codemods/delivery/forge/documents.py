"""GitHub's documents as the values of :mod:`~codemods.delivery.forge.protocol`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from codemods.delivery.forge.protocol import Issue, PullRequest


def login_of(item: Mapping[str, Any]) -> str:
    """The author; accounts that were deleted have none."""
    return str((item.get("user") or {}).get("login") or "ghost")


def _labels(item: Mapping[str, Any]) -> tuple[str, ...]:
    named = (label if isinstance(label, str) else label.get("name") for label in item["labels"])
    return tuple(str(name) for name in named if name)


def listed_pull(item: Mapping[str, Any], view: Mapping[str, Any] | None) -> PullRequest:
    """From the list of issues, with what the list of open pull requests adds."""
    return PullRequest(
        number=int(item["number"]),
        title=str(item["title"]),
        body=str(item.get("body") or ""),
        head=str(view["head"]["ref"]) if view else "",
        tip=str(view["head"]["sha"]) if view else "",
        base=str(view["base"]["ref"]) if view else "",
        open=item["state"] == "open",
        merged=bool(item["pull_request"].get("merged_at")),
        draft=bool((view or item).get("draft")),
        locked=item.get("locked") is True,
        labels=_labels(item),
        url=str(item["html_url"]),
    )


def pull_of(item: Mapping[str, Any]) -> PullRequest:
    return PullRequest(
        number=int(item["number"]),
        title=str(item["title"]),
        body=str(item.get("body") or ""),
        head=str(item["head"]["ref"]),
        tip=str(item["head"]["sha"]),
        base=str(item["base"]["ref"]),
        open=item["state"] == "open",
        merged=bool(item.get("merged_at")),
        draft=item.get("draft") is True,
        locked=item.get("locked") is True,
        labels=_labels(item),
        url=str(item["html_url"]),
    )


def newly_closed(
    listed: Iterable[Mapping[str, Any]], account: str, known: Collection[int]
) -> list[Mapping[str, Any]]:
    """Pull requests of an account that are closed, and were not when somebody looked."""
    return [
        item
        for item in listed
        if item["state"] != "open" and item["number"] not in known and login_of(item) == account
    ]


def issue_of(item: Mapping[str, Any]) -> Issue:
    return Issue(
        number=int(item["number"]),
        title=str(item["title"]),
        body=str(item.get("body") or ""),
        author=login_of(item),
        open=item["state"] == "open",
        locked=item.get("locked") is True,
        labels=_labels(item),
        url=str(item["html_url"]),
        declined=item.get("state_reason") == "not_planned",
    )
