"""What another tool calls: read a report, resolve a finding, scan, fix, and deliver.

Each function takes and gives values, prints nothing, and knows no terminal. They are imported from
``codemods`` itself, which loads this module, and libcst and git with it, when the first of them is
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from codemods.codemod import Codemod, Safety
from codemods.delivery.branch_names import PREFIX
from codemods.delivery.branches import Delivered
from codemods.delivery.branches import deliver as write_branches
from codemods.delivery.planning import Delivery, NotDelivered
from codemods.delivery.repository import Repository, RepositoryError
from codemods.engine.outcomes import (
    AlreadyFixed,
    Failed,
    FilePatch,
    Fixed,
    Left,
    NoCodemod,
    NotFound,
    Outcome,
    PartlyFixed,
    Patch,
    Refused,
    Resolution,
)
from codemods.engine.run import resolve as resolve_with
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.engine.scanning.scope import ScopeError, relative
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.findings.model import Finding
from codemods.findings.readers.reading import Damage, Reading
from codemods.findings.reports import ReportError
from codemods.findings.reports import read_report as read_file
from codemods.project.commit import CommitError, CommitFiles
from codemods.project.files import WorkTreeFiles
from codemods.project.folder_settings import FolderSettings
from codemods.project.project import Project
from codemods.project.settings import SettingsError, load_settings
from codemods.project.state import committed
from codemods.transforms import Catalogue, Defaults

__all__ = [
    "AlreadyFixed",
    "Catalogue",
    "CommitError",
    "Damage",
    "Delivered",
    "Failed",
    "FilePatch",
    "Fixed",
    "Left",
    "NoCodemod",
    "NotDelivered",
    "NotFound",
    "Outcome",
    "PartlyFixed",
    "Patch",
    "Project",
    "Reading",
    "Refused",
    "ReportError",
    "RepositoryError",
    "Resolution",
    "ScanSite",
    "Scanned",
    "ScopeError",
    "SettingsError",
    "deliver",
    "fix",
    "load_catalogue",
    "open_project",
    "read_report",
    "resolve",
    "scan",
]


def load_catalogue(plugins: Iterable[str | Path] = ()) -> Catalogue:
    """Every codemod by name: ours, those of installed distributions, and those of folders.

    Args:
        plugins: folders with modules that each hold a codemod; their code runs.

    Raises:
        NotADirectoryError: when one of them is no folder.
    """
    return Catalogue([Path(folder) for folder in plugins])


def read_report(path: str | Path) -> Reading:
    """The findings of one report, in any format that autofix reads.

    Raises:
        ReportError: when the file is missing, empty, not text, or no report.
    """
    return read_file(Path(path), str(path))


def open_project(folder: str | Path = ".", commit: str | None = None) -> Project:
    """One state of a code base.

    Args:
        folder: its top.
        commit: what names a commit (``HEAD``, ``main``); ``None`` reads the files of the folder.

    Raises:
        CommitError: when the folder is not the top of a git repository, or has no such commit.
        NotADirectoryError: when there is no such folder.
    """
    top = _folder(folder)
    if commit is None:
        return Project(WorkTreeFiles(top))
    return committed(top, CommitFiles(top, commit).commit).project


def resolve(
    finding: Finding,
    project: Project,
    codemods: Mapping[str, Codemod] | None = None,
    *,
    options: Mapping[str, Mapping[str, object]] | None = None,
    allow: Safety = Safety.REVIEW,
) -> Resolution:
    """Take one finding to a patch, or to the reason why there is none; nothing is written.

    Args:
        finding: from :func:`read_report`.
        project: from :func:`open_project`.
        codemods: the catalogue or a part of it; by default the whole.
        options: the settings of each codemod by its name; by default those of the project.
        allow: the weakest safety that is fixed; what is weaker is refused as ``display-only``.

    Raises:
        SettingsError: when the project's settings cannot be read.
    """
    chosen = load_catalogue() if codemods is None else codemods
    given = _settings(project, chosen) if options is None else options.get
    return resolve_with(
        finding,
        project,
        tuple(chosen.values()),
        options=given if isinstance(given, FolderSettings) else lambda name: given(name) or {},
        allow=allow,
    )


def scan(
    folder: str | Path = ".",
    paths: Sequence[str | Path] = (),
    codemods: Mapping[str, Codemod] | None = None,
    *,
    select: Iterable[str] = (),
    jobs: int = 1,
) -> Scanned:
    """Look for every pattern without a report, as ``autofix scan`` does; nothing is written.

    The settings of the project say which files and codemods count, as they do there.

    Args:
        folder: the top of the project.
        paths: files and folders in it; none: the whole project.
        codemods: the catalogue that is chosen from; by default the whole.
        select: names of codemods in place of those of the settings.
        jobs: how many processes may work; 0: as many as there are processors.

    Raises:
        ScopeError: for a path that is not there, and for an unknown name.
        SettingsError: when the project's settings cannot be read.
    """
    return run_scan(_request(folder, paths, codemods, select, jobs))


def fix(
    folder: str | Path = ".",
    paths: Sequence[str | Path] = (),
    codemods: Mapping[str, Codemod] | None = None,
    *,
    select: Iterable[str] = (),
    allow: Safety = Safety.SAFE,
    jobs: int = 1,
) -> Scanned:
    """The same scan with its fixes in ``patches``; nothing is written.

    Args:
        folder: the top of the project.
        paths: files and folders in it; none: the whole project.
        codemods: the catalogue that is chosen from; by default the whole.
        select: names of codemods in place of those of the settings.
        allow: the weakest safety that is fixed.
        jobs: how many processes may work; 0: as many as there are processors.

    Raises:
        ScopeError: for a path that is not there, and for an unknown name.
        SettingsError: when the project's settings cannot be read.
    """
    return run_scan(_request(folder, paths, codemods, select, jobs, allow))


def deliver(
    project: Project, resolutions: Iterable[Resolution], *, prefix: str = PREFIX
) -> tuple[Delivered | NotDelivered, ...]:
    """Write each patch to a branch of its own; the work tree, the index and HEAD stay.

    Resolutions without a patch are left out.

    Args:
        project: the commit that was read: ``open_project(folder, commit="HEAD")``.
        resolutions: from :func:`resolve`.
        prefix: what the names of the branches start with.

    Raises:
        ValueError: when ``project`` is no commit.
        RepositoryError: when nothing can be written at all; no branch was changed then.
    """
    if not isinstance(project.files, CommitFiles):
        raise ValueError("branches start from a commit: open the project with commit=…")
    items = [
        Delivery(item.finding, item.patch, item.codemod)
        for item in resolutions
        if item.patch is not None and item.codemod is not None
    ]
    if not items:
        return ()
    repository = Repository.open(Path(project.files.repository.git_dir))
    return write_branches(repository, project.files.commit, items, prefix=prefix)


def _request(
    folder: str | Path,
    paths: Sequence[str | Path],
    codemods: Mapping[str, Codemod] | None,
    select: Iterable[str],
    jobs: int,
    allow: Safety | None = None,
) -> ScanRequest:
    top = _folder(folder).resolve()
    chosen = load_catalogue() if codemods is None else codemods
    folders = _settings(Project(WorkTreeFiles(top)), chosen)
    return ScanRequest(
        top,
        tuple(relative(top, top / path) for path in paths),
        chosen,
        folders.top,
        tuple(select),
        folders=folders,
        fix=allow,
        jobs=jobs,
    )


def _settings(project: Project, codemods: Mapping[str, Codemod]) -> FolderSettings:
    known = () if isinstance(codemods, Catalogue) and codemods.left_out else codemods
    defaults = Defaults(codemods)
    # At once: what is wrong at the top is told before anything is looked at.
    top = load_settings(project.files, known, defaults)
    return FolderSettings(project.files, known, defaults, top=top)


def _folder(folder: str | Path) -> Path:
    top = Path(folder)
    if not top.is_dir():
        raise NotADirectoryError(f"{top} is not a folder")
    return top
