"""Which codemods look into which files, by the settings nearest to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from codemods.codemod import Codemod
from codemods.engine.scanning.scope import Chosen, Group, groups
from codemods.project.config import Settings

Names = Callable[[Settings], tuple[str, ...]]
"""The codemods that settings choose."""


def groups_by_folder(
    codemods: Mapping[str, Codemod],
    settings_of: Callable[[str], Settings],
    names: Names,
    paths: Iterable[str],
) -> tuple[Group, ...]:
    """The files with the codemods that look into them, by the settings nearest to each.

    Raises:
        ScopeError: for a pattern that is none, and for an unknown name.
    """
    members: dict[str, tuple[Settings, list[str]]] = {}
    for path in paths:
        settings = settings_of(path)
        members.setdefault(settings.folder, (settings, []))[1].append(path)
    found: dict[str, Group] = {}
    for settings, inside in members.values():
        for group in groups(Chosen(codemods, names(settings)), settings, inside):
            # Many folders have settings, and most of these say the same of what is found.
            same = found.get(group.key)
            joined = group.paths if same is None else tuple(sorted((*same.paths, *group.paths)))
            found[group.key] = Group(group.chosen, group.options, joined, group.key)
    return tuple(found.values())
