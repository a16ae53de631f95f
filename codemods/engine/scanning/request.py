"""What a scan is asked, as values: its settings and what git knows come from whoever asks."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.codemod import Codemod, Safety
from codemods.engine.scanning.baseline import Known
from codemods.engine.scanning.folders import groups_by_folder
from codemods.engine.scanning.scope import (
    Group,
    ProjectFiles,
    ScopeError,
    chosen,
    missed,
    void,
)
from codemods.findings.model import LineRange
from codemods.project.config import Settings
from codemods.project.files import MemoryFiles, OverlayFiles
from codemods.project.folder_settings import FolderSettings
from codemods.project.listing import listed
from codemods.project.project import Project
from codemods.project.scanned_files import Selection, select_files
from codemods.transforms import Catalogue, catalogue

if TYPE_CHECKING:
    from codemods.engine.scanning.cache.facts import Facts
    from codemods.engine.scanning.cache.folder import CacheFolder


@dataclass(frozen=True, slots=True)
class Changed:
    """The files that differ from a commit; those that are gone are left out."""

    files: Mapping[str, tuple[LineRange, ...] | None]
    """The changed lines of each, ``None`` for a file that git does not know yet."""

    def covers(self, path: str, line: int, end_line: int) -> bool:
        """Whether at least one of the lines changed."""
        ranges = self.files.get(path, ())
        return ranges is None or any(item.overlaps(LineRange(line, end_line)) for item in ranges)


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What is looked for, where, and what is done about it."""

    top: Path
    """The top of the project; see :func:`codemods.engine.scanning.scope.top_of`."""
    paths: tuple[str, ...] = ()
    """Files and folders, from the top, which is ``""``; none: the whole project."""
    codemods: Mapping[str, Codemod] = field(default_factory=catalogue)
    """The catalogue that is chosen from."""
    settings: Settings = field(default_factory=Settings)
    """Those at the top."""
    select: tuple[str, ...] = ()
    """Codemods, in place of those of the settings; none: as the settings say."""
    ignore: tuple[str, ...] = ()
    """Codemods that do not run, besides those of the settings."""
    exclude: tuple[str, ...] = ()
    """Patterns of files that are left out, besides those of the settings."""
    force_exclude: bool = False
    """Whether patterns count for files that are named outright, too."""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """What stands in files that are read from elsewhere than the disk: an editor's, or stdin."""
    changed: Changed | None = None
    """The only files that are read; ``None``: all."""
    changed_lines: bool = False
    """Whether only sites on changed lines count."""
    baseline: Sequence[Known] = ()
    """Sites that are known, and do not count."""
    fix: Safety | None = None
    """The weakest safety that is fixed; ``None``: nothing is."""
    fail_on: Safety | None = None
    """The weakest safety that counts; ``None``: as the settings say."""
    jobs: int = 1
    """How many processes may work; 0: as many as this one has processors."""
    timed: bool = False
    """Whether the time of each codemod is taken; nothing is taken from the cache then."""
    cache: CacheFolder | None = None
    """Where answers are kept for the next scan. What is found can be fixed by ``fix``; only the
    changes themselves, as :func:`~codemods.engine.scanning.fixes.fixes_of` carries them out, may
    be without what they do."""
    folders: FolderSettings | None = None
    """The settings of each folder; ``None``: the top's count everywhere."""
    folder: str = ""
    """Where whoever reads the result is, from the top: people's paths begin there."""

    @property
    def partial(self) -> bool:
        """Whether only a part of the project, or of the catalogue, is asked for."""
        return bool(self.paths or self.select or self.ignore)

    @property
    def weakest(self) -> Safety:
        """The weakest safety with which a site counts."""
        return self.fail_on or Safety(self.settings.fail_on)

    @property
    def missed(self) -> bool:
        """Whether a plug-in was to look that cannot be used."""
        every = (self.settings,) if self.folders is None else self.folders.used
        return any(missed(self.codemods, *self._names(item), self.left_out) for item in every)

    @property
    def left_out(self) -> Collection[str]:
        """Plug-ins that cannot be used."""
        return self.codemods.left_out if isinstance(self.codemods, Catalogue) else ()

    def _names(self, settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
        """The codemods that are asked for, and those that are not."""
        return self.select or settings.select, (*self.ignore, *settings.ignore)

    def settings_of(self, path: str) -> Settings:
        """The settings that count for a file."""
        return self.settings if self.folders is None else self.folders.of(path)

    def shown(self, path: str) -> str:
        """A path as whoever reads the result would type it."""
        return posixpath.relpath(path, self.folder) if self.folder else path

    @property
    def unsaved(self) -> bool:
        """Whether nothing that is asked for is on the disk."""
        return bool(self.paths) and not any(
            path not in self.contents or (self.top / path).is_file() for path in self.paths
        )

    def project(self, selection: Selection) -> Project:
        """The state that is read.

        Args:
            selection: the files that are looked at.
        """
        used = (self.settings,) if self.folders is None else self.folders.used
        excluded = self.exclude or any(item.exclude for item in used)
        narrowed = any(self.paths) or excluded or self.changed is not None
        files = ProjectFiles(self.top, None if narrowed else selection, self.cache)
        return Project(OverlayFiles(files, self.contents) if self.contents else files)

    def selection(self) -> Selection:
        """The files that are read, and those that are left out.

        Raises:
            ScopeError: for a path that does not exist, and a pattern that is none.
        """
        if self.unsaved:
            return Selection(self.paths, ())
        settings = self.folders or FolderSettings(MemoryFiles({}), top=self.settings)
        try:
            if self.paths:
                found = select_files(
                    self.top,
                    self.paths,
                    exclude=self.exclude,
                    force_exclude=self.force_exclude,
                    settings=settings,
                )
            else:
                found = listed(self.top, self.cache, exclude=self.exclude, settings=settings)
        except FileNotFoundError as error:
            raise ScopeError(f"{error}: no such file or folder") from error
        except ValueError as error:
            raise ScopeError(f"exclude: {error}") from error
        for path in found.paths:
            self.settings_of(path)
        used = (self.settings,) if self.folders is None else self.folders.used
        rules = (
            *found.rules,
            *(text for item in used for text in void(item)),
            *dict.fromkeys(text for item in used for text in item.notes),
        )
        found = dataclasses.replace(found, rules=rules)
        if self.changed is None:
            return found
        changed = self.changed.files
        return Selection(
            tuple(path for path in found.paths if path in changed),
            tuple(item for item in found.left_out if item.path in changed),
            found.rules,
        )

    def groups(self, selection: Selection) -> tuple[Group, ...]:
        """Which codemods look into which files.

        Raises:
            ScopeError: for an unknown name, and a pattern that is none.
        """
        facts = self.facts()
        if not selection.paths:
            # A name that is none is told all the same.
            self.names(self.settings, facts)
        names = partial(self.names, facts=facts)
        return groups_by_folder(self.codemods, self.settings_of, names, selection.paths)

    def names(
        self, settings: Settings, facts: Mapping[str, Facts] | None = None
    ) -> tuple[str, ...]:
        """The codemods that look where these settings count.

        Args:
            facts: what is known of each codemod, where somebody has it at hand.

        Raises:
            ScopeError: for an unknown name.
        """
        facts = self.facts() if facts is None else facts
        return chosen(
            self.codemods,
            *self._names(settings),
            given=bool(self.select),
            scans=lambda name: facts[name].scans,
            left_out=self.left_out,
        )

    def facts(self) -> Mapping[str, Facts]:
        """What is known of each codemod without its being imported."""
        from codemods.engine.scanning.cache.facts import facts_of

        return facts_of(self.codemods)
