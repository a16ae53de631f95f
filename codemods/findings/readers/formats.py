"""The formats of reports: one table, a row a format. A new format is a module and a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codemods.findings.readers.document import parse_document
from codemods.findings.readers.issue import is_issue, read_issue
from codemods.findings.readers.markdown import read_markdown
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.readers.sarif import read_sarif


@dataclass(frozen=True, slots=True)
class Format:
    """How reports of one kind are recognised and read, and what their ids are."""

    read: Callable[[str, str], Reading]
    """Takes the text and the report's path as it was given; raises :class:`FormatError`."""
    suffixes: tuple[str, ...] = ()
    """The file names it is for, in lower case; none: every name that no other format has."""
    fits: Callable[[str], bool] = lambda _text: True
    """Whether a text of that name may be of this format."""
    writes_ids: bool = True
    """Whether the ids of findings stand in the text: those of SARIF are made of what it says."""


def _read_markdown(text: str, report: str) -> Reading:
    reading = read_markdown(text, report)
    empty = not reading.findings and not reading.damaged
    if empty and not _has_headings(text) and not is_issue(text):
        raise FormatError("is not a report: it has no Markdown headings")
    return reading


def _has_headings(text: str) -> bool:
    """Whether the text has headings; a ``#`` further down may be a comment of any language."""
    document = parse_document(text)
    first = next(number for number, line in enumerate(document.lines, 1) if line.strip())
    return any(item.level > 1 or item.line == first for item in document.headings)


FORMATS = (
    Format(read_sarif, (".sarif", ".json"), writes_ids=False),
    Format(_read_markdown),
    Format(read_issue, fits=is_issue),
)
"""In the order in which they are tried."""


def formats_of(suffix: str) -> tuple[Format, ...]:
    """The formats that a file can have, by the suffix of its name (``.md``)."""
    lowered = suffix.lower()
    named = tuple(item for item in FORMATS if lowered in item.suffixes)
    return named or tuple(item for item in FORMATS if not item.suffixes)


def read_text(text: str, suffix: str, report: str) -> Reading:
    """The findings of a report by the first format that finds any, else by the last that fits.

    Args:
        text: the whole report, not empty.
        suffix: of the file's name.
        report: its path as it was given; kept in every finding.

    Raises:
        FormatError: when the text is no report; the message is one line without the file.
    """
    reading = Reading()
    for item in formats_of(suffix):
        if item.fits(text):
            reading = item.read(text, report)
            if reading.findings:
                break
    return reading
