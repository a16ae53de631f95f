"""Which findings are about a lock that one thread takes twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import identifiers
from codemods.findings.model import Finding
from codemods.syntax.locks import locks_named

_TWICE = re.compile(
    r"\bnon-?re-?entrant\b|\bnot re-?entrant\b|\b(?:acquired?|taken|takes|locked|held) twice\b|"
    r"\bre-?acquir\w+\b|\bself-?deadlock\w*|\b(?:acquires?|takes?|lock) the same lock\b|"
    r"\bre-?entran(?:t|cy|ce)\b",
    re.IGNORECASE,
)
_REENTRANT = re.compile(r"\bRLock\b|\bre-?entrant lock\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ReentrantPlan(ReadPlan):
    """What a finding about a lock that is taken twice names."""

    locks: tuple[str, ...] = ()
    """Last parts of the names of locks: ``update_lock``."""


def recognise(finding: Finding) -> ReentrantPlan | None:
    """A plan for findings whose suggestion is a reentrant lock, because one is taken twice.

    An ``RLock`` for state that has no lock yet is another matter.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}"
    if not _REENTRANT.search(suggestion) or not _TWICE.search(words):
        return None
    about = f"{finding.title}\n{suggestion}\n{finding.description}"
    locks = locks_named(identifiers(about))
    return ReentrantPlan(strength=95 if _TWICE.search(finding.title) else 80, locks=locks)
