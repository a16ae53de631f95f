"""What an audit says: a finding and its parts, as frozen values.

Readers build these from reports; nothing here knows where a report came from or how a
finding is fixed. Lines are counted from one, as editors and audit reports count them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codemods.findings.roles import Role, role_of


class Severity(enum.StrEnum):
    """How bad the audit thinks a finding is, worst first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"

    @property
    def rank(self) -> int:
        """0 for the worst; smaller sorts first."""
        return list(Severity).index(self)


class LocationKind(enum.StrEnum):
    """What the audit pointed at."""

    FILE = "file"
    DIRECTORY = "directory"
    GLOB = "glob"
    SYMBOL = "symbol"
    """Only a name (a class, a function) and no path."""
    PROSE = "prose"
    """Words that name no file at all."""


@dataclass(frozen=True, slots=True, order=True)
class LineRange:
    """Lines ``start`` to ``end``, both included, counted from one."""

    start: int
    end: int

    def __contains__(self, line: object) -> bool:
        return isinstance(line, int) and self.start <= line <= self.end

    def overlaps(self, other: LineRange) -> bool:
        """Whether at least one line is in both."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Location:
    """One place that a finding names, as far as the report says it."""

    kind: LocationKind
    path: str | None
    """As written: may be absolute from the repository, from a package, or a basename."""
    lines: tuple[LineRange, ...] = ()
    symbol: str | None = None
    note: str | None = None
    """What stands in parentheses behind the path: ``3 endpoints``, ``state.setter``."""
    approximate: bool = False
    """The report marked the lines with a tilde."""
    line: int = 0
    """The report's own line that this location was read from."""


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block, or inline code, that stands in a field."""

    text: str
    """Dedented by the indentation of its fence; without the fence."""
    language: str | None
    line: int
    """The report's line of the first line of code."""
    inline: bool = False
    gone: tuple[str, ...] = ()
    """What a diff takes away without putting anything in its place."""


@dataclass(frozen=True, slots=True)
class Field:
    """One ``- **Name** (qualifier): value`` of a finding, as written."""

    name: str
    """Lower case: ``suggested fix``."""
    text: str
    """The value as written in the report, fences included."""
    line: int
    qualifier: str | None = None
    blocks: tuple[Code, ...] = ()
    """The fenced blocks of the value, in order."""
    inline: tuple[Code, ...] = ()
    """The inline code of the value's prose, in order."""
    prose: str = ""
    """The value without its fenced blocks; inline code keeps its backticks."""


class StatusKind(enum.StrEnum):
    """What the audit says about an issue that may exist already."""

    NEW = "new"
    EXISTING = "existing"
    REGRESSION = "regression"
    FIXED = "fixed"
    ACCEPTED = "accepted"
    WONT_FIX = "won't fix"
    FALSE_POSITIVE = "false positive"
    OTHER = "other"
    UNSTATED = "unstated"

    @property
    def is_settled(self) -> bool:
        """Whether the report itself says that nothing is to be done."""
        return self in (
            StatusKind.FIXED,
            StatusKind.ACCEPTED,
            StatusKind.WONT_FIX,
            StatusKind.FALSE_POSITIVE,
        )


@dataclass(frozen=True, slots=True)
class Status:
    """``NEW``, ``Existing: #12``, ``Regression of #3``, or free text."""

    kind: StatusKind
    text: str
    issues: tuple[str, ...] = ()
    """With their number sign: ``#2261``."""


FIXES = (
    *("suggested fix", "proposed fix", "fix", "required fix", "recommendation"),
    *("migration path", "replacement", "fix description"),
)
"""The fields that say what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one report.

    Ids repeat from report to report, and even within one: ``key`` is what tells findings apart.
    """

    id: str
    title: str
    report: str
    """The path that the report was read from, as it was given."""
    line: int
    """The line of the heading."""
    ordinal: int
    """The how-manyth finding of its report this is, from one."""
    severity: Severity | None
    severity_text: str | None
    dimension: str | None
    status: Status
    locations: tuple[Location, ...]
    fields: tuple[Field, ...]
    related: tuple[str, ...] = ()
    alias: str | None = None
    """A second id, written in parentheses behind the first."""
    rule: str | None = None
    """The rule id of the tool that found it (SARIF), where there is one."""
    notes: tuple[str, ...] = field(default=())
    """What the reader had to guess, in words."""
    directive: str | None = None
    """What a fence with the info string ``autofix`` says, as TOML: it wins over the words."""

    @property
    def report_name(self) -> str:
        """The report's file name without its suffix: ``AUDIT_BACKEND_2026-02-16``."""
        return PurePosixPath(self.report.replace("\\", "/")).stem

    @property
    def key(self) -> tuple[str, str, int]:
        """Report, id and line: unique among everything that was read."""
        return (self.report, self.id, self.line)

    def all(self, *names: str) -> tuple[Field, ...]:
        """Every field with one of these (lower-case) names, in the order of the report."""
        return tuple(item for item in self.fields if item.name in names)

    def text(self, *names: str) -> str:
        """The text of the named fields joined by newlines, ``""`` where there are none."""
        return "\n".join(item.text for item in self.all(*names))

    @property
    def description(self) -> str:
        """The description as written (``Summary`` in the issue format)."""
        return "\n".join(item.text for item in self.told)

    @property
    def told(self) -> tuple[Field, ...]:
        """The fields that say what is wrong, under whichever name the report used."""
        return self.all("description", "summary") or self._of(Role.PROBLEM)

    def _of(self, role: Role) -> tuple[Field, ...]:
        """The fields of a role, whatever they are called."""
        return tuple(item for item in self.fields if role_of(item.name) is role)

    @property
    def impact(self) -> str:
        """What breaks, as written."""
        return self.text("impact")

    @property
    def evidence(self) -> tuple[Field, ...]:
        """The fields that show the code as the auditor saw it; blocks in ``Field.blocks``."""
        return self.all("evidence", "evidence / code paths", "code") or self._of(Role.EVIDENCE)

    @property
    def suggestion(self) -> tuple[Field, ...]:
        """The fields that say what to do, under whichever name the report used."""
        return self.all(*FIXES) or self._of(Role.FIX)

    @property
    def evidence_code(self) -> tuple[Code, ...]:
        """Every fenced block of the evidence and of the description, in order."""
        shown = (*self.evidence, *self.told)
        return tuple(block for item in shown for block in item.blocks)

    @property
    def suggestion_code(self) -> tuple[Code, ...]:
        """Every fenced block of the suggestion, in order."""
        return tuple(block for item in self.suggestion for block in item.blocks)

    @property
    def suggestion_prose(self) -> str:
        """The suggestion without its fenced blocks."""
        return "\n".join(item.prose for item in self.suggestion)

    @property
    def prose(self) -> str:
        """Title, description, evidence, impact and suggestion without fenced blocks."""
        shown = (
            *self.told,
            *self.all("trigger conditions"),
            *self.evidence,
            *self.all("impact"),
            *self.suggestion,
        )
        return "\n".join((self.title, *(item.prose for item in shown)))
