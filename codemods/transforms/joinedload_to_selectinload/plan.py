"""Which findings ask for ``selectinload`` in place of ``joinedload``, and for which of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Finding
from codemods.syntax.dotted import last_part

_TARGET = re.compile(r"\bselectinload\b", re.IGNORECASE)
_JOINED = re.compile(r"\bjoinedload\b", re.IGNORECASE)
_BACKWARDS = re.compile(
    r"\b(?:replace|change|switch|swap|convert)\b[^.\n]{0,120}?selectinload[^.\n]{0,60}?"
    r"\b(?:with|by|to|for)\b[^.\n]{0,60}?joinedload|"
    r"joinedload[^.\n]{0,40}\binstead of\b[^.\n]{0,20}selectinload",
    re.IGNORECASE,
)
_MULTIPLIED = re.compile(
    r"cartesian|row[ -](?:explosion|multiplication)|(?:multipl\w{1,20}|duplicated?) rows|"
    r"rows? per\b|"
    r"joinedload\b[^.\n]{0,60}\b(?:with|to|by|into)\b[^.\n]{0,40}\bselectinload|"
    r"selectinload\b[^.\n]{0,60}\b(?:instead of|rather than|in place of)\b[^.\n]{0,40}joinedload",
    re.IGNORECASE,
)
"""What says that rows multiply; a query that lacks eager loading shows ``joinedload`` as well."""
_FUNCTIONS = re.compile(r"([\w.]+(?:\s*/\s*[\w.]+)*)(\(\))?")
"""Any words with slashes between, so that none is looked through twice; those with ``()`` count."""
_SELECTED = re.compile(r"\bselectinload\(\s*([A-Za-z_][\w.]*)\s*[),]")


_LOADERS = ("joinedload", "selectinload", "subqueryload", "options", "unique", "count")


@dataclass(frozen=True, kw_only=True)
class LoaderPlan(ReadPlan):
    """What a finding about multiplied rows names."""

    attributes: frozenset[str] = frozenset()
    """The relationships that its suggestion loads by ``selectinload``, each as its last two
    names: ``Artist.tracks``. Empty when the suggestion does not show them all."""


def recognise(finding: Finding) -> LoaderPlan | None:
    """A plan for findings that show ``joinedload`` and suggest ``selectinload``.

    A finding that suggests another query, that wants eager loading where there is none, or that
    asks for the opposite, is not meant.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    shown = "\n".join(block.text for block in finding.evidence_code)
    if not _TARGET.search(suggestion) or _BACKWARDS.search(suggestion):
        return None
    words = f"{finding.title}\n{finding.description}"
    if not _JOINED.search(shown or words):
        return None
    if not _MULTIPLIED.search(f"{words}\n{finding.impact}\n{suggestion}"):
        return None
    pieces = [block.text for block in finding.suggestion_code]
    pieces += [text for item in finding.suggestion for text in inline_code(item.prose)]
    return LoaderPlan(
        strength=90 if _JOINED.search(finding.title) else 75,
        scopes=_functions(finding.title),
        anchors=("joinedload", "selectinload"),
        attributes=_attributes(pieces),
        count=spoken_count(words),
    )


def _functions(title: str) -> tuple[str, ...]:
    """The functions that a title names: the same query stands in others too, which are not meant
    once these are fixed. ``repository.get_by_id/get_by_name()`` names two."""
    names = [
        last_part(name.strip())
        for found in _FUNCTIONS.finditer(title)
        if found[2]
        for name in found[1].split("/")
    ]
    return tuple(name for name in dict.fromkeys(names) if name not in _LOADERS and name)


def _attributes(pieces: list[str]) -> frozenset[str]:
    if any("..." in piece or "…" in piece for piece in pieces):
        # An abridged suggestion names only some of those that it means.
        return frozenset()
    return frozenset(
        ".".join(found[1].split(".")[-2:])
        for piece in pieces
        for found in _SELECTED.finditer(piece)
    )
