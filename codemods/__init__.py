"""autofix: from the findings of a backend audit to merged fixes.

The names of ``__all__``, and those of :mod:`codemods.kit`, are the public API, for other tools and
for plug-ins; docs/api.md shows it. Everything else may move. Each is imported when it is first
asked for.
"""

from __future__ import annotations

import os
import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # ``python -m codemods``: a module of the repository that is looked at must not pass for one of
    # ours, nor of what we import. One that is called as we are still would: that takes ``-P``.
    _folder = os.getcwd()  # noqa: PTH109 (pathlib could be one of those modules)
    if sys.path[:1] == [_folder] and os.path.dirname(__path__[0]) != _folder:  # noqa: PTH120
        del sys.path[0]

from importlib import import_module

TYPE_CHECKING = False
"""For type checkers it is true. :mod:`typing` has it, too, and takes long to import."""
if TYPE_CHECKING:
    from codemods.api import (
        AlreadyFixed,
        Catalogue,
        CommitError,
        Damage,
        Delivered,
        Failed,
        FilePatch,
        Fixed,
        Left,
        NoCodemod,
        NotDelivered,
        NotFound,
        Outcome,
        PartlyFixed,
        Patch,
        Project,
        Reading,
        Refused,
        ReportError,
        RepositoryError,
        Resolution,
        Scanned,
        ScanSite,
        ScopeError,
        SettingsError,
        deliver,
        fix,
        load_catalogue,
        open_project,
        read_report,
        resolve,
        scan,
    )
    from codemods.codemod import (
        AddImport,
        AuditWords,
        Change,
        Codemod,
        DeleteFile,
        DropImport,
        DropLines,
        Edit,
        Edited,
        Hints,
        Match,
        Node,
        Operation,
        Option,
        Payload,
        Place,
        Plan,
        Refusal,
        Safety,
        Scope,
        SetLines,
        Site,
        Unit,
        lines_of,
        overlaps,
        site_of,
    )
    from codemods.demands.demands import Demand, Demands, Text
    from codemods.findings.model import (
        Code,
        Field,
        Finding,
        LineRange,
        Location,
        LocationKind,
        Severity,
        Status,
        StatusKind,
    )
    from codemods.project.source import SourceFile
    from codemods.syntax.spans import Span

__all__ = [
    "AddImport",
    "AlreadyFixed",
    "AuditWords",
    "Catalogue",
    "Change",
    "Code",
    "Codemod",
    "CommitError",
    "Damage",
    "DeleteFile",
    "Delivered",
    "Demand",
    "Demands",
    "DropImport",
    "DropLines",
    "Edit",
    "Edited",
    "Failed",
    "Field",
    "FilePatch",
    "Finding",
    "Fixed",
    "Hints",
    "Left",
    "LineRange",
    "Location",
    "LocationKind",
    "Match",
    "NoCodemod",
    "Node",
    "NotDelivered",
    "NotFound",
    "Operation",
    "Option",
    "Outcome",
    "PartlyFixed",
    "Patch",
    "Payload",
    "Place",
    "Plan",
    "Project",
    "Reading",
    "Refusal",
    "Refused",
    "ReportError",
    "RepositoryError",
    "Resolution",
    "Safety",
    "ScanSite",
    "Scanned",
    "Scope",
    "ScopeError",
    "SetLines",
    "SettingsError",
    "Severity",
    "Site",
    "SourceFile",
    "Span",
    "Status",
    "StatusKind",
    "Text",
    "Unit",
    "deliver",
    "fix",
    "lines_of",
    "load_catalogue",
    "open_project",
    "overlaps",
    "read_report",
    "resolve",
    "scan",
    "site_of",
]


if not TYPE_CHECKING:
    _HOMES = {
        **dict.fromkeys(("Demand", "Demands", "Text"), "codemods.demands.demands"),
        **dict.fromkeys(
            (
                *("Code", "Field", "Finding", "LineRange", "Location", "LocationKind"),
                *("Severity", "Status", "StatusKind"),
            ),
            "codemods.findings.model",
        ),
        "SourceFile": "codemods.project.source",
        "Span": "codemods.syntax.spans",
    }
    """Where names are that are neither of ``codemods.codemod`` nor of the engine."""

    # A type checker would take every name for one that is there.
    def __getattr__(name: str) -> object:
        """Nothing is imported before it is asked for: the command can tell of Ctrl-C at once, and
        the engine takes ten times as long to import as what a codemod is."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(_HOMES.get(name, "codemods.codemod"))
        if name not in _HOMES and name not in home.__all__:
            home = import_module("codemods.api")
        found = globals()[name] = getattr(home, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
