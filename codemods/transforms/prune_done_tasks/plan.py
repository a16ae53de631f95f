"""Which findings are about tasks that stay in their registry when they are done."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import identifiers
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

_GROWS = re.compile(
    r"\bleaks?\b|\bleaking\b|\bgrows?\b|\bgrowing\b|\baccumulat\w+|\bnever (?:cleaned|removed|"
    r"pruned|deleted|evicted)\b|\bno (?:periodic )?(?:cleanup|pruning)\b|\bstale entr\w+|"
    r"\bunbounded\b",
    re.IGNORECASE,
)
_TASKS = re.compile(r"\btasks?\b|\bcreate_task\b|asyncio\.Task\b", re.IGNORECASE)
_DONE = re.compile(
    r"\.done\(\)|\badd_done_callback\b|\bcompleted\b|\bdone\b|\bfinished\b|\bcleanup\b|"
    r"\bWeakValueDictionary\b",
    re.IGNORECASE,
)
_REGISTRY = re.compile(r"(?<!\w)(?P<name>[A-Za-z_]\w*)(?:\[[^\[\]\n]+\]\s*=\s*\w|\s*:\s*[dD]ict\[)")


@dataclass(frozen=True, kw_only=True)
class TaskPlan(ReadPlan):
    """What a finding about a growing registry of tasks names."""

    registries: tuple[str, ...]
    """Names without ``self.``."""


def recognise(finding: Finding) -> TaskPlan | None:
    """A plan for findings about a registry of tasks that only grows, and that name it."""
    shown = "\n".join(block.text for block in finding.evidence_code)
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}"
    if not _GROWS.search(finding.title) or not _TASKS.search(f"{words}\n{shown}"):
        return None
    if not _DONE.search(suggestion):
        return None
    named = [last_part(name) for name in identifiers(words)]
    named += [found["name"] for found in _REGISTRY.finditer(shown)]
    registries = tuple(dict.fromkeys(name for name in named if re.search(r"task", name, re.I)))
    if not registries:
        return None
    return TaskPlan(strength=85, anchors=registries, registries=registries)
