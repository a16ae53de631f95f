"""Codemods of others: of distributions, which their entry points name, and of folders.

Others wrote them, perhaps for another version of ours. So what is wrong with one is told in one
line, and everything else goes on without it; what one raises while it looks into a file or rewrites
it is told there, as with our own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import logging
import pkgutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from codemods.codemod import Codemod, Match, Plan
from codemods.demands.demands import Demands
from codemods.project.project import Project

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "autofix.codemods"

_UNEXPECTED = "() got an unexpected keyword argument '"
"""What Python says between the name of a function and that of the argument."""
GONE = ("edit", "sieve")
"""Arguments that a Codemod took once."""
CHANGES = (
    "edit(node) is a method of an operation's payload now, Operation takes path, target, payload "
    "and unit, sieve is called prefilter, and recognise(demands) gives a Match of plan, strength "
    "and hints"
)
"""What the author of such a codemod changes, all of it."""

Tell = Callable[[str], None]
"""Gets what is wrong with a plug-in, in one line for a person."""

logger = logging.getLogger(__name__)


class PluginError(Exception):
    """Why a plug-in cannot be used; the message is a part of one line."""


@dataclass(frozen=True, slots=True)
class Plugins:
    """What the entry points gave."""

    codemods: Mapping[str, Codemod]
    """By their names."""
    left_out: Collection[str]
    """The entry points' names of those that cannot be used."""


@dataclass(frozen=True, slots=True)
class _Plugin:
    """Where a codemod may be, before it is loaded."""

    name: str
    shown: str
    load: Callable[[], Codemod]


def load_plugins(taken: Collection[str], tell: Tell, folders: Sequence[Path] = ()) -> Plugins:
    """Load every plug-in; one that cannot be used is left out, and told with its reason.

    Args:
        taken: names that none of them may have.
        tell: is told now, and later of those that cannot read a finding or prepare a scan.
        folders: where modules lie that each hold a codemod, beside the installed ones.
    """
    found: dict[str, Codemod] = {}
    left_out = []
    for plugin in (*_installed(), *(item for folder in folders for item in _in_folder(folder))):
        try:
            codemod = plugin.load()
            if codemod.name in taken or codemod.name in found:
                raise PluginError(f"a codemod named {codemod.name} already exists")
        except (Exception, SystemExit) as error:
            logger.debug("%s cannot be loaded", plugin.shown, exc_info=True)
            tell(f"{plugin.shown} is left out: {_reason(error)}")
            left_out.append(plugin.name)
        else:
            found[codemod.name] = _guarded(codemod, plugin.shown, tell)
    return Plugins(found, tuple(left_out))


def _installed() -> Iterator[_Plugin]:
    # It takes longer to import than one of our codemods.
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS):
        yield _Plugin(point.name, _shown(point), partial(_loaded, point))


def _in_folder(folder: Path) -> Iterator[_Plugin]:
    """The modules of a folder, which is a package of its own: they import each other relatively,
    and none of them hides a module of ours or of Python's."""
    place = folder.resolve()
    package = f"autofix_plugins_{hashlib.blake2b(bytes(place), digest_size=4).hexdigest()}"
    if package not in sys.modules:
        holder = ModuleType(package)
        holder.__path__ = [str(place)]
        sys.modules[package] = holder
    for item in pkgutil.iter_modules([str(place)]):
        if not item.name.startswith("_"):
            yield _Plugin(
                item.name.replace("_", "-"),
                f"plug-in {item.name} in {folder}",
                partial(_of_module, f"{package}.{item.name}"),
            )


def _of_module(name: str) -> Codemod:
    module = importlib.import_module(name)
    short = name.rpartition(".")[2]
    if not hasattr(module, "codemod"):
        raise PluginError(f"{short} has no `codemod`; a module that helps others starts with `_`")
    return documented(_checked(module.codemod, f"{short}:codemod"), module)


def documented(codemod: Codemod, holder: ModuleType | None) -> Codemod:
    """``codemod`` with the docstring of its module for a page, where it has none of its own."""
    if codemod.documentation or holder is None or not holder.__doc__:
        return codemod
    return dataclasses.replace(codemod, documentation=holder.__doc__)


def one_line(error: BaseException) -> str:
    """The type and the message of an exception, on one line."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(f"{type(error).__name__}: {error}".split())


def _loaded(point: EntryPoint) -> Codemod:
    return documented(_checked(point.load(), point.value), sys.modules.get(point.module))


def _checked(loaded: object, value: str) -> Codemod:
    if not isinstance(loaded, Codemod):
        raise PluginError(f"{value} is no Codemod but of type {type(loaded).__name__}")
    return loaded


def _shown(point: EntryPoint) -> str:
    of = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
    return f"plug-in {point.name}{of}"


def _reason(error: BaseException) -> str:
    if isinstance(error, PluginError):
        return str(error)
    if isinstance(error, ImportError) and f"{error.name}.".startswith("codemods."):
        kept = "only the names of codemods.__all__ and codemods.kit stay where they are"
        return f"{one_line(error)} ({kept})"
    of, _, argument = str(error).partition(_UNEXPECTED)
    if of.startswith("Codemod.") and argument.partition("'")[0] in GONE:
        return f"{one_line(error)} ({CHANGES})"
    return one_line(error)


def _guarded(codemod: Codemod, shown: str, tell: Tell) -> Codemod:
    """``codemod``, but where it cannot read a finding it claims none, and where it cannot prepare
    a scan goes on without that. Each is told once: a report may have hundreds of findings."""
    told: set[str] = set()

    def tell_once(what: str, error: Exception) -> None:
        if what not in told:
            told.add(what)
            tell(f"{shown} cannot {what}: {one_line(error)}")

    def recognise(demands: Demands) -> Match[Plan] | None:
        try:
            match = codemod.recognise(demands)
            if match is not None and not isinstance(match, Match):
                raise PluginError(f"recognise() gave {type(match).__name__}, which is no Match")
            return match
        except Exception as error:
            logger.debug("%s, %s", shown, demands.finding.id, exc_info=True)
            tell_once("read findings, and claims none", error)
            return None

    def prepare(project: Project) -> None:
        if codemod.prepare is not None:
            try:
                codemod.prepare(project)
            except Exception as error:
                logger.debug("%s", shown, exc_info=True)
                tell_once("prepare a scan, which goes on without", error)

    return dataclasses.replace(codemod, recognise=recognise, prepare=prepare)
