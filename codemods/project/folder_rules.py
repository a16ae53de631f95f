"""The patterns that leave files of a folder out: of ``.gitignore``, and of the settings."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codemods.project.config import Settings
from codemods.project.folder_settings import FolderSettings
from codemods.project.ignoring import Rules
from codemods.project.settings_files import OWN, SHARED
from codemods.reading import NotRegularError, read_regular

MOST_RULES = 4 * 1024 * 1024
"""Bytes of a ``.gitignore``."""


class RuleKind(enum.Enum):
    """Whose pattern it is."""

    EXCLUDED = "excluded"
    IGNORED = "gitignored"


@dataclass(frozen=True, slots=True)
class Layer:
    """The rules of one folder."""

    prefix: str
    rules: Rules
    kind: RuleKind

    def verdict(self, path: str) -> bool | None:
        """Whether the rules leave ``path`` out, ``None`` where none of them fits."""
        return self.rules.verdict(path[len(self.prefix) :])


Layers = tuple[Layer, ...]


class FolderRules:
    """Which rules hold in which folder.

    Args:
        root: the top of the project.
        exclude: patterns that hold everywhere.
        settings: those of each folder, which exclude more.
        see: is told each file that rules are read from, before it is read.
    """

    def __init__(
        self,
        root: Path,
        exclude: Rules,
        settings: FolderSettings | None,
        see: Callable[[str], None],
    ) -> None:
        self._root = root
        self._settings = settings
        self._see = see
        self.wrong = {_fits_nothing("exclude", line) for line in exclude.void}
        """What is wrong with the patterns and the files that hold them."""
        self._given = (Layer("", exclude, RuleKind.EXCLUDED),) if exclude else ()
        self.top: Layers = self._given
        if settings is not None:
            self.top = (*self._given, *self._excluded(settings.top))
        self._known: dict[str, Layers] = {}

    def of(self, folder: str) -> Layers:
        """The rules that hold in a folder, with those of the folders above."""
        found = self.top
        for step in ("", *steps(folder)):
            if step not in self._known:
                self._known[step] = self.inside(step and f"{step}/", found)
            found = self._known[step]
        return found

    def outside(self, folder: str) -> Layers:
        """The rules above a folder that was named, without those that leave itself out."""
        above = self.of(folder.rpartition("/")[0]) if folder else self.top
        named = steps(folder)
        return tuple(
            layer
            for layer in above
            if not any(layer.verdict(f"{step}/") for step in named if step.startswith(layer.prefix))
        )

    def inside(self, prefix: str, above: Layers, names: frozenset[str] | None = None) -> Layers:
        """The rules that hold in a folder, by those that hold above it.

        Args:
            prefix: the folder with a slash at its end, ``""`` for the top.
            above: the rules that hold above.
            names: what is in the folder, where that is known.
        """
        begins = names is None or not names.isdisjoint((OWN, SHARED))
        if prefix and begins and self._settings is not None:
            settings = self._settings.of_folder(prefix.rstrip("/"))
            for path in (f"{prefix}{OWN}", f"{prefix}{SHARED}", *settings.files):
                self._see(path)
            if f"{settings.folder}/" == prefix:
                # The nearest settings count, and nothing of those above.
                ignored = (layer for layer in above if layer.kind is RuleKind.IGNORED)
                above = (*self._given, *self._excluded(settings), *ignored)
        ignores = names is None or not prefix or ".gitignore" in names
        return (*above, *self._own(prefix)) if ignores else above

    def _excluded(self, settings: Settings) -> Layers:
        rules = Rules(settings.exclude)
        self.wrong |= {_fits_nothing("exclude", line) for line in rules.void}
        return (Layer("", rules, RuleKind.EXCLUDED),) if rules else ()

    def _own(self, prefix: str) -> Layers:
        names = [".gitignore"] if prefix else [".git/info/exclude", ".gitignore"]
        rules = [Rules(self._lines(f"{prefix}{name}"), lenient=True) for name in names]
        for name, item in zip(names, rules, strict=True):
            self.wrong |= {_fits_nothing(f"{prefix}{name}", line) for line in item.void}
        return tuple(Layer(prefix, item, RuleKind.IGNORED) for item in rules if item)

    def _lines(self, path: str) -> list[str]:
        self._see(path)
        try:
            data = read_regular(self._root / path, MOST_RULES)
        except NotRegularError as error:
            self.wrong.add(f"{path}: not read: {error.strerror}")
            return []
        except OSError:
            return []
        return data.decode("utf-8", "surrogateescape").splitlines()


def by_rules(path: str, layers: Layers) -> RuleKind | None:
    """Whose pattern leaves a path out; the innermost rules that fit it decide."""
    for layer in reversed(layers):
        verdict = layer.verdict(path)
        if verdict is not None:
            return layer.kind if verdict else None
    return None


def steps(path: str) -> list[str]:
    """``a/b/c`` to ``a``, ``a/b``, ``a/b/c``."""
    parts = path.split("/") if path else []
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _fits_nothing(where: str, line: str) -> str:
    return f"{where}: {line!r} matches nothing"
