"""Decisions about fixes as a file: what somebody accepted or skipped, and of which patch.

The page of a review writes such files, the terminal keeps its own, and ``autofix apply`` reads
them. A file comes from anywhere: it is held to its schema and to bounds, and names nothing that is
not looked up again in today's code.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from codemods.reading import read_regular

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is read: a thousand findings with an edit each are 2 MB."""
MOST = 10_000
"""Decisions of a file, and Changes of a decision."""
LONGEST_EDIT = 1024 * 1024
"""Characters of the diff of an edited Change."""

_Name = Annotated[str, Meta(min_length=1, max_length=1_000)]
_Path = Annotated[str, Meta(max_length=4_096)]
_Line = Annotated[int, Meta(ge=0, le=100_000_000)]


class DecisionsError(Exception):
    """A file that holds no decisions; the message is one line for a person."""


class Verdict(enum.StrEnum):
    """What somebody decided about a fix, or about one of its Changes."""

    ACCEPT = "accept"
    SKIP = "skip"


class DecidedSite(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a Change stands. The mark alone tells it from others; the rest is for whoever reads
    the file."""

    path: _Path
    line: _Line
    mark: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    """The fingerprint of a baseline: codemod, path, definition, first line."""
    function: _Path = ""


class ChangeDecision(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody decided about one Change of a fix."""

    site: DecidedSite
    decision: Verdict
    edit: Annotated[str, Meta(max_length=LONGEST_EDIT)] | None = None
    """The Change as somebody edited it, as a diff of the base; only in the review's own file."""


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody decided about the fix of one finding, or of several that are one defect."""

    finding: _Name
    """``REPORT:ID``, as the command line takes it."""
    key: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    patch: Annotated[str, Meta(pattern="^[0-9a-f]{40,64}$")]
    """The stable patch-id of what was shown."""
    decision: Verdict
    changes: Annotated[tuple[ChangeDecision, ...], Meta(max_length=MOST)] = ()
    """Each Change of the fix; none: all of them are decided alike."""
    also: Annotated[tuple[_Name, ...], Meta(max_length=MOST)] = ()
    """What other reports call the same defect: its branch names them, too."""

    @property
    def edited(self) -> bool:
        """Whether it holds what a person wrote."""
        return any(item.edit is not None for item in self.changes)


class Decisions(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of decisions."""

    version: Literal[1]
    report: _Path | Annotated[tuple[_Path, ...], Meta(max_length=MOST)]
    """The report, or several."""
    base: Annotated[str, Meta(pattern="^[0-9a-f]{40,64}$")] | None
    """The commit that was read; ``None``: the work tree."""
    decisions: Annotated[tuple[Decision, ...], Meta(max_length=MOST)]

    @property
    def reports(self) -> tuple[str, ...]:
        """Each report."""
        return (self.report,) if isinstance(self.report, str) else self.report


def schema() -> dict[str, Any]:
    """The JSON schema of a file."""
    return msgspec.json.schema(Decisions)


def made(reports: Sequence[str], base: str | None, decided: Iterable[Decision]) -> Decisions:
    """The file of what was decided."""
    report = reports[0] if len(reports) == 1 else tuple(reports)
    return Decisions(1, report, base, tuple(decided))


def decisions_bytes(decisions: Decisions) -> bytes:
    """The file, laid out for people and for ``git diff``."""
    return msgspec.json.format(msgspec.json.encode(decisions), indent=2) + b"\n"


def read_decisions(path: Path, name: str) -> Decisions:
    """What a file says.

    Args:
        path: the file.
        name: how to call it in a message.

    Raises:
        DecisionsError: when it cannot be read, is too large, or is not what this version writes.
    """
    try:
        data = read_regular(path, LARGEST)
    except OSError as error:
        raise DecisionsError(f"{name}: cannot be read: {error.strerror or error}") from error
    return parse_decisions(data, name)


def parse_decisions(data: bytes, name: str) -> Decisions:
    """What the bytes of a file say.

    Raises:
        DecisionsError: when they are not what this version writes.
    """
    try:
        found = msgspec.json.decode(data, type=Decisions)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DecisionsError(f"{name}: contains no decisions: {reason}") from error
    seen: set[str] = set()
    for item in found.decisions:
        if item.finding in seen:
            raise DecisionsError(f"{name}: has two decisions for {_shown(item.finding)}")
        seen.add(item.finding)
    return found


def _shown(text: str) -> str:
    """A text of a file in one line of a message."""
    return " ".join(text.split())[:100]
