"""What a scan is about: the project's top, the files, and which codemods look into which."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemods.codemod import Codemod
from codemods.engine.scanning.scan import Options
from codemods.project.config import Settings
from codemods.project.files import WorkTreeFiles
from codemods.project.ignoring import Rules
from codemods.project.listing import Shelf, listed
from codemods.project.scanned_files import PYTHON, Reason, Selection
from codemods.project.settings import did_you_mean


class ScopeError(Exception):
    """What is asked for cannot be scanned; the message is one line for a person."""


MARKERS = (".git", "autofix.toml", "pyproject.toml")
"""What stands at the top of a project."""


class ProjectFiles(WorkTreeFiles):
    """The work tree without what is not the project's own code.

    Who calls a function, and what it calls, is asked of all files that are the project's, also
    of those that are left out of the scan itself: generated ones, and a single one that is named.
    Which these are is found out when that is first asked.

    Args:
        root: the top of the project.
        selection: all files of the project, where somebody has chosen them already.
        shelf: where the choice is kept for the next time.
    """

    def __init__(
        self, root: Path, selection: Selection | None = None, shelf: Shelf | None = None
    ) -> None:
        super().__init__(root)
        self._selection = selection
        self._shelf = shelf

    def paths(self) -> tuple[str, ...]:
        if self._paths is None:
            selection = self._selection or listed(self.root, self._shelf)
            own = (Reason.GENERATED, Reason.MIGRATION)
            kept = [
                item.path
                for item in selection.left_out
                if item.reason in own and not item.path.endswith("/")
            ]
            self._paths = tuple(sorted((*selection.paths, *kept)))
            self.scripts = tuple(path for path in selection.paths if not path.endswith(PYTHON))
        return self._paths


def top_of(folder: Path, given: Sequence[Path]) -> Path:
    """The top of the project: around ``folder``, or around the paths where these lie elsewhere.

    ``autofix scan /somewhere/else`` means the project that is there, with its own settings.
    """
    around = _marked(folder)
    if not given:
        return around or folder
    full = [Path(os.path.abspath(path)) for path in given]  # noqa: PTH100 - links stay as named
    if around is not None and all(path.is_relative_to(around) for path in full):
        return around
    common = Path(os.path.commonpath(full))
    start = common if common.is_dir() else common.parent
    return _marked(start) or _above_package(start)


def _marked(folder: Path) -> Path | None:
    for name in MARKERS:
        # A repository goes before a project inside of it, which may be one of several.
        for parent in (folder, *folder.parents):
            if (parent / name).exists():
                return parent
    return None


def _above_package(folder: Path) -> Path:
    """The folder that the packages of ``folder`` are imported from."""
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def relative(top: Path, path: Path) -> str:
    """A path that was named, from the top; ``""`` for the top itself.

    Raises:
        ScopeError: when it lies elsewhere.
    """
    full = Path(os.path.abspath(path))  # noqa: PTH100 - a link stays what it is
    try:
        inside = full.relative_to(top)
    except ValueError:
        raise ScopeError(f"{path} is outside {top}: scan one project at a time") from None
    return "" if inside == Path() else inside.as_posix()


class Chosen(Mapping[str, Codemod]):
    """Some codemods of a catalogue; each is imported when it is asked for.

    Args:
        catalogue: all of them.
        names: which.
    """

    def __init__(self, catalogue: Mapping[str, Codemod], names: Iterable[str]) -> None:
        self._catalogue = catalogue
        self._names = tuple(names)

    def __getitem__(self, name: str) -> Codemod:
        if name not in self._names:
            raise KeyError(name)
        return self._catalogue[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def chosen(
    catalogue: Collection[str],
    select: Iterable[str],
    ignore: Iterable[str],
    *,
    given: bool,
    scans: Callable[[str], bool],
    left_out: Collection[str] = (),
) -> tuple[str, ...]:
    """The codemods of a scan.

    Args:
        catalogue: the names of all of them.
        select: names, or lists of names with commas; none: every one that has a scan.
        ignore: names that are left out.
        given: whether ``select`` was given on the command line, where it is a mistake to name one
            without a scan.
        scans: whether a codemod has a scan.
        left_out: plug-ins that cannot be used. While there are any, a name that is not in the
            catalogue may be one of theirs, and is no mistake.

    Raises:
        ScopeError: for a name that is not in the catalogue.
    """
    wanted, unwanted = _names(select), _names(ignore)
    for name in (*wanted, *unwanted):
        if name not in catalogue and not left_out:
            raise ScopeError(f"no codemod is called {name!r}{did_you_mean(name, catalogue)}")
    if given and not wanted:
        raise ScopeError("--select names no codemod")
    for name in wanted:
        if given and name in catalogue and not scans(name):
            raise ScopeError(f"{name} has no scan: it works from findings only")
    names = wanted or list(catalogue)
    return tuple(
        name for name in names if name in catalogue and scans(name) and name not in unwanted
    )


def missed(
    catalogue: Mapping[str, Codemod],
    select: Iterable[str],
    ignore: Iterable[str],
    left_out: Collection[str],
) -> bool:
    """Whether one of the plug-ins that are left out was to look; the rest is as for :func:`chosen`.

    A plug-in that nobody selects or ignores was: a scan without names runs everything.
    """
    wanted = _names(select)
    return any(name not in catalogue for name in wanted or set(left_out) - set(_names(ignore)))


def _names(given: Iterable[str]) -> list[str]:
    names = (name.strip() for item in given for name in item.split(","))
    return list(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True)
class Group:
    """Files into which the same codemods look with the same options."""

    chosen: Mapping[str, Codemod]
    """The codemods, by their names."""
    options: Options
    """What is set for a codemod here."""
    paths: tuple[str, ...]
    key: str = ""
    """What tells those apart that differ in who looks, or in what is set."""

    @property
    def codemods(self) -> tuple[Codemod, ...]:
        """The codemods; all are imported."""
        return tuple(self.chosen.values())


def void(settings: Settings) -> Iterator[str]:
    """The patterns of ``[tool.autofix.per-path]`` that can fit nothing, a line each."""
    for item in settings.per_path:
        for line in Rules([item.pattern], lenient=True).void:
            yield f"per-path: {line!r} matches nothing"


def groups(
    codemods: Mapping[str, Codemod], settings: Settings, paths: Iterable[str]
) -> Iterator[Group]:
    """Files by what ``[tool.autofix.per-path]`` says of them.

    Raises:
        ScopeError: for a pattern that is none.
    """
    rules = []
    for item in settings.per_path:
        try:
            rules.append((item, Rules([item.pattern])))
        except ValueError as error:
            raise ScopeError(f"{settings.origin}: per-path: {error}") from error
    members: dict[tuple[int, ...], list[str]] = {}
    for path in paths:
        fitting = tuple(number for number, (_, rule) in enumerate(rules) if rule.verdict(path))
        members.setdefault(fitting, []).append(path)
    for fitting, inside in members.items():
        names = list(codemods)
        tables = dict(settings.tables)
        for number in fitting:
            item = rules[number][0]
            names = [name for name in names if name not in item.ignore]
            names = [name for name in names if not item.select or name in item.select]
            for name, table in item.tables.items():
                tables[name] = {**tables.get(name, {}), **table}
        here = dataclasses.replace(settings, tables=tables)
        key = json.dumps([(name, here.options(name)) for name in names], default=repr)
        yield Group(Chosen(codemods, names), here.options, tuple(inside), key)
