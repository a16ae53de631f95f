"""Reports as files: reading them, saying why one cannot be read; and naming one finding: ``B-02``,
``AUDIT_BACKEND_2026-02-16:B-02``, ``…:PTS-6@210``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rapidfuzz import fuzz, process

from codemods.findings.model import Finding
from codemods.findings.readers.formats import may_hold, read_text
from codemods.findings.readers.headings import in_range
from codemods.findings.readers.made_ids import is_made
from codemods.findings.readers.reading import Damage, FormatError, Reading
from codemods.reading import NotRegularError, read_given

__all__ = [
    "Damage",
    "Reading",
    "ReportError",
    "SelectionError",
    "UnknownFindingError",
    "parse_selector",
    "read_report",
    "reports_mentioning",
    "select",
    "selector_of",
]
_SHOWN = 8
"""How many candidates a message lists."""


class ReportError(Exception):
    """A report that cannot be read; the message is one line for a person."""


def read_report(path: Path, given: str | None = None) -> Reading:
    """The findings of one file, in any format of :mod:`codemods.findings.readers.formats`.

    Args:
        path: the file.
        given: how its path was given, for messages and for ``Finding.report``.

    Raises:
        ReportError: when the file is missing, empty, too large, a folder, a pipe with a name, not
            text or not a report. A report without findings is no error: its reading is empty.
    """
    name = str(path) if given is None else given
    text = _text(path, name)
    try:
        return read_text(text, path.suffix, name)
    except FormatError as error:
        raise ReportError(f"{name}: {error}") from error


def _text(path: Path, name: str) -> str:
    try:
        data = read_given(path)
    except FileNotFoundError:
        raise ReportError(f"{name}: no such file") from None
    except NotRegularError as error:
        if path.is_dir():
            raise ReportError(f"{name}: is a folder, not a report") from None
        raise ReportError(f"{name}: is {error.strerror}") from None
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


class SelectionError(Exception):
    """A selector that names no finding, or several; the message is for a person."""

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates
        """Selectors that would name a finding."""


class UnknownFindingError(SelectionError):
    """A selector that names no finding."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector taken apart."""

    id: str
    report: str | None = None
    line: int | None = None


def parse_selector(text: str) -> Selector:
    """Takes ``report:id@line`` apart; report and line may be missing.

    Raises:
        SelectionError: when there is no id in it.
    """
    report, _, rest = text.strip().rpartition(":")
    found = re.fullmatch(r"(.+?)(?:@(\d{1,9}))?", rest.strip())
    if found is None:
        raise SelectionError(f"{text!r} is not a finding id: use one like B-02")
    return Selector(found[1], report.strip() or None, int(found[2]) if found[2] else None)


def select(found: Iterable[Finding | Reading], selector: str) -> Finding:
    """The one finding that ``selector`` names; upper and lower case are the same.

    Raises:
        UnknownFindingError: when no finding has that name; the message lists the closest ids.
        SelectionError: when several have; the message lists them.
    """
    wanted = parse_selector(selector)
    everything = tuple(
        finding
        for item in found
        for finding in (item.findings if isinstance(item, Reading) else (item,))
    )
    named = _named(everything, wanted)
    if len(named) == 1:
        return named[0]
    if named:
        candidates = tuple(selector_of(item, everything) for item in named)
        raise SelectionError(
            f"{selector!r} matches {len(named)} findings: {_listed(candidates)}", candidates
        )
    raise _unknown(everything, wanted, selector)


def selector_of(finding: Finding, among: Iterable[Finding]) -> str:
    """The shortest selector with a report that names ``finding`` and no other ``among`` them."""
    others = [item for item in among if item is not finding and _same(item.id, finding.id)]
    same_name = [item for item in others if _same(item.report_name, finding.report_name)]
    if not same_name:
        return f"{finding.report_name}:{finding.id}"
    if all(item.report == finding.report for item in same_name):
        return f"{finding.report_name}:{finding.id}@{finding.line}"
    if any(item.report == finding.report for item in same_name):
        return f"{finding.report}:{finding.id}@{finding.line}"
    return f"{finding.report}:{finding.id}"


def reports_mentioning(paths: Iterable[Path], id: str) -> tuple[Path, ...]:
    """The reports that may have the finding of a selector: the first ones worth parsing.

    A file that cannot be read stays in, for its reader to say why.
    """
    wanted = parse_selector(id)
    found = []
    for path in paths:
        if wanted.report is not None and not _is_report(wanted.report, str(path)):
            continue
        try:
            likely = may_hold(path, wanted.id)
        except OSError:
            likely = True
        if likely:
            found.append(path)
    return tuple(found)


def _named(everything: tuple[Finding, ...], wanted: Selector) -> tuple[Finding, ...]:
    candidates = [
        item
        for item in everything
        if (wanted.line is None or item.line == wanted.line)
        and (wanted.report is None or _is_report(wanted.report, item.report))
    ]
    exact = tuple(item for item in candidates if _same(item.id, wanted.id))
    if exact:
        return exact
    second = tuple(item for item in candidates if item.alias and _same(item.alias, wanted.id))
    if second:
        return second
    within = tuple(item for item in candidates if in_range(item.id, wanted.id))
    return within or tuple(item for item in candidates if _begins(item.id, wanted.id))


def _is_report(wanted: str, report: str) -> bool:
    """Whether ``wanted`` is the end of a report's path, with or without its suffix."""
    path, wanted = report.replace("\\", "/").lower(), wanted.replace("\\", "/").lower()
    names = (path, path.removesuffix(PurePosixPath(path).suffix))
    return any(f"/{name}".endswith(f"/{wanted}") for name in names)


def _same(left: str, right: str) -> bool:
    return left.lower().removeprefix("#") == right.lower().removeprefix("#")


def _begins(id: str, prefix: str) -> bool:
    """Whether ``prefix`` is the beginning of an id that was made, or of a part of another one."""
    lowered, wanted = id.lower(), prefix.lower()
    if not lowered.startswith(wanted):
        return False
    return (is_made(id) and len(wanted) > 2) or lowered[len(wanted)] in "-_./"


def _unknown(
    everything: tuple[Finding, ...], wanted: Selector, selector: str
) -> UnknownFindingError:
    if not everything:
        return UnknownFindingError(f"no finding {selector!r}: the reports contain no findings")
    elsewhere = tuple(
        selector_of(item, everything) for item in everything if _same(item.id, wanted.id)
    )
    if elsewhere:
        return UnknownFindingError(
            f"no finding {selector!r}, but {_listed(elsewhere)} exists", elsewhere
        )
    near = tuple(
        item
        for item in everything
        if wanted.report is None or _is_report(wanted.report, item.report)
    )
    ids = tuple(dict.fromkeys(item.id for item in near or everything))
    close = process.extract(
        wanted.id.upper(), ids, scorer=fuzz.ratio, limit=5, score_cutoff=55, processor=str.upper
    )
    names = tuple(name for name, *_ in close)
    hint = f"; the closest are {_listed(names)}" if names else ""
    return UnknownFindingError(
        f"no finding {selector!r} among {len(near or everything)}{hint}", names
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
