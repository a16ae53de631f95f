"""Which findings are about a loop over a collection that others change meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.findings.model import Finding

_COPY = re.compile(
    r"\b(?:iterat\w+|loop\w*|walk\w*)\b[^.;\n]{0,30}?\b(?:a |the )?(?:\w+ )?"
    r"(?:cop(?:y|ies)|snapshots?)\b|"
    r"\b(?:in|over)\s+`?(?:list|tuple)\([A-Za-z_]|"
    r"\bsnapshots?\b[^.;\n]{0,60}\bbefore (?:iterat|loop)\w*|"
    r"\bsnapshot[^.;\n]{0,30}`?\(?`?\w+ = (?:list|tuple)\(",
    re.IGNORECASE,
)
_ITERATES = re.compile(
    r"\biterat\w+\b|\bchanged size\b|\bmid-iteration\b|\bloops? over\b|\bwhile looping\b", re.I
)
_CHANGES = re.compile(
    r"\bmutat\w+|\bmodif\w+|\bchang\w+|\bconcurrent\w*|\bremov\w+|\bunprotected\b|\brac(?:e|es|y)\b",
    re.IGNORECASE,
)
_LOCK_FIRST = re.compile(
    r"^\W*(?:add|introduce|use|acquire|hold|protect|guard|wrap|put|take)\b(?:[^.;\n]|\.(?=\w)){0,60}"
    r"(?:\block\w*\b|Lock\b)|\bR?Lock\(\)",
    re.IGNORECASE,
)
_NO_LOOP = re.compile(r"\bnext\(iter\(", re.IGNORECASE)
_COPIED = re.compile(
    r"\b(?:list|tuple)\(\s*([A-Za-z_][\w.]*?)(?:\.(?:items|values|keys)\(\))?\s*\)"
)
_LOOPED = re.compile(
    r"\bfor\s++[\w, ()]{1,120}?(?<!\s)\s+in\s+([A-Za-z_][\w.]*?)"
    r"(?:\.(?:items|values|keys)\(\))?\s*[:\]})]"
)
_RAISES = re.compile(r"RuntimeError|changed size", re.IGNORECASE)
COPY_OF = "a copy of "
"""How an aspect begins that asks for the copy of a collection."""
_THREADS = re.compile(r"\bthreads?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class IterationPlan(ReadPlan):
    """What a finding about a loop over a changing collection names."""

    copied: tuple[str, ...] = ()
    """What the suggestion copies, as written: ``self.active_connections``."""
    looped: tuple[str, ...] = ()
    """What the evidence loops over."""
    raises: bool = False
    """Whether the finding says that a ``RuntimeError`` comes of it."""
    threads: bool = False
    """Whether the finding speaks of threads."""


def recognise(finding: Finding) -> IterationPlan | None:
    """A plan for findings whose suggestion is to loop over a copy.

    Where the suggestion starts with a lock, the lock is what is asked for; an eviction through
    ``next(iter(cache))`` has no loop.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}\n{finding.impact}\n{suggestion}"
    evidence = "\n".join(block.text for block in finding.evidence_code)
    about = f"{words}\n{finding.text('evidence', 'trigger conditions')}"
    if not _COPY.search(suggestion) or _LOCK_FIRST.search(suggestion):
        return None
    if _NO_LOOP.search(f"{finding.title}\n{evidence}"):
        return None
    if not _ITERATES.search(about) or not _CHANGES.search(about):
        return None
    in_title = _ITERATES.search(finding.title)
    copied = _unique(_COPIED.findall(suggestion))
    return IterationPlan(
        strength=90 if in_title else 75,
        copied=copied,
        aspects=tuple(COPY_OF + name for name in copied),
        looped=_unique(_LOOPED.findall(evidence)),
        raises=bool(_RAISES.search(about)),
        threads=bool(_THREADS.search(about)),
    )


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
