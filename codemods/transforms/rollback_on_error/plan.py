"""Which findings ask for a rollback when a commit or a query fails."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import spoken_count
from codemods.findings.model import Finding

_WORDS = r"(?:[^.\n]|\.(?=\w))"
_MISSING = re.compile(
    r"\b(?:no|not|without|miss(?:es|ing)|lacks?|omits?|never|need(?:s|ed)|doesn't|don't)\b"
    rf"{_WORDS}{{0,60}}?\broll(?:s|ed|ing)?[ -]?back\b|"
    r"\broll(?:ed)?[ -]?back`?\s+(?:is\s+)?(?:missing|absent|not called|never called)|"
    r"`?except[^`\n]{0,40}rollback\(\)",
    re.IGNORECASE,
)
_CALL = re.compile(r"\brollback\(\)")
_HANDLED = re.compile(
    rf"\b(?:add|wrap|call|insert|include|put|issue|use)\b{_WORDS}{{0,80}}?\brollback\b|"
    r"\bexcept\b[^.\n]{0,120}:\s*[\w.]+\.rollback\(\)",
    re.IGNORECASE,
)
_DATABASE = re.compile(r"\bsession\b|\bcommit\b|\btransaction\b|\bquery\b", re.IGNORECASE)
_SAVEPOINT = re.compile(r"begin_nested|savepoint", re.IGNORECASE)
_QUERIES = re.compile(
    r"\b(?:query|queries|select|OperationalError)\b[^.\n]{0,80}\b(?:fail\w*|raises?)\b|"
    r"\bexception handler\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class RollbackPlan(ReadPlan):
    """What a finding about a missing rollback says."""

    queries: bool = False
    """Whether it is about a query that fails, and not about a commit alone."""


def recognise(finding: Finding) -> RollbackPlan | None:
    """A plan for findings that miss a rollback and suggest one.

    A finding that wants a savepoint, or the services of a program rolled back, is not meant.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}"
    if _SAVEPOINT.search(suggestion) or not _DATABASE.search(words):
        return None
    if not _MISSING.search(words):
        return None
    # One that only says that the guard should be added shows it in its own words.
    shown = _CALL.search(finding.description) and re.search(r"\bguard\b", suggestion)
    if not _HANDLED.search(suggestion) and not shown:
        return None
    queries = _QUERIES.search(words) is not None
    return RollbackPlan(
        strength=90 if _MISSING.search(finding.title) else 80,
        anchors=("commit", "rollback", *(("query", "execute", "scalar") if queries else ())),
        count=spoken_count(words),
        queries=queries,
    )
