"""What looks like a finding, and no reader has read: it is named, so that nobody takes it for read.

A place with its line and a severity is what a finding looks like. A chapter that holds none (a
summary, a checklist), a status that settles it, and a place that some finding names are no reason
to name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from codemods.findings.model import Finding
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import Above
from codemods.findings.readers.lexicon import (
    names,
    severity_of_word,
    status_at_start,
    status_in,
)
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.reading import Damage
from codemods.findings.text import code_spans

_MARKED = re.compile(
    r"\*\*\[?(?:[🔴🟠🟡🟢]\s?)?(?P<bold>[^\W\d_]{2,20})(?:\s(?:severity|priority|risk))?\]?:?\*\*"
    r"|[\[(](?P<boxed>[^\W\d_]{2,20})[\])]|(?<![\w-])(?P<upper>[A-ZА-Я]{3,20})(?![\w-])"
    r"|(?:^|[\n|>])\s{0,8}(?:[-*+]\s)?(?P<first>[A-Z][a-z]{2,12})(?::|\s[—–-])"
)
_KNOWN = ("existing", "safe", "related to", "new: ", "see ")
"""What begins so is told elsewhere, or is none."""
REASON = "names a place and a severity, and was not read as a finding"

Place = tuple[str, int]
"""The name of a file, and a line of it."""


def unread(
    document: Document,
    passed: Iterable[tuple[Block, Above]],
    findings: Sequence[Finding],
) -> Iterator[Damage]:
    """What looks like a finding among the blocks that nobody took.

    Args:
        document: the report.
        passed: blocks that were looked at, each with what the headings above it say.
        findings: what was read.
    """
    known = {place for item in findings for place in _of_finding(item)}
    for block, above in passed:
        if above.is_topic or above.is_log or above.status or above.is_summary or block.checked:
            continue
        for line, text in _parts(document, block):
            places = set(_places(text))
            if not places or places & known or _is_settled(text):
                continue
            if not _is_told(text):
                continue
            if _is_rated(text) or (above.severity is not None and not _says_done(text)):
                yield Damage(line, " ".join(text.split())[:120], REASON)
                break


def _of_finding(finding: Finding) -> Iterator[Place]:
    for at in finding.locations:
        for lines in at.lines:
            for line in {lines.start, lines.end}:
                yield (at.path or "").rpartition("/")[2], line


def _parts(document: Document, block: Block) -> Iterator[tuple[int, str]]:
    """The rows of a table, or the whole text of a block."""
    if block.kind is Kind.TABLE:
        for line, cells in block.rows[1:]:
            yield line, " | ".join(cells)
    elif block.kind in (Kind.ITEM, Kind.PARAGRAPH, Kind.QUOTE):
        yield block.first, "\n".join(document.lines[block.first - 1 : block.last])


def _places(text: str) -> Iterator[Place]:
    for at in locations_of(text):
        if at.path is not None and at.path.endswith((".py", ".pyi")):
            for lines in at.lines:
                yield at.path.rpartition("/")[2], lines.start


def _is_settled(text: str) -> bool:
    """Whether it begins with a status, has a tick, or is struck out."""
    starts = [part.strip(" -*+>0123456789.[]") for part in re.split(r" [|—–] |: ", text)]
    known = any(status_at_start(part) or part.lower().startswith(_KNOWN) for part in starts)
    return known or re.search(r"[✅✓✔☑]|~~", text) is not None


def _says_done(text: str) -> bool:
    """Whether it says anywhere that something is done, where only a chapter says how bad it is."""
    return any(status_in(part) is not None for part in re.split(r"[.;:,()—–]", text))


def _is_told(text: str) -> bool:
    """Whether it says something beside an id, a place and a severity, as in a summary of ids."""
    parts = re.sub(r"<br[ ]?/?>|\|", " ", text).split()
    words = [word.strip("*_`.,;:!?()[]") for word in parts]
    told = [word for word in words if len(word) > 1 and word.isalpha()]
    return sum(severity_of_word(word) is None for word in told) > 2


def _is_rated(text: str) -> bool:
    """Whether it has a severity that is marked as one."""
    said = [word for match in _MARKED.finditer(text) for word in match.groups() if word]
    said += [span.text for span in code_spans(text)]
    return any(
        severity_of_word(word) is not None and word.lower() not in names("title", "remarks")
        for word in said
    )
