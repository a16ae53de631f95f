"""Which findings ask for a bounded queue, and what else they want with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

REJECT = "return HTTP 503 when the queue is full"
SEMAPHORE = "a semaphore in place of the busy-wait"

_ASSIGNED = re.compile(
    r"(?<!\w)(?P<name>(?:self\.)?[A-Za-z_]\w*)\s*(?::[^=\n]{1,120})?=\s*[\w.]*Queue"
    r"(?:\[[^\n()]{0,200}\])?\("
)
_SIZE = re.compile(r"\bmaxsize\s*(?:=|of|:)\s*`?(?P<size>\d+)")
_WANTED = re.compile(
    r"\bunlimited\b|\bunbounded\b|\bno\b[^.\n]{0,30}\b(?:maxsize|limit|bound|backpressure)|"
    r"\bwithout\b[^.\n]{0,30}\b(?:maxsize|limit|bound|backpressure)|\bbackpressure\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class QueuePlan(ReadPlan):
    """What a finding about a queue without a limit names."""

    queues: tuple[str, ...]
    """As they are assigned: ``self.job_queue``; empty where the finding shows none."""
    size: int


def recognise(finding: Finding) -> QueuePlan | None:
    """A plan for findings about a queue without a limit that say what the limit should be."""
    suggestion = "\n".join(item.text for item in finding.suggestion)
    shown = "\n".join(block.text for block in finding.evidence_code)
    words = f"{finding.title}\n{finding.description}"
    size = _SIZE.search(suggestion)
    if size is None or int(size["size"]) == 0 or "Queue" not in f"{suggestion}{shown}{words}":
        return None
    if not _WANTED.search(f"{words}\n{finding.impact}"):
        return None
    if re.search(r"lru_cache\s*\(\s*maxsize", suggestion):
        return None
    names = [found["name"] for found in _ASSIGNED.finditer(f"{shown}\n{words}")]
    aspects = []
    if re.search(r"\b503\b", suggestion):
        aspects.append(REJECT)
    if re.search(r"\bsemaphore\b", suggestion, re.IGNORECASE):
        aspects.append(SEMAPHORE)
    queues = tuple(dict.fromkeys(names))
    return QueuePlan(
        strength=85,
        anchors=(*(last_part(name) for name in queues), "Queue"),
        aspects=tuple(aspects),
        queues=queues,
        size=int(size["size"]),
    )
