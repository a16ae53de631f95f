"""``[tool.autofix]``: a project's settings for autofix, read strictly.

A misspelt key that is silently ignored would switch off what its author wanted: every unknown
key and every wrong type is told, each in one line.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from codemods.project.files import Files
from codemods.project.settings_files import (
    EXTEND,
    SettingsError,
    SettingsFile,
    chain,
    settings_file,
)

FAIL_ON = "review"
"""The weakest safety that counts where nothing is set: what is only shown fails nobody's CI."""


@dataclass(frozen=True, slots=True)
class PathSettings:
    """What holds for a part of the project, from ``[tool.autofix.per-path]``."""

    pattern: str
    """As in a ``.gitignore``, from the top: ``tests/``, ``scripts/*.py``."""
    select: tuple[str, ...] = ()
    """The only codemods that a scan runs there; empty: all of them."""
    ignore: tuple[str, ...] = ()
    """Codemods that a scan does not run there."""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of codemods that differ there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``[tool.autofix]`` of ``pyproject.toml``, or the top level of ``autofix.toml``."""

    reports: tuple[str, ...] = ()
    """Globs of audit reports, from the root; empty: not configured."""
    exclude: tuple[str, ...] = ()
    """Patterns, as in ``.gitignore``, of files that a scan leaves out."""
    select: tuple[str, ...] = ()
    """The codemods that run in a scan; empty: all."""
    ignore: tuple[str, ...] = ()
    """Codemods that do not run in a scan."""
    branch_prefix: str = "autofix"
    """The first part of a branch's name, without a slash at its end."""
    base: str | None = None
    """The ref from which branches start; ``None``: the current branch's head."""
    verify: str | None = None
    """The command that must pass on a branch."""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The options of each codemod, as written."""
    origin: str | None = None
    """The file that they were read from, ``None`` where there are none."""
    baseline: str | None = None
    """The file of sites that are known, from the root; ``None``: not configured."""
    fail_on: str = FAIL_ON
    """The weakest safety with which a site counts for the exit status of a scan."""
    bot: Mapping[str, Any] = field(default_factory=dict)
    """``[tool.autofix.bot]`` as written: the bot's commands read and check it, from the base."""
    per_path: tuple[PathSettings, ...] = ()
    """What differs from path to path; of several that fit a file, all count, the last one most."""

    origins: Mapping[str, str] = field(default_factory=dict)
    """The file of each key (``select``, ``add-exc-info.style``), where one was extended."""
    folder: str = ""
    """Where they begin to count, from the top."""
    notes: tuple[str, ...] = ()
    """What is set and does not count, a line each."""
    files: tuple[str, ...] = ()
    """The files that they were read from, the nearest first."""

    def options(self, codemod: str) -> dict[str, Any]:
        """What the project sets for a codemod: ``options("add-exc-info")``."""
        return dict(self.tables.get(codemod, {}))


LISTS = ("reports", "exclude", "select", "ignore")
STRINGS = ("branch-prefix", "base", "verify", "baseline", "fail-on", EXTEND)
ROOT_ONLY = ("reports", "branch-prefix", "base", "verify", "baseline", "fail-on", "bot")
"""What is about a run, and not about code: it counts in the file at the top, and nowhere else. A
file in a folder that others look after must not say what is run or where branches start."""
SAFETIES = ("safe", "review", "display")
PER_PATH = "per-path"
BOT = "bot"
KEYS = (*LISTS, *STRINGS, PER_PATH, BOT)
_PATH_LISTS = ("select", "ignore")

Defaults = Mapping[str, Mapping[str, Any]]
"""The options of each codemod with their defaults."""


def load_settings(
    files: Files,
    codemods: Collection[str] = (),
    defaults: Defaults | None = None,
    folder: str = "",
) -> Settings:
    """What a folder's own files set; ``autofix.toml`` goes before ``pyproject.toml``.

    Args:
        files: the project's files.
        codemods: the names of the catalogue. With them, names in ``select``, ``ignore`` and
            the option tables are checked too.
        defaults: with them, the names and types of options are checked as well.
        folder: from the top, which is ``""``.

    Returns:
        Settings without an origin where the folder has none.

    Raises:
        SettingsError: for wrong TOML, unknown keys and values of a wrong type, all of them, and
            for what cannot be extended.
    """
    found, beside = settings_file(files, folder)
    if found is None:
        return Settings()
    checker = _Checker(tuple(codemods), defaults or {})
    problems = tuple(checker.of_file(found))
    if problems:
        raise SettingsError(*problems)
    every = chain(files, found)
    problems = tuple(text for item in every[1:] for text in checker.of_file(item))
    if problems:
        raise SettingsError(*problems)
    notes = list(_root_only(every, folder))
    if beside is not None and beside not in every:
        notes.append(f"{beside.path}: its [tool.autofix] is ignored because of {found.path}")
    values, origins = _merged(every, folder)
    return replace(
        _settings(values, found.path),
        origins=origins,
        folder=folder,
        notes=tuple(notes),
        files=tuple(item.path for item in every),
    )


def _root_only(every: Sequence[SettingsFile], folder: str) -> Iterator[str]:
    """What is set where it does not count, a line a file."""
    for number, item in enumerate(every):
        keys = [f"{item.where}{key}" for key in ROOT_ONLY if key in item.values]
        if keys and item.folder:
            verb = "counts" if len(keys) == 1 else "count"
            yield f"{item.path}: {', '.join(keys)} {verb} only in the file at the project's root"
        elif keys and number and not folder:
            # autofix.toml extends the pyproject.toml beside it, or another file at the top.
            verb = "does" if len(keys) == 1 else "do"
            yield f"{item.path}: {', '.join(keys)} {verb} not count if the file is extended"


def _merged(every: Sequence[SettingsFile], folder: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a file and those that it extends set together, and where each key was set.

    A list of a nearer file stands in place of the farther one's; of tables, each option does.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for item in reversed(every):
        for key, value in item.values.items():
            if key == EXTEND or (key in ROOT_ONLY and (folder or item is not every[0])):
                continue
            if key == "exclude":
                value = [anchored(pattern, item.folder) for pattern in value]
            elif key == PER_PATH:
                value = {anchored(name, item.folder): table for name, table in value.items()}
            if key not in (*LISTS, *STRINGS, BOT):
                origins |= {f"{key}.{name}": item.path for name in value}
                value = {**values.get(key, {}), **value}
            else:
                origins[key] = item.path
            values[key] = value
    return values, origins


def anchored(pattern: str, folder: str) -> str:
    """A pattern as it means the same from the top: ``gen/`` in ``svc`` is ``/svc/**/gen/``."""
    sign = "!" if pattern.startswith("!") else ""
    body = pattern.removeprefix(sign)
    if not folder or not body.strip("/ ") or pattern.startswith("#"):
        return pattern
    place = re.sub(r"[\\*?\[]", r"\\\g<0>", folder)
    between = "" if "/" in body.rstrip("/ ") else "**/"
    return f"{sign}/{place}/{between}{body.lstrip('/')}"


def _settings(values: Mapping[str, Any], origin: str) -> Settings:
    """From values that were checked."""
    paths = values.get(PER_PATH, {})
    return Settings(
        reports=tuple(values.get("reports", ())),
        exclude=tuple(values.get("exclude", ())),
        select=tuple(values.get("select", ())),
        ignore=tuple(values.get("ignore", ())),
        branch_prefix=values.get("branch-prefix", "autofix").rstrip("/"),
        base=values.get("base"),
        verify=values.get("verify"),
        baseline=values.get("baseline"),
        fail_on=values.get("fail-on", FAIL_ON),
        bot=values.get(BOT, {}),
        tables={key: value for key, value in values.items() if key not in KEYS},
        per_path=tuple(
            PathSettings(
                pattern,
                tuple(table.get("select", ())),
                tuple(table.get("ignore", ())),
                {key: value for key, value in table.items() if key not in _PATH_LISTS},
            )
            for pattern, table in paths.items()
        ),
        origin=origin,
    )


@dataclass(frozen=True, slots=True)
class _Checker:
    """Says what is wrong with settings."""

    codemods: tuple[str, ...]
    defaults: Defaults

    def of_file(self, file: SettingsFile) -> Iterator[str]:
        """Every problem of a file, with its name."""
        return (f"{file.path}: {text}" for text in self.problems(file.values, file.where))

    def problems(self, values: Mapping[str, Any], where: str) -> Iterator[str]:
        """Every problem of the table at ``where`` (``tool.autofix.``), in its order."""
        for key, value in values.items():
            if key in LISTS:
                yield from self._list(f"{where}{key}", value, named=key in _PATH_LISTS)
            elif key in STRINGS:
                if not isinstance(value, str) or not value.strip():
                    yield f"{where}{key} must be a non-empty string"
                elif key == "branch-prefix" and not value.rstrip("/"):
                    yield f"{where}branch-prefix must be more than slashes"
                elif key == "fail-on" and value not in SAFETIES:
                    yield f"{where}fail-on must be one of {', '.join(SAFETIES)}"
            elif key == PER_PATH:
                yield from self._per_path(f"{where}{key}", value)
            elif key == BOT:
                if not isinstance(value, Mapping):
                    yield f"{where}{key} must be a table"
            else:
                yield from self._codemod(where, key, value, (*KEYS,))

    def _list(self, name: str, value: object, *, named: bool) -> Iterator[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            yield f"{name} must be a list of strings"
        elif named and self.codemods:
            for item in value:
                if item not in self.codemods:
                    hint = did_you_mean(item, self.codemods)
                    yield f"{name} names the unknown codemod {item}{hint}"

    def _per_path(self, name: str, value: object) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{name} must be a table of patterns, each with a table"
            return
        for pattern, table in value.items():
            where = f'{name}."{pattern}"'
            if not isinstance(table, Mapping):
                yield f"{where} must be a table"
                continue
            for key, item in table.items():
                if key in _PATH_LISTS:
                    yield from self._list(f"{where}.{key}", item, named=True)
                else:
                    yield from self._codemod(f"{where}.", key, item, _PATH_LISTS)

    def _codemod(self, where: str, key: str, value: object, keys: Collection[str]) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"unknown key {where}{key}{did_you_mean(key, keys)}"
        elif self.codemods and key not in self.codemods:
            yield f"unknown codemod {where}{key}{did_you_mean(key, self.codemods)}"
        elif key in self.defaults:
            known = self.defaults[key]
            for option, given in value.items():
                if option not in known:
                    hint = did_you_mean(option, known)
                    yield f"unknown option {where}{key}.{option}{hint}"
                elif (wanted := _wanted(known[option], given)) is not None:
                    yield f"{where}{key}.{option} must be {wanted}"


def _wanted(default: object, given: object) -> str | None:
    """What an option's value must be, ``None`` where ``given`` is that."""
    if isinstance(default, enum.Enum):
        choices = [item.value for item in type(default)]
        return None if given in choices else f"one of {', '.join(choices)}"
    if isinstance(default, bool):
        return None if isinstance(given, bool) else "true or false"
    if isinstance(default, int | float):
        fits = isinstance(given, int | float) and not isinstance(given, bool)
        return None if fits else "a number"
    if isinstance(default, str):
        return None if isinstance(given, str) else "a string"
    if isinstance(default, list | tuple):
        return None if isinstance(given, list) else "a list"
    if isinstance(default, Mapping):
        return None if isinstance(given, Mapping) else "a table"
    return None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`` (did you mean select?)`` where something known is close, else ``""``."""
    from rapidfuzz import process

    best = process.extractOne(word, tuple(known), score_cutoff=70)
    return f" (did you mean {best[0]}?)" if best else ""
