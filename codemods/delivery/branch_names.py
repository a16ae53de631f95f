"""What a finding is called in git: its selector, and the name of its branch.

Names are made so that ``git check-ref-format`` takes them, whatever a report calls its findings;
only the prefix, which a user chooses, has to be asked about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from codemods.findings.model import Finding

PREFIX = "autofix"
MOST_WORDS = 8
LONGEST_SLUG = 60
LONGEST_ID = 40
LONGEST_REPORT = 60

_DASH = re.compile(r"(?<!\s)\s+[—–-]+\s+")
_LEAD = re.compile(r"^\S+(?:\s+[—–-]+|:)\s+(?=\S)")
_CLAUSE_END = re.compile(
    # Not "without" and "with no": what is missing is the defect itself.
    r"(?<!\s)\s+[(\[]|[;,:]\s|\s(?:with(?! no\b)|via|using|because|which|so|when|while)\s",
    re.IGNORECASE,
)
_ENDINGS = r"(?:pyi?|tsx?|jsx?|rs|md|toml|json)\b"
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_ENDING = re.compile(_ENDINGS)
_FILE = re.compile(rf"(?<=[\w/-])\.{_ENDINGS}(\.{_ENDINGS})?")
_LOOSE_END = re.compile(
    "an?|and|as|at|but|by|for|from|in|into|is|its|not?|of|on|or|that|the|to|with|without"
)


def selector(finding: Finding, *, repeated: bool = False) -> str:
    """``AUDIT_BACKEND_2026-02-16:B-02``: what the command line takes and the trailer says.

    It holds no word of the title, which gets edited. Args:
        repeated: whether the report has the id more than once; the line then tells them apart.
    """
    name = " ".join(f"{finding.report_name}:{finding.id}".split())
    return f"{name}@{finding.line}" if repeated else name


def without_lead(title: str) -> str:
    """A title without the file or name that stands before its first dash or colon."""
    return _LEAD.sub("", title, count=1)


def without_qualifiers(title: str) -> str:
    """``Engine.process_job blocks`` becomes ``process_job blocks``; files stay."""
    return _DOTTED.sub(lambda dotted: _last_name(dotted[0]), title)


def _last_name(dotted: str) -> str:
    """A dotted name without what stands before its last part, or before the name of a file."""
    parts = dotted.split(".")
    last = max((n for n, part in enumerate(parts) if not _ENDING.match(part)), default=0)
    return ".".join(parts[last:])


def main_clause(title: str) -> str:
    """A title up to where its explanation starts, if enough words stand before that."""
    dash = _DASH.search(title)
    if dash is not None and len(title[: dash.start()].split()) >= 2:
        title = title[: dash.start()]
    for end in _CLAUSE_END.finditer(title):
        if len(title[: end.start()].split()) >= 3:
            return title[: end.start()].rstrip()
    return title


def slug(title: str) -> str:
    """At most eight words of ``[a-z0-9]``, joined by hyphens; may be empty.

    ``Engine.process_job blocks event loop with synchronous load`` becomes
    ``process-job-blocks-event-loop``: qualifiers and explanations go first.
    """
    dashed = title.translate({ord("—"): "-", ord("–"): "-"})
    plain = unicodedata.normalize("NFKD", dashed).encode("ascii", "ignore").decode()
    short = without_qualifiers(_FILE.sub(r"\1", main_clause(without_lead(plain))))
    words = re.findall(r"[a-z0-9]+", short.lower())
    cut = len(words) > MOST_WORDS
    words = words[:MOST_WORDS]
    while len("-".join(words)) > LONGEST_SLUG and len(words) > 1:
        words, cut = words[:-1], True
    return "-".join(without_loose_end(words) if cut else words)[:LONGEST_SLUG]


def without_loose_end(words: Sequence[str]) -> Sequence[str]:
    """Words that were cut off, without an ``in the`` or ``with no`` that leads nowhere now."""
    while len(words) > 1 and _LOOSE_END.fullmatch(words[-1]):
        words = words[:-1]
    return words


def report_part(report: str) -> str:
    """``docs/audits/AUDIT_BACKEND_2026-02-16.md`` becomes ``backend-2026-02-16``."""
    stem = PurePosixPath(report.replace("\\", "/")).stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.removeprefix("audit_").removeprefix("audit-"))
    return "-".join(words)[:LONGEST_REPORT].strip("-") or "report"


def id_part(identifier: str) -> str:
    """An id with every character outside ``[A-Za-z0-9._-]`` as a hyphen; ``ENG-D2-5-5``."""
    mapped = re.sub(r"[^A-Za-z0-9._-]+", "-", identifier)
    mapped = re.sub(r"\.{2,}", ".", mapped)
    return mapped[:LONGEST_ID].strip(".-") or "finding"


def branch_name(finding: Finding, prefix: str = PREFIX, ordinal: int = 1) -> str:
    """The branch of a finding, without ``refs/heads/``.

    Args:
        ordinal: from two on, it is appended: for findings with the same id and title.
    """
    leaf = "-".join(part for part in (id_part(finding.id), slug(finding.title)) if part)
    if ordinal > 1:
        leaf += f"-{ordinal}"
    if leaf.lower().endswith(".lock"):
        # git keeps `*.lock` for itself, and a file system may not tell `.LOCK` from it.
        leaf += "-"
    return f"{prefix}/{report_part(finding.report)}/{leaf}"
