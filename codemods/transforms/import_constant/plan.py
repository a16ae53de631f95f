"""Which findings want a constant imported that stands in a file a second time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import ReadPlan
from codemods.demands.other_requests import other_requests
from codemods.demands.reported_lines import ReportedLines, reported_lines
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Finding

_COPIED = re.compile(
    r"\b(?:re-?)?(?:declar|defin|hard-?cod)\w*\b|\bduplicat\w+\b|\bbypass\w*\b|\bmismatch\w*\b|"
    r"\b(?:raw|bare|magic|literals?|cop(?:y|ies)|hardcoded)\b",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"^\s*(?:\(?[1a][.)]\s+)?(?:instead[, ]+|simply\s+|just\s+)?"
    r"(?:import|re-?use|use|reference|default|point)\b|"
    r"^\s*`from\s+[\w.]+\s+import\b|^\s*replace\b[^.\n]*\bwith\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"^\s*(?:\(?a\)?\s+)?(?:add|move|create|extract|introduce|promote|define|hoist|centrali[sz]e)\b",
    re.IGNORECASE,
)
_CONSTANT = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]*_[A-Z0-9_]+(?!\w)")
_WHOLE = re.compile(
    r"^(?:from\s+[\w.]+\s+import\s+)?[A-Z][A-Z0-9_]*(?:\s*[,/]\s*[A-Z][A-Z0-9_]*)*$"
)
_SWAP = re.compile(
    r"(?<![A-Z0-9_])_*[A-Z][A-Z0-9_]{3,}`?\s+(?:instead of|with|rather than|→)\s+`?"
    r"[A-Z][A-Z0-9_]{3}"
)
_FROM = re.compile(r"\bfrom\s+`?(?P<module>[A-Za-z_][\w.]*\.[\w.]*\w|[a-z_]+_[a-z_]+)`?")
_FILE = re.compile(r"`?(?<![\w/])(?P<file>[\w/]+\.py)`?")
_LITERAL = re.compile(r"""^(?:\w+\s*=\s*)?(?P<value>-?\d[\d_]*(?:\.\d+)?|"[^"]*"|'[^']*')$""")
_GIVEN = re.compile(r"\b(?P<to>[a-z_]\w*)\s*=\s*(?P<value>\d[\d_]*(?:\.\d+)?)(?![\w.])")
_DONE = re.compile(r"\bimport\b|\buse\b|\breference\b|\bdefault\b", re.IGNORECASE)
_DIFFERENT = re.compile(r"\bmismatch\w*\b|\bconflicting\b|\bdiffer\w*\b|\bwrong\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ConstantPlan(ReadPlan):
    """What a finding about a copied constant names."""

    names: tuple[str, ...] = ()
    """The constants."""
    modules: tuple[str, ...] = ()
    """Dotted names and files in which they may be defined, the surest first."""
    literals: tuple[str, ...] = ()
    """The values that the finding shows, as written: ``30.0``."""
    shown: frozenset[tuple[str, str]] = frozenset()
    """Of those the ones that are given to something: ``("timeout", "30.0")``."""
    different: bool = False
    """Whether the finding says that the values differ."""
    reported: tuple[ReportedLines, ...] = ()
    """Where the report says that a copy stands."""


def recognise(finding: Finding) -> ConstantPlan | None:
    """A plan for findings that want an existing constant imported.

    One constant for another is an edit that the suggestion spells out, and a constant that is
    still to be made is nobody's to import.
    """
    suggestion = "\n".join(item.text for item in finding.suggestion)
    title = finding.title
    if not _COPIED.search(title) or not _DEMAND.search(suggestion) or _NEW.search(suggestion):
        return None
    if _SWAP.search(suggestion) or _SWAP.search(title):
        return None
    first = suggestion.partition(";")[0]
    # "Use `processed[OVERLAP * rate :]`" is an edit that the suggestion spells out.
    names = tuple(
        dict.fromkeys(
            name
            for code in inline_code(first.partition("(or ")[0])
            if _WHOLE.match(code)
            for name in _CONSTANT.findall(code)
        )
    )
    words = f"{title}\n{finding.description}"
    if not names and re.search(r"\bconstants?\b|^\s*import from\b", first, re.IGNORECASE):
        names = tuple(dict.fromkeys(_CONSTANT.findall(words)))
    if not names:
        return None
    modules = [match["module"] for match in _FROM.finditer(suggestion)]
    files = [match["file"] for match in _FILE.finditer(f"{title}\n{finding.description}")]
    literals = [
        match["value"]
        for code in inline_code(words)
        if (match := _LITERAL.match(code.strip())) is not None
    ]
    return ConstantPlan(
        strength=85,
        names=names,
        modules=tuple(dict.fromkeys((*modules, *files))),
        literals=tuple(dict.fromkeys(literals)),
        shown=frozenset(
            (match["to"], match["value"])
            for code in inline_code(words)
            for match in _GIVEN.finditer(code)
        ),
        different=_DIFFERENT.search(words) is not None,
        reported=tuple(reported_lines(finding)),
        whole_files=True,
        count=spoken_count(title),
        aspects=other_requests(finding.suggestion_prose, _DONE),
    )
