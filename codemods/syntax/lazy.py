"""libcst, imported when it is first used: deciding needs none of it, and a scan is mostly that.

``from codemods.syntax.lazy import cst`` instead of ``import libcst as cst``. What a module needs
when it is imported itself (a base class) must not come from here.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING


def _lazily(name: str) -> ModuleType:
    """A module that is loaded when somebody first asks for something of it."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        return loaded
    specification = importlib.util.find_spec(name)
    if specification is None or specification.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    specification.loader = importlib.util.LazyLoader(specification.loader)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    import libcst as cst
else:
    cst = _lazily("libcst")

__all__ = ["cst"]
