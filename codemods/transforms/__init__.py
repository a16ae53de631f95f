"""The catalogue: one module a codemod, discovered by walking this package, by entry points, and in
folders that the user names.

A module whose name starts with an underscore is a helper that several codemods share.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from codemods.codemod import Codemod
from codemods.plugins import Plugins, Tell, documented, load_plugins

logger = logging.getLogger(__name__)


class Catalogue(Mapping[str, Codemod]):
    """Every codemod by name, sorted by name; each is imported when it is first asked for.

    Our own are known by their files. Those of other distributions are asked for where a name is
    none of ours, or all are wanted: looking for them takes longer than importing one of ours.

    Args:
        folders: where more codemods lie, one a module. They are the user's: nothing that a scanned
            project says may name one, since its code would run.

    Raises:
        NotADirectoryError: when one of them is no folder.
        ValueError: when a module of the package holds no codemod of its name.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        for folder in folders:
            if not folder.is_dir():
                raise NotADirectoryError(f"{folder} is not a folder of codemods")
        self._folders = tuple(folders)
        self.tell: Tell = logger.warning
        """Is told what is wrong with a plug-in, in one line: logged, where nobody else listens."""
        self._own = {
            module.name.replace("_", "-"): module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        }
        self._loaded: dict[str, Codemod] = {}

    def __getitem__(self, name: str) -> Codemod:
        module = self._own.get(name)
        if module is None:
            return self._plugins.codemods[name]
        found = self._loaded.get(name)
        if found is None:
            holder = importlib.import_module(f"{__name__}.{module}")
            codemod: Codemod = holder.codemod
            if codemod.name != name:
                raise ValueError(f"{module}.py defines a codemod named {codemod.name}")
            found = self._loaded[name] = documented(codemod, holder)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._plugins.codemods

    def __iter__(self) -> Iterator[str]:
        return iter(sorted((*self._own, *self._plugins.codemods)))

    def __len__(self) -> int:
        return len(self._own) + len(self._plugins.codemods)

    @property
    def own(self) -> Collection[str]:
        """The names of ours, which are known without an import."""
        return self._own.keys()

    @property
    def left_out(self) -> Collection[str]:
        """Names of plug-ins that cannot be used, which was told: to ask for one is no mistake."""
        return self._plugins.left_out

    @cached_property
    def _plugins(self) -> Plugins:
        return load_plugins(self._own, lambda text: self.tell(text), self._folders)


@cache
def catalogue(*folders: Path) -> Catalogue:
    """Every codemod by name, with those of ``folders``."""
    return Catalogue(folders)


class Defaults(Mapping[str, Mapping[str, object]]):
    """The options of each codemod of a catalogue with their defaults, looked up when asked for:
    most projects set none, and a codemod is imported for it."""

    def __init__(self, codemods: Mapping[str, Codemod]) -> None:
        self._codemods = codemods

    def __getitem__(self, name: str) -> Mapping[str, object]:
        return {option.name: option.default for option in self._codemods[name].options}

    def __iter__(self) -> Iterator[str]:
        return iter(self._codemods)

    def __len__(self) -> int:
        return len(self._codemods)
