"""What the command line means by its paths: the project, its settings and its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codemods.engine.scanning.baseline import DEFAULT_NAME
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.scope import relative, top_of
from codemods.project.files import WorkTreeFiles
from codemods.project.folder_settings import FolderSettings
from codemods.project.scanned_files import Selection

from ..context import Session
from ..exit import UserError
from ..files import below, check_target
from .options import Which

MANY = 500
"""Files for which a scan takes a moment, so that somebody who waits is told."""


class Where:
    """The project that is meant.

    Args:
        session: the run of the command.
        given: the files and folders that were named.
        output: the file that is written, if one was named.
    """

    def __init__(self, session: Session, given: Sequence[Path], output: Path | None) -> None:
        self._session = session
        paths = [self.path(path) for path in given]
        self.top = top_of(session.common.folder.resolve(), paths)
        self._output = output
        if output is not None:
            check_target(self.path(output), output, self.top)
        here = session.common.folder.resolve()
        self.folder = relative(self.top, here) if here.is_relative_to(self.top) else ""
        named = tuple(relative(self.top, path) for path in paths)
        # In a folder of the project a scan is about that folder, as ruff's is.
        self.named = named or ((self.folder,) if self.folder else ())
        self.folders = FolderSettings(WorkTreeFiles(self.top), session.known, session.defaults)
        self.settings = self.folders.top

    def path(self, path: Path) -> Path:
        """As the shell means it, else as ``-C DIR`` does."""
        inside = self._session.common.folder / path
        return Path.cwd() / (inside if not path.exists() and inside.exists() else path)

    def request(self, asked: Which) -> ScanRequest:
        """What is asked of the engine."""
        return ScanRequest(
            self.top,
            self.named,
            codemods=self._session.codemods,
            settings=self.settings,
            folders=self.folders,
            folder=self.folder,
            select=tuple(asked.select),
            ignore=tuple(asked.ignore),
            exclude=tuple(asked.exclude),
            force_exclude=asked.force_exclude,
        )

    def baseline_file(self, given: Path | None) -> tuple[Path, str, bool]:
        """The file, how to call it, and whether somebody said that it is there."""
        if given is not None:
            return self.path(given), str(given), True
        setting = self.settings.baseline
        name = setting or DEFAULT_NAME
        return below(self.top, name), name, setting is not None

    def begins(self, files: Selection) -> None:
        """Tell somebody who waits.

        Raises:
            UserError: when the result would be written over a file that is read.
        """
        if self._output is not None:
            path = self.path(self._output).resolve()
            if any(self.top / name == path for name in files.paths):
                # As a name of a file that looks like the option would have it.
                raise UserError(f"{self._output} is one of the scanned files: name another one")
        session = self._session
        if len(files.paths) > MANY and session.say.is_terminal:
            session.note(f"scanning {len(files.paths)} files …", "dim")
