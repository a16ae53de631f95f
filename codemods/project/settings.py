"""What a project says about itself: its oldest Python and its formatter.

What is meant for other tools (``requires-python``, ``[tool.black]``) is read leniently: policing
it is not our task, and a value that we cannot use counts as not given. What is meant for us is in
:mod:`codemods.project.config`, and read strictly.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codemods.project.config import (
    PathSettings,
    Settings,
    did_you_mean,
    load_settings,
)
from codemods.project.files import Files
from codemods.project.settings_files import SettingsError

__all__ = [
    "DEFAULT_PYTHON",
    "BlackSettings",
    "PathSettings",
    "Settings",
    "SettingsError",
    "black_settings",
    "did_you_mean",
    "load_settings",
    "nearest_black_settings",
    "target_python",
]

DEFAULT_PYTHON = (3, 11)
"""The Python that is assumed where a project says nothing: the oldest that we run on ourselves,
and one that has ``asyncio.to_thread``. Assuming an older one would refuse most of the rewrites
for projects that merely have no packaging metadata."""


_NUMBER = r"(\d{1,4})(?!\d)"
"""A part of a version; Python takes a number of thousands of digits for an attack, and raises."""


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


def target_python(files: Files) -> tuple[int, int]:
    """The oldest Python that the project supports, as ``(major, minor)``.

    Read from ``requires-python`` (or poetry's ``python``) in ``pyproject.toml``, else
    ``python_requires`` in ``setup.cfg``, else what black or ruff are told to write for, else
    ``.python-version``; :data:`DEFAULT_PYTHON` where none of them has a lower bound.
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
    written = re.findall(r"\bpy(\d)(\d{1,2})\b", " ".join(black_settings(files).target_versions))
    if written:
        return min((int(major), int(minor)) for major, minor in written)
    pinned = re.match(rf"\s*(?:cpython-)?{_NUMBER}\.{_NUMBER}", _text(files, ".python-version"))
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
                rf"(?:(~=|\^|~|>=|<=|===?|!=|>|<)\s*)?v?{_NUMBER}(?:\.{_NUMBER})?[\w.*]*",
                alternative,
            )
            # ``>3.8`` admits 3.8.1, so it stands for 3.8 as ``>=`` does.
            if operator not in ("<", "<=", "!=")
        ]
        if lower:
            bounds.append(max(lower))
    return min(bounds, default=None)


def black_settings(files: Files, folder: str = "") -> BlackSettings:
    """``[tool.black]``, else what ``[tool.ruff]`` or ``ruff.toml`` say of the same, else defaults.

    Values of a wrong type count as not given.

    Args:
        files: the project's files.
        folder: where the settings are read, ``""`` for the top.
    """
    place = f"{folder}/" if folder else ""
    pyproject = _lenient_toml(files, f"{place}pyproject.toml")
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
        ruff = _lenient_toml(files, f"{place}{name}")
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


def nearest_black_settings(files: Files, path: str) -> BlackSettings:
    """The settings for black that are nearest to a file, as black and ruff take them."""
    folder = path
    while True:
        folder = folder.rpartition("/")[0]
        found = black_settings(files, folder)
        if found.found or not folder:
            return found


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
    except (ValueError, RecursionError):
        # ``load_settings`` says so to the user; here the file counts as empty.
        return {}
