"""From options to what a command works on: the repository, the project's state, its settings."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.project.state import State, committed

from .exit import UserError
from .options import Color, Common, Format

if TYPE_CHECKING:
    from rich.console import Console

    from codemods.codemod import Codemod, Safety
    from codemods.delivery.repository import Repository
    from codemods.engine.outcomes import Resolution
    from codemods.findings.model import Finding
    from codemods.project.files import Files
    from codemods.project.folder_settings import FolderSettings
    from codemods.project.project import Project
    from codemods.project.settings import Settings
    from codemods.transforms import Catalogue

__all__ = ["Session", "State"]


class Session:
    """One run of a command. Whatever costs time is opened when it is first asked for."""

    def __init__(self, common: Common) -> None:
        self.common = common
        self._files: Files | None = None
        if not common.folder.is_dir():
            state = "is not a folder" if common.folder.exists() else "does not exist"
            raise UserError(f"{common.folder} {state}")
        level = logging.DEBUG if common.verbosity > 0 else logging.CRITICAL
        logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
        logging.getLogger("codemods").setLevel(level)

    @property
    def json(self) -> bool:
        """Whether stdout gets one JSON document."""
        return self.common.format is Format.JSON

    @property
    def forced_color(self) -> bool:
        """Whether colours were asked for outright."""
        return self.common.color is Color.ALWAYS

    @cached_property
    def out(self) -> Console:
        """For the result."""
        return self._console(stderr=False)

    @cached_property
    def say(self) -> Console:
        """For people: notes, tables at the end, what to do next."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from .console import console

        quiet = stderr and self.common.verbosity < 0
        return console(self.common.color, stderr=stderr, quiet=quiet)

    def note(self, text: str, style: str = "") -> None:
        """One line for people, on stderr."""
        from codemods.output.styled import one_line, styled
        from codemods.project.redaction import redacted

        self.say.print(styled(one_line(redacted(text)), style))

    def warn(self, text: str) -> None:
        """One line for people, on stderr, also when nothing but errors is to be said."""
        from codemods.output.styled import one_line, styled
        from codemods.project.redaction import redacted

        from .console import console

        say = console(self.common.color, stderr=True, quiet=False)
        say.print(styled(one_line(redacted(text)), "yellow"))

    @cached_property
    def top(self) -> Path:
        """The folder that paths are relative to; found without git, which ``--no-state`` needs
        not have."""
        folder = self.common.folder.resolve()
        for parent in (folder, *folder.parents):
            if (parent / ".git").exists():
                return parent
        return folder

    @cached_property
    def repository(self) -> Repository | None:
        """The repository around the folder; ``None`` where there is no sign of one.

        Raises:
            RepositoryError: when there is one that cannot be opened.
        """
        folder = self.common.folder.resolve()
        bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir()
        if not bare and not (self.top / ".git").exists() and "GIT_DIR" not in os.environ:
            return None
        from codemods.delivery.repository import Repository

        return Repository.open(folder)

    def need_repository(self, without: str = "") -> Repository:
        """The repository, for what is about branches; ``without`` says how to do without one."""
        if self.repository is None:
            hint = f": {without}" if without else ""
            raise UserError(f"{self.common.folder.resolve()} is not in a git repository{hint}")
        return self.repository

    @cached_property
    def root(self) -> Path:
        """The top of the work tree, or the folder itself."""
        if self.repository is None or self.repository.root is None:
            return self.top
        return self.repository.root

    @cached_property
    def settings(self) -> Settings:
        """``[tool.autofix]`` as it stands in the work tree: like ruff's, it counts when saved."""
        return self.folder_settings.top

    @cached_property
    def folder_settings(self) -> FolderSettings:
        """The settings of each folder of the work tree, or of a bare repository's head."""
        from codemods.project.commit import CommitFiles
        from codemods.project.files import WorkTreeFiles
        from codemods.project.folder_settings import FolderSettings

        files: Files = WorkTreeFiles(self.root)
        repository = self.repository
        if repository is not None and repository.root is None:
            head = repository.head()
            if head is not None:
                files = CommitFiles(repository.git_dir, head)
        found = FolderSettings(files, self.known, self.defaults)
        for text in dict.fromkeys((*found.top.notes, *found.of_folder(self.inside).notes)):
            self.warn(text)
        return found

    @property
    def inside(self) -> str:
        """The folder that was asked about, from the top; ``""`` for the top itself."""
        folder, root = self.common.folder.resolve(), self.root.resolve()
        inside = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else "."
        return "" if inside == "." else inside

    @cached_property
    def options(self) -> FolderSettings:
        """What is set for codemods in the state that :meth:`state` gave last: what is read out of a
        commit takes the settings of that commit.

        Raises:
            SettingsError: when they cannot be used.
        """
        from codemods.project.commit import CommitFiles
        from codemods.project.folder_settings import FolderSettings
        from codemods.project.settings import SettingsError

        here, files = self.folder_settings, self._files
        if not isinstance(files, CommitFiles):
            return here
        there = FolderSettings(files, self.known, self.defaults)
        try:
            read = there.top
        except SettingsError as error:
            short = files.commit[:10]
            raise SettingsError(
                *(f"in commit {short}: {text}" for text in error.problems)
            ) from None
        if (read.tables, read.per_path) != (here.top.tables, here.top.per_path):
            origin = here.top.origin or read.origin
            self.warn(
                f"{origin}: the options of codemods are those of commit {files.commit[:10]}, which "
                "is read; here they are others"
            )
        return there

    @property
    def report_patterns(self) -> tuple[str, ...]:
        """The setting ``reports``, read without git and without the catalogue."""
        from codemods.project.files import WorkTreeFiles
        from codemods.project.settings import load_settings

        return load_settings(WorkTreeFiles(self.top)).reports

    @cached_property
    def codemods(self) -> Catalogue:
        """The catalogue; what is wrong with a plug-in is told, and ends nothing."""
        from codemods.transforms import catalogue

        try:
            found = catalogue(*self.common.plugins)
        except NotADirectoryError as error:
            raise UserError(f"--plugins: {error}") from None
        found.tell = lambda text: self.warn(f"autofix: {text}")
        return found

    @property
    def known(self) -> Collection[str]:
        """The names that settings may have; none, that is any, while a plug-in cannot be used:
        nobody knows which are its own."""
        return () if self.codemods.left_out else self.codemods

    @property
    def defaults(self) -> Mapping[str, Mapping[str, Any]]:
        """The options of each codemod with their defaults, for checking what is set."""
        from codemods.transforms import Defaults

        return Defaults(self.codemods)

    def base(self, ref: str | None) -> str:
        """The full id of the commit that branches start from.

        Raises:
            RepositoryError: when ``ref`` names no commit, or there is none yet.
        """
        from codemods.delivery.branches import default_base

        repository = self.need_repository()
        # An empty one is a mistake, of a variable that is not set, say: it is not the default.
        chosen = self.settings.base if ref is None else ref
        if chosen is not None:
            return repository.resolve(chosen)
        return default_base(repository, self.settings.branch_prefix).commit

    def state(self, base: str | None, in_place: bool) -> State:
        """The code that is read: the base commit's, or the work tree's where there is no git."""
        state = self._state(base, in_place)
        self._files = state.project.files
        self.__dict__.pop("options", None)
        return state

    def _state(self, base: str | None, in_place: bool) -> State:
        from codemods.project.files import WorkTreeFiles
        from codemods.project.history import GitHistory
        from codemods.project.project import Project

        if base is not None and in_place:
            raise UserError(
                "--base and --in-place cannot be combined: one reads a commit, the other "
                "the work tree"
            )
        repository = self.repository
        if repository is None:
            if base is not None:
                self.need_repository()
            return State(Project(WorkTreeFiles(self.root)), None)
        place = repository.root or repository.git_dir
        if in_place:
            from codemods.delivery.worktree import work_tree

            head = repository.head()
            history = GitHistory(place, head) if head else None
            return State(Project(WorkTreeFiles(work_tree(repository)), history=history), None)
        return committed(place, self.base(base))

    def resolve(
        self,
        finding: Finding,
        project: Project,
        allow: Safety,
        change: Callable[[Codemod], Codemod] | None = None,
    ) -> Resolution:
        """How a finding ends in a state of the code, with the project's options.

        Args:
            change: gives what is asked in place of each codemod.
        """
        from codemods.engine.run import resolve

        return resolve(
            finding,
            project,
            tuple(map(change, self.codemods.values()) if change else self.codemods.values()),
            options=self.options,
            allow=allow,
        )
