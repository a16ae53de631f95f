"""``[tool.autofix]``: what a project says to us, read strictly.

A misspelt key that is silently ignored would switch off what its author wanted: every unknown
key and every wrong type is told, each in one line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codemods.project.files import Files
from codemods.reading import NotRegularError


class SettingsError(Exception):
    """Settings that cannot be used; each line of the message is one problem, for a person."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


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

    def options(self, codemod: str) -> dict[str, Any]:
        """What the project sets for a codemod: ``options("add-exc-info")``."""
        return dict(self.tables.get(codemod, {}))


LISTS = ("reports", "exclude", "select", "ignore")
STRINGS = ("branch-prefix", "base", "verify", "baseline", "fail-on")
SAFETIES = ("safe", "review", "display")
PER_PATH = "per-path"
BOT = "bot"
KEYS = (*LISTS, *STRINGS, PER_PATH, BOT)
_PATH_LISTS = ("select", "ignore")

Defaults = Mapping[str, Mapping[str, Any]]
"""The options of each codemod with their defaults."""


def load_settings(
    files: Files, codemods: Collection[str] = (), defaults: Defaults | None = None
) -> Settings:
    """The project's settings for us; ``autofix.toml`` goes before ``pyproject.toml``.

    Args:
        files: the project's files; only the two at its root are read.
        codemods: the names of the catalogue. With them, names in ``select``, ``ignore`` and
            the option tables are checked too.
        defaults: with them, the names and types of options are checked as well.

    Raises:
        SettingsError: for wrong TOML, unknown keys and values of a wrong type, all of them.
    """
    if _is_there(files, "autofix.toml"):
        origin, where = "autofix.toml", ""
        values: Any = _strict_toml(files, origin)
        if "tool" in values:
            raise SettingsError(
                "autofix.toml: settings stand at the top level here, without [tool.autofix]"
            )
    elif _is_there(files, "pyproject.toml"):
        origin, where = "pyproject.toml", "tool.autofix."
        tool = _strict_toml(files, origin).get("tool")
        values = tool.get("autofix") if isinstance(tool, Mapping) else None
        if values is None:
            return Settings()
        if not isinstance(values, Mapping):
            raise SettingsError("pyproject.toml: tool.autofix must be a table")
    else:
        return Settings()
    checker = _Checker(tuple(codemods), defaults or {})
    problems = tuple(f"{origin}: {text}" for text in checker.problems(values, where))
    if problems:
        raise SettingsError(*problems)
    return _settings(values, origin)


def ignored_settings(files: Files, paths: Iterable[str]) -> Iterator[str]:
    """Settings for us in folders around ``paths``, below the root, each in a line: nobody reads
    them, and whoever wrote them has to know.

    Args:
        files: the project's files.
        paths: of files or folders, from the root.
    """
    unread = "does not count: settings are read at the project's top"
    folders: set[str] = set()
    for path in paths:
        while path and path not in folders:
            folders.add(path)
            path = path.rpartition("/")[0]
    for folder in sorted(folders):
        if files.exists(f"{folder}/autofix.toml"):
            yield f"{folder}/autofix.toml {unread}"
        elif files.exists(name := f"{folder}/pyproject.toml") and _speaks_of_us(files, name):
            yield f"{name}: its [tool.autofix] {unread}"


def _speaks_of_us(files: Files, path: str) -> bool:
    try:
        tool = _strict_toml(files, path).get("tool")
    except SettingsError:
        # Whoever it belongs to will be told by the tool that reads it.
        return False
    return isinstance(tool, Mapping) and "autofix" in tool


def _settings(values: Mapping[str, Any], origin: str) -> Settings:
    """From values that were checked."""
    paths = values.get(PER_PATH, {})
    return Settings(
        **{key: tuple(values.get(key, ())) for key in LISTS},
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

    def problems(self, values: Mapping[str, Any], where: str) -> Iterator[str]:
        """Every problem of the table at ``where`` (``tool.autofix.``), in its order."""
        for key, value in values.items():
            if key in LISTS:
                yield from self._list(f"{where}{key}", value, named=key in _PATH_LISTS)
            elif key in STRINGS:
                if not isinstance(value, str) or not value.strip():
                    yield f"{where}{key} must be a string that is not empty"
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


def _is_there(files: Files, path: str) -> bool:
    """Whether there are settings; a link to a file is none of ours.

    Raises:
        SettingsError: when what stands there can never be read: a pipe, or a link to a device.
    """
    if files.exists(path):
        return True
    try:
        files.read(path)
    except NotRegularError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except OSError:
        # Not there; or a link into nothing.
        return False
    return False


def _strict_toml(files: Files, path: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(files.read(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
