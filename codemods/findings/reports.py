"""Reports as files: finding them, reading them, and saying why one cannot be read."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from codemods.findings.readers.formats import read_text
from codemods.findings.readers.reading import Damage, FormatError, Reading
from codemods.findings.selection import (
    SelectionError,
    UnknownFindingError,
    reports_mentioning,
    select,
)

__all__ = [
    "Damage",
    "Reading",
    "ReportError",
    "SelectionError",
    "UnknownFindingError",
    "find_reports",
    "read_report",
    "reports_mentioning",
    "select",
]


class ReportError(Exception):
    """A report that cannot be read; the message is one line for a person."""


def read_report(path: Path, given: str | None = None) -> Reading:
    """The findings of one file, in any format of :mod:`codemods.findings.readers.formats`.

    Args:
        path: the file.
        given: how its path was given, for messages and for ``Finding.report``.

    Raises:
        ReportError: when the file is missing, empty, a folder, not text or not a report. A
            report without findings is no error: its reading is empty.
    """
    name = str(path) if given is None else given
    text = _text(path, name)
    try:
        return read_text(text, path.suffix, name)
    except FormatError as error:
        raise ReportError(f"{name}: {error}") from error


def _text(path: Path, name: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReportError(f"{name}: there is no such file") from None
    except IsADirectoryError:
        raise ReportError(f"{name}: is a folder, not a report") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReportError(f"{name}: cannot be read: {reason}") from None
    if not data.strip():
        raise ReportError(f"{name}: is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The byte order mark is no part of what the error counts.
        at = error.start + len(data) - len(error.object)
        line = data.count(b"\n", 0, at) + 1
        raise ReportError(
            f"{name}: is not UTF-8 text: byte 0x{data[at]:02x} at offset {at}, line {line}"
        ) from None
    if "\0" in text:
        raise ReportError(f"{name}: is not text: it has a null byte at offset {data.index(0)}")
    return text


def find_reports(root: Path, patterns: Sequence[str]) -> tuple[Path, ...]:
    """The files below ``root`` that match at least one pattern, in the order of their paths.

    Args:
        root: what the patterns are relative to.
        patterns: with ``*``, ``?``, ``[…]`` and ``**``; an absolute one stays absolute.
    """
    found = {
        root / name
        for pattern in patterns
        # ``Path.glob`` refuses absolute patterns.
        for name in glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207
    }
    return tuple(sorted(path for path in found if path.is_file()))
