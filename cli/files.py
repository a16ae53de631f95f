"""Files that a command writes for its user."""

from __future__ import annotations

from pathlib import Path

from codemods.output.words import counted
from codemods.project.temporary import clean
from codemods.project.writing import WriteError, named_place, place, read, write, write_named

from .context import Session
from .exit import UserError


def tidy(session: Session, top: Path) -> None:
    """Remove the temporary files that a run has left below ``top`` when it was killed."""
    removed = clean(top)
    if removed:
        session.note(f"removed {counted(removed, 'temporary file')} of a run that was killed")


def check_target(target: Path, shown: Path, top: Path) -> None:
    """Say that a file cannot be written before any work is done for it.

    Args:
        target: the file, absolute.
        shown: how the user calls it.
        top: the top of the project, out of which no link of its own may lead.

    Raises:
        UserError: when it is a folder, would lie in none, or lies behind such a link.
    """
    try:
        named_place(target, top, shown)
    except WriteError as error:
        raise UserError(str(error)) from error


def write_file(path: Path, data: bytes, top: Path) -> None:
    """Write a file that the user named, in one step; see :func:`write_named`.

    Raises:
        UserError: when it cannot be written.
    """
    try:
        write_named(path, data, top)
    except WriteError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error


def below(top: Path, path: str) -> Path:
    """Where a file is that the project's settings name, or a default of ours.

    Raises:
        UserError: when that leads out of the project.
    """
    try:
        return place(top, path)
    except WriteError as error:
        raise UserError(str(error)) from error


def read_below(top: Path, path: str) -> bytes | None:
    """The bytes of a file of the project that is to be written, ``None`` where there is none.

    Raises:
        UserError: when there is something that autofix does not write, or it cannot be read.
    """
    try:
        return read(top, path)
    except WriteError as error:
        raise UserError(str(error)) from error


def write_below(top: Path, path: str, before: bytes | None, after: bytes) -> None:
    """Write a file of the project, in one step; see :func:`codemods.project.writing.write`.

    Raises:
        UserError: when it cannot be written.
    """
    try:
        write(top, path, before, after)
    except WriteError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error
