"""What is set for a codemod at the place of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from codemods.codemod import Place
from codemods.project.folder_settings import FolderSettings

Options = Callable[[str], Mapping[str, object]]
"""Gives the settings of a codemod by its name."""


def options_there(options: Options, places: Sequence[Place]) -> Options:
    """The options at the places of a finding: where folders differ, those of the first place."""
    if isinstance(options, FolderSettings) and places:
        return options.at(places[0].source.path)
    return options
