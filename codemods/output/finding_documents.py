"""The documents about findings, as types: a part of :mod:`codemods.output.documents`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from codemods.codemod import Safety
from codemods.findings.model import Severity

Path = Annotated[str, Meta(description="A file, from the top of the project, with slashes.")]
Line = Annotated[int, Meta(description="A line, from 1.", ge=0)]
Lines = Annotated[list[int], Meta(description="First and last line.", min_length=2, max_length=2)]
OutcomeName = Annotated[
    str,
    Meta(
        description="How a finding ends, or would.",
        pattern="^(fixed|partly-fixed|already-fixed|refused|not-found|no-codemod|failed)$",
    ),
]
CodemodName = Annotated[str, Meta(description="The name of a codemod.")]
Version = Annotated[Literal[1], Meta(description="Of the form of this document.")]
Id = Annotated[str, Meta(description="The finding's id in its report.")]
Also = Annotated[list[str], Meta(description="Other findings that tell the same defect.")]
Commit = Annotated[str, Meta(description="The full id of a commit.")]
Branch = Annotated[str, Meta(description="The name of a branch.")]
Reason = Annotated[str, Meta(description="Why, in one line for a person.")]
Selectors = Annotated[list[str], Meta(description="What findings are called by: REPORT:ID.")]
Diff = Annotated[str, Meta(description="For `git apply`; a byte that is no UTF-8 is \\udcXX.")]


class LocationDocument(TypedDict):
    """A place as the report gives it."""

    path: str | None
    lines: Annotated[list[Lines], Meta(description="Ranges of lines.")]
    symbol: str | None


class FindingDocument(TypedDict):
    """What a report says of a finding."""

    id: Id
    report: Annotated[str, Meta(description="The file of the report, or the issue.")]
    line: Annotated[int, Meta(description="Where it begins in the report.")]
    title: str
    severity: Severity | None
    dimension: str | None
    status: Annotated[str | None, Meta(description="As the report words it.")]
    locations: list[LocationDocument]
    related: list[str]


class LeftDocument(TypedDict):
    """What stays of a finding that is only partly fixed."""

    what: str
    demand: Annotated[str | None, Meta(description="What the finding asks for, in its words.")]
    path: Path | None
    line: Line | None


class StateDocument(FindingDocument):
    """A finding with its state in today's code; ``null``: nobody has looked."""

    codemod: CodemodName | None
    outcome: OutcomeName | None
    reason: Reason | None
    left: Annotated[list[LeftDocument], Meta(description="What a fix leaves of it.")]


class ListedDocument(StateDocument):
    """A row of ``autofix list``."""

    branch: Branch | None
    also: Also


class ListDocument(TypedDict):
    """``autofix list``"""

    version: Version
    findings: list[ListedDocument]


class LocatedDocument(TypedDict):
    """A place in today's code."""

    path: Path
    lines: Lines
    evidence: Annotated[list[Lines], Meta(description="The lines that the evidence shows.")]
    by: Annotated[str, Meta(description="How it was found.")]


class CheckedDocument(StateDocument):
    """What was read of a finding, and what can be done about it."""

    directive: bool
    has_fix: bool
    has_evidence: bool
    located: list[LocatedDocument]


class UnreadDocument(TypedDict):
    """What looks like a finding, and could not be read."""

    report: str
    line: Line
    text: str
    reason: Reason


class CheckDocument(TypedDict):
    """``autofix check``"""

    version: Version
    findings: list[CheckedDocument]
    unread: list[UnreadDocument]


class DoneDocument(TypedDict):
    """A place that changes, or where it is fixed already."""

    path: Path
    line: Line
    end_line: Line
    function: Annotated[str, Meta(description="The definition around it, or empty.")]
    what: Annotated[str, Meta(description="What is done there.")]


class RefusedDocument(TypedDict):
    """What was looked at and left alone."""

    path: Path | None
    line: Line | None
    reason: Annotated[str, Meta(description="A name that stays: `suppressed`, `tie`.")]
    detail: Annotated[str, Meta(description="The same for a person.")]


class VerifyDocument(TypedDict):
    """How the project's own command ended."""

    command: str
    passed: bool
    summary: str
    output: Annotated[str, Meta(description="The end of what it printed.")]


class FixDocument(TypedDict):
    """What became of a finding, by itself."""

    finding: Id
    report: str
    title: str
    severity: Severity | None
    outcome: OutcomeName
    reason: Reason
    codemod: CodemodName | None
    safety: Safety | None
    branch: Branch | None
    commit: Commit | None
    sites: list[DoneDocument]
    refused: list[RefusedDocument]
    left: list[LeftDocument]
    unaddressed: list[str]
    notes: list[str]
    diff: Diff
    verify: NotRequired[VerifyDocument]


class ResultDocument(FixDocument):
    """What became of a finding."""

    also: Also


class ApplyDocument(TypedDict):
    """``autofix apply``, ``diff`` and ``run``"""

    version: Version
    results: list[ResultDocument]


class FieldDocument(TypedDict):
    """A field of a finding."""

    name: str
    line: Line
    text: str


class ShownDocument(FindingDocument):
    """All that is known of a finding."""

    fields: list[FieldDocument]
    located: list[LocatedDocument]
    trail: Annotated[list[str], Meta(description="How it was located, step by step.")]
    result: FixDocument


class ShowDocument(TypedDict):
    """``autofix show``"""

    version: Version
    finding: ShownDocument


class StandingDocument(FindingDocument):
    """How far a finding is."""

    also: Also
    progress: Annotated[str, Meta(pattern="^(open|partly-fixed|fixed|settled)$")]
    outcome: OutcomeName
    commit: Annotated[Commit | None, Meta(description="What fixed it.")]
    author: str | None
    since: Annotated[str | None, Meta(description="A date.")]
    left: list[LeftDocument]


class StatusDocument(TypedDict):
    """``autofix status``"""

    version: Version
    findings: list[StandingDocument]
    counts: dict[str, int]


class UndoneDocument(TypedDict):
    """A branch that was to be deleted."""

    finding: Id
    undone: bool
    reason: NotRequired[Reason]
    branch: NotRequired[Branch]
    commit: NotRequired[Commit]
    published: NotRequired[bool]
    withdrawn: NotRequired[bool]


class UndoDocument(TypedDict):
    """``autofix undo``"""

    version: Version
    results: list[UndoneDocument]


class DecidedDocument(TypedDict):
    """What became of a decision."""

    finding: str
    also: Also
    key: str
    patch: str
    decision: Annotated[str, Meta(pattern="^(accept|skip)$")]
    outcome: str
    reason: Reason
    result: FixDocument | None


class DecidedRowsDocument(TypedDict):
    """``autofix apply --decisions`` and ``review``"""

    version: Version
    decisions: list[DecidedDocument]
