"""What a report says of severity, status and related issues."""

from __future__ import annotations

import re
from collections.abc import Iterable

from codemods.findings.model import Severity, Status, StatusKind
from codemods.findings.readers.headings import ID
from codemods.findings.readers.lexicon import status_at_start

_SEVERITY = re.compile(r"\b(CRITICAL|CRIT|HIGH|MEDIUM|MODERATE|MED|LOW)\b", re.IGNORECASE)
_NO_SEVERITY = re.compile(r"^\W*(?:n/?a|none|info(?:rmational)?)\b", re.IGNORECASE)
_SECTION = re.compile(
    r"^[^\w]*(?:P\d\s*[-–—:]\s*)?(?:Findings\s*[-–—:]\s*|Severity\s*[-–—:]\s*)?"
    r"(?P<word>CRITICAL|HIGH|MEDIUM|LOW)"
    r"(?P<rest>$|\s*[(:—–]|[- ]+(?:severity|priority|findings?|issues?)\b)",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(r"[(\[](?=[^()\[\]]*[)\]])[^()\[\]]*\b(CRITICAL|HIGH|MEDIUM|LOW)\b")
_PREFIX = re.compile(r"^(CRIT|CRITICAL|HIGH|MEDIUM|MED|LOW)-")
_ISSUE = re.compile(r"(?<![\w&/])#\d+\b")
_FINDING = re.compile(rf"(?<![\w./`#-])(?=[\w/]*-?\d|[A-Z0-9-]*\d){ID}(?![\w-])")
_ALIASES = {"CRIT": "CRITICAL", "MED": "MEDIUM", "MODERATE": "MEDIUM"}
_STATUSES = (
    (StatusKind.NEW, re.compile(r"^\W*(?:all\s+)?new\b", re.IGNORECASE)),
    (StatusKind.EXISTING, re.compile(r"^\W*existing\b", re.IGNORECASE)),
    (StatusKind.REGRESSION, re.compile(r"^\W*(?:partial[- ])?regression\b", re.IGNORECASE)),
)


def parse_severity(text: str) -> Severity | None:
    """The severity that ``text`` begins with, as ``MEDIUM (borderline HIGH)``; else ``None``."""
    if _NO_SEVERITY.match(text):
        return None
    return _severity(_SEVERITY.search(text[:60]))


def section_severity(heading: str) -> Severity | None:
    """The severity of a section: ``HIGH-severity findings (10)``, ``P0 - CRITICAL``, ``LOW``."""
    return _severity(_SECTION.match(heading.strip()))


def severity_of_title(title: str) -> Severity | None:
    """The severity in a title's parentheses: ``(Design System — LOW)``."""
    return _severity(_IN_TITLE.search(title))


def severity_of_id(id: str) -> Severity | None:
    """The severity in an id: ``HIGH-1``, ``CRIT-2``."""
    return _severity(_PREFIX.match(id))


def _severity(found: re.Match[str] | None) -> Severity | None:
    if found is None:
        return None
    word = found[1].upper()
    return Severity(_ALIASES.get(word, word))


def parse_status(text: str) -> Status:
    """``NEW``, ``Existing: #12``, ``Regression of #3`` or free text."""
    text = text.strip()
    kind = StatusKind.OTHER if text else StatusKind.UNSTATED
    kind = next((known for known, pattern in _STATUSES if pattern.match(text)), kind)
    settled = status_at_start(text) if kind is StatusKind.OTHER else None
    kind = settled[0] if settled is not None else kind
    return Status(kind, text, issues(text))


def issues(text: str) -> tuple[str, ...]:
    """The issue numbers, each once, with their number sign."""
    return tuple(dict.fromkeys(_ISSUE.findall(text)))


def related(texts: Iterable[str]) -> tuple[str, ...]:
    """Issues and finding ids in texts about related ones, in their order, each once."""
    found: dict[str, None] = {}
    for text in texts:
        hits = [(item.start(), item[0]) for item in _ISSUE.finditer(text)]
        hits += [
            (item.start(), item[0])
            for item in _FINDING.finditer(text)
            if re.search(r"\d", item[0]) and ("-" in item[0] or len(item[0]) <= 4)
        ]
        found.update(dict.fromkeys(name for _, name in sorted(hits)))
    return tuple(found)
