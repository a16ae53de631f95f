"""The catalogue: one module a codemod, discovered by walking this package and by entry points.

A module whose name starts with an underscore is a helper that several codemods share.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from codemods.codemod import Codemod

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "autofix.codemods"


class PluginError(ValueError):
    """A codemod of another distribution that cannot be used, and why, in one line."""


class Catalogue(Mapping[str, Codemod]):
    """Every codemod by name, sorted by name; each is imported when it is first asked for.

    Our own are known by their files. Those of other distributions are asked for where a name is
    none of ours, or all are wanted: looking for them takes longer than importing one of ours.

    Raises:
        PluginError: when a codemod of another distribution cannot be loaded (it was written for
            another version of this one, for instance), or has a name that is taken.
        ValueError: when a module of the package holds no codemod of its name.
    """

    def __init__(self) -> None:
        self._own = {
            module.name.replace("_", "-"): module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        }
        self._loaded: dict[str, Codemod] = {}

    def __getitem__(self, name: str) -> Codemod:
        module = self._own.get(name)
        if module is None:
            return self._plugins[name]
        found = self._loaded.get(name)
        if found is None:
            holder = importlib.import_module(f"{__name__}.{module}")
            codemod: Codemod = holder.codemod
            if codemod.name != name:
                raise ValueError(f"{module}.py holds a codemod named {codemod.name}")
            found = self._loaded[name] = _documented(codemod, holder)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._plugins

    def __iter__(self) -> Iterator[str]:
        return iter(sorted((*self._own, *self._plugins)))

    def __len__(self) -> int:
        return len(self._own) + len(self._plugins)

    @cached_property
    def _plugins(self) -> dict[str, Codemod]:
        from importlib.metadata import entry_points

        found: dict[str, Codemod] = {}
        for point in entry_points(group=ENTRY_POINTS):
            codemod = _plugin(point)
            if codemod.name in self._own or codemod.name in found:
                raise PluginError(f"two codemods are named {codemod.name}")
            found[codemod.name] = codemod
        return found


def _plugin(point: EntryPoint) -> Codemod:
    try:
        loaded: object = point.load()
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(
            f"the plug-in {point.name} ({point.value}) cannot be used: {why}"
        ) from error
    if not isinstance(loaded, Codemod):
        raise PluginError(f"the plug-in {point.name} ({point.value}) is no Codemod")
    return _documented(loaded, sys.modules.get(point.module))


def _documented(codemod: Codemod, holder: ModuleType | None) -> Codemod:
    """``codemod`` with the docstring of its module for a page, where it has none of its own."""
    if codemod.documentation or holder is None or not holder.__doc__:
        return codemod
    return dataclasses.replace(codemod, documentation=holder.__doc__)


@cache
def catalogue() -> Catalogue:
    """Every codemod by name."""
    return Catalogue()
