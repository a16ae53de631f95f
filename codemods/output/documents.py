"""The documents that commands write with ``--output-format json``, as types.

mypy holds every writer to them, and ``docs/schema/`` has them as JSON Schema. A name stands for one
thing, whichever command writes it. Keys may be added with any version; none goes, and none gets
another meaning, without a new ``version``.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from codemods.codemod import Safety
from codemods.engine.scanning.baseline import BaselineDocument
from codemods.output.finding_documents import (
    ApplyDocument,
    Branch,
    CheckDocument,
    CodemodName,
    DecidedRowsDocument,
    Line,
    ListDocument,
    Path,
    Reason,
    Selectors,
    ShowDocument,
    StatusDocument,
    UndoDocument,
    Version,
)


class SiteDocument(TypedDict):
    """A place that a scan found."""

    path: Path
    line: Line
    column: Annotated[int, Meta(description="A character, from 1.", ge=1)]
    end_line: Line
    function: str
    codemod: CodemodName
    safety: Safety
    message: str
    fixable: Annotated[bool, Meta(description="Whether --fix writes it, if need be as unsafe.")]


class SkippedDocument(TypedDict):
    """A file, or a folder with a slash at its end, that was not read, or not rewritten."""

    path: Path
    reason: Reason


class SilencedDocument(TypedDict):
    """What the settings of a folder keep from being found."""

    origin: Annotated[str, Meta(description="The file that sets it, or `default`.")]
    not_run: list[CodemodName]
    excluded: Annotated[int, Meta(description="How many files and folders.")]


class ScanDocument(TypedDict):
    """``autofix scan``"""

    version: Version
    sites: list[SiteDocument]
    files: int
    parsed: int
    skipped: list[SkippedDocument]
    silenced: list[SilencedDocument]
    seconds: float


class OptionDocument(TypedDict):
    """An option of a codemod."""

    name: str
    default: Any
    help: str


class CodemodDocument(TypedDict):
    """An entry of the catalogue."""

    name: CodemodName
    area: str
    summary: str
    scans: bool
    options: list[OptionDocument]
    documentation: str


class CodemodsDocument(TypedDict):
    """``autofix codemods``"""

    version: Version
    codemods: list[CodemodDocument]


class SettingDocument(TypedDict):
    """A setting in force."""

    name: str
    value: Any
    origin: Annotated[str, Meta(description="The file that sets it, or `default`.")]


class ConfigDocument(TypedDict):
    """``autofix config``"""

    version: Version
    settings: list[SettingDocument]


class CaseDocument(TypedDict):
    """A case of a codemod."""

    case: str
    passed: bool
    problem: str | None


class CasesDocument(TypedDict):
    """``autofix test``"""

    version: Version
    cases: list[CaseDocument]
    problems: list[str]


class BotRowDocument(TypedDict):
    """What the bot did about a subject."""

    key: str
    selectors: Selectors
    state: str
    words: str
    rule: str
    outcome: Annotated[str, Meta(description="How the findings end in today's code.")]
    pull_request: int | None
    branch: Branch | None
    asked: str | None
    written: list[str]
    problem: str | None


class BotDocument(TypedDict):
    """``autofix bot run`` and ``bot event``"""

    version: Version
    dashboard: int | None
    rows: list[BotRowDocument]


class PublishedDocument(TypedDict):
    """An issue that was opened, or need not be."""

    key: str
    selectors: Selectors
    action: str
    of: Annotated[int | None, Meta(description="The issue that is there already.")]
    why: str | None
    alike: list[int]
    issue: Annotated[int | None, Meta(description="The issue that was opened.")]
    problem: str | None


class PublishDocument(TypedDict):
    """``autofix publish``"""

    version: Version
    rows: list[PublishedDocument]


class BowlerDocument(TypedDict):
    """``autofix bowler run``"""

    version: Version
    changed: list[Path]
    skipped: list[SkippedDocument]
    again: Annotated[list[Path], Meta(description="Files that a second run would change, too.")]


Document = (
    ListDocument
    | CheckDocument
    | ApplyDocument
    | ShowDocument
    | StatusDocument
    | UndoDocument
    | DecidedRowsDocument
    | ScanDocument
    | CodemodsDocument
    | ConfigDocument
    | CasesDocument
    | BotDocument
    | PublishDocument
    | BowlerDocument
)

DOCUMENTS: dict[str, Any] = {
    "apply": ApplyDocument,
    "baseline": BaselineDocument,
    "bot": BotDocument,
    "bowler": BowlerDocument,
    "check": CheckDocument,
    "codemods": CodemodsDocument,
    "config": ConfigDocument,
    "decided": DecidedRowsDocument,
    "list": ListDocument,
    "publish": PublishDocument,
    "scan": ScanDocument,
    "show": ShowDocument,
    "status": StatusDocument,
    "test": CasesDocument,
    "undo": UndoDocument,
}
"""Each by its file in ``docs/schema``."""
