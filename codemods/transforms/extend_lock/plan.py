"""Which findings are about a statement behind a lock's block that belongs inside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.order import in_order
from codemods.demands.text import called_names, identifiers
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part
from codemods.syntax.locks import names_lock

_BEHIND = re.compile(
    r"\bafter (?:releasing|leaving|the release of|dropping)\b[^.;\n]{0,30}\block\b|"
    r"\bafter (?:the )?`?\w*lock`? (?:is |was )?releas\w+|"
    r"\breleas\w+ (?:the )?`?\w*lock`? before\b",
    re.IGNORECASE,
)
_MOVE = re.compile(
    r"\b(?:call|move|hold|run|keep|do|put|extend|include|perform|make)\b", re.IGNORECASE
)
_INTO = re.compile(r"\b(?:within|inside|across|under|into|over|while holding)\b", re.IGNORECASE)
_BLOCK = re.compile(r"(?:block|context|call|(?<!\w)\w*lock)\b", re.IGNORECASE)
_HOLD = re.compile(r"\b(?:hold|extend|keep) (?:the )?`?\w*lock`?", re.IGNORECASE)
_OVER = re.compile(r"\b(?:across|over|to|until|through)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;\n]")
_OUTWARDS = re.compile(
    r"\b(?:out of|outside|after releas|before releas|once released)\b[^.;\n]{0,30}", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class ExtendPlan(ReadPlan):
    """What a finding about a statement behind a lock's block names."""

    asked: tuple[str, ...] = ()
    """What the suggestion wants inside: ``playback.seek``."""
    told: tuple[str, ...] = ()
    """What title and description say is called outside."""
    locks: tuple[str, ...] = ()
    """Last parts of the names of locks."""


def recognise(finding: Finding) -> ExtendPlan | None:
    """A plan for findings that want into the block what comes right behind it.

    State that is touched without any lock is another matter, and so is work that has to leave a
    block.
    """
    prose = finding.suggestion_prose
    words = f"{finding.title}\n{finding.description}\n{finding.text('evidence')}"
    if not _BEHIND.search(words) or not _asks_inside(prose) or _OUTWARDS.search(prose):
        return None
    about = f"{finding.title}\n{finding.description}\n{prose}"
    locks = dict.fromkeys(last_part(name) for name in identifiers(about) if names_lock(name))
    asked = _names(prose)
    told = _names(f"{finding.description}\n{finding.title}")
    if not asked and not told:
        return None
    return ExtendPlan(
        strength=85 if _BEHIND.search(f"{finding.title}\n{finding.description}") else 60,
        asked=asked,
        told=told,
        locks=tuple(locks),
    )


def _asks_inside(prose: str) -> bool:
    return any(
        in_order(clause, _MOVE, (80, _INTO), (60, _BLOCK)) or in_order(clause, _HOLD, (30, _OVER))
        for clause in _CLAUSE.split(prose)
    )


def _names(text: str) -> tuple[str, ...]:
    found = (*called_names(text), *identifiers(text))
    return tuple(dict.fromkeys(name for name in found if not names_lock(name)))
