"""What a project says about itself: its oldest Python, its formatter, and ``[tool.autofix]``.

Two kinds of reading live here. What is meant for other tools (``requires-python``,
``[tool.black]``) is read leniently: policing it is not our task, and a value that we cannot use
counts as not given. What is meant for us is read strictly: a misspelt key that is silently
ignored would switch off what its author wanted.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from codemods.project.files import Files

DEFAULT_PYTHON = (3, 11)
"""The Python that is assumed where a project says nothing: the oldest that we run on ourselves,
and one that has ``asyncio.to_thread``. Assuming an older one would refuse most of the rewrites
for projects that merely have no packaging metadata."""


class SettingsError(Exception):
    """Settings that cannot be used; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class BlackSettings:
    """How the project formats its code, in black's terms."""

    line_length: int = 88
    target_versions: tuple[str, ...] = ()
    """As black writes them, sorted: ``("py311", "py312")``; empty lets black detect them."""
    skip_string_normalization: bool = False
    skip_magic_trailing_comma: bool = False
    preview: bool = False
    found: bool = False
    """Whether the project configures black, or ruff in its place, at all."""


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

    def options(self, codemod: str) -> dict[str, Any]:
        """What the project sets for a codemod: ``options("add-exc-info")``."""
        return dict(self.tables.get(codemod, {}))


_LISTS = ("reports", "exclude", "select", "ignore")
_STRINGS = ("branch-prefix", "base", "verify")


def target_python(files: Files) -> tuple[int, int]:
    """The oldest Python that the project supports, as ``(major, minor)``.

    Read from ``requires-python`` (or poetry's ``python``) in ``pyproject.toml``, else
    ``python_requires`` in ``setup.cfg``, else ``.python-version``; :data:`DEFAULT_PYTHON` where
    none of them has a lower bound.
    """
    pyproject = _lenient_toml(files, "pyproject.toml")
    poetry = _table(pyproject, "tool", "poetry", "dependencies").get("python")
    if isinstance(poetry, Mapping):
        poetry = poetry.get("version")
    candidates = (_table(pyproject, "project").get("requires-python"), poetry)
    for candidate in candidates:
        if isinstance(candidate, str) and (found := _lower_bound(candidate)) is not None:
            return found
    setup = configparser.RawConfigParser(strict=False)
    try:
        setup.read_string(_text(files, "setup.cfg"))
        required = setup.get("options", "python_requires", fallback="")
    except configparser.Error:
        # Not ours to report: setuptools does.
        required = ""
    if (found := _lower_bound(required)) is not None:
        return found
    pinned = re.match(r"\s*(?:cpython-)?(\d+)\.(\d+)", _text(files, ".python-version"))
    return (int(pinned[1]), int(pinned[2])) if pinned else DEFAULT_PYTHON


def _lower_bound(specifier: str) -> tuple[int, int] | None:
    """The lowest version that a specifier admits: of ``>=3.9,!=3.9.1`` it is ``(3, 9)``.

    Alternatives (``||``, as poetry writes them) give the lowest of theirs.
    """
    bounds = []
    for alternative in specifier.split("||"):
        lower = [
            (int(major), int(minor or 0))
            for operator, major, minor in re.findall(
                r"(~=|\^|~|>=|<=|===?|!=|>|<)?\s*v?(\d+)(?:\.(\d+))?[\w.*]*", alternative
            )
            # ``>3.8`` admits 3.8.1, so it stands for 3.8 as ``>=`` does.
            if operator not in ("<", "<=", "!=")
        ]
        if lower:
            bounds.append(max(lower))
    return min(bounds, default=None)


def black_settings(files: Files) -> BlackSettings:
    """``[tool.black]``, else what ``[tool.ruff]`` or ``ruff.toml`` say of the same, else defaults.

    Values of a wrong type count as not given.
    """
    pyproject = _lenient_toml(files, "pyproject.toml")
    black = _table(pyproject, "tool").get("black")
    if isinstance(black, Mapping):
        # Black itself takes both spellings.
        given = {key.replace("_", "-"): value for key, value in black.items()}
        versions = given.get("target-version")
        versions = [versions] if isinstance(versions, str) else versions
        return BlackSettings(
            _length(given.get("line-length")) or 88,
            tuple(sorted(item for item in versions if isinstance(item, str)))
            if isinstance(versions, list)
            else (),
            given.get("skip-string-normalization") is True,
            given.get("skip-magic-trailing-comma") is True,
            given.get("preview") is True or given.get("unstable") is True,
            True,
        )
    for name in (".ruff.toml", "ruff.toml", "pyproject.toml"):
        ruff = _lenient_toml(files, name)
        if name == "pyproject.toml":
            ruff = _table(ruff, "tool", "ruff")
        if ruff:
            layout = _table(ruff, "format")
            version = ruff.get("target-version")
            return BlackSettings(
                _length(ruff.get("line-length")) or 88,
                (version,) if isinstance(version, str) else (),
                layout.get("quote-style") in ("single", "preserve"),
                layout.get("skip-magic-trailing-comma") is True,
                False,
                True,
            )
    return BlackSettings()


def load_settings(files: Files, codemods: Collection[str] = ()) -> Settings:
    """The project's settings for us; ``autofix.toml`` goes before ``pyproject.toml``.

    Args:
        files: the project's files; only the two at its root are read.
        codemods: the names of the catalogue. With them, names in ``select``, ``ignore`` and
            the option tables are checked too.

    Raises:
        SettingsError: for wrong TOML, unknown keys and values of a wrong type.
    """
    if files.exists("autofix.toml"):
        origin, where = "autofix.toml", ""
        values: Any = _strict_toml(files, origin)
        if "tool" in values:
            raise SettingsError(
                "autofix.toml: settings stand at the top level here, without [tool.autofix]"
            )
    elif files.exists("pyproject.toml"):
        origin, where = "pyproject.toml", "tool.autofix."
        tool = _strict_toml(files, origin).get("tool")
        values = tool.get("autofix") if isinstance(tool, Mapping) else None
        if values is None:
            return Settings()
        if not isinstance(values, Mapping):
            raise SettingsError("pyproject.toml: tool.autofix must be a table")
    else:
        return Settings()
    checked: dict[str, Any] = {}
    tables: dict[str, Mapping[str, Any]] = {}
    for key, value in values.items():
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise SettingsError(f"{origin}: {where}{key} must be a list of strings")
            checked[key] = tuple(value)
        elif key in _STRINGS:
            if not isinstance(value, str) or not value.strip():
                raise SettingsError(f"{origin}: {where}{key} must be a string that is not empty")
            checked[key] = value
        elif isinstance(value, Mapping) and (key in codemods or not codemods):
            tables[key] = value
        else:
            kind = "codemod" if isinstance(value, Mapping) else "key"
            known = tuple(codemods) if kind == "codemod" else (*_LISTS, *_STRINGS)
            raise SettingsError(f"{origin}: unknown {kind} {where}{key}{did_you_mean(key, known)}")
    for key in ("select", "ignore"):
        for name in checked.get(key, ()):
            if codemods and name not in codemods:
                raise SettingsError(
                    f"{origin}: {where}{key} names the unknown codemod "
                    f"{name}{did_you_mean(name, codemods)}"
                )
    prefix = checked.pop("branch-prefix", "autofix").rstrip("/")
    if not prefix:
        raise SettingsError(f"{origin}: {where}branch-prefix must be more than slashes")
    return Settings(**checked, branch_prefix=prefix, tables=tables, origin=origin)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`` (did you mean select?)`` where something known is close, else ``""``."""
    from rapidfuzz import process

    best = process.extractOne(word, tuple(known), score_cutoff=70)
    return f" (did you mean {best[0]}?)" if best else ""


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _table(values: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The table at a path of keys, empty where there is none."""
    for name in names:
        found = values.get(name)
        values = found if isinstance(found, Mapping) else {}
    return values


def _text(files: Files, path: str) -> str:
    """A file's text, ``""`` where it is missing or not text."""
    try:
        return files.read(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _lenient_toml(files: Files, path: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_text(files, path))
    except tomllib.TOMLDecodeError:
        # ``load_settings`` says so to the user; here the file counts as empty.
        return {}


def _strict_toml(files: Files, path: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(files.read(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
