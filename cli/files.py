"""Files that a command writes for its user."""

from __future__ import annotations

import os
from pathlib import Path

from .exit import UserError


def check_target(target: Path, shown: Path) -> None:
    """Say that a file cannot be written before any work is done for it.

    Args:
        target: the file, absolute.
        shown: how the user calls it.

    Raises:
        UserError: when it is a folder, or would lie in none.
    """
    if target.is_dir():
        raise UserError(f"{shown}: cannot be written: it is a folder")
    if not target.parent.is_dir():
        raise UserError(f"{shown}: cannot be written: there is no folder {shown.parent}")


def write_file(path: Path, data: bytes) -> None:
    """Write a file in one step: it is the old one or the new one, whatever happens.

    What is no plain file (``/dev/stdout``, a pipe) is written to, not replaced; behind a link, the
    file that it leads to is.

    Raises:
        UserError: when it cannot be written.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        temporary.write_bytes(data)
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
