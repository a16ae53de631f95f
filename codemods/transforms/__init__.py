"""The catalogue: one module a codemod, discovered by walking this package and by entry points.

A module whose name starts with an underscore is a helper that several codemods share.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from functools import cache

from codemods.codemod import Codemod

ENTRY_POINTS = "autofix.codemods"


@cache
def catalogue() -> dict[str, Codemod]:
    """Every codemod by name, sorted by name.

    Raises:
        ValueError: when two codemods have the same name, or a module of the package holds none.
    """
    found: dict[str, Codemod] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module.name}")
            _add(found, loaded.codemod)
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        _add(found, point.load())
    return dict(sorted(found.items()))


def _add(found: dict[str, Codemod], codemod: Codemod) -> None:
    if codemod.name in found:
        raise ValueError(f"two codemods are named {codemod.name}")
    found[codemod.name] = codemod
