"""Which findings are about a lock of threads that coroutines take."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import identifiers
from codemods.findings.model import Finding
from codemods.syntax.locks import locks_named

_THREAD_LOCK = re.compile(r"\bthreading(?:\.| )R?lock\w*\b|\bblocking lock\b", re.IGNORECASE)
_IN_LOOP = re.compile(r"\basync\w*\b|\bcoroutines?\b|\bevent[ -]loop\b", re.IGNORECASE)
_WANTED = re.compile(
    r"\b(?:to|with|by|use|using|into|an?)\s+(?:an?\s+)?`?asyncio\.Lock\b", re.IGNORECASE
)
_OTHER_WAY = re.compile(
    r"\b(?:with|to|use|by)\s+(?:a\s+)?`?threading\.R?Lock\b|"
    r"\breplace\s+(?:the\s+)?`?asyncio\.Lock",
    re.IGNORECASE,
)
_TAKEN = re.compile(r"\bwith\s+([A-Za-z_][\w.]*)\s*:")


@dataclass(frozen=True, kw_only=True)
class AsyncLockPlan(ReadPlan):
    """What a finding about a lock of threads in coroutines names."""

    locks: tuple[str, ...] = ()
    """Last parts of the names of locks: ``_lock``."""


def recognise(finding: Finding) -> AsyncLockPlan | None:
    """A plan for findings that want ``asyncio.Lock`` in the place of ``threading.Lock``.

    The other way round, and a lock where there is none, are other matters.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}"
    if not _THREAD_LOCK.search(words) or not _IN_LOOP.search(words):
        return None
    if not _WANTED.search(suggestion) or _OTHER_WAY.search(suggestion):
        return None
    about = f"{words}\n{suggestion}"
    names = (*identifiers(about), *_TAKEN.findall(about))
    locks = locks_named(names)
    in_title = _THREAD_LOCK.search(finding.title)
    return AsyncLockPlan(strength=88 if in_title else 72, locks=locks)
