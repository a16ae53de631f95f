"""Which findings are about an array, list or dict that is handed out without a copy."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.reported_lines import ReportedLines, reported_lines
from codemods.demands.text import called_names, inline_code, spoken_count
from codemods.findings.model import Finding

_HANDED_OUT = re.compile(
    r"\breturn\w*\b[^.\n]{0,80}\b(?:alias\w*|views?|references?|(?:un)?cop(?:y|ied|ying)|"
    r"caller'?s|live|internal|same (?:array|object|list))\b|"
    r"\b(?:hands?|gives?|passes)\b[^.\n]{0,60}\bback\b|"
    r"\balias(?:es|ed|ing)?\b",
    re.IGNORECASE,
)
_NO_COPY = re.compile(
    r"\b(?:no|not|without|instead of|miss(?:es|ing)|un)[ -]?(?:an?\s+)?(?:`?\.?copy(?:\(\))?`?|"
    r"copying|copied)|\balias|\bviews?\b|\b(?:live|internal|caller'?s)\b",
    re.IGNORECASE,
)
_COPIED = re.compile(
    # A dotted name from its beginning: from there, or behind what is no name (``f().``).
    r"(?:(?<![\w.])|(?<=[^\w.]\.))(?P<what>[A-Za-z_][\w.]*(?:\[[^\[\]`]*\])*)\.copy\(\)"
)
_RETURNED = re.compile(
    r"\breturns?\b[^.;\n]{0,40}?\.copy\(\)|\breturn\b[^.;]{0,60}\bcop(?:y|ies)\b",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"`[^`\n=]+\s=\s[^`\n=]*\.copy\(\)`")
_REPEATED = re.compile(
    r"\[(?:[^\n\[\](]*\([^\n]{0,200}\)|[^\n\[\]]*(?:\[\]|\{\}))\s*\]\s*\*|\*\s*\["
)
_COPYING = re.compile(r"\bcop(?:y|ies)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z`(])|\n\s*\n")
_RETURNS = re.compile(r"`return\b|\breturns?\b", re.IGNORECASE)
_RIGHT = re.compile(r"\bcorrect(?:ly)?\b|\bfixed\b|\bunlike\b", re.IGNORECASE)
_PER_SLOT = re.compile(r"\[[^\n`\[]+\bfor\s+\w+\s+in\s+range\(")


@dataclass(frozen=True, kw_only=True)
class CopyPlan(ReadPlan):
    """What a finding about an alias names."""

    copied: tuple[str, ...] = ()
    """The expressions that the suggestion copies, as :func:`ast.unparse` writes them."""
    reported: tuple[ReportedLines, ...] = ()
    """Paths, as written, and lines at which the report says that such a return stands."""
    repeated: bool = False
    """Whether it is about ``[thing()] * n``, whose slots are one object."""


def recognise(finding: Finding) -> CopyPlan | None:
    """A plan for findings whose suggestion returns a copy, or makes one object a slot.

    A copy that is made on the way in (``x = x.copy()``) or passed on (``f(x.copy())``) is a
    suggestion that can be taken literally, and no matter of returns.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    words = f"{finding.title}\n{finding.description}"
    evidence = "\n".join(block.text for block in finding.evidence_code) + finding.text("evidence")
    if _PER_SLOT.search(suggestion) and _REPEATED.search(f"{evidence}\n{words}"):
        return CopyPlan(strength=85, repeated=True)
    if not _RETURNED.search(suggestion) or _ASSIGNED.search(suggestion):
        return None
    about_title = _HANDED_OUT.search(finding.title) and _NO_COPY.search(words)
    if not about_title and not (_HANDED_OUT.search(words) and _NO_COPY.search(words)):
        return None
    copied = _expressions(suggestion)
    return CopyPlan(
        strength=90 if about_title else 75,
        copied=copied,
        scopes=_functions(f"{finding.title}.\n\n{finding.description}"),
        reported=tuple(reported_lines(finding)),
        aspects=other_requests(finding.suggestion_prose, _COPYING),
        count=spoken_count(finding.title) or spoken_count(finding.description),
    )


def _expressions(suggestion: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for code in inline_code(suggestion):
        for match in _COPIED.finditer(code):
            try:
                found[ast.unparse(ast.parse(match["what"], mode="eval"))] = None
            except SyntaxError:
                # Prose in backticks.
                continue
    return tuple(found)


def _functions(words: str) -> tuple[str, ...]:
    """The functions of which the finding says that they return something."""
    return tuple(
        dict.fromkeys(
            name
            for sentence in _SENTENCE.split(words)
            if _RETURNS.search(sentence) and not _RIGHT.search(sentence)
            for name in called_names(sentence)
            if not name.endswith(("copy", "no_op")) and name != "len"
        )
    )
