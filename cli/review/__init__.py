"""``autofix review``: read fixes, decide, and have exactly that applied."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..context import Session
from ..options import BaseRef, Common, InPlace, Severities, with_common


@with_common
def review(
    common: Common,
    html: Annotated[
        Path,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write one self-contained page, which saves decisions for apply --decisions.",
        ),
    ],
    severity: Severities = None,
    base: BaseRef = None,
    in_place: InPlace = False,
) -> int:
    """Read the fixes of the reports, accept or skip each, and write what was accepted."""
    session = Session(common)
    session.need_repository("decisions are about patches, and git tells what is the same one")
    from .reading import opened

    found = opened(session, base, in_place=in_place, severities=severity)
    from .page import write_page

    return write_page(session, found, html)
