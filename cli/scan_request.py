"""What is asked of a scan, and how its files are written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from codemods.codemod import Safety

from .exit import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked of a scan."""

    paths: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    since: str | None = None
    changed_lines: bool = False
    stdin_name: str | None = None
    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    check: bool = False
    exit_zero: bool = False
    fail_on: Safety | None = None
    """``None``: as the settings say."""
    baseline: Path | None = None
    no_baseline: bool = False
    statistics: bool = False
    jobs: int = 0
    output_file: Path | None = None
    format: str | None = None

    @property
    def allow(self) -> Safety:
        """The weakest safety that is written."""
        return Safety.REVIEW if self.unsafe else Safety.SAFE


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
