"""What is asked of a scan, and how its files are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codemods.codemod import Safety
from codemods.output.formats import ScanFormat


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
    format: ScanFormat | None = None

    @property
    def allow(self) -> Safety:
        """The weakest safety that is written."""
        return Safety.REVIEW if self.unsafe else Safety.SAFE

    @property
    def fixes(self) -> bool:
        """Whether anything is rewritten, for the files or for a diff."""
        return self.fix or self.diff or self.prints_source

    @property
    def prints_source(self) -> bool:
        """Whether stdout gets the fixed source of stdin."""
        quiet = self.check or self.diff or self.format is not None
        return self.stdin_name is not None and (self.fix or not quiet)
