"""The formats of reports: one table, a row a format. A new format is a module and a row."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codemods.findings.readers.bandit import is_bandit, read_bandit
from codemods.findings.readers.gcc import is_gcc, read_gcc
from codemods.findings.readers.issue import is_issue, read_issue
from codemods.findings.readers.made_ids import is_made
from codemods.findings.readers.markdown import read_markdown_report
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.readers.sarif import read_sarif
from codemods.findings.readers.structured import read_csv, read_json
from codemods.findings.readers.yaml_lists import read_yaml
from codemods.reading import read_regular


class Ids(enum.Enum):
    """Where the ids of a format's findings come from."""

    WRITTEN = enum.auto()
    """They stand in the text; what has none gets one that :func:`is_made` knows."""
    FILE_NAME = enum.auto()
    """They stand in the text, or else the file's name is the id."""
    MADE = enum.auto()
    """They are made of what the text says: whoever looks for one has to read the report."""


@dataclass(frozen=True, slots=True)
class Format:
    """How reports of one kind are recognised and read, and what their ids are."""

    read: Callable[[str, str], Reading]
    """Takes the text and the report's path as it was given; raises :class:`FormatError`."""
    ids: Ids
    suffixes: tuple[str, ...] = ("",)
    """The file names it is for, in lower case; ``""``: every name that no format has."""
    fits: Callable[[str], bool] = lambda _text: True
    """Whether a text of that name may be of this format."""


FORMATS = (
    Format(read_sarif, Ids.MADE, (".sarif",)),
    Format(read_sarif, Ids.MADE, (".json",), lambda text: '"runs"' in text),
    Format(read_json, Ids.MADE, (".json", ".jsonl", ".ndjson")),
    Format(read_yaml, Ids.MADE, (".yaml", ".yml")),
    Format(read_csv, Ids.MADE, (".csv", ".tsv")),
    Format(read_bandit, Ids.MADE, ("", ".txt", ".log"), is_bandit),
    Format(read_gcc, Ids.MADE, ("", ".txt", ".log"), is_gcc),
    Format(read_markdown_report, Ids.WRITTEN, ("", ".txt", ".log")),
    Format(read_issue, Ids.FILE_NAME, ("", ".txt", ".log"), is_issue),
)
"""In the order in which they are tried."""


def formats_of(suffix: str) -> tuple[Format, ...]:
    """The formats that a file can have, by the suffix of its name (``.md``)."""
    lowered = suffix.lower()
    named = tuple(item for item in FORMATS if lowered in item.suffixes)
    return named or tuple(item for item in FORMATS if "" in item.suffixes)


def read_text(text: str, suffix: str, report: str) -> Reading:
    """The findings of a report by the first format that finds any, else by the last that reads it.

    Args:
        text: the whole report, not empty.
        suffix: of the file's name.
        report: its path as it was given; kept in every finding.

    Raises:
        FormatError: when the text is in none of its formats: why not in the first. The message is
            one line without the file.
    """
    reading: Reading | None = None
    refused: FormatError | None = None
    for item in formats_of(suffix):
        if not item.fits(text):
            continue
        try:
            reading = item.read(text, report)
        except FormatError as error:
            refused = refused or error
            continue
        if reading.findings:
            break
    if reading is None:
        raise refused or FormatError(f"is not in a known {suffix} format")
    return reading


def may_hold(path: Path, id: str) -> bool:
    """Whether the report ``path`` may have a finding of this id, without parsing it.

    Raises:
        OSError: when the file has to be looked into and cannot be read.
    """
    kinds = {item.ids for item in formats_of(path.suffix)}
    tool = all(item.ids is Ids.MADE for item in formats_of(path.suffix))
    if tool or is_made(id) or (Ids.FILE_NAME in kinds and path.stem.lower() == id.lower()):
        return True
    return id.lower().removeprefix("#").encode() in read_regular(path).lower()
