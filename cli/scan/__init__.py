"""``autofix scan``: the patterns, looked for without a report."""

from __future__ import annotations

from ..context import Session
from ..exit import UserError
from ..options import Common, with_common
from .options import ScanOptions


@with_common
def scan(common: Common, asked: ScanOptions) -> int:
    """Find the patterns of all codemods without a report.

    Exit status: 0 when nothing was found, or nothing is left after --fix; 1 when something was
    found or a file could not be read; 2 for wrong use or an internal error.
    """
    if common.reports or common.issues:
        raise UserError("scan looks for patterns without a report: use --report with apply")
    if asked.mistake is not None:
        raise UserError(asked.mistake)
    from .run import run

    return run(Session(common), asked)
