"""The settings of each folder: those of the nearest file count, as ruff's do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from codemods.project.config import Defaults, Settings, load_settings
from codemods.project.files import Files
from codemods.project.ignoring import Rules


class FolderSettings:
    """The settings in one state of a project; each folder is read once, when it is asked for.

    Files are not added up: who wants what a folder above says, says ``extend``.

    Args:
        files: the state. What is read out of a commit has the settings of that commit.
        codemods: the names of the catalogue, for checking.
        defaults: their options with their defaults, for checking.
        top: the settings at the top, where somebody else has made them.
    """

    def __init__(
        self,
        files: Files,
        codemods: Collection[str] = (),
        defaults: Defaults | None = None,
        *,
        top: Settings | None = None,
    ) -> None:
        self._files = files
        self._codemods = codemods
        self._defaults = defaults
        self._known: dict[str, Settings] = {} if top is None else {"": top}

    @property
    def top(self) -> Settings:
        """Those at the top; what is about a run counts there only."""
        return self.of_folder("")

    def of(self, path: str) -> Settings:
        """Those that count for a file.

        Raises:
            SettingsError: when they cannot be used.
        """
        return self.of_folder(path.rpartition("/")[0])

    def of_folder(self, folder: str) -> Settings:
        """Those that count for the files in a folder.

        Raises:
            SettingsError: when they cannot be used.
        """
        waiting = []
        while folder not in self._known:
            own = load_settings(self._files, self._codemods, self._defaults, folder)
            if own.origin is not None or not folder:
                self._known[folder] = own
                break
            waiting.append(folder)
            folder = folder.rpartition("/")[0]
        found = self._known[folder]
        self._known.update(dict.fromkeys(waiting, found))
        return found

    @property
    def used(self) -> tuple[Settings, ...]:
        """Those that were asked for so far, by their folders; the top's come first."""
        found = {settings.folder: settings for settings in (self.top, *self._known.values())}
        return tuple(found[folder] for folder in sorted(found))

    def __call__(self, codemod: str) -> Mapping[str, Any]:
        """What the top sets for a codemod, where no file is in question."""
        return self.top.options(codemod)

    def at(self, path: str) -> OptionsThere:
        """What is set for codemods in a file."""
        return OptionsThere(self.of(path), path)


class OptionsThere:
    """What is set for codemods in one file, with what ``per-path`` says of it.

    Args:
        settings: those that count there.
        path: the file.
    """

    def __init__(self, settings: Settings, path: str) -> None:
        self._settings = settings
        self._path = path

    def __call__(self, codemod: str) -> dict[str, Any]:
        found = self._settings.options(codemod)
        for item in self._settings.per_path:
            if codemod in item.tables and Rules([item.pattern], lenient=True).verdict(self._path):
                found |= item.tables[codemod]
        return found
