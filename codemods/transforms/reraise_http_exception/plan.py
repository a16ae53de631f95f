"""Which findings are about an ``HTTPException`` that a broad handler takes for a failure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.findings.model import Finding

_EXCEPTION = r"`?(?:nested\s+|an?\s+|inner\s+)?`?HTTPExceptions?(?:\(\d+\))?`?"
_TAKEN = re.compile(
    rf"\b(?:swallow\w*|mask\w*|catch\w*|caught|eat\w*|convert\w*|turn\w*|rewrit\w*|re-?wrap\w*|"
    rf"wrap\w*|hid\w*|overrid\w*)\b[^.\n]{{0,60}}{_EXCEPTION}|"
    rf"{_EXCEPTION}[^.\n]{{0,80}}\b(?:swallowed|masked|caught|converted|becomes?|turned|re-?wrapped|"
    r"wrapped|lost|rewritten)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\b(?:4\d\d|503|status)\b[^.\n]{0,40}(?:→|->|becomes?|turned into|as|into)\s*`?500", re.I
)
_ADDED = re.compile(
    r"\bexcept\s+\(?HTTPException\)?[^\n]{0,20}:\s*(?:`\s*)?`?raise|"
    r"\bre-?rais\w*\b[^.\n]{0,40}HTTPException|HTTPException[^.\n]{0,40}\bre-?rais\w*\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class ReraisePlan(ReadPlan):
    """A finding about a status that becomes a 500."""


def recognise(finding: Finding) -> ReraisePlan | None:
    """A plan for findings that say that a handler takes an ``HTTPException``, or that want
    ``except HTTPException: raise`` before it."""
    suggestion = "\n".join(item.text for item in finding.suggestion)
    title = _TAKEN.search(finding.title) is not None
    words = f"{finding.title}\n{finding.description}"
    if not title and not (
        _ADDED.search(suggestion) and (_TAKEN.search(words) or _STATUS.search(words))
    ):
        return None
    return ReraisePlan(
        strength=90 if title else 75,
        anchors=("HTTPException", "Exception"),
    )
