"""The files that hold ``[tool.autofix]``: found, read strictly, and what they extend.

They come with the code, so that they are as hostile as the code: what a file extends is a regular
file of the same state of the same repository, and there is an end to how many and how large.
"""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codemods.project.files import Files
from codemods.reading import NotRegularError

OWN = "autofix.toml"
SHARED = "pyproject.toml"
EXTEND = "extend"
MOST = 1024 * 1024
"""Bytes of a file with settings."""
LONGEST = 10
"""Files, one extending the next."""


class SettingsError(Exception):
    """Settings that cannot be used; each line of the message is one problem, for a person."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """One file with settings for us."""

    path: str
    values: Mapping[str, Any]
    """Our table, as written."""

    @property
    def folder(self) -> str:
        """The folder that it stands in, ``""`` for the top."""
        return self.path.rpartition("/")[0]

    @property
    def where(self) -> str:
        """How keys are called: ``tool.autofix.`` in a ``pyproject.toml``."""
        return "tool.autofix." if posixpath.basename(self.path) == SHARED else ""


def settings_file(
    files: Files, folder: str = ""
) -> tuple[SettingsFile | None, SettingsFile | None]:
    """The settings of a folder, and those that do not count because ``autofix.toml`` is beside.

    Args:
        files: the project's files.
        folder: from the top, which is ``""``. What cannot be read below it and does not speak of
            us belongs to others, and counts as nothing.

    Raises:
        SettingsError: for what is ours and cannot be used.
    """
    place = f"{folder}/" if folder else ""
    own, shared = f"{place}{OWN}", f"{place}{SHARED}"
    found = _read(files, own) if _is_there(files, own, told=not folder) else None
    try:
        beside = _read(files, shared) if _is_there(files, shared, told=not folder) else None
    except SettingsError:
        # With a file of our own nobody needs the other one.
        if found is not None or (folder and not _names_us(files, shared)):
            return found, None
        raise
    return (found, beside) if found is not None else (beside, None)


def chain(files: Files, first: SettingsFile) -> tuple[SettingsFile, ...]:
    """A file and those that it extends, the nearest first.

    Raises:
        SettingsError: for an ``extend`` that leads out of the repository, to nothing, or in a
            circle.
    """
    found = [first]
    while EXTEND in found[-1].values:
        last = found[-1]
        path = _extended(last)
        problem = f"{last.path}: {last.where}extend: "
        seen = [item.path for item in found]
        if path in seen:
            raise SettingsError(f"{problem}is circular: {' → '.join((*seen, path))}")
        if len(found) >= LONGEST:
            raise SettingsError(f"{problem}more than {LONGEST} files extend each other")
        if not files.exists(path):
            raise SettingsError(f"{problem}{path} is not a file of the project, or is a link")
        following = _read(files, path)
        if following is None:
            raise SettingsError(f"{problem}{path} has no [tool.autofix]")
        found.append(following)
    return tuple(found)


def _extended(file: SettingsFile) -> str:
    """What a file extends, from the top."""
    value = file.values[EXTEND]
    problem = f"{file.path}: {file.where}extend"
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{problem} must be a non-empty string")
    if value.startswith(("/", "~")) or not {"\\", "\0", ":"}.isdisjoint(value):
        raise SettingsError(f"{problem} must be a path from the folder of {file.path}")
    path = posixpath.normpath(posixpath.join(file.folder, value))
    if path.startswith("../") or path in ("..", "."):
        raise SettingsError(f"{problem}: {value} is outside the project")
    if not path.endswith(".toml"):
        raise SettingsError(f"{problem}: {value} is not a .toml file")
    return path


def _read(files: Files, path: str) -> SettingsFile | None:
    """Our table of a file; ``None`` for a ``pyproject.toml`` without one.

    Raises:
        SettingsError: when it cannot be read, and for a table that is none.
    """
    values = _strict_toml(files, path)
    if posixpath.basename(path) != SHARED:
        if "tool" in values:
            raise SettingsError(f"{path}: settings belong at the top level, without [tool.autofix]")
        return SettingsFile(path, values)
    tool = values.get("tool")
    ours = tool.get("autofix") if isinstance(tool, Mapping) else None
    if ours is None:
        return None
    if not isinstance(ours, Mapping):
        raise SettingsError(f"{path}: tool.autofix must be a table")
    return SettingsFile(path, ours)


def _names_us(files: Files, path: str) -> bool:
    """Whether a file that is no TOML was meant for us."""
    try:
        return b"tool.autofix" in files.read(path)
    except OSError:
        return False


def _is_there(files: Files, path: str, *, told: bool) -> bool:
    """Whether there are settings; a link to a file is none of ours.

    Raises:
        SettingsError: when what stands there can never be read: a pipe, or a link to a device.
    """
    if files.exists(path):
        return True
    try:
        if told:
            files.read(path)
    except NotRegularError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except OSError:
        # Not there; or a link into nothing.
        return False
    return False


def _strict_toml(files: Files, path: str) -> Mapping[str, Any]:
    try:
        data = files.read(path)
        if posixpath.basename(path) == SHARED and b"autofix" not in data and "/" in path:
            # Most packages of a large repository have one, and parsing takes its time.
            return {}
        if len(data) > MOST:
            raise SettingsError(f"{path}: is larger than {MOST:,} bytes")
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
